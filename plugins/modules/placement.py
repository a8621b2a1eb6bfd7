# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: placement
short_description: Place vServers on nodes
version_added: 0.1.0
description:
  - Gives every vServer without a home a node of its compute pool and remembers it in the repository. Talks to no node.
  - It goes by the same rules and the same search as an evacuation. Of the nodes that can carry a vServer it takes the one that is the least
    full with it. Where not all find a home, those do that matter most. Nothing that lives somewhere is moved.
  - A vServer that discovery saw on a node belongs there.
options:
  names:
    description: The vServers to place.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
attributes:
  check_mode:
    support: full
    details: Returns where each would go. Nothing is recorded.
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Find a home for every vServer
  heliostat.vdc.placement:
    names: "{{ groups['vservers'] }}"
"""

RETURN = r"""
placements:
  description: Node by vServer.
  returned: always
  type: dict
  sample: {web1: t8a}
explained:
  description: For each vServer that looked for a home, where it goes.
  returned: always
  type: dict
  contains:
    node:
      description: The node. Null where it stays without one.
      type: str
    why:
      description: What speaks for it.
      type: str
    rejected:
      description: For each other node the one rule against it.
      type: dict
    remedy:
      description: What would help, where no node can carry it.
      type: str
    counted:
      description: V(measured) where what it used lately decides how full it makes a node, V(declared) where its size does.
      type: str
  sample: {web1: {node: t8a, why: "the least full of 2 that can carry it: 12% of it will be used", rejected:
    {t8b: "could carry it too, and would be 31% used; t8a is 12%"}, remedy: "", counted: declared}}
failures:
  description: Message by vServer, for each that has no home.
  returned: when one has none
  type: dict
"""
