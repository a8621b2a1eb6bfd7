# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vservers
short_description: Deploy, change, stop and remove the vServers of a node
version_added: 0.1.0
description:
  - Does for several vServers of one node what M(heliostat.vdc.vserver) does for one, in the same number of round trips.
  - Installations run side by side. The failure of one vServer does not stop the others. It fails the task at the end.
options:
  names:
    description:
      - The vServers. If not given, all that the repository knows to live on the node. With O(state=gathered), all zones of the node.
    type: list
    elements: str
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
  - heliostat.vdc.acting.vservers
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Everything that lives here is to run
  heliostat.vdc.vservers:

- name: All of a task are booted in the order of their dependencies, on whatever nodes they live
  heliostat.vdc.vservers:
    names: [web1, web2]
    scope: run_state
  delegate_to: localhost

- name: Show what would be sent for two of them
  heliostat.vdc.vservers:
    names: [web1, web2]
    state: rendered
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
