# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_target
short_description: Say which nodes are to get which patch sets
version_added: 0.3.0
description:
  - A patch target is nodes and frozen versions of patch sets, kept in the configuration repository. M(heliostat.vdc.patch_install) rolls
    it out.
  - Overlapping sets are merged. Each node gets the highest revision of a patch; which sets asked for it is kept.
  - Asks the nodes and shows what each would get, in order, what it has already, what does not apply or is refused and why, whether it needs
    single user or a reboot, and which patches are the reason. Nothing is installed.
  - Refused for a node are patches that do not go with what is installed (interim reliefs too) or with each other, whose requirement the
    node lacks and no set has, and whose archive no depot has or cannot be used. All others go in.
  - A patch of which no archive tells how it goes in counts as one that needs single user and a reboot.
options:
  name:
    description: Name of the target.
    type: str
    required: true
  state:
    description: V(present) has exactly O(nodes) and O(sets). V(absent) is forgotten; sets and results stay.
    type: str
    choices: [present, absent]
    default: present
  nodes:
    description: Nodes by name, or groups of the inventory. Of a group those count that run Solaris 10. Needed for O(state=present).
    type: list
    elements: str
  sets:
    description: The patch sets. Needed for O(state=present).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the set.
        type: str
        required: true
      version:
        description: Its version, which has to be frozen. The newest frozen one, if not given.
        type: int
  description:
    description: What the target is for.
    type: str
    default: ''
  look:
    description: Whether to ask the nodes and show what each would get. One that does not answer is a warning.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    details: Shows the same. Nothing is recorded.
  diff_mode:
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    platforms: solaris
    details: Solaris 10. The node needs sshd and C(/bin/sh), no Python.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.repository
seealso:
  - module: heliostat.vdc.patch_set
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: The newest frozen version of a set, on all nodes of a group
  heliostat.vdc.patch_target:
    name: march
    nodes: [nodes]
    sets:
      - name: base
"""

RETURN = r"""
target:
  description: C(name), C(nodes), C(sets) with their C(version), and C(description). Empty where it is gone.
  returned: success
  type: dict
due:
  description: What each node that answered is due.
  returned: when O(look)
  type: dict
  contains:
    install:
      description: Patches that it would get, in order.
      type: list
      elements: str
    installed:
      description: Patches that it has in this revision.
      type: list
      elements: str
    obsoleted:
      description: Patches that are not needed, with the patch that does their work, on the node or in the sets.
      type: dict
    not_applicable:
      description: Patches that change nothing of the node, with the reason.
      type: dict
    refused:
      description: Patches that cannot go in, with the reason.
      type: dict
    notes:
      description: Doubts about patches that go in all the same.
      type: dict
    single_user:
      description: Whether the node has to go to single user.
      type: bool
    reboot:
      description: V(none), V(after) the installation or V(immediate).
      type: str
    reconfigure:
      description: Whether the reboot is one with reconfiguration.
      type: bool
    single_user_for:
      description: Patches that are the reason for single user.
      type: list
      elements: str
    reboot_for:
      description: Patches that are the reason for the reboot.
      type: list
      elements: str
    unknown:
      description: Patches of which no archive tells how they go in.
      type: list
      elements: str
    asked_by:
      description: For each patch the set versions that asked for it.
      type: dict
unknown:
  description: Nodes that told nothing, with the reason.
  returned: when O(look)
  type: dict
totals:
  description:
    - For the target, how many C(nodes), nodes with C(nothing_due), patches of each kind, and nodes that need C(single_user) or
      a C(reboot).
  returned: when O(look)
  type: dict
"""
