# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capacity and N+1 of the whole estate, with vServers that are still to come, and as a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ..model.errors import InvalidDefinition, Refused
from ..model.vserver import VServer
from ..placement import arrival, capacity, recovery_time
from ..placement.arrival import Arrival
from ..placement.capacity import Amount, Proof, Report, Room
from ..placement.estate import Estate, Occupant
from .action import HeliostatAction
from .estate import estate
from .placing import homeless

if TYPE_CHECKING:
    from ..repository.store import Repository


class CapacityReport:
    """``args``: levels, names, category (see the module capacity_info)."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._now = estate(action, repository)
        self._coming = self._placed(args["names"] or [])
        self._all = replace(self._now, occupants=[*self._now.occupants, *self._coming])
        self._check_levels()

    def answer(self) -> dict[str, Any]:
        """The module's result. With a gate that is shut, a failed one."""
        found = capacity.report(self._all, self._args["levels"])
        hurt = self._hurt(found, self._all)
        result = {
            "changed": False,
            "nodes": [_room(one) for one in found.nodes],
            "compute_pools": [_room(one) for one in found.pools],
            "losses": [_proof(one) for one in found.proofs],
            "homeless": hurt,
            "recovery_times": self._recovery_times(),
            "assumed_memory": list(found.assumed),
            "without_node": list(found.without_node),
            "new": {one.vserver.name: one.node for one in self._coming},
        }
        shut = self._caused(hurt) if self._coming else hurt
        return result | ({"failed": True, "msg": self._message(shut)} if self._args["gate"] and shut else {})

    def _hurt(self, found: Report, where: Estate) -> dict[str, list[str]]:
        categories = {one.vserver.name: one.vserver.category for one in where.occupants}
        return capacity.homeless_of(found, self._args["category"], categories)

    def _caused(self, hurt: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Who would have had a home but for those that are to come, and these themselves."""
        before = self._hurt(capacity.report(self._now, self._args["levels"]), self._now)
        caused = {failure: [name for name in names if name not in before.get(failure, ())] for failure, names in hurt.items()}
        return {failure: names for failure, names in caused.items() if names}

    def _message(self, shut: Mapping[str, Sequence[str]]) -> str:
        losses = "; ".join(f"the loss of {failure} would leave {', '.join(names)} without a home" for failure, names in shut.items())
        new = f", with {', '.join(sorted(one.vserver.name for one in self._coming))} placed" if self._coming else ""
        return f"there is no N+1 for vServers of category {self._args['category']} and above{new}: {losses}."

    def _placed(self, names: Sequence[str]) -> list[Occupant]:
        """Where placement would put vServers that have no node yet. Raises Refused where it finds none."""
        living = {one.vserver.name for one in self._now.occupants}
        coming = [Arrival(self._action.inventory.vserver(name)) for name in sorted(set(names) - living)]
        answers = arrival.homes(self._now, coming) if coming else {}
        found = []
        for one in coming:
            answer = answers[one.vserver.name]
            if answer.node is None:
                raise Refused(homeless(one.vserver, answer))
            found.append(Occupant(one.vserver, answer.node))
        return found

    def _check_levels(self) -> None:
        known = {"node", *(level for domains in self._now.domains.values() for level in domains)}
        unknown = sorted(set(self._args["levels"] or ()) - known)
        if unknown:
            raise InvalidDefinition(
                f"no node declares failure_domains of level {unknown[0]!r}; there are {', '.join(sorted(known))} (heliostat_node)."
            )

    def _recovery_times(self) -> dict[str, Any]:
        vservers: dict[str, VServer] = {one.vserver.name: one.vserver for one in self._now.occupants}
        history = self._repository.durations(sorted(vservers), recovery_time.STEPS)
        return {name: asdict(recovery_time.predicted(vserver, history[name])) for name, vserver in sorted(vservers.items())}


def _room(room: Room) -> dict[str, Any]:
    return {
        "name": room.name,
        "compute_pool": room.compute_pool,
        "vservers": room.vservers,
        "blocked": room.blocked,
        **{dimension.lower().replace(" ", "_"): _amount(amount) for dimension, amount in room.amounts.items()},
    }


def _amount(amount: Amount) -> dict[str, Any]:
    return {"capacity": amount.capacity, "headroom": amount.headroom, "committed": amount.committed, "free": amount.free}


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "level": proof.failure.level,
        "name": proof.failure.name,
        "nodes": list(proof.failure.nodes),
        "survived": not proof.homeless,
        "homes": dict(proof.homes),
        "homeless": {name: {"rejected": dict(one.rejected), "remedy": one.remedy} for name, one in proof.homeless.items()},
    }
