# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: recovery
short_description: Bring up the vServers of a lost node on others
version_added: 0.1.0
description:
  - Takes the datasets of a dead node over by force, and attaches and boots its vServers on other nodes. The node is put into
    quarantine, so that nothing is imported or booted on it by this collection when it returns, until it is released.
  - That the node is dead must be proven. Its service processor says that the power is off, a monitor of the heartbeat has fenced it, or a
    person says so with O(acknowledge). That it does not answer proves nothing. With the power on nothing is taken over unless a monitor
    took its storage away, and of what a monitor hears nothing at all, whatever anybody says.
options:
  node:
    description: The lost node.
    type: str
    required: true
  names:
    description: Its vServers that are to come back. If not given, all that the repository knows there, and all on their way from or to it.
    type: list
    elements: str
  target:
    description: The node they go to. If not given, placement chooses for each, what matters most first.
    type: str
  state:
    description: Their run state there. With V(as_it_is) one that was activated runs.
    type: str
    choices: [as_it_is, running, halted]
    default: as_it_is
  upgrade:
    description: What attaching does to their software, as in M(heliostat.vdc.migration).
    type: str
    choices: ['no', minimal, all]
    default: 'no'
  acknowledge:
    description:
      - "A person's word that the node is off and stays off, as C(NODE: who saw it, and how). It counts only where the service processor
        does not tell, and no monitor hears the node."
    type: str
    default: ''
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
notes:
  - "It runs on the controller (C(hosts: localhost)) and connects to nodes and service processor with the variables of their inventory
    hosts."
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: What would become of the vServers of t8b
  heliostat.vdc.recovery:
    node: t8b
  check_mode: true

- name: The service processor burnt with it
  heliostat.vdc.recovery:
    node: t8b
    acknowledge: "t8b: fire in room 2, seen by the operator on duty"
"""

RETURN = r"""
proof:
  description: Why the node is known to be dead.
  returned: success
  type: str
  sample: its power is off by service processor t8b-sp
plan:
  description: The steps, in order, each with its node. The same in check mode and in the run.
  returned: success
  type: list
  elements: dict
  sample:
    - {object: web1, node: t8b, what: detach zone web1, why: its data stays on the LUNs, command: zoneadm -z web1 detach}
targets:
  description: The node each vServer goes to.
  returned: success
  type: dict
  sample: {web1: t8a}
before:
  description: Run state and imported datasets on source and target, by vServer.
  returned: success
  type: dict
after:
  description: The same now. In check mode as it would be.
  returned: success
  type: dict
journal:
  description: Number of the repository's journal entry by vServer, for each that was worked on. Empty in check mode.
  returned: success
  type: dict
  sample: {web1: 12}
failures:
  description: Message by vServer, for each that failed. The others were carried out.
  returned: when something failed
  type: dict
"""
