# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vserver
short_description: Deploy, change, stop and remove one vServer
version_added: 0.1.0
description:
  - Brings one vServer of the task's node from whatever is there to the wanted state - datasets, file systems, zone configuration,
    installation, boot - and verifies it by looking again.
options:
  name:
    description: The vServer's name, which is the zone's and the inventory host's.
    type: str
    required: true
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
  - heliostat.vdc.acting.vservers
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Deploy and boot
  heliostat.vdc.vserver:
    name: web1

- name: Bring what was changed in the declaration to the running vServer, as far as that goes
  heliostat.vdc.vserver:
    name: web1
    apply: now

- name: Reboot
  heliostat.vdc.vserver:
    name: web1
    state: restarted

- name: Shut down cleanly
  heliostat.vdc.vserver:
    name: web1
    state: halted

- name: Boot it as it is, and whatever it depends on before it, on whatever nodes they are
  heliostat.vdc.vserver:
    name: web1
    scope: run_state
    dependencies: follow
  delegate_to: localhost

- name: Remove although it runs, destroying its data
  heliostat.vdc.vserver:
    name: web1
    state: absent
    force: true
    destroy: [web1]
"""

RETURN = r"""
plan:
  description: The steps, in order. The same in check mode and in the run.
  returned: unless O(state=rendered) or O(state=gathered)
  type: list
  elements: dict
  sample:
    - {object: web1, what: boot zone web1, why: zone is installed, command: zoneadm -z web1 boot}
before:
  description: What was found, by object.
  returned: as RV(plan)
  type: dict
after:
  description: What is there now. In check mode what would be.
  returned: as RV(plan)
  type: dict
journal:
  description: Number of the repository's journal entry by object, for each that was worked on. Empty in check mode.
  returned: as RV(plan)
  type: dict
  sample: {web1: 12}
outcomes:
  description:
    - What became of every property that differed, by vServer. Check mode returns what would become of it.
    - C(applied live), it was brought to the running zone; C(waits for reboot), the configuration has it, the running zone does not,
      which is said at every run until then; C(applied), the vServer does not run, or the property only tells of its next boot;
      C(impossible) with the reason, nothing of this vServer was changed.
  returned: as RV(plan)
  type: dict
  sample: {web1: {"fs[dir=/srv/www]": applied live, "anet[linkname=net2].allowed-address": waits for reboot}}
deferred:
  description: With O(dependencies=defer), vServers that were installed and not booted because their masters do not run, in the order of
    booting.
  returned: as RV(plan)
  type: list
  elements: str
  sample: [app1]
failures:
  description: Message by object, for each that failed. The others were carried out.
  returned: when something failed
  type: dict
commands:
  description: Command lines by vServer, of a deployment on a node that has nothing but the LUNs.
  returned: O(state=rendered)
  type: dict
vservers:
  description: C(heliostat_vserver) by zone.
  returned: O(state=gathered)
  type: dict
incomplete:
  description: What the variables cannot express, or what deploying them would change, by zone. Only zones that have such a thing.
  returned: O(state=gathered)
  type: dict
states:
  description: Run state by zone, as C(zoneadm) names it.
  returned: O(state=gathered)
  type: dict
"""
