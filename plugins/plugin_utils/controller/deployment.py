# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules vserver and vservers have in common: from names to a report, with the repository kept true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine import shell
from ..engine.nodes import Nodes
from ..engine.operation import Report
from ..lifecycle.actual import NodeActual
from ..lifecycle.chain import STOPPING
from ..lifecycle.estate import Estate
from ..lifecycle.vserver import Wanted, plan
from ..lifecycle.vservers import VServers
from ..model.dependencies import Dependencies
from ..model.errors import InvalidDefinition, Refused
from ..model.storage import Disk
from ..model.vserver import State, VServer
from . import made, outcomes, settled
from .action import HeliostatAction
from .contexts import check_claim, context_of
from .gathering import gathered_variables
from .other_nodes import connect
from .placing import recordable
from .report import attempt, failed

if TYPE_CHECKING:
    from ..repository.records import VServerRecord
    from ..repository.store import Repository

#: Stored life-cycle state after each wanted state was reached.
STORED = {"defined": "defined", "installed": "installed", "running": "activated", "halted": "activated", "detached": "detached"}

STATES = ["defined", "installed", "running", "halted", "restarted", "detached", "absent", "rendered", "gathered"]

OPTIONS: dict[str, Any] = {
    "state": {"type": "str", "choices": STATES, "default": "running"},
    "scope": {"type": "str", "choices": ["whole", "run_state"], "default": "whole"},
    "dependencies": {"type": "str", "choices": ["refuse", "follow", "defer"], "default": "refuse"},
    "apply": {"type": "str", "choices": ["now", "next_boot"], "default": "next_boot"},
    "destroy": {"type": "list", "elements": "str", "default": []},
    "force": {"type": "bool", "default": False},
    "deadline": {"type": "int", "default": 600},
}


class Deployment:
    """One task's work on the vServers ``names``: of the task's node, or, when the task's host is no node, wherever each lives."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository | None) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._own = action.node.name if action.inventory.is_node(action.node.name) else None
        self._recorded: set[str] = set()  # networks

    def run(self, names: Sequence[str], stopped: frozenset[str] = frozenset()) -> dict[str, Any]:
        """``stopped``: vServers that what was shown before would have stopped (check mode)."""
        match self._args["state"]:
            case "gathered":
                return gathered_variables(self._action, self._repository, names or None)
            case "rendered":
                return self._rendered(names)
            case "restarted":
                return self._restarted(names)
        return self._deploy(names, self._args["state"], stopped=stopped)

    def _restarted(self, names: Sequence[str]) -> dict[str, Any]:
        """Stopped, then booted, and with dependencies followed those that need them likewise: two operations, one result."""
        down = self._deploy(names, "halted", run_only=True, again=True)
        failures: dict[str, str] = down.get("failures", {})
        stopped = {step["object"] for step in down["plan"]} - failures.keys()
        foreseen = frozenset(stopped) if self._action.check else frozenset()
        again = sorted({*names, *stopped} - failures.keys())
        up = self._deploy(again, "running", run_only=True, stopped=foreseen) if again else down
        joined: dict[str, Any] = {
            key: [*down[key], *(entry for entry in up[key] if entry not in down[key])] for key in ("plan", "warnings")
        }
        joined |= failed(failures | up.get("failures", {})) if failures else {}
        joined |= {"changed": down["changed"] or up["changed"], "before": down["before"], "journal": down["journal"] | up["journal"]}
        if "diff" in down and "diff" in up:
            joined["diff"] = {"before": down["diff"]["before"], "after": up["diff"]["after"]}
        return up | joined

    def _deploy(
        self, names: Sequence[str], state: State, *, run_only: bool = False, stopped: frozenset[str] = frozenset(), again: bool = False
    ) -> dict[str, Any]:
        refused: dict[str, str] = {}
        run_only = run_only or self._args["scope"] == "run_state"
        look_up = partial(self._wanted, self._known(names), state, run_only, again)
        wanted = [entry for name in names if (entry := attempt(name, refused, look_up))]
        dependencies = self._dependencies([entry for entry, _node in wanted])
        follows = self._args["dependencies"] == "follow"
        followed = self._followed(wanted, dependencies, state, refused) if follows else []
        wanted += followed
        beside = frozenset(entry.vserver.name for entry, _node in followed)
        operation = f"vserver {self._args['state']}"
        with self._action.locked([entry.vserver.name for entry, _node in wanted], self._repository, operation) as warnings:
            known = self._known([entry.vserver.name for entry, _node in wanted])
            by_name = {entry.vserver.name: (entry, node) for entry, node in wanted}
            for name, (one, node) in by_name.items():
                attempt(name, refused, partial(self._check_still, node, "running" if again else one.state, known.get(name)))
            by_name = {name: found for name, found in by_name.items() if name not in refused}
            recorded = {
                name: attempt(name, refused, partial(self._record, *by_name[name], known.get(name)))
                for name in dependencies.boot_order(by_name)  # a slave is recorded after its masters
            }
            wanted = [(entry, node) for entry, node in wanted if entry.vserver.name not in refused]
            estate = self._estate(wanted, dependencies, stopped) if wanted else None
            estate = replace(estate, again=again and not follows, followed=beside) if estate else None
            report = self._carried_out(estate, wanted, operation) if estate else Report(False, (), {}, {}, (), {}, None)
        late = [text for entry, _node in wanted for text in settled.warnings(entry, known.get(entry.vserver.name))]
        late += [_never_up(node, entry.vserver.name) for entry, node in wanted if _stops_nothing(entry, known.get(entry.vserver.name))]
        report = replace(report, failures={**refused, **report.failures}, warnings=(*warnings, *late, *report.warnings))
        result = self._action.result(report)
        result["changed"] = result["changed"] or any(recorded.values())
        result["outcomes"] = outcomes.of(estate, report, check=self._action.check) if estate else {}
        result["deferred"] = estate.deferred(report.actual) if estate and report.actual else []
        return result

    def _carried_out(self, estate: Estate, wanted: Sequence[tuple[Wanted, str]], operation: str) -> Report[Any]:
        report = self._action.operate_on(self._nodes, estate, self._repository, operation)
        repository = self._repository
        if repository and not self._action.check:
            if report.actual:
                homes = [(entry, "" if node == self._own else node) for entry, node in wanted]
                made.remember(repository, homes, report.actual.nodes, report.failures)
            self._remember(repository, wanted, report, estate.deferred(report.actual))
            outcomes.remember(repository, wanted, report, outcomes.of(estate, report, check=False))
        return report

    @property
    def _nodes(self) -> Nodes:
        """The task's own node over the task's connection, others as the inventory says."""
        return Nodes(partial(connect, self._action), self._action.node if self._own else None)

    def _estate(self, wanted: Sequence[tuple[Wanted, str]], dependencies: Dependencies, stopped: frozenset[str]) -> Estate:
        parts = {}
        for node in dict.fromkeys(node for _entry, node in wanted):
            entries = [entry for entry, home in wanted if home == node]
            asked = self._action.node if node == self._own else connect(self._action, node)
            context = context_of(self._action, self._repository, asked, [entry.vserver for entry in entries])
            parts["" if node == self._own else node] = VServers(entries, context)
        names = [entry.vserver.name for entry, _node in wanted]
        reached = {*dependencies.all_masters(names), *dependencies.all_slaves(names)} - set(names)
        homes = {name: record.node or "" for name, record in self._known(sorted(reached)).items()} if reached else {}
        homes |= {entry.vserver.name: node for entry, node in wanted}
        own = {name: "" if node == self._own else node for name, node in homes.items() if node}
        return Estate(parts, dependencies, own, stopped, defer=self._args["dependencies"] == "defer")

    def _dependencies(self, wanted: Sequence[Wanted]) -> Dependencies:
        """As remembered, and of these vServers as declared. Raises InvalidDefinition for a cycle."""
        known = self._repository.dependencies() if self._repository else {}
        return Dependencies(known | {entry.vserver.name: entry.vserver.depends_on for entry in wanted})

    def _followed(
        self, wanted: Sequence[tuple[Wanted, str]], dependencies: Dependencies, state: State, refused: dict[str, str]
    ) -> list[tuple[Wanted, str]]:
        """The rest of the chain, when it is to be followed: the run states of those, nothing else of them."""
        if not (state == "running" or state in STOPPING):
            return []
        names = [entry.vserver.name for entry, _node in wanted]
        reached = dependencies.all_masters(names) if state == "running" else dependencies.all_slaves(names)
        rest = [name for name in reached if name not in names]
        known = self._known(rest) if rest else {}
        as_they_are = partial(Wanted, force=self._args["force"], deadline=self._args["deadline"], run_only=True)
        then: State = "running" if state == "running" else "halted"
        found = [(record, node) for name in rest if (record := known.get(name)) and (node := record.node)]
        for record, node in found:
            attempt(record.name, refused, partial(self._check_open, node, then))
        return [(as_they_are(record.declared, then), node) for record, node in found if record.name not in refused]

    def _rendered(self, names: Sequence[str]) -> dict[str, Any]:
        """The plan for a node that has nothing but the LUNs: what would be sent, without asking anybody."""
        commands = {}
        for name in names:
            vserver = self._action.inventory.vserver(name)
            luns = [guid for dataset in vserver.datasets for guid in dataset.luns]
            empty = NodeActual(zones={}, pools={}, disks={guid: Disk(f"c0t{guid}d0", guid) for guid in luns}, complete=True)
            context = replace(context_of(self._action, self._repository, self._action.node, [vserver]), created=frozenset())
            commands[name] = [shell.show(step.command) for step in plan(Wanted(vserver, "running"), empty, context).steps]
        return {"changed": False, "commands": commands}

    def _known(self, names: Sequence[str]) -> dict[str, VServerRecord]:
        """The repository's records of those that it knows."""
        return {record.name: record for record in self._repository.vservers(names=names)} if self._repository else {}

    def _wanted(
        self, known_vservers: Mapping[str, VServerRecord], state: State, run_only: bool, again: bool, name: str
    ) -> tuple[Wanted, str]:
        """What is wanted, and on which node. Raises Refused for a vServer that lives elsewhere; one that was detached may come here."""
        vserver = self._action.inventory.vserver(name)
        known = known_vservers.get(name)
        home = known.node if known is not None else None
        if self._own is None and home is None:
            raise Refused(
                f"vServer {name} has no node in the repository. Place it first (heliostat.vdc.placement), or run this on its node."
            )
        if self._own is not None and home not in (None, self._own) and known is not None and known.state != "detached":
            raise Refused(
                f"vServer {name} lives on node {home} (state {known.state}), not on {self._own}. "
                "Run this on its node, or detach it there first."
            )
        node = self._own or str(home)
        self._check_open(node, "running" if again else state, name)
        former = known.declared if known is not None and not run_only else None
        destroy = self._destroyed(vserver, known_vservers)
        force, apply = self._args["force"], self._args["apply"]
        deadline = self._args["deadline"]
        if deadline < 1:
            raise InvalidDefinition(f"deadline {deadline}: it is a number of seconds.")
        lived = known is not None and known.state != "defined"
        return Wanted(vserver, state, destroy, force, run_only, apply=apply, former=former, deadline=deadline, lived=lived), node

    def _check_open(self, node: str, state: State, name: str) -> None:
        self._check_quarantine(name, node, state)
        self._check_arrived(name)

    def _check_still(self, node: str, state: State, known: VServerRecord | None, name: str) -> None:
        """Asked again under the lock: it may have moved before this run got that."""
        if known is not None and known.node not in (None, node) and known.state != "detached":
            raise Refused(
                f"vServer {name}: another run has brought it to node {known.node} in this moment. Nothing was done. Run this again."
            )
        self._check_open(node, state, name)

    def _destroyed(self, vserver: VServer, known_vservers: Mapping[str, VServerRecord]) -> frozenset[str]:
        """What of the option destroy concerns this vServer: all but what lies on datasets of others of the task."""
        others = {dataset.name for name, record in known_vservers.items() if name != vserver.name for dataset in record.declared.datasets}
        mine = {dataset.name for dataset in vserver.datasets}
        return frozenset(name for name in self._args["destroy"] if name.partition("/")[0] not in others - mine)

    def _check_arrived(self, name: str) -> None:
        move = self._repository.moves([name]).get(name) if self._repository else None
        if move is not None:
            raise Refused(
                f"vServer {name} is on its way from node {move.source} to {move.target} (begun {move.began:%Y-%m-%d %H:%M} UTC by "
                f"{move.begun_by}). Let it arrive or send it back first (playbook heliostat.vdc.vserver_migrate, heliostat_target "
                f"{move.target} or {move.source})."
            )

    def _check_quarantine(self, name: str, node: str, state: State) -> None:
        """A node that was given up for dead may not get anything running or imported before somebody released it."""
        record = self._repository.node(node) if self._repository else None
        if record is not None and record.quarantine and state != "halted":
            raise Refused(
                f"vServer {name}: node {node} is in quarantine ({record.flag_reason}). Nothing is imported or booted there before an "
                "operator has looked at it and released it (playbook heliostat.vdc.node_release)."
            )

    def _record(self, entry: Wanted, node: str, known: VServerRecord | None, name: str) -> bool:
        """Written before anything is done, so that a killed run leaves a trace and nobody else takes name or LUNs."""
        if self._repository is None or entry.state == "absent" or entry.run_only:
            return False
        for network in {attachment.network for attachment in entry.vserver.networks} - self._recorded:
            self._repository.record_network(self._action.inventory.networks[network], check=self._action.check)
            self._recorded.add(network)
        kept = outcomes.kept(entry)
        if known is not None and (known.declared, known.node) == (kept, node):
            return False
        check_claim(self._action, self._repository, node, entry.vserver, known)
        kept = recordable(self._action, self._repository, kept) if self._action.check else kept
        return self._repository.record_vserver(kept, node, known.state if known else "defined", check=self._action.check)

    def _remember(self, repository: Repository, wanted: Sequence[tuple[Wanted, str]], report: Report[Any], deferred: Sequence[str]) -> None:
        records = self._known([entry.vserver.name for entry, _node in wanted])
        entries = {entry.vserver.name: entry for entry, _node in wanted}
        for name in self._dependencies(list(entries.values())).all_slaves(entries):  # a master is forgotten after its slaves
            if (entry := entries.get(name)) is None:
                continue
            known = records.get(name)
            if name in report.failures or known is None:
                continue
            state = "installed" if name in deferred else entry.state
            if state == "absent":
                if {dataset.name for dataset in entry.vserver.datasets} - entry.destroy:
                    repository.record_vserver(entry.vserver, None, "detached")
                else:
                    repository.forget_vserver(name)
            elif entry.run_only and state == "halted":
                continue  # it does not run, and lives as far as it did: stopping makes nothing of what was never brought up
            elif known.state != STORED[state] and not (state in ("defined", "installed") and known.state == "activated"):
                repository.set_vserver_state(name, STORED[state])


def _stops_nothing(entry: Wanted, known: VServerRecord | None) -> bool:
    return entry.run_only and entry.state == "halted" and known is not None and known.state == "defined"


def _never_up(node: str, name: str) -> str:
    return (
        f"vServer {name} was never brought up as far as the repository knows (state defined), so nothing of it is to stop on node {node}. "
        "If the repository was made anew, register all nodes: its zone may be on one that it has not seen yet."
    )
