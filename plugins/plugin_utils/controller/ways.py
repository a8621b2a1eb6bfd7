# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whence and whither: the moves of a migration, from names, the nodes that were named or are found, and the ledger of moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ..lifecycle.migration import Move
from ..model.errors import InvalidDefinition, Refused
from ..model.release import Release
from ..model.vserver import VServer
from ..placement import arrival
from ..placement.arrival import Arrival
from ..placement.estate import Affinities, Estate
from ..placement.explain import Answer
from .action import HeliostatAction
from .estate import estate, measured
from .placing import homeless
from .report import attempt

if TYPE_CHECKING:
    from ..repository.records import MoveRecord
    from ..repository.store import Repository

UPGRADES = {"no": "", "minimal": "minimal", "all": "all"}


@dataclass(frozen=True)
class Orders:
    """What an evacuation says of one wave of its moves. ``targets``: vServer → node. ``boot``: those that are to run there though they
    are stopped. ``parked``: those that were stopped to make room, and move in a later wave. For check mode, what the waves before it would
    have done: ``homes`` (vServer → node), who is ``stopped``, and the node whose maintenance would be over (``usable``)."""

    targets: Mapping[str, str] = field(default_factory=dict)
    boot: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()
    homes: Mapping[str, str] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    usable: str = ""


@dataclass(frozen=True, slots=True)
class _Trip:
    """``home``: where the repository has it. ``begun``: a move of it that has not ended. ``target``: None where it is to be found."""

    vserver: VServer
    home: str
    source: str
    begun: MoveRecord | None
    target: str | None


class Ways:
    """One task's. ``args``: target, state, upgrade, force, perhaps boot_environment (see the modules migration and recovery).

    ``known``, ``begun`` and ``nodes`` are what the repository had when the task began: its vServers, moves and nodes.
    """

    def __init__(
        self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository, proofs: Mapping[str, str], orders: Orders
    ) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._proofs = proofs
        self._orders = orders
        self.known = {record.name: record for record in repository.vservers()}
        self.begun = repository.moves()
        self.nodes = {node.name: node for node in repository.nodes()}

    def moves(self, names: Sequence[str], running: Mapping[str, bool], failures: dict[str, str]) -> list[Move]:
        """Of those that may move, in this order; what keeps the others is in ``failures``. ``running``: who runs where it lives."""
        trips = {name: trip for name in names if (trip := attempt(name, failures, self._trip))}
        found = self._found(trips, failures)
        decided: dict[str, str] = {}
        moves = []
        for name, trip in trips.items():
            if name not in failures:
                target = trip.target or found[name]
                move = attempt(name, failures, partial(self._move, trip, target, self._arrivals(trips, decided), running.get(name, False)))
                if move is not None:
                    moves.append(move)
                    decided[name] = target
        return moves

    def both_dead(self, begun: MoveRecord) -> bool:
        """Whether a move's target is lost now, after its source, which nobody has released: then it may go anywhere."""
        source = self.nodes.get(begun.source)
        return begun.target in self._proofs and bool(begun.proof) and source is not None and source.quarantine

    # --- where each comes from --------------------------------------------------------------------------------------
    def _trip(self, name: str) -> _Trip:
        known = self.known.get(name)
        if known is None or known.node is None:
            raise Refused(f"vServer {name} lives on no node that the repository knows. Deploy it, or register its node first.")
        begun = self.begun.get(name)
        if begun is None and known.state == "defined" and known.node not in self._proofs:
            raise Refused(
                f"vServer {name} was placed on node {known.node} and never brought up there (state defined), so nothing of it can move. "
                "Deploy it first (playbook heliostat.vdc.vserver_deploy): that also finishes what a run has begun."
            )
        source = begun.source if begun else known.node
        if begun is not None and self.both_dead(begun):
            source, begun = begun.target, None
        declared = self._action.inventory.vserver(name)
        left = {dataset.name for dataset in known.declared.datasets} - {dataset.name for dataset in declared.datasets}
        if left and source not in self._proofs:
            raise Refused(
                f"vServer {name}: dataset {min(left)} is no longer declared, and would stay behind on node {source}. Deploy it there "
                "first, which gives the dataset back."
            )
        target = self._orders.targets.get(name) or self._args["target"] or (self._way_on(begun) if begun else None)
        if target is not None and target not in self.nodes:
            raise Refused(f"vServer {name}: node {target} is not in the repository. Register it with heliostat.vdc.node state=registered.")
        if begun is not None and target not in (begun.source, begun.target):
            raise Refused(
                f"vServer {name} is on its way from node {begun.source} to {begun.target} (begun {begun.began:%Y-%m-%d %H:%M} UTC). "
                "Let it arrive, or send it back, before it goes anywhere else."
            )
        return _Trip(declared, known.node, source, begun, target)

    def _way_on(self, begun: MoveRecord) -> str:
        """On to where it was going; back when that node is lost."""
        return begun.source if begun.target in self._proofs else begun.target

    # --- where each goes --------------------------------------------------------------------------------------------
    @cached_property
    def _estate(self) -> Estate:
        look = partial(
            estate,
            self._action,
            self._repository,
            usable=[self._orders.usable],
            homes=self._orders.homes,
            loads=measured(self._repository),
            upgrade=self._args["upgrade"],
        )
        try:
            found = look()
        except InvalidDefinition:
            if not self._proofs:
                raise
            found = look(regardless=True)
        return replace(found, occupants=[one for one in found.occupants if one.vserver.name not in self._orders.parked])

    def _found(self, trips: Mapping[str, _Trip], failures: dict[str, str]) -> dict[str, str]:
        """The best node for each that was told none, for all of them at once."""
        looking = {name: trip for name, trip in trips.items() if trip.target is None}
        if not looking:
            return {}
        try:
            answers = self._homes([replace(one, node=trips[one.vserver.name].target) for one in self._arrivals(trips, {})])
        except InvalidDefinition as error:
            failures.update(dict.fromkeys(looking, str(error)))
            return {}
        for name, trip in looking.items():
            if (answer := answers[name]).node is None:
                others = {node: reason for node, reason in answer.rejected.items() if node != trip.source}
                failures[name] = f"{homeless(trip.vserver, replace(answer, rejected=others))} It stays on node {trip.source}."
        return {name: node for name in looking if (node := answers[name].node) is not None}

    def _homes(self, arrivals: Sequence[Arrival]) -> dict[str, Answer]:
        """In a recovery nobody stays down because affinities of anybody contradict each other."""
        try:
            return arrival.homes(self._estate, arrivals)
        except InvalidDefinition:
            if not self._proofs:
                raise
            return arrival.homes(replace(self._estate, affinities=Affinities()), arrivals)

    def _arrivals(self, trips: Mapping[str, _Trip], decided: Mapping[str, str]) -> list[Arrival]:
        """All of this run's: those ``decided`` have gone, the others are still where they live, and on their way."""
        loads = {one.vserver.name: one.load for one in self._estate.occupants}
        found = []
        for name, trip in trips.items():
            given, load = decided.get(name), loads.get(name)
            if given is not None:
                found.append(Arrival(trip.vserver, given, load=load))
            else:
                here = self._orders.homes.get(name, trip.home)
                found.append(Arrival(trip.vserver, None, here, self._closed(trip), self._software(trip), load))
        return found

    def _closed(self, trip: _Trip) -> dict[str, str]:
        """From a dead node it goes to a domain of the same machine only by the operator's choice."""
        closed = {trip.source: "is the one that it leaves"}
        source = self.nodes.get(trip.source)
        if source is not None and trip.source in self._proofs:
            for name, node in self.nodes.items():
                if name != trip.source and node.facts.shares_machine(source.facts):
                    closed[name] = f"is a domain of the same machine as {trip.source}: it goes there only when it is named as target"
        return closed

    def _software(self, trip: _Trip) -> Release | None:
        """Nothing is known of what is left of a dead node's, and another boot environment is of another level."""
        source = self.nodes.get(trip.source)
        if source is None or trip.source in self._proofs or self._args.get("boot_environment"):
            return None
        return source.facts.release

    # --- what comes of it -------------------------------------------------------------------------------------------
    def _move(self, trip: _Trip, target: str, arrivals: Sequence[Arrival], ran: bool, name: str) -> Move:
        begun = trip.begun
        back = begun is not None and target == begun.source
        source = begun.target if begun is not None and back else trip.source  # what it left lies on the target of that move
        told = trip.target is not None and target != trip.home
        return Move(
            trip.vserver,
            source,
            target,
            self._runs(name, ran),
            tuple(arrival.obstacles(self._estate, arrivals, name, target)) if told else (),
            UPGRADES[self._args["upgrade"]],  # type: ignore[arg-type]
            self._args["force"],
            lost=source in self._proofs,
            boot_environment=str(self._args.get("boot_environment") or ""),
            ran=ran,
            back=back,
            begun=name in self.begun,
            no_return=source in self.nodes and self.nodes[source].quarantine,
        )

    def _runs(self, name: str, ran: bool) -> bool:
        """Whether it is to run where it goes."""
        wanted = "running" if name in self._orders.boot else self._args["state"]
        return ran if wanted == "as_it_is" else bool(wanted == "running")
