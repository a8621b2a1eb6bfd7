# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes a roll-out, or a back-out, is for.

A name that is not right is refused: a run that does nothing looks like one that has nothing left to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..model.errors import InvalidDefinition


def named_nodes(
    named: Sequence[str] | str | None,
    groups: Mapping[str, Sequence[str]],
    targets: Mapping[str, Sequence[str]],
    target: str | None = None,
    canaries: Sequence[str] | str | None = None,
) -> list[str]:
    """The nodes in order: canaries first, then as they are named, of a target by name.

    ``named`` and ``canaries`` are hosts or groups of the inventory, ``groups`` the inventory's (``all`` has every host). ``targets``: patch
    target → its nodes. With a ``target`` the nodes are the target's, or those of them that are named. Canaries that are not among the nodes
    are passed over, so that an inventory can name them for all roll-outs. An empty line is what a form leaves of a field; an empty list was
    reckoned, and is not taken for all nodes of the target. Raises InvalidDefinition.
    """
    if named is not None and not isinstance(named, str) and not named:
        raise InvalidDefinition(
            "the nodes are an empty list. Name hosts or groups of the inventory, or leave the list out for all nodes of a patch target. "
            "Nothing was done."
        )
    first = _hosts(words(canaries), groups)
    if target:
        nodes = _of_target(words(named), groups, targets, target)
    else:
        nodes = _hosts(words(named), groups)
    if not nodes:
        raise InvalidDefinition("no node is named. Name a patch target, or hosts or groups of the inventory. Nothing was done.")
    return [name for name in first if name in nodes] + [name for name in nodes if name not in first]


def words(value: Sequence[str] | str | None) -> list[str]:
    """A list, or what somebody typed into one line: names with commas or blanks between them."""
    return [word for word in re.split(r"[,\s]+", value) if word] if isinstance(value, str) else list(value or [])


def _of_target(named: list[str], groups: Mapping[str, Sequence[str]], targets: Mapping[str, Sequence[str]], target: str) -> list[str]:
    if target not in targets:
        there = f", only {', '.join(sorted(targets))}" if targets else ""
        raise InvalidDefinition(f"there is no patch target {target}{there}. Nothing was done.")
    members = sorted(targets[target])
    lost = [name for name in members if name not in groups["all"]]
    if lost:
        raise InvalidDefinition(f"{', '.join(lost)} of patch target {target} is not in the inventory. Nothing was done.")
    if not named:
        return members
    others = [name for name in named if name in groups["all"] and name not in members]
    if others:
        raise InvalidDefinition(f"{', '.join(others)} is not in patch target {target}. Nothing was done.")
    found = [name for name in members if name in _hosts(named, groups)]
    if not found:
        raise InvalidDefinition(f"{', '.join(named)} has no node of patch target {target}. Nothing was done.")
    return found


def _hosts(named: Iterable[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    found: dict[str, None] = {}
    for word in named:
        if word not in groups["all"] and word not in groups:
            raise InvalidDefinition(f"{word} is neither a host nor a group of the inventory. Nothing was done.")
        found |= dict.fromkeys([word] if word in groups["all"] else groups[word])
    return list(found)
