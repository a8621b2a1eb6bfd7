# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement against the repository: the nodes as remembered, the vServers as declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..model.dependencies import Dependencies
from ..model.vserver import VServer
from ..placement import arrival
from ..placement.arrival import Arrival
from ..placement.existing import elsewhere, owners_of
from ..placement.explain import Answer
from .action import HeliostatAction
from .estate import estate, measured
from .report import attempt, failed

if TYPE_CHECKING:
    from ..repository.records import NodeRecord, VServerRecord
    from ..repository.store import Repository


def place(action: HeliostatAction, names: Sequence[str], repository: Repository | None) -> dict[str, Any]:
    """Where each vServer lives: where it already does, or where it now goes. One without a home fails the task at its end."""
    if repository is None:
        return {
            "changed": False,
            "placements": {},
            "explained": {},
            "warnings": ["there is no configuration repository yet: nothing can be placed before it is made"],
        }
    return _Placing(action, repository).result(names)


class _Placing:
    def __init__(self, action: HeliostatAction, repository: Repository) -> None:
        self._action = action
        self._repository = repository
        self._nodes = repository.nodes()
        records = repository.vservers()
        misplaced = {record.name for record in records if _misplaced(record, self._nodes)}
        self._living = {record.name: record.node for record in records if record.node is not None and record.name not in misplaced}
        self._failures: dict[str, str] = {}
        self._explained: dict[str, Answer] = {}
        self._there: dict[str, str] = {}  # what of it exists where it goes

    def result(self, names: Sequence[str]) -> dict[str, Any]:
        asked = [found for name in sorted(set(names)) if (found := attempt(name, self._failures, self._action.inventory.vserver))]
        coming = self._arrivals([vserver for vserver in _masters_first(self._repository, asked) if vserver.name not in self._living])
        placed = self._placed(coming)
        result: dict[str, Any] = {
            "changed": bool(placed),
            "placements": {vserver.name: self._living[vserver.name] for vserver in asked if vserver.name in self._living} | placed,
            "explained": {name: asdict(answer) for name, answer in self._explained.items()},
        }
        return result | (failed(self._failures) if self._failures else {})

    def _arrivals(self, vservers: Sequence[VServer]) -> list[Arrival]:
        """What exists on a node already comes to no other."""
        facts = {node.name: node.facts for node in self._nodes}
        found = []
        for vserver in vservers:
            owners, what = owners_of(vserver, facts)
            if len(owners) > 1:
                both = " and ".join(owners)
                why = f"{what} exists on nodes {both}: find out which is it, remove the other, discover the nodes again"
                self._explained[vserver.name] = Answer(None, why)
                self._failures[vserver.name] = f"vServer {vserver.name}: {why}."
                continue
            if owners:
                self._there[vserver.name] = what
            found.append(Arrival(vserver, closed=elsewhere(owners[0], what, facts) if owners else {}))
        return found

    def _placed(self, coming: Sequence[Arrival]) -> dict[str, str]:
        """All of them at once; again without one that the repository refuses, whose room others may have."""
        if not coming:
            return {}
        whole = estate(self._action, self._repository, loads=measured(self._repository))
        now = replace(whole, occupants=[one for one in whole.occupants if one.vserver.name in self._living])
        placed: dict[str, str] = {}
        while True:
            left = [replace(one, node=placed.get(one.vserver.name)) for one in coming if one.vserver.name not in self._failures]
            answers = arrival.homes(now, left)
            self._explained |= {name: self._told(name, answer) for name, answer in answers.items()}
            if self._recorded(left, answers, placed):
                break
        for one in left:
            if (answer := self._explained[one.vserver.name]).node is None:
                self._failures[one.vserver.name] = homeless(one.vserver, answer)
        return placed

    def _told(self, name: str, answer: Answer) -> Answer:
        return replace(answer, why=f"{self._there[name]} exists there") if answer.node and name in self._there else answer

    def _recorded(self, coming: Sequence[Arrival], answers: Mapping[str, Answer], placed: dict[str, str]) -> bool:
        """False when one of them is refused; those before it are in ``placed``."""
        for one in coming:
            name = one.vserver.name
            if name not in answers or (node := answers[name].node) is None:
                continue
            attempt(name, self._failures, partial(self._keep, one.vserver, node))
            if name in self._failures:
                return False
            placed[name] = node
        return True

    def _keep(self, vserver: VServer, node: str, _name: str) -> None:
        check = self._action.check
        kept = recordable(self._action, self._repository, vserver) if check else vserver
        self._repository.place_vserver(kept, node, check=check)


def homeless(vserver: VServer, answer: Answer) -> str:
    """Why no node can carry it, and what would help, for whoever wants it to run."""
    reasons = "; ".join(f"{node} {reason}" for node, reason in answer.rejected.items()) or "no node is registered"
    helping = f" What would help: {answer.remedy}." if answer.rejected else ""
    return f"vServer {vserver.name}: no node of compute pool {vserver.compute_pool} can carry it: {reasons}.{helping}"


def _masters_first(repository: Repository, vservers: Sequence[VServer]) -> list[VServer]:
    """The repository must know its masters when a slave is recorded. Raises InvalidDefinition for a cycle of dependencies."""
    known = Dependencies(repository.dependencies() | {vserver.name: vserver.depends_on for vserver in vservers})
    named = {vserver.name: vserver for vserver in vservers}
    return [named[name] for name in known.boot_order(named)]


def _misplaced(record: VServerRecord, nodes: Sequence[NodeRecord]) -> bool:
    """Only planned for a node, while discoveries made since then saw its zone or its storage on another node and none on this one.

    That is what happens when the repository was lost and the vServer's node was down at the time of the placement.
    """
    if record.state != "defined" or record.node is None:
        return False
    seen = {node.name: node.facts for node in nodes if node.discovered is not None and node.discovered > record.changed}
    owners, _what = owners_of(record.declared, seen)
    return record.node in seen and bool(owners) and record.node not in owners


def recordable(action: HeliostatAction, repository: Repository, vserver: VServer) -> VServer:
    """For check mode: without the masters that a run would have recorded by then, which are those that the inventory declares."""
    if not vserver.depends_on:
        return vserver
    known = {record.name for record in repository.vservers(names=vserver.depends_on)}
    failures: dict[str, str] = {}
    left = [name for name in vserver.depends_on if name in known or attempt(name, failures, action.inventory.vserver) is None]
    return replace(vserver, depends_on=tuple(left))
