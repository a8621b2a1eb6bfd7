# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: quarantine
short_description: Keep work off a node that was given up, and release it
version_added: 0.1.0
description:
  - While a node is in quarantine nothing is imported, installed, attached or booted on it by this collection, and placement passes it
    over. M(heliostat.vdc.recovery) puts a lost node there.
  - Releasing it looks at it first. As long as a zone runs or a dataset is imported there that belongs to a vServer that lives
    elsewhere, it is refused. What is left of their configurations is cleared away.
options:
  state:
    description: V(quarantined) only writes it down. V(released) looks at the node, which must answer.
    type: str
    choices: [quarantined, released]
    required: true
  reason:
    description: Why it is in quarantine. Shown with every refusal.
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
- name: Its memory is suspect
  heliostat.vdc.quarantine:
    state: quarantined
    reason: memory errors, ticket 4711

- name: Repaired
  heliostat.vdc.quarantine:
    state: released
"""

RETURN = r"""
plan:
  description: The steps that clear away what is left of vServers that live elsewhere. The same in check mode and in the run.
  returned: success
  type: list
  elements: dict
  sample:
    - {object: web1, what: delete configuration of zone web1, why: it lives on node t8b now, command: zonecfg -z web1 delete -F}
before:
  description: State of each zone that lives elsewhere, as it was found on this node.
  returned: success
  type: dict
after:
  description: The same now. In check mode as it would be.
  returned: success
  type: dict
journal:
  description: Number of the repository's journal entry by vServer, for each that was worked on. Empty in check mode.
  returned: success
  type: dict
failures:
  description: Message by vServer that keeps the node in quarantine.
  returned: when the node is not released
  type: dict
"""
