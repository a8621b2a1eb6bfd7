# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which patches go in: each after what it requires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..model.patching.patch import PatchId
from .analysis import Analysis


@dataclass(frozen=True, slots=True)
class Order:
    """``numbers`` are in order, each once. ``cycles``: numbers that require each other, from the lowest on. ``unmet``: number → sentences
    about what it requires and does not get. ``brought``: number → who required it, for those that were there for no other reason."""

    numbers: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...] = ()
    unmet: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    brought: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """What a requirement comes to: ``number`` has to go in before, or ``why`` nothing can. Both empty: nothing is needed."""

    number: str = ""
    why: str = ""


def need(analysis: Analysis, patch: str, required: PatchId) -> Need:
    """``required`` of ``patch``: what the system has is enough; else who made it obsolete, to the end of that chain; else itself."""
    if required.number == patch or analysis.has(required):
        return Need()
    wanted, seen = required, {required.number}
    while analysis.obsolete(wanted.number) and (by := analysis.obsoleted_by(wanted.number)):
        if by.number == patch or analysis.has(by):
            return Need()
        if by.number in seen:
            return Need(why=f"requires {required}, which is obsolete by a chain that leads back to {by.number}")
        seen.add(by.number)
        wanted = by
    current = analysis.current(wanted.number)
    if current is None:
        instead = f", whose work {wanted} does" if wanted != required else ""
        return Need(why=f"requires {required}{instead}, of which the reference tells nothing")
    if current.id.revision < wanted.revision:
        return Need(wanted.number, f"requires {wanted}, of which the reference knows {current.id} only")
    return Need(wanted.number)


@dataclass(slots=True)
class _Visit:
    """A patch whose requirements are being looked at."""

    number: str
    kind: str
    rest: Iterator[PatchId]


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
        stack = [_Visit(candidate, kind, _requires(analysis, candidate, follow))]
        path = {candidate: 0}
        while stack:
            top = stack[-1]
            required = next(top.rest, None)
            if required is None:
                stack.pop()
                del path[top.number]
                done[top.number] = None
                continue
            found = need(analysis, top.number, required)
            if found.why:
                unmet.setdefault(top.number, {})[found.why] = None
            if not found.number or found.number in done:
                continue
            if found.number in path:
                cycles[_turned([one.number for one in stack[path[found.number] :]])] = None
                continue
            kind = admit(found.number, top.kind)
            if kind is None:
                unmet.setdefault(top.number, {})[f"requires {required}, {_why_not(analysis, found.number, required)}"] = None
                continue
            brought[found.number] = top.number
            path[found.number] = len(stack)
            stack.append(_Visit(found.number, kind, _requires(analysis, found.number, follow)))
    listed = {number: tuple(said) for number, said in unmet.items() if number in done}
    return Order(tuple(done), tuple(sorted(cycles)), listed, brought)


def _requires(analysis: Analysis, number: str, follow: bool) -> Iterator[PatchId]:
    revision = analysis.current(number) if follow else None
    return iter(revision.requires if revision else ())


def _turned(ring: list[str]) -> tuple[str, ...]:
    start = ring.index(min(ring))
    return tuple(ring[start:] + ring[:start])


def _why_not(analysis: Analysis, number: str, required: PatchId) -> str:
    """Why what has to go in before is not listed. patchadd refuses a patch whose requirement changes no package of the system."""
    name = "which" if number == required.number else f"whose work {number} does, which"
    words = {
        "obsoleted": "is obsolete",
        "withdrawn": "is withdrawn",
        "not_applicable": "changes no package of this system",
        "installed": "is installed in a lower revision than that",
        "newer": "is installed in a lower revision than that",
    }
    return f"{name} {words.get(analysis.standing(number), 'is left out')}"
