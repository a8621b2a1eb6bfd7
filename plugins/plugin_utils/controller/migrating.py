# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From names and a target to a migration, with the ledger of moves and the repository kept true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..commands import zoneadm
from ..engine.nodes import Nodes
from ..engine.operation import Report
from ..lifecycle.context import NodeContext
from ..lifecycle.migration import Migration, Move
from ..model.command import At
from ..model.dependencies import Dependencies
from ..model.errors import Refused
from ..placement.choose import Candidate, choose, shortfalls
from .action import HeliostatAction
from .contexts import context_of
from .other_nodes import connect
from .placing import candidate
from .report import attempt

UPGRADES = {"no": "", "minimal": "minimal", "all": "all"}


class Migrating:
    """One task's migrations. ``proofs`` maps lost nodes to why they are known to be dead (recovery); empty: everybody must answer."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Any, proofs: Mapping[str, str] | None = None) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._proofs = proofs or {}
        self._nodes = Nodes(partial(connect, action))
        self._known = {record.name: record for record in repository.vservers()}
        self._moves = repository.moves()
        self._hosts = {record.name: record.facts.hostname for record in repository.nodes()}

    def run(self, names: Sequence[str]) -> dict[str, Any]:
        failures: dict[str, str] = {}
        homes = dict(self._known)
        dependencies = Dependencies(self._repository.dependencies())
        moves: list[Move] = []
        running = self._running(names)
        for name in dependencies.boot_order(names):
            move = attempt(name, failures, partial(self._move, homes, running))
            if move is not None:
                moves.append(move)
                homes[name] = replace(homes[name], node=move.target)
        operation = "vserver recovery" if self._proofs else "vserver migration"
        with self._action.locked([move.name for move in moves], self._repository, operation) as warnings:
            for move in moves:
                attempt(move.name, failures, partial(self._begin, move))
            moves = [move for move in moves if move.name not in failures]
            report = self._carried_out(moves, dependencies, operation)
        report = replace(report, failures={**failures, **report.failures}, warnings=(*warnings, *report.warnings))
        return self._action.result(report) | {"targets": {move.name: move.target for move in moves}}

    def _carried_out(self, moves: Sequence[Move], dependencies: Dependencies, operation: str) -> Report[Any]:
        if not moves:
            return Report(False, (), {}, {}, (), {}, None)
        moving = {move.name for move in moves}
        after = {name: tuple(master for master in dependencies.masters(name) if master in moving) for name in moving}
        migration = Migration(moves, self._contexts(moves), after)
        report = self._action.operate_on(self._nodes, migration, self._repository, operation)
        if not self._action.check:
            self._remember(moves, report)
        return report

    def _running(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each runs where it lives, asked now; of lost nodes and half-done moves what was written down."""
        if self._args["state"] != "as_it_is":
            return dict.fromkeys(names, self._args["state"] == "running")
        homes = {name: record.node for name in names if (record := self._known.get(name)) and record.node not in (None, *self._proofs)}
        answers = self._nodes.ask({At(node, "zones"): zoneadm.list_zones() for node in set(homes.values())})
        found = {name: record.state == "activated" for name in names if (record := self._known.get(name))}
        for name, node in homes.items():
            output = answers.get(At(node, "zones"))
            if output is not None and output.rc == 0:
                found[name] = any(zone.name == name and zone.state == "running" for zone in zoneadm.parse_list(output.stdout))
        return found | {name: self._moves[name].running for name in names if name in self._moves}

    def _move(self, homes: Mapping[str, Any], running: Mapping[str, bool], name: str) -> Move:
        known = self._known.get(name)
        if known is None or known.node is None:
            raise Refused(f"vServer {name} lives on no node that the repository knows. Deploy it, or register its node first.")
        begun = self._moves.get(name)
        source = begun.source if begun else known.node
        declared = self._action.inventory.vserver(name)
        others = {key: record for key, record in homes.items() if key != name}
        candidates = {node.name: candidate(node, others) for node in self._repository.nodes()}
        target = self._args["target"] or (self._way_on(begun) if begun else self._chosen(declared, source, candidates))
        if target not in candidates:
            raise Refused(f"vServer {name}: node {target} is not in the repository. Register it with heliostat.vdc.node state=registered.")
        if begun is not None and target not in (begun.source, begun.target):
            raise Refused(
                f"vServer {name} is on its way from node {begun.source} to {begun.target} (begun {begun.began:%Y-%m-%d %H:%M} UTC). "
                "Let it arrive, or send it back, before it goes anywhere else."
            )
        if begun is not None and target == begun.source:  # back: what it left lies on the target of that move
            source = begun.target
        unfit = tuple(shortfalls(declared, candidates[target], self._action.inventory.networks)) if target != known.node else ()
        return Move(
            declared,
            source,
            target,
            running.get(name, False),
            unfit,
            UPGRADES[self._args["upgrade"]],  # type: ignore[arg-type]
            self._args["force"],
            lost=source in self._proofs,
            boot_environment=str(self._args.get("boot_environment") or ""),
        )

    def _way_on(self, begun: Any) -> str:
        """On to where it was going; back when that node is lost."""
        return str(begun.source if begun.target in self._proofs else begun.target)

    def _chosen(self, declared: Any, source: str, candidates: Mapping[str, Candidate]) -> str:
        """The best node that is not its present one. The zone is known to lie on the source: that binds it no more."""
        others = [replace(node, facts=replace(node.facts, zones=())) for node in candidates.values() if node.name != source]
        choice = choose(declared, others, self._action.inventory.networks)
        if choice.node is None:
            reasons = "; ".join(f"{node} {reason}" for node, reason in choice.rejected.items()) or "there is no other node"
            raise Refused(f"vServer {declared.name}: {choice.why}: {reasons}. It stays on node {source}.")
        return choice.node

    def _contexts(self, moves: Sequence[Move]) -> dict[str, NodeContext]:
        contexts = {}
        for node in dict.fromkeys(node for move in moves for node in (move.source, move.target)):
            vservers = [move.vserver for move in moves if node in (move.source, move.target)]
            context = context_of(self._action, self._repository, connect(self._action, node), vservers)
            proofs = sorted({self._proofs[move.source] for move in moves if move.lost and move.target == node})
            ours = frozenset(dataset.name for vserver in vservers for dataset in vserver.datasets)
            dead = frozenset(self._hosts[move.source] for move in moves if move.lost and move.target == node)
            contexts[node] = replace(context, created=context.created | ours, proof="; ".join(proofs), dead=dead)
        return contexts

    def _begin(self, move: Move, name: str) -> None:
        if move.source == move.target or self._arrived(move):
            return
        proof = self._proofs.get(move.source, "")
        self._repository.begin_move(
            name, move.source, move.target, running=move.running, proof=proof, by=self._action.operator, check=self._action.check
        )

    def _arrived(self, move: Move) -> bool:
        return move.name not in self._moves and self._known[move.name].node == move.target

    def _remember(self, moves: Sequence[Move], report: Report[Any]) -> None:
        """Where each is now: on its target, or back home. What is neither stays in the ledger."""
        for move in moves:
            seen = report.after.get(move.name, {})
            there = seen.get(move.target, {}).get("state")
            home = seen.get(move.source, {}).get("state")
            if move.name not in report.failures:
                self._repository.end_move(move.name, move.target, "activated")
            elif home in ("running", "installed") and there in ("absent", "configured") and not move.lost:
                self._repository.end_move(move.name, move.source, "activated")
