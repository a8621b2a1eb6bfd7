# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rebalance
short_description: Move vServers off nodes that stay too full
version_added: 0.2.0
description:
  - For compute pools whose owner allows it in C(heliostat_rebalance) of the inventory, by pool C(threshold) (percent, 80), C(hold)
    (hours, 3), C(margin) (percent, 5), C(cooldown) (hours, 24) and C(moves) (4).
  - A node is too full when what its vServers were measured to use was above the threshold in each of the last C(hold) whole hours.
  - Moves what relieves it most, one after the other, and no more than is needed. Nothing moves when the fullest node would not fall by
    the margin.
  - Never moves what moved within the cooldown, is frozen, or is needed by vServers that run. Never fills another node above the threshold,
    and never makes the loss of a node hurt that did not (M(heliostat.vdc.capacity_info)).
  - Moves nothing when a vServer of the pool that runs was not measured in one of these hours, or while a node is evacuated.
  - A move is a migration, which stops the vServer for as long as it takes to come up elsewhere.
options:
  compute_pool:
    description: The compute pool.
    type: str
    required: true
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.migration
  - module: heliostat.vdc.capacity_info
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Every night
  heliostat.vdc.rebalance:
    compute_pool: production
  vars:
    heliostat_rebalance:
      production: {threshold: 85}
"""

RETURN = r"""
rebalancing:
  description:
    - C(moves) in order, each with C(vserver), C(source), C(target) and how full the source is C(before) and C(after), in the worst
      hour (parts of 1). C(why) these, or why none. C(use) has for each node how full it was, hour by hour; C(before) and C(after) are
      of the fullest node.
  returned: success
  type: dict
  sample:
    moves: [{vserver: web1, source: t8a, target: t8b, before: 0.91, after: 0.72}]
    why: t8a above 80% in each of the last 3 intervals
    use: {t8a: [0.88, 0.91, 0.9], t8b: [0.3, 0.31, 0.28]}
    before: 0.91
    after: 0.72
plan:
  description: The steps of the migrations, as M(heliostat.vdc.migration) returns them.
  returned: success
  type: list
  elements: dict
before:
  description: Run state and imported datasets on source and target, by vServer that moves.
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
failures:
  description: vServers that could not be moved, with the reason. What was to come after them was not begun.
  returned: failure
  type: dict
"""
