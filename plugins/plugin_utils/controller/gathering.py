# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Existing zones of the task's node as inventory variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..lifecycle import gathered
from ..lifecycle.context import NodeContext
from ..lifecycle.resources import entitlement
from ..model.errors import HeliostatError, InvalidDefinition
from ..model.release import Release
from .action import HeliostatAction
from .contexts import release_of

if TYPE_CHECKING:
    from ..repository.store import Repository


def gathered_variables(action: HeliostatAction, repository: Repository | None, names: Sequence[str] | None) -> dict[str, Any]:
    """Existing zones as inventory variables; ``incomplete`` says per zone what they cannot express."""
    release = release_of(action.node, repository)
    node = action.node
    found = gathered.read_first(node.ask(gathered.first_look(solaris10=release.is_solaris10)))
    missing = sorted(set(names or ()) - set(found.zones))
    if missing:
        raise InvalidDefinition(f"node {node.name} has no zone {missing[0]}; it has {', '.join(sorted(found.zones)) or 'none'}.")
    probes = gathered.second_look(found, frozenset(names) if names is not None else None, release.is_solaris10)
    found = gathered.read_second(found, node.ask(probes)) if probes else found
    probes = gathered.third_look(found)
    found = gathered.read_third(found, node.ask(probes)) if probes else found
    declared = {}
    incomplete = {}
    for name in found.configs:
        declared[name], problems = gathered.variables(name, found, action.inventory.networks)
        problems = problems or _changes(action, name, declared[name], found, release)
        if problems:
            incomplete[name] = problems
    states = {name: found.zones[name].state for name in found.configs}
    resources = {name: stood for name in found.configs if (stood := gathered.resource_states(name, found))}
    result = {"changed": False, "vservers": declared, "incomplete": incomplete, "states": states, "resources": resources}
    return result | {"entitlements": _entitlements(action, repository, found.configs)}


def _entitlements(action: HeliostatAction, repository: Repository | None, names: Iterable[str]) -> dict[str, str]:
    """The part of the node's CPUs that those own whose repository record has base units."""
    node = action.node.name
    records = repository.vservers(node=node) if repository else []
    rating = action.inventory.rating(node) if action.inventory.is_node(node) else None
    return {
        record.name: entitlement(record.base_units, rating)
        for record in records
        if record.base_units is not None and record.name in set(names)
    }


def _changes(action: HeliostatAction, name: str, declared: Mapping[str, Any], found: gathered.Found, release: Release) -> list[str]:
    node = action.node.name
    try:
        context = NodeContext(node, release, action.inventory.networks, action.inventory.links(node))
    except HeliostatError as error:
        return [f"what deploying it would change is unknown: {error}"]
    return gathered.changes(name, declared, found, context)
