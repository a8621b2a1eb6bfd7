# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: usage
short_description: Sample what nodes, vServers and guest domains use
version_added: 0.1.0
description:
  - Asks the nodes side by side, one round trip each, for CPU time and memory of the node, of each running zone and of each
    guest domain, and adds what was used since the last sample to the repository. Then hours, days, months and years are
    rolled up, and what is older than it is kept is removed.
  - CPU time of a node is the difference of its kernel's counters. What zones use comes from C(zonestat) on Solaris 11 and from C(prstat)
    on Solaris 10, guest domains from C(ldm list); such a sample stands for the time since the one before.
  - After a reboot, a change of a clock, a change of the number of CPUs, or when a node did not answer, the time between is a gap, with its
    reason. It is never a zero.
  - Meant to run every few minutes. The node itself is not changed.
options:
  nodes:
    description: The nodes to ask. If not given, all that the repository knows, or the task's host where it is a node.
    type: list
    elements: str
  window:
    description: Seconds that C(zonestat) watches the zones; each round trip takes that long. 1 to 60.
    type: int
    default: 5
  longest:
    description: Samples of a node that are more than so many seconds apart are not joined. At most a day.
    type: int
    default: 1800
  clock:
    description:
      - Which clock says when a sample was taken. V(node) is the node's clock as it stood at its last boot, for a lab whose time
        runs faster.
      - With V(controller) a sample whose distance in time disagrees with the node's monotonic clock is not joined.
    type: str
    choices: [controller, node]
    default: controller
  keep:
    description: For how many days each level is kept. 0 is for ever. A level has to be kept until the one made of it is whole.
    type: dict
    default: {}
    suboptions:
      samples:
        description: What was used between two samples.
        type: int
        default: 14
      hours:
        description: Hours, and the reasons of gaps.
        type: int
        default: 62
      days:
        description: Days, in UTC.
        type: int
        default: 400
      months:
        description: Months.
        type: int
        default: 1830
      years:
        description: Years.
        type: int
        default: 0
attributes:
  check_mode:
    support: full
    details: Looks at the nodes and shows what would be added. Nothing is recorded.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting.reading
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.usage_info
  - module: heliostat.vdc.usage_report
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: A scheduled job, every five minutes
  heliostat.vdc.usage:

- name: Some nodes, single samples kept for a month
  heliostat.vdc.usage:
    nodes: [t8a, t8b]
    keep:
      samples: 31
"""

RETURN = r"""
nodes:
  description: Each node that gave a sample.
  returned: always
  type: dict
  contains:
    at:
      description: When the sample was taken.
      type: str
    since:
      description: From when the figures below are. Null when the sample was not joined to one before.
      type: str
    taken:
      description: Whether it is the youngest sample now.
      type: bool
    note:
      description: Why it was not taken, or not joined.
      type: str
    cpus:
      description: CPUs (hardware threads) of the node.
      type: int
    cpu:
      description: CPUs that were at work on average.
      type: float
    base_units:
      description: The same in base units. Null where the node has no rating.
      type: float
    memory:
      description: Bytes in use.
      type: int
    vservers:
      description: For each running zone C(cpu), C(base_units) and C(memory) now.
      type: dict
    gdoms:
      description: For each running guest domain C(cpu) now.
      type: dict
missed:
  description: Nodes that gave no sample. They have a gap until their next one.
  returned: always
  type: list
  elements: str
rolled_up:
  description: Hours, days, months and years of objects that were made anew.
  returned: always
  type: int
pruned:
  description: For each level how much was removed.
  returned: always
  type: dict
"""
