# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node
short_description: Register, discover and forget nodes
version_added: 0.1.0
description:
  - Discovers the task's host and remembers it as a node - release, model, CPUs, memory, disks and LUNs, links,
    addresses, IPMP groups, brands.
  - Changes nothing on the node. One round trip.
  - The node's compute pool and its link for each network type are declared in the variable C(heliostat_node).
options:
  state:
    description:
      - V(present) looks at the node and remembers what it found. V(registered) does so only for a node not yet known.
      - V(absent) forgets the node. Refused while vServers live there or a patch target has it.
    type: str
    choices: [present, registered, absent]
    default: present
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Take over an existing node
  heliostat.vdc.node:
    state: present

- name: Forget a node that was given back
  heliostat.vdc.node:
    state: absent
"""

RETURN = r"""
node:
  description: What was found.
  returned: unless O(state=absent)
  type: dict
  sample: {hostname: t8a, model: SPARC T8-1, cpus: 256, memory: 274877906944}
"""
