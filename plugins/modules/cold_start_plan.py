# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cold_start_plan
short_description: Say in which order everything starts after a blackout
version_added: 0.2.0
description:
  - Puts service processors, nodes, guest domains and vServers into stages, each of which begins when all before it are up.
  - Of nodes those come first that carry what matters most, guest domains after their control domains. vServers follow their dependencies,
    then category and priority; a master counts as much as what depends on it.
  - Nodes in quarantine or maintenance are left out, and so is what was shut down before; what cannot start because of that is named.
  - All comes from the repository and the inventory. No node is asked, nothing is switched on.
options:
  power_limits:
    description:
      - How many machines of one failure domain are switched on at once, by level (C(failure_domains) of C(heliostat_node)). With 2 for
        C(rack), two machines of a rack.
      - Nodes that do not declare the level count as one domain. Guest domains do not count.
    type: dict
  at_once:
    description: How many vServers boot on one node at once.
    type: int
    default: 4
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller.reading
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.vservers
  - module: heliostat.vdc.recovery
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Four vServers of a node at once
  heliostat.vdc.cold_start_plan:
    at_once: 4
"""

RETURN = r"""
cold_start:
  description:
    - C(stages) in order, each with C(kind) (service_processors, nodes, vservers) and C(members), name to why it is its turn.
    - C(left_out) is not to be started, C(stuck) cannot be, both with the reason. C(doubts) are for people to see to.
  returned: success
  type: dict
  sample:
    stages:
      - {kind: service_processors, members: {t8a-sp: 'it answers as soon as its chassis has power, and switches on t8a'}}
      - {kind: nodes, members: {t8a: carries db1 (critical)}}
      - {kind: vservers, members: {db1: 'on node t8a; critical, priority 50'}}
      - {kind: vservers, members: {app1: 'on node t8a; normal, priority 50; db1 run by now'}}
    left_out: {t8b: 'node in maintenance: new memory'}
    stuck: {web1: 'its node t8b does not start: node in maintenance: new memory'}
    doubts: []
"""
