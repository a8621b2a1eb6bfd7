# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dependency_info
short_description: Ask which vServer needs which
version_added: 0.1.0
description:
  - Returns masters and slaves of vServers, the orders in which they boot and stop, and what is wrong with what is declared.
  - The declarations of the inventory's group C(vservers) count; of vServers that it does not have, what the repository remembers.
  - Runs on the controller, whatever the task's host. Nodes are asked with O(measured) alone.
options:
  names:
    description: The vServers. If not given, all.
    type: list
    elements: str
  measured:
    description:
      - Ask the nodes for the run states of all vServers shown. It is V(unknown) where a node does not answer and V(absent) where the
        zone is on no node.
    type: bool
    default: false
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting.reading
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.vservers
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Is everything that is declared possible? (problems is empty then)
  heliostat.vdc.dependency_info:

- name: What has to stop before web1 does, and does it run now?
  heliostat.vdc.dependency_info:
    names: [web1]
    measured: true
"""

RETURN = r"""
vservers:
  description:
    - The vServers asked for and all that their dependencies lead to - masters, slaves, the node where each lives (empty where it
      has none), and with O(measured) its run state.
  returned: always
  type: dict
  sample: {app1: {masters: [db1], slaves: [], node: t8b, run_state: running}}
boot_order:
  description: The vServers asked for and all that they need, masters first.
  returned: always
  type: list
  elements: str
  sample: [db1, app1]
stop_order:
  description: The vServers asked for and all that need them, slaves first.
  returned: always
  type: list
  elements: str
  sample: [app1]
chains:
  description: A line for each vServer that has masters, in boot order.
  returned: always
  type: list
  elements: str
  sample: ["app1 (on node t8b: installed) needs db1 (on node t8a: running)"]
differences:
  description: Masters as declared and as remembered, by vServer, where these differ. Deploying a vServer records what is declared.
  returned: always
  type: dict
  sample: {app1: {declared: [db1], remembered: []}}
problems:
  description:
    - Cycles, masters that nobody knows, declarations that are wrong. Empty when all is well.
    - With a cycle the orders are by name alone.
  returned: always
  type: list
  elements: str
"""
