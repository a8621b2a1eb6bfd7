# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_info
short_description: Show what a node is
version_added: 0.1.0
description:
  - Asks the task's host for release, model, CPUs, memory, disks and LUNs, links, addresses, IPMP groups and brands; of a logical
    domain its name, and the control domain that carries it. Records nothing.
options:
  repository:
    description: Taken so that C(module_defaults) can set it for all modules of the collection. This one needs no repository.
    type: str
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting.reading
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Look at a node
  heliostat.vdc.node_info:
  register: found

- name: Show its LUNs
  ansible.builtin.debug:
    msg: "{{ found.node.disks | map(attribute='guid') | select }}"
"""

RETURN = r"""
node:
  description: What was found.
  returned: always
  type: dict
  sample: {hostname: t8a, model: SPARC T8-1, cpus: 256, memory: 274877906944}
"""
