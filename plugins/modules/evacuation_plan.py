# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: evacuation_plan
short_description: Say how a node would be emptied
version_added: 0.2.0
description:
  - Finds a new home for each vServer of a node, as M(heliostat.vdc.evacuation) would, from what the repository knows. Talks to no node
    and changes nothing.
  - With O(path) the plan is written to a file, with the state it was made from and a digest. M(heliostat.vdc.evacuation) carries such a
    file out as long as that state holds.
options:
  node:
    description: The node.
    type: str
    required: true
  moves:
    description: What else may move, as in M(heliostat.vdc.evacuation).
    type: str
    choices: [none, needed, balance]
    default: needed
  at_once:
    description: How many vServers leave, or arrive at, one node at once.
    type: int
    default: 2
  upgrade:
    description: What attaching may do to their software, as in M(heliostat.vdc.evacuation).
    type: str
    choices: ['no', minimal, all]
    default: 'no'
  path:
    description: File on the controller.
    type: path
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
attributes:
  check_mode:
    support: full
    details: No file is written.
seealso:
  - module: heliostat.vdc.evacuation
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: For the change request
  heliostat.vdc.evacuation_plan:
    node: t8a
    path: /var/tmp/t8a-evacuation.json
"""

RETURN = r"""
evacuation:
  description: The plan, as M(heliostat.vdc.evacuation) returns it.
  returned: success
  type: dict
"""
