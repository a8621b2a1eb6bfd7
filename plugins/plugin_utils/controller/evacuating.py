# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node is emptied, wave by wave, and filled again when it is back. The repository remembers who left, so that both can be continued."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine.nodes import Nodes
from ..model.dependencies import Dependencies
from ..model.errors import Refused
from ..placement import evacuation
from ..placement.evacuation import Evacuation
from ..placement.waves import Wave
from .action import HeliostatAction
from .agreed import agreed_plan
from .carrying import Carrying
from .estate import estate, measured
from .joined import Joined
from .other_nodes import connect
from .second_targets import ROUNDS, SecondTargets, outlook, without
from .staying import guests, on_the_way, staying, strangers
from .zones_seen import ZonesSeen, look

if TYPE_CHECKING:
    from ..repository.records import MoveRecord, NodeRecord
    from ..repository.store import Repository


class Evacuating:
    """One task's work on the node ``name``. ``args``: moves, at_once, upgrade, plan, force, reason, other_targets (see the module
    evacuation)."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository, name: str) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._name = name
        self._nodes = Nodes(partial(connect, action))
        self._dependencies = Dependencies(repository.dependencies())
        self._seen = ZonesSeen({}, {})  # when the run began
        rounds = args.get("other_targets")
        self._second = SecondTargets((0 if args.get("plan") else ROUNDS) if rounds is None else rounds)
        self._carrying = Carrying(action, args, repository, self._nodes, self._second.not_taken)
        self._joined = self._carrying.joined
        self.deviations: dict[str, dict[str, Any]] = {}

    def empty(self) -> tuple[Joined, Evacuation]:
        """Everything away from the node, by the plan that is answered. What did not arrive tries other nodes, unless that plan was agreed
        on. ``deviations`` has what is not as planned."""
        node = self.node()
        with self._action.locked(self._locks(node), self._repository, f"evacuation of node {self._name}") as warnings:
            self._joined.warnings += warnings
            self._look(node)
            silent = set(self._seen.silent)
            self._check_answers(silent)
            made = self._first_plan(silent)
            nobodys = strangers(self._repository, self._name, self._seen)
            if not made.waves and (made.stays or nobodys) and not node.maintenance and not self._half_way():
                self._told(made, nobodys, "Nothing was done.")
                return self._joined, made
            ran = self._noted(made)
            self._flag(node)
            if self._finish_moves(away=True):
                made = made if self._args["plan"] else self.plan(silent)
                ran |= self._noted(made)
            self._second.promised(made, self._here())
            last = self._in_rounds(made, ran, silent)
            self._ended(ran)
            self._told(last, nobodys)
            if self._name not in silent:
                self._second_told(silent)
        return self._joined, made

    def fill(self) -> Joined:
        """Everything that left returns, and the node is in use again."""
        node = self.node()
        with self._action.locked(self._locks(node), self._repository, f"return to node {self._name}") as warnings:
            self._joined.warnings += warnings
            self._look(node)
            if self._name in self._seen.silent:
                raise Refused(
                    f"node {self._name} does not answer, so nothing returns to it. Bring it up first. Nothing was done. What ssh said: "
                    f"{self._seen.silent[self._name]}"
                )
            waves = self._way_home()  # what is declared wrongly is refused before anything is done
            if node.maintenance:
                self._joined.changed |= self._repository.flag_node(self._name, maintenance=False, check=self._action.check)
            if self._name not in self._repository.evacuations():
                return self._joined
            self._carrying.usable = self._name if self._action.check else ""
            ran = self._noted_ran({name for wave in waves for name in wave.moves}, {})
            if self._finish_moves(away=False):
                waves = self._way_home()
            self._carrying.waves(self._name, waves, ran, set())
            self._ended(ran)
            if not self._joined.failures:
                self._joined.changed |= self._repository.end_evacuation(self._name, check=self._action.check)
        return self._joined

    def plan(self, silent: Collection[str] = (), held: Mapping[str, str] | None = None) -> Evacuation:
        """From what the repository and the inventory have now. ``held``: who does not move, with the reason. Raises Refused,
        InvalidDefinition."""
        closed = dict.fromkeys(silent, "it does not answer")
        closed |= dict.fromkeys(guests(self._repository, self._name), f"it is a guest domain of node {self._name}, which is to be emptied")
        moves = self._repository.moves()
        bound = {name: on_the_way(move) for name, move in moves.items() if name not in self._carrying.homes} | dict(held or {})
        found = estate(
            self._action,
            self._repository,
            closed=closed,
            homes=self._carrying.homes,
            bound=bound,
            loads=measured(self._repository),
            upgrade=self._args["upgrade"],
            barred=self._second.barred,
        )
        return evacuation.plan(found, self._name, self._dependencies, self._args["moves"], self._args["at_once"])

    def node(self) -> NodeRecord:
        """The node as the repository has it. Raises Refused where nothing of it may be moved."""
        if self._args["at_once"] < 1:
            raise Refused(f"at_once {self._args['at_once']}: at least one vServer moves at once.")
        if self._second.rounds < 0:
            raise Refused(f"other_targets {self._second.rounds}: how many further nodes may be tried, 0 for none.")
        found = self._repository.node(self._name)
        if found is None:
            raise Refused(f"node {self._name} is not in the repository. Register it with heliostat.vdc.node state=registered.")
        if found.quarantine:
            raise Refused(
                f"node {self._name} is in quarantine: {found.flag_reason}. What is on it is not known for sure, so nothing of it moves. "
                "Look at it and release it first (playbook heliostat.vdc.node_release)."
            )
        return found

    def _locks(self, node: NodeRecord) -> list[str]:
        """One evacuation of a compute pool at a time: two would promise the same room twice."""
        return [f"compute pool {node.compute_pool}", node.name]

    # --- before anything is done ------------------------------------------------------------------------------------
    def _look(self, node: NodeRecord) -> None:
        """Of all nodes of the pool: who answers, and which zones are where."""
        self._seen = self._carrying.seen = look(
            self._nodes, {other.name for other in self._repository.nodes() if other.compute_pool == node.compute_pool}
        )

    def _check_answers(self, silent: Collection[str]) -> None:
        if self._name in silent:
            raise Refused(
                f"node {self._name} does not answer, so nothing of it can be moved: what runs there is not known. Bring it up; or if it is "
                f"lost, playbook heliostat.vdc.vserver_recover. Nothing was done. What ssh said: {self._seen.silent[self._name]}"
            )
        self._joined.warnings += [f"node {other} does not answer: nothing goes there" for other in sorted(silent)]

    def _first_plan(self, silent: Collection[str]) -> Evacuation:
        if not self._args["plan"]:
            return self.plan(silent)
        agreed = agreed_plan(self._action, self._repository, self._args)
        needed = sorted({node for wave in agreed.waves for node in wave.moves.values()}.intersection(silent))
        if needed:
            raise Refused(
                f"the plan {self._args['plan']} needs node {', '.join(needed)}, which does not answer. Nothing was done. Bring it up; or "
                "put it into maintenance (playbook heliostat.vdc.node_maintenance) and make the plan anew; or leave the plan out."
            )
        return agreed

    def _way_home(self) -> list[Wave]:
        known = self._repository.evacuations().get(self._name)
        here = {record.name: self._carrying.homes.get(record.name) or record.node for record in self._repository.vservers()}
        frozen = self._action.inventory.frozen
        homes = {name: home for name, home in (known.homes if known else {}).items() if here.get(name) not in (None, home)}
        for name in sorted(homes.keys() & frozen.keys()):
            text = f"vServer {name} stays on node {here[name]}, where it was frozen: {frozen[name]}"
            self._joined.warnings += [text] if text not in self._joined.warnings else []
        homes = {name: home for name, home in homes.items() if name not in frozen}
        usable = estate(self._action, self._repository, usable=[self._name], homes=self._carrying.homes)
        return evacuation.way_home(usable, homes, self._dependencies, self._args["at_once"])

    # --- what is done -----------------------------------------------------------------------------------------------
    def _flag(self, node: NodeRecord) -> None:
        if node.maintenance and not self._args["reason"]:
            return
        reason = self._args["reason"] or f"evacuated by {self._action.operator}"
        self._joined.changed |= self._repository.flag_node(self._name, maintenance=True, reason=reason, check=self._action.check)

    def _half_way(self) -> dict[str, MoveRecord]:
        """Moves that an earlier run has begun and not ended: from here, to here, and of those that it moved to make room."""
        known = self._repository.evacuations().get(self._name)
        mine = known.homes if known else {}
        moves = self._repository.moves()
        return {name: move for name, move in moves.items() if self._name in (move.source, move.target) or name in mine}

    def _finish_moves(self, *, away: bool) -> bool:
        """On to where they were going, or back where they came from, whichever is ``away`` from here. True when there were any."""
        targets = {}
        for name, move in self._half_way().items():
            ends = (move.target, move.source)
            fitting = [node for node in ends if (node != self._name) == away]
            targets[name] = fitting[0] if fitting else move.target
        targets = {name: node for name, node in targets.items() if name not in self._joined.failures}
        if targets:
            self._carrying.moves(targets)
        return bool(targets)

    def _noted(self, made: Evacuation) -> set[str]:
        """Written down before anything leaves: where each returns to, and who is to run. Gives who is."""
        records = {record.name: record for record in self._repository.vservers()}
        moving = {name for wave in made.waves for name in wave.moves}
        homes = {name: home for name in sorted(moving) if (home := self._carrying.homes.get(name) or records[name].node)}
        return self._noted_ran(moving & records.keys(), homes)

    def _noted_ran(self, moving: Collection[str], homes: Mapping[str, str]) -> set[str]:
        known = self._repository.evacuations().get(self._name)
        ran = self._carrying.running(set(self._dependencies.all_slaves(moving))) | (known.ran if known else set())
        if homes or known:
            self._repository.note_evacuation(self._name, self._action.operator, homes, ran, check=self._action.check)
        return ran

    def _ended(self, ran: Collection[str]) -> None:
        """Everybody runs who ran. What was written down of that counts for a killed run; who is halted from now on stays so."""
        known = {record.name for record in self._repository.vservers()}
        told = dict(self._joined.failures)
        self._carrying.brought(known.intersection(ran) - self._repository.moves().keys(), "running")
        self._joined.failures |= told  # why it did not move says more than why it does not run
        if self._name in self._repository.evacuations():
            self._repository.settle_evacuation(self._name, set(ran) & self._joined.failures.keys(), check=self._action.check)

    # --- what is told -----------------------------------------------------------------------------------------------
    def _told(self, made: Evacuation, nobodys: Mapping[str, str], end: str = "") -> None:
        half_way, frozen = self._half_way(), self._action.inventory.frozen
        for name in made.stays:
            if name in half_way:
                self._joined.failures.setdefault(name, f"vServer {name}: {on_the_way(half_way[name])}. {end}".strip())
            else:
                self._joined.failures.setdefault(name, staying(made, name, frozen=name in frozen, end=end))
        self._joined.failures |= nobodys

    def _source_lost(self, made: Evacuation) -> None:
        here = {record.name for record in self._repository.vservers() if record.node == self._name}
        for name in sorted(here & {name for wave in made.waves for name in wave.moves}):
            text = f"vServer {name}: node {self._name} does not answer any more; whether it runs there is not known. "
            text += "Run this again when the node is back, or recover it (playbook heliostat.vdc.vserver_recover)."
            self._joined.failures.setdefault(name, text)

    # --- those that did not arrive ----------------------------------------------------------------------------------
    def _in_rounds(self, made: Evacuation, ran: set[str], silent: set[str]) -> Evacuation:
        """By the plan, and by those that follow from what it met; the last of them. Who runs and who is silent is added to on the way."""
        while True:
            for name in {name for wave in made.waves for name in wave.moves}:
                self._joined.failures.pop(name, None)
            lost = self._carrying.waves(self._name, made.waves, ran, silent)
            silent |= lost
            if self._name in lost:
                self._source_lost(made)
                return made
            further = self._further(made, silent, lost)
            if further is None:
                return made
            made = further
            self._second.again(made, self._here())
            ran |= self._noted(made)

    def _further(self, made: Evacuation, silent: Collection[str], lost: Collection[str]) -> Evacuation | None:
        """What is to be done next. Where nodes have stopped answering, all that is left goes elsewhere; or what needs them stays."""
        if lost:
            elsewhere = "goes elsewhere" if self._second.rounds else "stays"
            self._joined.warnings.append(f"node {', '.join(sorted(lost))} does not answer any more: what was to go there {elsewhere}")
            self._finish_moves(away=True)
            self._second.silenced(lost, self._here())
            return self._next(silent) if self._second.rounds else without(made, silent, self._joined.failures)
        missing = self._missing()
        if not missing or not self._second.left:
            return None
        self._second.left -= 1
        return self._next(silent, missing)

    def _next(self, silent: Collection[str], missing: Collection[str] | None = None) -> Evacuation:
        """A plan for what is left, or, where they are named, for those that are ``missing``: who failed otherwise stays then."""
        concerned = self._joined.failures.keys() & self._second.going.keys() - set(missing) if missing is not None else set()
        return self.plan(silent, {name: self._joined.failures[name] for name in concerned})

    def _missing(self) -> set[str]:
        return self._second.missing(self._here(), self._moving(), self._joined.failures, self._dependencies)

    def _here(self) -> dict[str, str | None]:
        """vServer → where it lives now; in check mode where it would."""
        return {record.name: record.node for record in self._repository.vservers()} | self._carrying.homes

    def _moving(self) -> set[str]:
        return self._repository.moves().keys() - self._carrying.homes.keys()

    def _second_told(self, silent: Collection[str]) -> None:
        """What is not as planned, and what would be done about it next."""
        here, missing = self._here(), self._missing()
        following = self._next(silent, missing) if missing else None
        for name in sorted(missing):
            node, why = list(self._second.tried.get(name, {"": ""}).items())[-1]
            said = self._joined.failures.get(name, f"vServer {name} stays on node {here[name]}: node {node} did not take it ({why})")
            self._joined.failures[name] = outlook(name, said, node, following)
        self.deviations = self._second.deviations(here, self._moving(), following)
        self._joined.warnings += self._second.arrived_elsewhere(self.deviations, "would go" if self._action.check else "went")
