# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: usage_info
short_description: Show what nodes, vServers and guest domains used
version_added: 0.1.0
description:
  - Lists what was used over time and sums it up, from the samples that M(heliostat.vdc.usage) has taken. No node is asked.
  - Time of which nothing is known is listed as a gap, with its reason.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller.reading
  - heliostat.vdc.repository
  - heliostat.vdc.usage
seealso:
  - module: heliostat.vdc.usage
  - module: heliostat.vdc.usage_report
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Yesterday and today, hour by hour
  heliostat.vdc.usage_info:
    names: [web1, t8a]
    since: 2d
  register: used

- name: What was not exceeded for 95 % of the time
  ansible.builtin.debug:
    msg: "{{ item.name }} {{ item.summary.cpu.p95 }} CPUs, {{ item.summary.memory.p95 }} bytes"
  loop: "{{ used.usage | selectattr('summary.cpu') }}"
"""

RETURN = r"""
since:
  description: From when.
  returned: always
  type: str
until:
  description: Up to when.
  returned: always
  type: str
usage:
  description: One for each object, by kind and name.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: V(node), V(vserver) or V(gdom).
      type: str
    name:
      description: Its name.
      type: str
    state:
      description: V(measured), V(stale) (not within the last hour of that time) or V(missing).
      type: str
    why:
      description: What V(stale) and V(missing) mean here.
      type: str
    newest:
      description: Where the known time ends.
      type: str
    stale_since:
      description: The same where it is stale, else null.
      type: str
    level:
      description: As asked.
      type: str
    since:
      description: As asked.
      type: str
    until:
      description: As asked.
      type: str
    summary:
      description:
        - For each of C(cpu) (CPUs), C(base_units) and C(memory) (bytes) the C(mean), the C(p95) that was not exceeded for 95 % of the known
          time, the C(peak), the C(covered) seconds, which C(part) of the time that is, and C(newest).
        - Null for what was not measured, as base units on a node without rating.
      type: dict
    notes:
      description: What is missing, in words.
      type: list
      elements: str
    entries:
      description:
        - Oldest first, with C(start) and C(ended). What is known has C(covered) seconds, and for each metric C(average), C(minimum),
          C(maximum) and C(p95). What is not has C(gap) true and a C(reason).
      type: list
      elements: dict
"""
