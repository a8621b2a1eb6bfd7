# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift: what inventory, repository and nodes say, asked side by side, as a result and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from ..engine.nodes import Nodes
from ..lifecycle import gathered, variables
from ..lifecycle.context import NodeContext
from ..lifecycle.drift import estate
from ..lifecycle.drift.finding import SEVERITIES, Finding, Known, Seen
from ..lifecycle.drift.look import Look, planned
from ..lifecycle.vservers import VServers
from ..model.command import At, Command, Output
from ..model.errors import HeliostatError, InvalidDefinition
from . import run_state
from .action import HeliostatAction
from .contexts import context_of
from .other_nodes import impatient
from .tables import table

if TYPE_CHECKING:
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "names": {"type": "list", "elements": "str"},
    "nodes": {"type": "list", "elements": "str"},
    "fail_on": {"type": "str", "choices": ["never", "error", "warning"], "default": "never"},
}
_HEADER = ("SEVERITY", "VSERVER", "NODE", "PROPERTY", "KIND", "DECLARED", "REMEMBERED", "FOUND", "WAY OUT")
_MOST = 24  # characters of a value in the table


class Drifting:
    """One task's look at drift. It changes nothing."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._nodes = Nodes(partial(impatient, action))
        self._luns = {guid: name for name, guid in action.inventory.luns.items()}

    def run(self) -> dict[str, Any]:
        known = self._known()
        parts, troubles = self._parts(known)
        look = Look(parts, troubles)
        seen: dict[str, Seen] | None = None
        while probes := look.look(seen):
            seen = look.read(seen, self._nodes.ask(probes))
        nodes = {node: planned(one, parts[node]) if node in parts else one for node, one in (seen or look.read(None, {})).items()}
        names = frozenset(self._args["names"]) if self._args["names"] is not None else None
        self._check_names(names, known, nodes)
        adoptable = self._adoptable(known, nodes, names)
        whole = {record.name for record in self._repository.nodes()} <= set(nodes)
        told = estate.findings(known, nodes, adoptable, names, whole=whole)
        return self._result(told, known, nodes)

    def _known(self) -> list[Known]:
        records = {record.name: record for record in self._repository.vservers()}
        moves = self._repository.moves()
        stopped = run_state.stopped(self._repository, [name for name, record in records.items() if record.state == "activated"])
        found = []
        for name in sorted({*records, *self._action.inventory.vservers()}):
            record, declared, wrong = records.get(name), None, ""
            if self._action.inventory.declares(name):
                try:
                    declared = self._action.inventory.vserver(name)
                except HeliostatError as error:
                    wrong = str(error)
            if record is None:
                found.append(Known(name, declared, wrong=wrong))
                continue
            moving = moves[name].target if name in moves else ""
            found.append(Known(name, declared, record.declared, record.node or "", record.state, wrong, name in stopped, moving))
        return found

    def _parts(self, known: Sequence[Known]) -> tuple[dict[str, VServers], dict[str, str]]:
        own = self._action.node.name if self._action.inventory.is_node(self._action.node.name) else None
        every = [record.name for record in self._repository.nodes()]
        asked = self._args["nodes"] if self._args["nodes"] is not None else [own] if own else every
        parts, troubles = {}, {}
        for node in sorted(set(asked)):
            wanted = [entry for one in known if one.node == node and (entry := one.wanted)]
            try:
                shell = impatient(self._action, node)
                context = context_of(self._action, self._repository, shell, [entry.vserver for entry in wanted])
            except HeliostatError as error:
                troubles[node] = str(error).rstrip(".")
                continue
            parts[node] = VServers(wanted, context)
        return parts, troubles

    def _check_names(self, names: frozenset[str] | None, known: Sequence[Known], nodes: Mapping[str, Seen]) -> None:
        there = {one.name for one in known} | {zone for _node, zone, _state in estate.unknown_zones(known, nodes)}
        missing = sorted((names or frozenset()) - there)
        if missing and all(seen.actual is not None for seen in nodes.values()):
            raise InvalidDefinition(
                f"vServer {missing[0]} is neither in the inventory nor in the repository, and no node has such a zone. Correct the name."
            )

    def _adoptable(self, known: Sequence[Known], nodes: Mapping[str, Seen], names: frozenset[str] | None) -> estate.Adoptable:
        """The variables of the zones that nobody knows: further round trips to the nodes that have such zones."""
        contexts = {node: seen.context for node, seen in nodes.items() if seen.context is not None}
        wanted: dict[str, set[str]] = {}
        for node, zone, _state in estate.unknown_zones(known, nodes):
            if node in contexts and (names is None or zone in names):
                wanted.setdefault(node, set()).add(zone)
        if not wanted:
            return {}
        old = {node: contexts[node].release.is_solaris10 for node in wanted}
        looks = {node: gathered.first_look(solaris10=old[node]) for node in wanted}
        first = self._asked(looks, lambda _node, outputs: gathered.read_first(outputs))
        probes = {node: gathered.second_look(found, frozenset(wanted[node]), old[node]) for node, found in first.items()}
        second = self._asked(probes, lambda node, outputs: gathered.read_second(first[node], outputs))
        probes = {node: gathered.third_look(found) for node, found in second.items()}
        third = self._asked(probes, lambda node, outputs: gathered.read_third(second[node], outputs))
        zones = [(node, zone, found) for node, found in third.items() for zone in sorted(found.configs)]
        return {(node, zone): self._described(contexts[node], zone, found) for node, zone, found in zones}

    def _asked(
        self, probes: Mapping[str, Mapping[str, Command]], read: Callable[[str, Mapping[str, Output]], gathered.Found]
    ) -> dict[str, gathered.Found]:
        answers = self._nodes.ask({At(node, name): command for node, asked in probes.items() for name, command in asked.items()})
        found = {}
        for node, asked in probes.items():
            try:
                found[node] = read(node, {name: answers[At(node, name)] for name in asked})
            except (HeliostatError, KeyError):  # what was not looked at is said of each zone
                continue
        return found

    def _described(self, context: NodeContext, zone: str, found: gathered.Found) -> tuple[dict[str, Any], list[str]]:
        told, problems = gathered.variables(zone, found, context.networks)
        record = self._repository.node(context.node)
        pool = {"compute_pool": record.compute_pool} if record and record.compute_pool else {}
        return {**pool, **told}, problems or gathered.changes(zone, told, found, context)

    def _result(self, told: Sequence[Finding], known: Sequence[Known], nodes: Mapping[str, Seen]) -> dict[str, Any]:
        rows = [self._row(one) for one in told]
        lines = table(_HEADER, [_cells(row) for row in rows]) if rows else ["No drift."]
        result = {
            "changed": False,
            "findings": rows,
            "clean": not told,
            "table": "\n".join(lines),
            "repairs": _repairs(told, known),
            "adopted": self._adopted(told, known, nodes),
            "warnings": self._in_work({one.vserver for one in told}),
        }
        fatal = SEVERITIES[: {"never": 0, "error": 1, "warning": 2}[self._args["fail_on"]]]
        bad = [one for one in told if one.severity in fatal]
        if bad:
            result |= {"failed": True, "msg": f"Drift: {len(bad)} findings of severity {' or '.join(fatal)}.\n" + "\n".join(lines)}
        return result

    def _row(self, one: Finding) -> dict[str, Any]:
        row: dict[str, Any] = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(one).items()}
        for side in ("declared", "remembered", "found") if one.property.startswith("datasets.") else ():
            for guid, name in self._luns.items():
                row[side] = row[side].replace(guid, name)
        return row | {"adopt": yaml.safe_dump(self._named(one.adopt), sort_keys=False) if one.adopt else ""}

    def _adopted(self, told: Sequence[Finding], known: Sequence[Known], nodes: Mapping[str, Seen]) -> dict[str, Any]:
        found: dict[str, Any] = {
            one.vserver: dict(one.adopt) for one in told if one.property in ("zone", "heliostat_vserver") and one.adopt
        }
        for one in known:
            if one.name not in found and one.node in nodes and (made := estate.adopted(one, nodes[one.node], told)):
                found[one.name] = variables.variables(made)
        return {name: self._named(declared) for name, declared in sorted(found.items())}

    def _named(self, value: Any) -> Any:
        """With LUNs by the names that the inventory has for them."""
        if isinstance(value, Mapping):
            return {key: self._named(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._named(one) for one in value]
        return self._luns.get(value, value) if isinstance(value, str) else value

    def _in_work(self, names: set[str]) -> list[str]:
        locks = [lock for lock in self._repository.locks() if lock.object in names]
        return [f"{lock.object}: {lock.owner} works on it since {lock.taken:%Y-%m-%d %H:%M} UTC: what was found may pass" for lock in locks]


def _repairs(told: Sequence[Finding], known: Sequence[Known]) -> dict[str, list[str]]:
    """State → the vServers that have something to repair and are to have that state: what vservers is called with."""
    names = {one.vserver for one in told if one.repair}
    found: dict[str, list[str]] = {}
    for one in known:
        if one.name in names and one.declared is not None and one.wanted is not None:
            found.setdefault(one.run_state, []).append(one.name)
    return found


def _cells(row: Mapping[str, Any]) -> list[str]:
    ways = [way for way, there in (("repair", row["repair"]), ("adopt", row["adopt"]), ("by hand", row["by_hand"])) if there]
    values = [row[key] for key in ("severity", "vserver", "node", "property", "kind")]
    values += [_short(row[key]) for key in ("declared", "remembered", "found")]
    return [*values, ", ".join(ways[:2] if ways[:1] != ["by hand"] else ways)]


def _short(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
