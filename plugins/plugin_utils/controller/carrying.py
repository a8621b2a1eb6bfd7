# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planned moves are made, wave by wave, whoever planned them; what must not run meanwhile is stopped and booted again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine.nodes import Nodes
from ..model.dependencies import Dependencies
from ..placement.waves import Wave
from ..repository.records import MOVABLE_STATES
from . import run_state
from .action import HeliostatAction
from .deployment import Deployment
from .joined import Joined
from .migrating import Migrating
from .report import attempt
from .ways import Orders
from .zones_seen import ZonesSeen, look

if TYPE_CHECKING:
    from ..repository.records import VServerRecord
    from ..repository.store import Repository

_MIGRATION = {"target": None, "state": "as_it_is", "boot_environment": None}
_RUN_STATE = {"scope": "run_state", "dependencies": "refuse", "apply": "next_boot", "destroy": [], "deadline": 600}


def _nobody_asks(_name: str, _node: str, _why: str) -> None:
    """The failure itself says it."""


class Carrying:
    """One task's moves. ``args``: upgrade and force, as of a migration. ``not_taken`` is told of those whom their target did not take:
    vServer, node, why.

    ``joined`` has what came of it all. ``seen``: where zones were when the run began (None: what was only planned for a node is not given
    another one). In check mode ``homes`` has where what was shown so far would have brought them, ``usable`` the node whose maintenance
    would be over.
    """

    def __init__(
        self,
        action: HeliostatAction,
        args: Mapping[str, Any],
        repository: Repository,
        nodes: Nodes,
        not_taken: Callable[[str, str, str], None] = _nobody_asks,
    ) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._nodes = nodes
        self._not_taken = not_taken
        self.joined = Joined()
        self.seen: ZonesSeen | None = None
        self.homes: dict[str, str] = {}
        self.usable = ""

    def waves(self, source: str, todo: Sequence[Wave], ran: Collection[str], silent: Collection[str]) -> set[str]:
        """Nodes that have stopped answering, ``source`` and targets: with the first of them it ends. ``ran``: who is to run in the end;
        what depends on a master that moves is stopped meanwhile."""
        dependencies = Dependencies(self._repository.dependencies())
        ends = {source, *(node for wave in todo for node in wave.moves.values())}
        paused: set[str] = set()
        parked: set[str] = set()
        for number, wave in enumerate(todo):
            moves = self._outstanding(wave.moves)
            slaves = (set(dependencies.all_slaves(moves)) - moves.keys()).intersection(ran)
            stopped = (slaves | set(wave.parked)) - paused
            self.brought(stopped - self.joined.failures.keys(), "halted")
            paused |= stopped
            parked = (parked | set(wave.parked)) - wave.moves.keys() - self.joined.failures.keys()
            failed = len(self.joined.failures)
            self.moves(moves, ran, paused, parked)
            if len(self.joined.failures) > failed and not self._action.check:
                lost = look(self._nodes, ends).silent.keys() - set(silent)
                if lost:
                    return lost
            later = {name for other in todo[number + 1 :] for name in (*other.moves, *other.parked)}
            back = {name for name in paused.intersection(ran) - later if not later.intersection(dependencies.all_masters([name]))}
            self.brought(back - self.joined.failures.keys(), "running", foreseen=back)
            paused -= back
        return set()

    def moves(
        self, targets: Mapping[str, str], ran: Collection[str] = (), stopped: Collection[str] = (), parked: Collection[str] = ()
    ) -> None:
        """All at once. ``stopped``: who does not run meanwhile, ``parked``: who of them has given up its room."""
        records = {record.name: record for record in self._repository.vservers(names=list(targets))}
        planned = {name for name, record in records.items() if self._is_planned_only(record)}
        for name in sorted(planned):
            self.joined.changed |= bool(attempt(name, self.joined.failures, partial(self._place, records, targets[name])))
        moving = sorted(targets.keys() - planned)
        if moving:
            foreseen = frozenset(stopped) if self._action.check else frozenset()
            boot = frozenset(ran) & targets.keys()
            orders = Orders(targets, boot, frozenset(parked), dict(self.homes), foreseen, usable=self.usable)
            args = {**_MIGRATION, "force": self._args["force"], "upgrade": self._args["upgrade"]}
            migrating = Migrating(self._action, args, self._repository, orders=orders)
            self.joined.add(migrating.run(moving))
            for name, (node, why) in migrating.not_taken.items():
                self._not_taken(name, node, why)
        if self._action.check:
            self.homes |= {name: node for name, node in targets.items() if name not in self.joined.failures}

    def brought(self, names: Collection[str], state: str, foreseen: Collection[str] = ()) -> None:
        """To a run state. ``foreseen``: who would be stopped by then, for check mode."""
        wanted = sorted(names)
        if wanted:
            args = {**_RUN_STATE, "state": state, "force": self._args["force"]}
            stopped = frozenset(foreseen) if self._action.check else frozenset()
            self.joined.add(Deployment(self._action, args, self._repository).run(wanted, stopped))

    def running(self, names: Collection[str]) -> set[str]:
        """Those that run now, or would, by the same measure as a migration's."""
        records = self._repository.vservers(names=sorted(names)) if names else []
        seen = look(self._nodes, {record.node for record in records if record.node})
        halted = run_state.stopped(self._repository, sorted(names))
        return {one.name for one in records if run_state.ran(seen.state(one.node, one.name), one.state, one.name in halted)}

    def _outstanding(self, moves: Mapping[str, str]) -> dict[str, str]:
        """Without those that an earlier run has brought there."""
        here = {record.name: record.node for record in self._repository.vservers(names=sorted(moves))} | self.homes
        return {name: node for name, node in moves.items() if here.get(name) != node or name in self._repository.moves()}

    def _is_planned_only(self, record: VServerRecord) -> bool:
        """Nothing of it is there that could move: it was never brought up, or is detached, and its node says so too."""
        if self.seen is None or record.node in self.seen.silent:
            return False
        there = self.seen.state(record.node, record.name) in ("absent", "configured")
        return record.state in MOVABLE_STATES and there and record.name not in self._repository.moves()

    def _place(self, records: Mapping[str, VServerRecord], node: str, name: str) -> bool:
        return self._repository.place_vserver(records[name].declared, node, check=self._action.check)
