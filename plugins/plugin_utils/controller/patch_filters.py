# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches of an analysis are meant: what patch_analysis and patch_set take of it in the same options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..model.patching.archive import Properties
from ..model.patching.patch import PatchId
from ..patching.selection import Selection, wanted

if TYPE_CHECKING:
    from ..repository.store import Repository

#: Beside ``wanted``, whose default is each one's own.
OPTIONS: dict[str, Any] = {
    "minimum_age": {"type": "int"},
    "maximum_age": {"type": "int"},
    "pattern": {"type": "str", "default": ""},
    "ignore": {"type": "list", "elements": "str", "default": []},
    "stop": {"type": "list", "elements": "str", "default": []},
    "recommended": {"type": "list", "elements": "str", "default": []},
    "security": {"type": "list", "elements": "str", "default": []},
    "minimal": {"type": "bool", "default": False},
    "without_reboot": {"type": "bool", "default": False},
}


def selection(told: Mapping[str, Any], *, requirements: bool = True) -> Selection:
    """Raises ParseError where a word of it means nothing."""
    found = Selection(
        tuple(map(wanted, told["wanted"])),
        told["minimum_age"],
        told["maximum_age"],
        told["pattern"],
        tuple(told["ignore"]),
        tuple(told["stop"]),
        frozenset(told["recommended"]),
        frozenset(told["security"]),
        requirements,
        told["minimal"],
        told["without_reboot"],
    )
    found.check()
    return found


def properties(repository: Repository | None, chosen: Selection) -> dict[PatchId, Properties]:
    """Of the archives that the repository knows, where the selection asks for them."""
    if repository is None or not chosen.without_reboot:
        return {}
    return {patch: one.properties for patch, one in repository.patching.archives().items()}
