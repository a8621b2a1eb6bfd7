# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: repository
short_description: Make, upgrade, back up and restore the configuration repository
version_added: 0.1.0
description:
  - The configuration repository remembers nodes, vServers, their LUNs and networks, who changed what, and who works on what.
  - Runs on the controller, whatever the task's host. No node is asked.
options:
  state:
    description:
      - V(present) makes the repository where there is none. One of an older schema is left alone and fails.
      - V(upgraded) brings an existing repository to the schema of this version of the collection, all of it or nothing.
      - V(backed_up) writes a copy to O(path) while others go on working. SQLite gives a SQLite file, PostgreSQL its export.
      - V(restored) replaces the whole content by that of O(path), a backup or an export, also one of an older schema.
      - V(exported) writes everything as JSON to O(path). The same content gives the same file.
      - V(unlocked) breaks the lock on O(object). Do that only when it is certain that the run that took it is dead.
      - A repository is never removed by this module.
    type: str
    choices: [present, upgraded, backed_up, restored, exported, unlocked]
    default: present
  path:
    description:
      - File on the controller, for O(state=backed_up), O(state=restored) and O(state=exported).
      - Written files can be read by their owner alone.
    type: path
  object:
    description: Name of the locked object, for O(state=unlocked).
    type: str
  force:
    description:
      - With O(state=backed_up), replace a file that exists.
      - With O(state=restored), restore though objects are lost that the backup does not have, though runs hold locks, or
        though the repository is damaged. A damaged SQLite file is kept with C(.damaged) added to its name.
    type: bool
    default: false
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.controller
  - heliostat.vdc.repository
attributes:
  diff_mode:
    support: full
seealso:
  - module: heliostat.vdc.repository_info
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Make the repository
  heliostat.vdc.repository:

- name: Upgrade it after an update of the collection
  heliostat.vdc.repository:
    state: upgraded

- name: Back it up
  heliostat.vdc.repository:
    state: backed_up
    path: /var/backups/heliostat-{{ now(utc=true, fmt='%Y-%m-%d') }}

- name: See what a restore would change
  heliostat.vdc.repository:
    state: restored
    path: /var/backups/heliostat-2026-01-31
    force: true
  check_mode: true
  register: what

- name: Break the lock of a run that died with its controller
  heliostat.vdc.repository:
    state: unlocked
    object: web1
"""

RETURN = r"""
repository:
  description: The repository's URL, without its password.
  returned: always
  type: str
revision:
  description: Its schema after the task. In check mode, what it would be.
  returned: always
  type: str
  sample: "0006"
path:
  description: The file that was written or read.
  returned: with O(state=backed_up), O(state=restored) and O(state=exported)
  type: str
lost:
  description: Objects that the repository knew and the backup does not.
  returned: with O(state=restored)
  type: list
  elements: str
  sample: [vserver web9]
returned:
  description: Objects that the backup has and the repository did not know.
  returned: with O(state=restored)
  type: list
  elements: str
lock:
  description: The lock that was broken.
  returned: with O(state=unlocked), when there was one
  type: dict
  sample: {object: web1, owner: anna, host: mgmt1, pid: 4711, reason: "vserver running on node t8a"}
"""
