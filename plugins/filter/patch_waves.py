# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``patch_waves``: the nodes of a roll-out in waves."""

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_waves
short_description: Divide nodes into waves, clusters apart
version_added: 0.2.0
author: heliostat.vdc contributors
description:
  - Divides the nodes of a roll-out into waves. Two nodes of one cluster are never in the same one. The cluster of a node is what its host
    variable C(heliostat_patch_cluster) says.
positional: _input, hostvars, sizes
options:
  _input:
    description: The nodes in the order in which they are to be patched.
    type: list
    elements: str
    required: true
  hostvars:
    description: Ansible's C(hostvars).
    type: dict
    required: true
  sizes:
    description: How many nodes each wave has at most, numbers or percentages as of C(serial). The last counts for all further waves.
    type: list
    elements: raw
    default: [1, 25%, 100%]
"""

EXAMPLES = r"""
- name: Who is patched with whom
  ansible.builtin.debug:
    msg: "{{ groups['nodes'] | heliostat.vdc.patch_waves(hostvars, [1, '50%']) }}"
"""

RETURN = r"""
_value:
  description: The waves, each a list of nodes.
  type: list
  elements: list
"""

from collections.abc import Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ..plugin_utils.model.errors import HeliostatError
from ..plugin_utils.patching.waves import SIZES, waves

VARIABLE = "heliostat_patch_cluster"


def patch_waves(
    nodes: Sequence[str], hostvars: Mapping[str, Mapping[str, object]], sizes: Sequence[int | str] | int | str = SIZES
) -> list[list[str]]:
    """Two nodes of one cluster are never in the same wave."""
    wanted: Sequence[int | str] = [sizes] if isinstance(sizes, int | str) else sizes
    clusters = {name: str(hostvars[name].get(VARIABLE) or "") for name in nodes if name in hostvars}
    try:
        return [list(wave) for wave in waves(list(nodes), clusters, wanted)]
    except HeliostatError as error:
        raise AnsibleFilterError(f"patch_waves: {error}") from None


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, object]:
        return {"patch_waves": patch_waves}
