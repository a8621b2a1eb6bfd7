# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dataset
short_description: Manage a dataset on a node
version_added: 0.1.0
description:
  - Creates, takes over, exports or destroys a dataset on LUNs, which are named by GUID or by their name in C(heliostat_luns). A dataset
    is a zpool, a disk set of Solaris Volume Manager, or a disk group of Veritas Volume Manager.
  - A LUN that carries anything else, of whichever volume manager, or belongs to another vServer, is refused. Nothing is ever forced.
options:
  name:
    description: The dataset's name, which is that of the pool, disk set or disk group.
    type: str
    required: true
  luns:
    description: The LUNs in order. For O(layout=stripe_of_mirrors) pair by pair.
    type: list
    elements: str
    required: true
  layout:
    description: How the LUNs are put together.
    type: str
    choices: [single, mirror, stripe, stripe_of_mirrors]
    default: single
  manager:
    description: The volume manager. The others than V(zfs) need Solaris 10.
    type: str
    choices: [zfs, svm, vxvm]
    default: zfs
  state:
    description:
      - V(present) creates the dataset, or imports it if it was exported. V(exported) gives it away with its data.
      - V(absent) destroys it with its data, also when it is exported, and needs O(destroy). It is refused while another zone or file
        systems lie on it that O(vserver) does not declare.
      - Both V(exported) and V(absent) are refused for a dataset that belongs to another vServer than O(vserver) in the repository, and
        while a zone's configuration uses any of it.
    type: str
    choices: [present, exported, absent]
    default: present
  vserver:
    description: The vServer to which the LUNs belong, if any. Its file systems may be destroyed with the dataset.
    type: str
  destroy:
    description: The dataset's name once more, to confirm that O(state=absent) destroys its data.
    type: str
    default: ''
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: A mirror of two LUNs
  heliostat.vdc.dataset:
    name: scratch
    luns: [lun09, lun10]
    layout: mirror

- name: Give it away with its data
  heliostat.vdc.dataset:
    name: scratch
    luns: [lun09, lun10]
    layout: mirror
    state: exported

- name: Destroy it
  heliostat.vdc.dataset:
    name: scratch
    luns: [lun09, lun10]
    layout: mirror
    state: absent
    destroy: scratch
"""

RETURN = r"""
plan:
  description: The steps, in order. The same in check mode and in the run.
  returned: always
  type: list
  elements: dict
  sample:
    - {object: scratch, what: export dataset scratch, why: its data stays on the LUNs, command: zpool export scratch}
before:
  description: What was found, by object.
  returned: as RV(plan)
  type: dict
after:
  description: What is there now. In check mode what would be.
  returned: as RV(plan)
  type: dict
journal:
  description: Number of the repository's journal entry by object, for each that was worked on. Empty in check mode.
  returned: as RV(plan)
  type: dict
  sample: {web1: 12}
failures:
  description: Message by object, for each that failed. The others were carried out.
  returned: when something failed
  type: dict
"""
