# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: heartbeat_info
short_description: Show what the monitors of the heartbeat say of the nodes
version_added: 0.2.0
description:
  - Asks the monitor of every host in the inventory that has C(heliostat_monitor) with C(heliostat-heartbeat status), and shows by node what
    each of them says. Nothing is changed anywhere.
  - A monitor that does not answer is named in a warning with the reason. The others count.
  - What a monitor's verdict is worth as a proof of a node's death is told by M(heliostat.vdc.recovery).
options:
  nodes:
    description: Only these. If not set, all that a monitor knows.
    type: list
    elements: str
  repository:
    description: Taken so that C(module_defaults) can set it for all modules of the collection. This one needs no repository.
    type: str
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller.reading
seealso:
  - module: heliostat.vdc.heartbeat
  - module: heliostat.vdc.recovery
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Ask the monitors
  heliostat.vdc.heartbeat_info:
  register: heartbeat

- name: Name what is not alive
  ansible.builtin.debug:
    msg: "{{ item.key }}: {{ item.value | dict2items | map(attribute='value.state') | join(', ') }}"
  loop: "{{ heartbeat.nodes | dict2items }}"
  when: item.value.values() | rejectattr('state', 'equalto', 'alive') | list | length > 0
"""

RETURN = r"""
monitors:
  description: By host what its monitor says of itself.
  returned: success
  type: dict
  contains:
    answers:
      description: Whether it does. Without, there is nothing else but why.
      type: bool
    said:
      description: Why it does not answer.
      type: str
    monitor:
      description: Its number.
      type: int
    armed:
      description: Whether it may fence at all.
      type: bool
    acting:
      description: Whether it is the one that acts now.
      type: bool
    nodes:
      description: How many nodes it watches.
      type: int
    counts:
      description: What it received, believed, refused, suspected and fenced since its start.
      type: dict
fenced:
  description: Names of the nodes that a monitor has fenced and that were not heard since.
  returned: success
  type: list
  elements: str
nodes:
  description:
    - By node and monitor's host what was said. C(state) and C(verdict) are those of L(How a node is judged,
      https://heliostat.invalid/vdc/docs/how-a-node-is-judged.md).
  returned: success
  type: dict
  sample:
    t8a:
      mgmt1: {node: 1, name: t8a, state: alive, paths_alive: 2, paths_known: 2, maintenance: false, disputed: false, lease: held}
"""
