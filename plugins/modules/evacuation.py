# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: evacuation
short_description: Empty a node for maintenance, and fill it again
version_added: 0.2.0
description:
  - With O(state=evacuated) the node goes into maintenance, so that nothing comes to it any more, and its vServers move to other nodes
    of its compute pool, what matters most (category, then priority) first. They move in waves, each by M(heliostat.vdc.migration) with
    its checks and its way back.
  - Where each goes, why, and why not elsewhere is in RV(evacuation). One that fits nowhere stays and runs on, and fails the task with
    the reason of every node and what would help, when all others have moved. When none can move nothing is done, and the node does not
    go into maintenance.
  - A zone that runs there and is not in the repository fails the task, as does a guest domain of the node that carries vServers.
  - vServers on other nodes that depend on one that moves are stopped for that long, and booted again.
  - One that cannot arrive (its target refuses it, a step there fails) goes back. When all waves are through, those that are back are placed
    anew among the other nodes, as often as O(other_targets) says, and move in further waves. When a node stops answering in the middle,
    what was to go there goes elsewhere; what is half-way there is touched no more, unless all of its storage is still on the node that it
    leaves. A run that was killed is continued by the next one.
  - With O(state=returned) maintenance ends, and everything that left returns to where it was, but for
    what was frozen meanwhile. Who was halted since it left stays so. The node must answer.
options:
  node:
    description: The node.
    type: str
    required: true
  state:
    description: V(evacuated) empties it, V(returned) fills it again.
    type: str
    choices: [evacuated, returned]
    default: evacuated
  moves:
    description:
      - What else may move. V(none) moves nothing but what is on the node. V(needed) moves as few others as possible where something
        finds a home only so. V(balance) moves others besides until the fullest node is as little full as it can be.
    type: str
    choices: [none, needed, balance]
    default: needed
  at_once:
    description: How many vServers leave, or arrive at, one node at once. Those that depend on each other, or are to be together, always
      move in one wave.
    type: int
    default: 2
  upgrade:
    description:
      - What attaching does to their software, as in M(heliostat.vdc.migration). With V(no) a vServer goes to nodes of the same level only,
        with V(minimal) and V(all) to those of a later level too. One that was brought to a later level does not return to a node with
        an earlier one.
    type: str
    choices: ['no', minimal, all]
    default: 'no'
  plan:
    description:
      - File of M(heliostat.vdc.evacuation_plan). It is carried out as it is, and refused, with the difference, when the state that it was
        made from has changed, or a node that it needs does not answer. A run that was killed is continued with it. Not used with
        O(state=returned).
    type: path
  other_targets:
    description:
      - How often those that did not arrive are placed anew in the same run. Each time one is moved and, when that node does not take it
        either, brought back. V(0) for nothing that RV(evacuation) does not say, even when a node stops answering.
      - Without O(plan) it is 2. With O(plan) it is 0, as others have agreed to that plan and no other; RV(deviations) and the message then
        say what would be done next.
      - A plan that was deviated from is not continued after a kill, as its state is no more. Leave it out then.
    type: int
  force:
    description: Halt running vServers instead of shutting them down cleanly.
    type: bool
    default: false
  reason:
    description: Why the node is in maintenance. Shown with every refusal to place something there.
    type: str
    default: ''
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
notes:
  - "It runs on the controller (C(hosts: localhost)) and connects to the nodes with the variables of their inventory hosts."
  - "C(heliostat_affinities) of the inventory says which vServers are to be apart or together, C(heliostat_frozen) which stay where they
    are, C(failure_domains) in C(heliostat_node) what a node shares its fate with."
  - One evacuation of a compute pool runs at a time.
seealso:
  - module: heliostat.vdc.evacuation_plan
  - module: heliostat.vdc.maintenance
  - module: heliostat.vdc.migration
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Who would go where, and how
  heliostat.vdc.evacuation:
    node: t8a
  check_mode: true

- name: Empty it
  heliostat.vdc.evacuation:
    node: t8a
    reason: new memory, ticket 4711

- name: It is back
  heliostat.vdc.evacuation:
    node: t8a
    state: returned
"""

RETURN = r"""
evacuation:
  description:
    - The plan that the run began with. RV(evacuation.waves) are the moves of each wave (vServer to node) and what is stopped before
      them (C(parked)), RV(evacuation.answers) has for each vServer its node, why, what rejected each other node, what would help
      (C(remedy)), and whether it was C(counted) as measured or, where nothing was measured lately, as its size is declared.
    - RV(evacuation.stays) are those without a home, with the reason. RV(evacuation.peak) is the part of the fullest node that will be used,
      RV(evacuation.unsafe) the nodes whose loss leaves somebody homeless then, and did not before.
  returned: O(state=evacuated)
  type: dict
  contains:
    waves:
      description: The waves in their order.
      type: list
      elements: dict
      sample: [{moves: {web1: t8b}, parked: []}]
    answers:
      description: Why each goes where it goes.
      type: dict
    stays:
      description: Message by vServer.
      type: dict
    peak:
      description: Part of the fullest node.
      type: float
      sample: 0.81
    unsafe:
      description: Names of nodes.
      type: list
      elements: str
deviations:
  description: What is not where RV(evacuation) has it, by vServer. In check mode what would not be.
  returned: O(state=evacuated)
  type: dict
  sample: {web1: {planned: t8b, now: t8c, next: null, tried: {t8b: "'attach zone web1' on node t8b exit 1"}}}
plan:
  description: The steps, in order, each with its node. The same in check mode and in the run.
  returned: always
  type: list
  elements: dict
before:
  description: Run state and imported datasets on source and target, by vServer.
  returned: always
  type: dict
after:
  description: The same now. In check mode as it would be.
  returned: always
  type: dict
journal:
  description: Number of the repository's journal entry by vServer, for each that was worked on. Empty in check mode.
  returned: always
  type: dict
failures:
  description: Message by vServer, for each that failed or stays. The others were carried out.
  returned: when something failed
  type: dict
"""
