# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: maintenance
short_description: Keep new work off a node, and let it come again
version_added: 0.2.0
description:
  - While a node is in maintenance no vServer is placed on it or moves to it. What lives there runs on, and may be booted, changed and
    moved away. The repository remembers it, so it holds for every controller until it is ended.
  - Moves nothing. M(heliostat.vdc.evacuation) puts a node into maintenance and empties it, playbook C(heliostat.vdc.node_maintenance)
    does either.
  - The maintenance of a node that was evacuated ends with the return of what left it, not by this module.
options:
  state:
    description: V(present) keeps work off, V(absent) lets it come.
    type: str
    choices: [present, absent]
    required: true
  reason:
    description: Why. Needed for O(state=present), and shown with whatever is refused meanwhile. A further one is kept behind the earlier.
    type: str
    default: ''
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
attributes:
  platform:
    platforms: posix
    details: Runs on the controller, for the task's host.
seealso:
  - module: heliostat.vdc.evacuation
  - module: heliostat.vdc.quarantine
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Nothing new, its firmware is to be updated tonight
  heliostat.vdc.maintenance:
    state: present
    reason: firmware, ticket 4711

- name: It was
  heliostat.vdc.maintenance:
    state: absent
"""

RETURN = r"""
before:
  description: Whether it was in maintenance, and the reason of that (or of its quarantine).
  returned: success
  type: dict
  sample: {maintenance: false, reason: ''}
"""
