# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: capacity_info
short_description: Capacity of nodes, and who has a home if one is lost
version_added: 0.2.0
description:
  - Says what each node and compute pool has, what is left to its global zone, what is promised to vServers, and what is free.
  - Says for each node, chassis or rack which vServers have a home elsewhere if it is lost now, and where, and which have not, and why.
    M(heliostat.vdc.recovery) sends them there.
  - A node that carries guest domains takes these with it.
  - As a gate it fails when somebody would have no home.
  - All comes from the repository and the inventory. No node is asked, nothing is changed.
options:
  levels:
    description:
      - The failure domains to look at, V(node) or what nodes declare in C(failure_domains) of C(heliostat_node).
      - If not given, all.
    type: list
    elements: str
  names:
    description:
      - vServers of the inventory that are still to come. They count as if they were where M(heliostat.vdc.placement) would place them.
      - With O(gate) only what gets worse by them is a failure. What has a node already is passed over.
    type: list
    elements: str
  gate:
    description: Fail when a loss would leave a vServer of O(category) or above without a home.
    type: bool
    default: false
  category:
    description: The least category of vServers that count for O(gate) and RV(homeless).
    type: str
    choices: [critical, important, normal, best_effort]
    default: best_effort
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller.reading
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.evacuation_plan
  - module: heliostat.vdc.recovery
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Every night, would everybody but best effort survive the loss of a node?
  heliostat.vdc.capacity_info:
    levels: [node]
    gate: true
    category: normal

- name: Is there room for web1, with N+1?
  heliostat.vdc.capacity_info:
    names: [web1]
    gate: true
"""

RETURN = r"""
nodes:
  description:
    - Each node with C(memory) (bytes), C(cpus) (to dedicate) and C(base_units), of each C(capacity), C(headroom) (left to the global
      zone), C(committed) and C(free). C(capacity) and C(free) of base units are null where the node is not rated; C(free) is negative
      where more is promised than there is.
    - C(blocked) says why nothing may come to it.
  returned: success
  type: list
  elements: dict
  sample:
    - name: t8a
      compute_pool: sparc
      vservers: 12
      blocked: ''
      memory: {capacity: 549755813888, headroom: 54975581389, committed: 206158430208, free: 288621802291}
      cpus: {capacity: 256, headroom: 1, committed: 16, free: 239}
      base_units: {capacity: 400, headroom: 0, committed: 120, free: 280}
compute_pools:
  description: The same for each compute pool, over its nodes that are not blocked.
  returned: success
  type: list
  elements: dict
losses:
  description:
    - For each node and failure domain what its loss would mean - C(level), C(name), the C(nodes) that are lost, C(survived), C(homes)
      (vServer to node), C(homeless) (vServer, the rule against every node, and what would help).
  returned: success
  type: list
  elements: dict
  sample:
    - level: node
      name: t8a
      nodes: [t8a]
      survived: false
      homes: {web1: t8b}
      homeless:
        db1:
          rejected: {t8b: 'has 2 GiB of memory left, 8 GiB of memory are needed'}
          remedy: node t8b could carry it with 6 GiB of memory more
homeless:
  description: For each loss that is not survived, in words, the vServers of O(category) or above that would have no home.
  returned: success
  type: dict
  sample: {node t8a: [db1]}
recovery_times:
  description:
    - For each vServer the C(seconds) from the first import until it is up on another node, by how long its own steps took before
      (medians; C(parts)); null where that is not known, with the reason in C(why). Until a death is seen and proven is not in it.
  returned: success
  type: dict
  sample:
    db1: {seconds: 74.2, parts: {import dataset db1: 4.1, attach zone db1: 12.0, boot zone db1: 58.1}, why: median of the last 3 times}
assumed_memory:
  description: vServers that declare no memory. Each is counted with 1 GiB.
  returned: success
  type: list
  elements: str
without_node:
  description: vServers that live on no node that is known. They count nowhere.
  returned: success
  type: list
  elements: str
new:
  description: O(names) that have no node yet, with the node where they would be placed.
  returned: success
  type: dict
"""
