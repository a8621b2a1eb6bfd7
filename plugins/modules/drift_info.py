# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drift_info
short_description: Show where inventory, repository and nodes do not agree
version_added: 0.1.0
description:
  - Asks all nodes side by side and reports, property by property, what of the vServers is not as it was declared or remembered.
  - Changes nothing, and takes no locks.
options:
  names:
    description: The vServers, or zones that nobody knows. If not given, all.
    type: list
    elements: str
  nodes:
    description:
      - The nodes to ask. If not given, all that the repository knows, or the task's host where it is a node.
      - Of what lives on nodes that are not asked nothing is reported.
    type: list
    elements: str
  fail_on:
    description: The least severity of a finding that makes the task fail, for scheduled jobs.
    type: str
    choices: [never, error, warning]
    default: never
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting.reading
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.vservers
  - module: heliostat.vdc.vserver_info
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: A scheduled job
  heliostat.vdc.drift_info:
    fail_on: warning

- name: Two of them
  heliostat.vdc.drift_info:
    names: [web1, db1]
  register: drift
"""

RETURN = r"""
findings:
  description: One for each property of each vServer on which not all agree.
  returned: always
  type: list
  elements: dict
  contains:
    vserver:
      description: The vServer or zone. Empty for a finding about a node.
      type: str
    node:
      description: The node where it was found, or is missing.
      type: str
    where:
      description: What has to change or to be understood, C(inventory), C(repository) or C(node).
      type: str
    property:
      description: Path of the property.
      type: str
      sample: capped-memory.swap
    kind:
      description: What it is, in words that stay the same.
      type: str
      sample: configuration differs
    severity:
      description: C(error), C(warning) or C(info).
      type: str
    declared:
      description: The inventory's value.
      type: str
    remembered:
      description: The repository's value.
      type: str
    found:
      description: The node's value.
      type: str
    repair:
      description: The steps by which M(heliostat.vdc.vservers) would make the node as declared.
      type: list
      elements: str
    adopt:
      description: YAML of the part of C(heliostat_vserver) that would describe what was found. A list stands whole.
      type: str
    by_hand:
      description: What a person can do, or why nothing else can.
      type: str
clean:
  description: Whether nothing was found.
  returned: always
  type: bool
table:
  description: The findings as a table for people.
  returned: always
  type: str
repairs:
  description: The vServers that have something to repair, by the state that M(heliostat.vdc.vservers) is to be called with.
  returned: always
  type: dict
  sample: {running: [web1]}
adopted:
  description:
    - C(heliostat_vserver) with all that can be adopted, by vServer. For zones that nobody knows all of their variables.
  returned: always
  type: dict
"""
