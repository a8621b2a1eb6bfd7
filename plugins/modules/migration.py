# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: migration
short_description: Move vServers from node to node
version_added: 0.1.0
description:
  - Shuts a vServer down, detaches it, hands its datasets over and attaches and boots it on another node. What the other node lacks
    is found, and said completely, before anything is stopped.
  - Between nodes of Solaris 11.4, one whose storage is its zone's own (rootzpool) is moved by C(zoneadm migrate) where a trial of it
    succeeds.
  - When it cannot arrive, it goes back to where it was. A run that was killed is continued by the next one with the same names.
options:
  names:
    description: The vServers. Of a chain of dependencies, masters arrive before their slaves.
    type: list
    elements: str
    required: true
  target:
    description: The node they go to. If not given, placement chooses the best other node for each.
    type: str
  state:
    description: Their run state there. With V(as_it_is) one runs there when it ran before.
    type: str
    choices: [as_it_is, running, halted]
    default: as_it_is
  upgrade:
    description:
      - What attaching does to their software when the target has later packages or patches. V(minimal) updates what depends on the
        node (C(zoneadm attach -u)), V(all) everything (C(-U)). With V(no) such a vServer is refused, and each difference named.
    type: str
    choices: ['no', minimal, all]
    default: 'no'
  boot_environment:
    description:
      - The boot environment of the zones that is attached (C(zoneadm attach -z)), Solaris 11 only. With one from before an upgrade a
        vServer can go back to a node with older packages, which is then not refused for them.
    type: str
  force:
    description: Halt a running vServer instead of shutting it down cleanly.
    type: bool
    default: false
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - heliostat.vdc.acting
  - heliostat.vdc.repository
notes:
  - "It runs on the controller (C(hosts: localhost)) and connects to source and target with the variables of their inventory hosts."
author:
  - heliostat.vdc maintainers (@heliostat)
"""

EXAMPLES = r"""
- name: Where web1 would go, and how
  heliostat.vdc.migration:
    names: [web1]
  check_mode: true

- name: To a certain node
  heliostat.vdc.migration:
    names: [web1]
    target: t8b
"""

RETURN = r"""
plan:
  description: The steps, in order, each with its node. The same in check mode and in the run.
  returned: always
  type: list
  elements: dict
  sample:
    - {object: web1, node: t8a, what: detach zone web1, why: its data stays on the LUNs, command: zoneadm -z web1 detach}
targets:
  description: The node each vServer goes to.
  returned: always
  type: dict
  sample: {web1: t8b}
before:
  description: Run state and imported datasets on source and target, by vServer.
  returned: always
  type: dict
after:
  description: The same now. In check mode as it would be.
  returned: always
  type: dict
journal:
  description: Number of the repository's journal entry by vServer, for each that was worked on. Empty in check mode.
  returned: always
  type: dict
  sample: {web1: 12}
failures:
  description: Message by vServer, for each that failed. The others were carried out.
  returned: when something failed
  type: dict
"""
