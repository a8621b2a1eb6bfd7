# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which patches go in: each after what it requires."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..model.patching.patch import PatchId
from .analysis import Analysis
from .current import Need, Requirement


@dataclass(frozen=True, slots=True)
class Order:
    """``numbers`` are in order, each once. ``cycles``: numbers that require each other, from the lowest on. ``unmet``: number → sentences
    about what it requires and does not get. ``brought``: number → who required it, for those that were there for no other reason."""

    numbers: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...] = ()
    unmet: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    brought: Mapping[str, str] = field(default_factory=dict)


def need(analysis: Analysis, patch: str, one: Requirement) -> Need:
    """Of ``patch``: what the system has is enough; else who made it obsolete, to the end of that chain; else itself."""
    installed = analysis.installed
    for number, revision in one.by:
        if number in installed and installed[number] >= revision:
            return _NOTHING
    if one.required.number == patch:
        return _NOTHING
    if analysis.work and not analysis.work.keys().isdisjoint(one.numbers):
        return _by_system(analysis, patch, one.required)
    if patch in one.numbers:  # the patch itself made obsolete what it requires
        return _NOTHING
    return one.need


_NOTHING = Need()


def _by_system(analysis: Analysis, patch: str, required: PatchId) -> Need:
    """The same where patches of the system say that they do the work of others."""
    wanted, seen = required, set[str]()
    while wanted.number != patch and not analysis.has(wanted):
        if wanted.number in seen:
            return Need(why=f"requires {required}, which is obsolete by a chain that leads back to {wanted.number}")
        seen.add(wanted.number)
        by = analysis.obsoleted_by(wanted.number) if analysis.obsolete(wanted.number) else None
        if by is None:
            current = analysis.current(wanted.number)
            if current is None:
                instead = f", whose work {wanted} does" if wanted != required else ""
                return Need(why=f"requires {required}{instead}, of which the reference tells nothing")
            low = current.id.revision < wanted.revision
            return Need(wanted.number, f"requires {wanted}, of which the reference knows {current.id} only" if low else "")
        wanted = by
    return _NOTHING


@dataclass(slots=True)
class _Visit:
    """A patch whose requirements are being looked at."""

    number: str
    kind: str
    rest: Iterator[tuple[PatchId, Need]]


def order(candidates: Iterable[str], admit: Callable[[str, str | None], str | None], analysis: Analysis, follow: bool = True) -> Order:
    """``admit`` tells whether a number is listed, and as what: for the sake of itself (None), or as required by one listed as that.

    Requirements are looked at depth first. Where they close to a ring it is cut there and named; PCA lists one of its members twice.
    """
    done: dict[str, None] = {}
    cycles: dict[tuple[str, ...], None] = {}
    unmet: dict[str, dict[str, None]] = {}
    brought: dict[str, str] = {}
    for candidate in candidates:
        kind = None if candidate in done else admit(candidate, None)
        if kind is None:
            continue
        needs = _needs(analysis, candidate, follow, done)
        if not needs:
            done[candidate] = None
            continue
        stack = [_Visit(candidate, kind, iter(needs))]
        path = {candidate: 0}
        while stack:
            top = stack[-1]
            for required, found in top.rest:
                if found.why:
                    unmet.setdefault(top.number, {})[found.why] = None
                if not found.number or found.number in done:
                    continue
                if found.number in path:
                    cycles[_turned([one.number for one in stack[path[found.number] :]])] = None
                    continue
                kind = admit(found.number, top.kind)
                if kind is None:
                    unmet.setdefault(top.number, {})[_why_not(analysis, found.number, required)] = None
                    continue
                brought[found.number] = top.number
                path[found.number] = len(stack)
                stack.append(_Visit(found.number, kind, iter(_needs(analysis, found.number, follow, done))))
                break
            else:
                stack.pop()
                del path[top.number]
                done[top.number] = None
    listed = {number: tuple(said) for number, said in unmet.items() if number in done}
    return Order(tuple(done), tuple(sorted(cycles)), listed, brought)


def _needs(analysis: Analysis, number: str, follow: bool, done: Container[str]) -> list[tuple[PatchId, Need]]:
    """What the current revision requires, the system lacks, and is not ``done`` yet."""
    current = analysis.index.current.get(number) if follow else None
    if current is None or not current.revision.requires:
        return []
    found = []
    for requirement in analysis.index.requirements(current.revision):
        # by far the most are: the others take longer, and nothing of the system can change this
        if requirement.need.number in done and not requirement.need.why and not analysis.work:
            continue
        one = need(analysis, number, requirement)
        if one is not _NOTHING:
            found.append((requirement.required, one))
    return found


def _turned(ring: list[str]) -> tuple[str, ...]:
    start = ring.index(min(ring))
    return tuple(ring[start:] + ring[:start])


def _why_not(analysis: Analysis, number: str, required: PatchId) -> str:
    """Why what has to go in before is not listed."""
    return _sentence(number, required, analysis.standing(number))


@functools.lru_cache(maxsize=1 << 15)
def _sentence(number: str, required: PatchId, standing: str) -> str:
    """patchadd refuses a patch whose requirement changes no package of the system."""
    name = "which" if number == required.number else f"whose work {number} does, which"
    words = {
        "obsoleted": "is obsolete",
        "withdrawn": "is withdrawn",
        "not_applicable": "changes no package of this system",
        "installed": "is installed in a lower revision than that",
        "newer": "is installed in a lower revision than that",
    }
    return f"requires {required}, {name} {words.get(standing, 'is left out')}"
