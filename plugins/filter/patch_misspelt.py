# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``patch_misspelt``: variables that are none of patching."""

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_misspelt
short_description: Find misspelt variables of patching
version_added: 0.3.0
author: heliostat.vdc contributors
description: Of names of variables, tells which begin with C(heliostat_patch_) and are none that patching knows.
options:
  _input:
    description: Names of variables.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: What is misspelt
  ansible.builtin.debug:
    msg: "{{ query('ansible.builtin.varnames', '^heliostat_patch_') | heliostat.vdc.patch_misspelt }}"
"""

RETURN = r"""
_value:
  description: A sentence for each, with the name that was probably meant.
  type: list
  elements: str
"""

from ..plugin_utils.patching.variables import misspelt


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, object]:
        return {"patch_misspelt": misspelt}
