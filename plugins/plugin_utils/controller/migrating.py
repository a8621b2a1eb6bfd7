# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations, with the ledger of moves and the repository kept true."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine.nodes import Nodes
from ..engine.operation import Report
from ..lifecycle.context import NodeContext
from ..lifecycle.estate import Estate
from ..lifecycle.migration import Migration, Move, held
from ..lifecycle.vserver import Wanted
from ..lifecycle.vservers import VServers
from ..model.dependencies import Dependencies
from ..model.errors import HeliostatError, Refused
from . import run_state, unheld
from .action import HeliostatAction
from .contexts import context_of
from .other_nodes import connect
from .report import attempt
from .ways import Orders, Ways
from .zones_seen import look

if TYPE_CHECKING:
    from ..repository.store import Repository


class Migrating:
    """One task's migrations. ``proofs`` maps lost nodes to why they are known to be dead (recovery); empty: everybody must answer.

    ``not_taken`` tells after the run whom their target did not take: vServer → that node, and what it lacks or what failed there.
    """

    def __init__(
        self,
        action: HeliostatAction,
        args: Mapping[str, Any],
        repository: Repository,
        proofs: Mapping[str, str] | None = None,
        orders: Orders | None = None,
    ) -> None:
        self.not_taken: dict[str, tuple[str, str]] = {}
        self._orders = orders or Orders()
        self._action = action
        self._repository = repository
        self._proofs = proofs or {}
        self._nodes = Nodes(partial(connect, action))
        self._others = unheld.Others()
        self._ways = Ways(action, args, repository, self._proofs, self._orders)
        self._known = self._ways.known
        self._moves = self._ways.begun

    def run(self, names: Sequence[str]) -> dict[str, Any]:
        failures: dict[str, str] = {}
        dependencies = Dependencies(self._repository.dependencies())
        moves = self._ways.moves(dependencies.boot_order(names), self._ran(names), failures)
        operation = "vserver recovery" if self._proofs else "vserver migration"
        with self._action.locked([move.name for move in moves], self._repository, operation) as warnings:
            self._others = unheld.look(self._action, self._repository, moves, self._proofs)
            failures |= self._others.held
            self._check_unneeded(moves, dependencies, failures)
            for move in moves:
                if move.name not in failures:
                    attempt(move.name, failures, partial(self._begin, move))
            moves = [move for move in moves if move.name not in failures]
            report = self._carried_out(moves, dependencies, operation)
        report = replace(report, failures={**failures, **report.failures}, warnings=(*warnings, *self._others.warnings, *report.warnings))
        ended = any(name in self._moves and name not in report.failures for name in (move.name for move in moves))
        result = self._action.result(report) | {"targets": {move.name: move.target for move in moves}}
        return result | {"changed": result["changed"] or ended}

    def _check_unneeded(self, moves: Sequence[Move], dependencies: Dependencies, failures: dict[str, str]) -> None:
        """A master is not moved away under slaves that run and stay."""
        moving = {move.name for move in moves}
        leaving = [move for move in moves if move.ran and not move.lost and move.source != move.target]
        staying = {name for move in leaving for name in dependencies.all_slaves([move.name])} - moving - self._orders.stopped
        states = self._states(sorted(staying)) if staying else {}
        running = {name for name, state in states.items() if run_state.up(state, self._known[name].state)}
        for move in leaving:
            slaves = [name for name in dependencies.all_slaves([move.name]) if name in running]
            if slaves:
                failures[move.name] = (
                    f"vServer {move.name} is needed by {', '.join(slaves)}, which run and were not named. Name them too: they are stopped "
                    "before it and boot after it. Or shut them down first (playbook heliostat.vdc.vserver_shutdown). Nothing was done."
                )

    def _carried_out(self, moves: Sequence[Move], dependencies: Dependencies, operation: str) -> Report[Any]:
        if not moves:
            return Report(False, (), {}, {}, (), {}, None)
        moving = {move.name for move in moves}
        after = {name: tuple(master for master in dependencies.masters(name) if master in moving) for name in moving}
        contexts = self._contexts(moves)
        slaves = [move for move in moves if after[move.name] and not move.lost and move.ran and move.source != move.target]
        try:
            first = self._slaves_stopped(slaves, dependencies, contexts, operation)
            kept = [self._kept(move, dependencies, first.failures) for move in moves]
            going, moves = {move.name for move, one in zip(moves, kept, strict=True) if one is move}, kept
            foreseen = frozenset(move.name for move in slaves) | self._orders.stopped if self._action.check else frozenset()
            migration = Migration(moves, contexts, after, foreseen)
            report = self._action.operate_on(self._nodes, migration, self._repository, operation)
            self.not_taken |= _not_taken([move for move in moves if move.name in going], migration, report)
        except HeliostatError:
            self._not_left(moves, {entry.object for entry in self._repository.unfinished()})
            raise
        if not self._action.check:
            self._remember(moves, report)
            self._not_left([move for move in moves if move.name in report.failures], {*report.journal, *first.journal})
        return replace(
            report,
            changed=first.changed or report.changed,
            plans=(*first.plans, *report.plans),
            warnings=(*first.warnings, *report.warnings),
            journal={**first.journal, **report.journal},
            before={**report.before, **{name: found for name, found in first.before.items() if name not in report.before}},
        )

    def _slaves_stopped(
        self, slaves: Sequence[Move], dependencies: Dependencies, contexts: Mapping[str, NodeContext], operation: str
    ) -> Report[Any]:
        """No master is stopped under its slaves: those that move with it are shut down before it, and boot after it."""
        if not slaves:
            return Report(False, (), {}, {}, (), {}, None)
        wanted = {move.name: Wanted(move.vserver, "halted", force=move.force, run_only=True) for move in slaves}
        parts = {
            node: VServers([wanted[move.name] for move in slaves if move.source == node], contexts[node])
            for node in dict.fromkeys(move.source for move in slaves)
        }
        estate = Estate(parts, dependencies, {move.name: move.source for move in slaves})
        return self._action.operate_on(self._nodes, estate, self._repository, operation)

    def _kept(self, move: Move, dependencies: Dependencies, held: Mapping[str, str]) -> Move:
        """A master stays when one of its slaves could not be stopped."""
        running = [name for name in dependencies.all_slaves([move.name]) if name in held]
        return replace(move, unfit=(*move.unfit, f"its slave {running[0]} could not be stopped: {held[running[0]]}")) if running else move

    def _not_left(self, moves: Sequence[Move], worked_on: Collection[str]) -> None:
        """One for which nothing was done has not left, and is no prisoner of the ledger."""
        for move in moves:
            known = self._known[move.name]
            if known.node is not None and not (self._action.check or move.name in worked_on or move.name in self._moves):
                self._repository.end_move(move.name, known.node, known.state)

    def _ran(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each is to run where it goes, asked where it lives; of half-done moves what was written down."""
        states = self._states(names)
        stopped = run_state.stopped(self._repository, list(states))
        found = {name: run_state.ran(state, self._known[name].state, name in stopped) for name, state in states.items()}
        return found | {name: self._moves[name].running for name in names if name in self._moves}

    def _states(self, names: Sequence[str]) -> dict[str, str]:
        """Of those that are known the states of their zones, 'absent' where there is none, '' where nobody tells: a lost or silent node."""
        found = {name: "" for name in names if name in self._known}
        homes = {name: node for name in found if (node := self._known[name].node) and node not in self._proofs}
        seen = look(self._nodes, set(homes.values()))
        return found | {name: seen.state(node, name) for name, node in homes.items()}

    def _contexts(self, moves: Sequence[Move]) -> dict[str, NodeContext]:
        contexts = {}
        for node in dict.fromkeys(node for move in moves for node in (move.source, move.target)):
            vservers = [move.vserver for move in moves if node in (move.source, move.target)]
            context = context_of(self._action, self._repository, connect(self._action, node), vservers)
            proofs = sorted({self._proofs[move.source] for move in moves if move.lost and move.target == node})
            ours = frozenset(dataset.name for vserver in vservers for dataset in vserver.datasets)
            dead = frozenset(self._ways.nodes[host].facts.hostname for move in moves if move.target == node for host in self._dead(move))
            context = replace(context, created=context.created | ours, proof="; ".join(proofs), dead=dead)
            contexts[node] = replace(context, without=self._others.without, unknown=self._others.unknown)
        return contexts

    def _dead(self, move: Move) -> list[str]:
        begun = self._moves.get(move.name)
        return [] if not move.lost else [move.source, begun.source] if begun and self._ways.both_dead(begun) else [move.source]

    def _begin(self, move: Move, name: str) -> None:
        """Asked again under the lock: what this run was planned on may have moved before it got that."""
        now, known = self._repository.vserver(name), self._known[name]
        begun = self._repository.moves([name]).get(name)
        if now is None or (now.node, now.state, begun) != (known.node, known.state, self._moves.get(name)):
            raise Refused(f"vServer {name}: another run has worked on it in this moment. Nothing was done. Run this again.")
        target = self._repository.node(move.target)
        if target is None or target.quarantine:
            reason = f"quarantine: {target.flag_reason}" if target else "not registered"
            why = "; ".join(move.unfit) or f"is blocked: {reason}"
            raise Refused(f"vServer {name} cannot go to node {move.target}: {why}. Nothing was done.")
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
            apart = bool(seen.get(move.target, {}).get("datasets"))  # a zone at home is not there without its storage
            whole = held(move.vserver, report.actual.nodes.get(move.source))
            empty = there in ("absent", "configured") or (there == "unknown" and whole)  # what is imported at home is nowhere else
            idle = move.source == move.target and not any(plan.object == move.name and plan for plan in report.plans)
            if idle and move.name not in self._moves:
                continue
            before = self._known[move.name].state
            state = "installed" if before == "installed" and not (move.running or move.ran) else "activated"
            if move.name not in report.failures:
                self._repository.end_move(move.name, move.target, state)
            elif home in ("running", "installed") and empty and not (apart or move.lost):
                self._repository.end_move(move.name, move.source, state)


def _not_taken(moves: Sequence[Move], migration: Migration, report: Report[Any]) -> dict[str, tuple[str, str]]:
    lacks = migration.misfits(report.actual)
    found: dict[str, tuple[str, str]] = {}
    for move in moves:
        if move.name in report.failures:
            node, said = report.failed_at.get(move.name, ("", ""))
            why = said.removeprefix(f"{move.name}: ") if node == move.target else "" if node else lacks.get(move.name, "")
            found |= {move.name: (move.target, why)} if why else {}
    return found
