# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``patch_nodes``: the nodes of a roll-out or a back-out, by what was named."""

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_nodes
short_description: Tell which nodes a roll-out of patches is for
version_added: 0.3.0
author: heliostat.vdc contributors
description:
  - Makes a list of nodes of hosts and groups of the inventory, or of a patch target. Canaries come first.
  - A target that is not there, and a name that is neither a host nor a group, are refused, and so is a host that is not in the target.
positional: _input, groups, rows, target, canaries
options:
  _input:
    description:
      - Hosts or groups, as a list, or in one line with commas or blanks. An empty line, or V(none), where the nodes are those of the
        target; an empty list is refused. Of a target's nodes those that are named count.
    type: raw
    required: true
  groups:
    description: Ansible's C(groups).
    type: dict
    required: true
  rows:
    description: The rows of C(patch_target_nodes) of M(heliostat.vdc.repository_info). Needed with O(target).
    type: list
    elements: dict
    default: []
  target:
    description: Name of a patch target. Empty for none.
    type: str
    default: ''
  canaries:
    description: Hosts or groups that come first, where they are among the nodes.
    type: raw
    default: []
"""

EXAMPLES = r"""
- name: The nodes, t4a first
  ansible.builtin.debug:
    msg: "{{ ['nodes'] | heliostat.vdc.patch_nodes(groups, canaries=['t4a']) }}"
"""

RETURN = r"""
_value:
  description: The nodes in order.
  type: list
  elements: str
"""

from collections.abc import Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ..plugin_utils.model.errors import HeliostatError
from ..plugin_utils.patching.named_nodes import named_nodes


def patch_nodes(
    named: Sequence[str] | str | None,
    groups: Mapping[str, Sequence[str]],
    rows: Sequence[Mapping[str, str]] = (),
    target: str | None = "",
    canaries: Sequence[str] | str | None = (),
) -> list[str]:
    """Raises AnsibleFilterError where a name is not right."""
    targets: dict[str, list[str]] = {}
    for row in rows:
        targets.setdefault(row["target"], []).append(row["node"])
    try:
        return named_nodes(named, groups, targets, target, canaries)
    except HeliostatError as error:
        raise AnsibleFilterError(f"patch_nodes: {error}") from None


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, object]:
        return {"patch_nodes": patch_nodes}
