# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node is emptied, wave by wave, and filled again when it is back. The repository remembers who left, so that both can be continued."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..commands import zoneadm
from ..engine.nodes import Nodes
from ..model.command import At
from ..model.dependencies import Dependencies
from ..model.errors import Refused
from ..placement import evacuation
from ..placement.evacuation import Evacuation
from ..placement.waves import Wave
from . import run_state
from .action import HeliostatAction
from .deployment import Deployment
from .estate import estate
from .joined import Joined
from .migrating import Migrating, Orders
from .other_nodes import connect
from .report import attempt

if TYPE_CHECKING:
    from ..repository.records import MoveRecord, NodeRecord, VServerRecord
    from ..repository.store import Repository

_MIGRATION = {"target": None, "state": "as_it_is", "upgrade": "no", "boot_environment": None}
_RUN_STATE = {"scope": "run_state", "dependencies": "refuse", "apply": "next_boot", "destroy": [], "deadline": 600}


class Evacuating:
    """One task's work on the node ``name``. ``args``: moves, at_once, force, reason (see the module evacuation)."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository, name: str) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._name = name
        self._nodes = Nodes(partial(connect, action))
        self._joined = Joined()
        self._dependencies = Dependencies(repository.dependencies())
        self._usable = ""  # check mode: the node whose maintenance would be over
        self._homes: dict[str, str] = {}  # check mode: where what was shown so far would have brought them

    def empty(self, agreed: Evacuation | None = None) -> tuple[Joined, Evacuation]:
        """Everything away from the node; by the ``agreed`` plan, where there is one and nothing stops answering on the way."""
        node = self.node()
        with self._locked(node, "node evacuation"):
            reason = self._args["reason"] or f"evacuated by {self._action.operator}"
            self._joined.changed |= not node.maintenance and self._repository.flag_node(
                self._name, maintenance=True, reason=reason, check=self._action.check
            )
            self._finish_moves()
            made = agreed or self.plan()
            ran = self._noted(made)
            silent: set[str] = set()
            while self._carried_out(made.waves, ran) and (gone := self._silent(made) - silent):
                silent |= gone
                self._joined.warnings.append(
                    f"node {', '.join(sorted(gone))} does not answer any more: what was to go there goes elsewhere"
                )
                self._joined.failures.clear()
                self._finish_moves()
                made = self.plan(silent)
                ran |= self._noted(made)
            self._run(ran, "running")
            for name, why in made.stays.items():
                self._joined.failures[name] = f"vServer {name} stays on node {self._name}: {why}"
        return self._joined, made

    def fill(self) -> Joined:
        """Everything that left returns, and the node is in use again."""
        node = self.node()
        with self._locked(node, "node return"):
            if node.name in self._silent_of([node.name]):
                raise Refused(f"node {self._name} does not answer, so nothing returns to it. Bring it up first. Nothing was done.")
            if node.maintenance:
                self._joined.changed |= self._repository.flag_node(self._name, maintenance=False, check=self._action.check)
            known = self._repository.evacuations().get(self._name)
            if known is None:
                return self._joined
            self._finish_moves()
            here = {record.name: record.node for record in self._repository.vservers()}
            homes = {name: home for name, home in known.homes.items() if here.get(name) not in (None, home)}
            self._usable = self._name if self._action.check else ""
            usable = estate(self._action, self._repository, usable=[self._usable])
            self._carried_out(evacuation.way_home(usable, homes, self._dependencies, self._args["at_once"]), set(known.ran))
            self._run(known.ran & here.keys(), "running")
            if not self._joined.failures:
                self._joined.changed |= self._repository.end_evacuation(self._name, check=self._action.check)
        return self._joined

    def plan(self, silent: Collection[str] = ()) -> Evacuation:
        on_the_way = {name: _on_the_way(move) for name, move in self._repository.moves().items() if name not in self._homes}
        found = estate(self._action, self._repository, silent=silent, homes=self._homes, bound=on_the_way)
        return evacuation.plan(found, self._name, self._dependencies, self._args["moves"], self._args["at_once"])

    def node(self) -> NodeRecord:
        found = self._repository.node(self._name)
        if found is None:
            raise Refused(f"node {self._name} is not in the repository. Register it with heliostat.vdc.node state=registered.")
        if found.quarantine:
            raise Refused(
                f"node {self._name} is in quarantine: {found.flag_reason}. What is on it is not known for sure, so nothing of it moves. "
                "Look at it and release it first (playbook heliostat.vdc.node_release)."
            )
        return found

    def _locked(self, node: NodeRecord, what: str) -> Any:
        """One evacuation of a compute pool at a time: two would promise the same room twice."""
        return self._action.locked([f"compute pool {node.compute_pool}", node.name], self._repository, what)

    # --- what is done -----------------------------------------------------------------------------------------------
    def _finish_moves(self) -> None:
        """Moves that an earlier run has begun, from here or to here: on to where they were going, or back where they came from."""
        begun = {name: move for name, move in self._repository.moves().items() if self._name in (move.source, move.target)}
        targets = {name: move.target if move.source == self._name else move.source for name, move in begun.items()}
        if targets:
            self._migrate(targets, set())

    def _noted(self, made: Evacuation) -> set[str]:
        """Written down before anything leaves: where each returns to, and who is to run. Gives who is."""
        records = {record.name: record for record in self._repository.vservers()}
        moving = {name for wave in made.waves for name in wave.moves}
        homes = {name: home for name in sorted(moving) if (home := self._homes.get(name) or records[name].node)}
        ran = self._running({*moving, *self._dependencies.all_slaves(moving)} & records.keys())
        if homes or self._name in self._repository.evacuations():
            self._repository.note_evacuation(self._name, self._action.operator, homes, ran, check=self._action.check)
        known = self._repository.evacuations().get(self._name)
        return ran | (known.ran if known else frozenset())

    def _carried_out(self, waves: Iterable[Wave], ran: set[str]) -> bool:
        """Whether something failed on the way. What depends on a master that moves is stopped for that long."""
        todo = list(waves)
        paused: set[str] = set()
        for number, wave in enumerate(todo):
            slaves = (set(self._dependencies.all_slaves(wave.moves)) - wave.moves.keys()) & ran
            stopped = (slaves | set(wave.parked)) - paused
            self._run(stopped, "halted")
            paused |= stopped
            self._migrate(wave.moves, ran, paused)
            later = {name for other in todo[number + 1 :] for name in (*other.moves, *other.parked)}
            back = {name for name in paused & ran - later if not later.intersection(self._dependencies.all_masters([name]))}
            self._run(back, "running", foreseen=back)
            paused -= back
        return bool(self._joined.failures) and not self._action.check

    def _migrate(self, targets: Mapping[str, str], ran: Collection[str], stopped: Collection[str] = ()) -> None:
        records = {record.name: record for record in self._repository.vservers(names=list(targets))}
        planned = {name for name, record in records.items() if record.state == "defined" and name not in self._repository.moves()}
        for name in sorted(planned):  # nothing of it is there yet: it is only planned for another node
            self._joined.changed |= bool(attempt(name, self._joined.failures, partial(self._place, records, targets[name])))
        moving = sorted(targets.keys() - planned)
        if moving:
            foreseen = frozenset(stopped) if self._action.check else frozenset()
            orders = Orders(targets, frozenset(ran) & targets.keys(), dict(self._homes), foreseen, usable=self._usable)
            args = {**_MIGRATION, "force": self._args["force"]}
            self._joined.add(Migrating(self._action, args, self._repository, orders=orders).run(moving))
        if self._action.check:
            self._homes |= targets

    def _place(self, records: Mapping[str, VServerRecord], node: str, name: str) -> bool:
        return self._repository.place_vserver(records[name].declared, node, check=self._action.check)

    def _run(self, names: Collection[str], state: str, foreseen: Collection[str] = ()) -> None:
        if not names:
            return
        args = {**_RUN_STATE, "state": state, "force": self._args["force"]}
        stopped = frozenset(foreseen) if self._action.check else frozenset()
        self._joined.add(Deployment(self._action, args, self._repository).run(sorted(names), stopped))

    # --- what is there ----------------------------------------------------------------------------------------------
    def _running(self, names: Collection[str]) -> set[str]:
        """Those that run now, or would, by the same measure as a migration's."""
        records = self._repository.vservers(names=sorted(names))
        nodes = {record.node for record in records if record.node}
        answers = self._nodes.ask({At(node, "zones"): zoneadm.list_zones() for node in nodes})
        states = {
            (at.node, zone.name): zone.state
            for at, output in answers.items()
            if output.rc == 0
            for zone in zoneadm.parse_list(output.stdout)
        }
        silent = {node for node in nodes if (output := answers.get(At(node, "zones"))) is None or output.rc != 0}
        halted = run_state.stopped(self._repository, sorted(names))
        found = {record.name: "" if record.node in silent else states.get((record.node or "", record.name), "absent") for record in records}
        return {record.name for record in records if run_state.ran(found[record.name], record.state, record.name in halted)}

    def _silent(self, made: Evacuation) -> set[str]:
        return self._silent_of({node for wave in made.waves for node in wave.moves.values()})

    def _silent_of(self, nodes: Collection[str]) -> set[str]:
        answers = self._nodes.ask({At(node, "zones"): zoneadm.list_zones() for node in nodes})
        return {node for node in nodes if (output := answers.get(At(node, "zones"))) is None or output.rc != 0}


def _on_the_way(move: MoveRecord) -> str:
    return f"it is on its way from node {move.source} to node {move.target}, which has to end first"
