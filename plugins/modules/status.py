# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: status
short_description: Show the data centre
version_added: 0.1.0
description:
  - Prints a table of the nodes and one of the vServers, and returns them. States are those given in O(seen). What was not
    measured shows as unknown.
options:
  seen:
    description: For each node that answered, the run state of its zones. RV(heliostat.vdc.vserver_info#module:states) gives it.
    type: dict
    default: {}
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting.reading
  - heliostat.vdc.repository
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Ask every node
  heliostat.vdc.vserver_info:
  register: found

- name: Show the data centre
  heliostat.vdc.status:
    seen: "{{ {inventory_hostname: found.states} }}"
"""

RETURN = r"""
nodes:
  description: A row for each node.
  returned: always
  type: list
  elements: dict
vservers:
  description: A row for each vServer.
  returned: always
  type: list
  elements: dict
"""
