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
  - A node must see all LUNs, have a link for each network's type, offer the brand, and have memory left. Of those the one with
    most memory left is taken.
options:
  names:
    description: The vServers to place.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.repository
attributes:
  check_mode:
    support: full
    details: Returns where each would go. Nothing is recorded.
  diff_mode:
    support: none
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    platforms: posix
    details: Runs on the controller.
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
  description: For each vServer that was placed now the node, why, and why not each other node.
  returned: always
  type: dict
failures:
  description: Message by vServer, for each that has no home.
  returned: when one has none
  type: dict
"""
