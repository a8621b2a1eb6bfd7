# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules vserver and vservers have in common: from names to a report, with the repository kept true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..engine import shell
from ..engine.node_shell import NodeShell
from ..engine.operation import Report
from ..lifecycle import discovery, gathered
from ..lifecycle.actual import NodeActual
from ..lifecycle.context import NodeContext
from ..lifecycle.vserver import Wanted, plan
from ..lifecycle.vservers import VServers
from ..model.errors import HeliostatError, InvalidDefinition, Refused
from ..model.names import password_hash
from ..model.release import SUPPORTED, Release
from ..model.storage import Disk
from ..model.vserver import VServer
from . import settled
from .action import HeliostatAction
from .report import attempt

#: Stored life-cycle state after each wanted state was reached.
STORED = {"defined": "defined", "installed": "installed", "running": "activated", "halted": "activated", "detached": "detached"}

STATES = ["defined", "installed", "running", "halted", "detached", "absent", "rendered", "gathered"]

OPTIONS: dict[str, Any] = {
    "state": {"type": "str", "choices": STATES, "default": "running"},
    "destroy": {"type": "list", "elements": "str", "default": []},
    "force": {"type": "bool", "default": False},
}


class Deployment:
    """One task's work on the vServers ``names`` of the task's node."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Any) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._node = action.node.name
        self._recorded: set[str] = set()  # networks

    def run(self, names: Sequence[str]) -> dict[str, Any]:
        match self._args["state"]:
            case "gathered":
                return gathered_variables(self._action, self._repository, names or None)
            case "rendered":
                return self._rendered(names)
        return self._deploy(names)

    def _deploy(self, names: Sequence[str]) -> dict[str, Any]:
        refused: dict[str, str] = {}
        look_up = partial(self._wanted, self._known(names))
        wanted = [entry for name in names if (entry := attempt(name, refused, look_up))]
        operation = f"vserver {self._args['state']}"
        with self._action.locked([entry.vserver.name for entry in wanted], self._repository, operation) as warnings:
            known = self._known([entry.vserver.name for entry in wanted])
            recorded = {
                name: attempt(name, refused, partial(self._record, entry, known.get(name)))
                for entry in wanted
                if (name := entry.vserver.name)
            }
            wanted = [entry for entry in wanted if entry.vserver.name not in refused]
            report = self._carried_out(wanted, operation) if wanted else Report(False, (), {}, {}, (), {}, None)
        late = [text for entry in wanted for text in settled.warnings(entry, known.get(entry.vserver.name))]
        report = replace(report, failures={**refused, **report.failures}, warnings=(*warnings, *late, *report.warnings))
        result = self._action.result(report)
        result["changed"] = result["changed"] or any(recorded.values())
        return result

    def _carried_out(self, wanted: Sequence[Wanted], operation: str) -> Report[Any]:
        context = self._context(release_of(self._action, self._repository), [entry.vserver for entry in wanted])
        report = self._action.operate(VServers(wanted, context), self._repository, operation)
        if not self._action.check:
            self._remember(wanted, report)
        return report

    def _rendered(self, names: Sequence[str]) -> dict[str, Any]:
        """The plan for a node that has nothing but the LUNs: what would be sent, without asking anybody."""
        release = release_of(self._action, self._repository)
        commands = {}
        for name in names:
            vserver = self._action.inventory.vserver(name)
            luns = [guid for dataset in vserver.datasets for guid in dataset.luns]
            empty = NodeActual(zones={}, pools={}, disks={guid: Disk(f"c0t{guid}d0", guid) for guid in luns}, complete=True)
            made = plan(Wanted(vserver, "running"), empty, self._context(release, [vserver]))
            commands[name] = [shell.show(step.command) for step in made.steps]
        return {"changed": False, "commands": commands}

    def _known(self, names: Sequence[str]) -> dict[str, Any]:
        """The repository's records of those that it knows."""
        return {record.name: record for record in self._repository.vservers(names=names)} if self._repository else {}

    def _wanted(self, known_vservers: Mapping[str, Any], name: str) -> Wanted:
        """Raises Refused for a vServer that lives elsewhere; one that was detached there may come here."""
        vserver = self._action.inventory.vserver(name)
        known = known_vservers.get(name)
        if known is not None and known.node not in (None, self._node) and known.state != "detached":
            raise Refused(
                f"vServer {name} lives on node {known.node} (state {known.state}), not on {self._node}. "
                "Run this on its node, or detach it there first."
            )
        return Wanted(vserver, self._args["state"], frozenset(self._args["destroy"]), self._args["force"])

    def _record(self, entry: Wanted, known: Any, name: str) -> bool:
        """Written before anything is done, so that a killed run leaves a trace and nobody else takes name or LUNs."""
        if self._repository is None or entry.state == "absent":
            return False
        for network in {attachment.network for attachment in entry.vserver.networks} - self._recorded:
            self._repository.record_network(self._action.inventory.networks[network], check=self._action.check)
            self._recorded.add(network)
        if known is not None and (known.declared, known.node) == (entry.vserver, self._node):
            return False
        recorded: bool = self._repository.record_vserver(
            entry.vserver, self._node, known.state if known else "defined", check=self._action.check
        )
        return recorded

    def _remember(self, wanted: Sequence[Wanted], report: Report[Any]) -> None:
        records = self._known([entry.vserver.name for entry in wanted])
        for entry in wanted:
            name = entry.vserver.name
            known = records.get(name)
            if name in report.failures or known is None:
                continue
            if entry.state == "absent":
                if {dataset.name for dataset in entry.vserver.datasets} - entry.destroy:
                    self._repository.record_vserver(entry.vserver, None, "detached")
                else:
                    self._repository.forget_vserver(name)
            elif known.state != STORED[entry.state] and not (entry.state in ("defined", "installed") and known.state == "activated"):
                self._repository.set_vserver_state(name, STORED[entry.state])

    def _context(self, release: Release, vservers: Sequence[VServer]) -> NodeContext:
        inventory = self._action.inventory
        guids = [guid for vserver in vservers for dataset in vserver.datasets for guid in dataset.luns]
        used = self._repository.lun_owners(guids) if self._repository else {}
        owners = {guid: owner.partition("/")[0] for guid, owner in used.items()}
        password = self._action.templated("heliostat_root_password_hash")
        given = {"root_password_hash": password_hash(str(password))} if password else {}
        known = self._repository.node(self._node) if self._repository else None
        plumbed = frozenset(address.interface for address in known.facts.addresses) if known else None
        return NodeContext(self._node, release, inventory.networks, inventory.links(self._node), owners, plumbed, **given)


def release_of(action: HeliostatAction, repository: Any) -> Release:
    """The node's release: remembered, or asked in one more round trip. Refused where nothing may be deployed on it."""
    node: NodeShell = action.node
    known = repository.node(node.name) if repository else None
    release: Release = known.facts.release if known else discovery.read_release(node.ask(discovery.release_probes()))
    if release.family not in SUPPORTED:
        raise Refused(f"node {node.name} runs {release.description}, on which nothing is deployed; known are {', '.join(SUPPORTED)}.")
    return release


def gathered_variables(action: HeliostatAction, repository: Any, names: Sequence[str] | None) -> dict[str, Any]:
    """Existing zones as inventory variables; ``incomplete`` says per zone what they cannot express."""
    release = release_of(action, repository)
    node = action.node
    found = gathered.read_first(node.ask(gathered.first_look()))
    missing = sorted(set(names or ()) - set(found.zones))
    if missing:
        raise InvalidDefinition(f"node {node.name} has no zone {missing[0]}; it has {', '.join(sorted(found.zones)) or 'none'}.")
    probes = gathered.second_look(found, frozenset(names) if names is not None else None, release.is_solaris10)
    found = gathered.read_second(found, node.ask(probes)) if probes else found
    declared = {}
    incomplete = {}
    for name in found.configs:
        declared[name], problems = gathered.variables(name, found, action.inventory.networks)
        problems = problems or _changes(action, name, declared[name], found, release)
        if problems:
            incomplete[name] = problems
    states = {name: found.zones[name].state for name in found.configs}
    return {"changed": False, "vservers": declared, "incomplete": incomplete, "states": states}


def _changes(action: HeliostatAction, name: str, declared: Mapping[str, Any], found: gathered.Found, release: Release) -> list[str]:
    node = action.node.name
    try:
        context = NodeContext(node, release, action.inventory.networks, action.inventory.links(node))
    except HeliostatError as error:
        return [f"what deploying it would change is unknown: {error}"]
    return gathered.changes(name, declared, found, context)
