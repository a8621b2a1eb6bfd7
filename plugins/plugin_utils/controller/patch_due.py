# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the task's node is to get: patches as they are named, or what it is due of patch sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..commands import patch_properties
from ..model.errors import CommandFailed, InvalidDefinition, Refused
from ..model.patching.archive import Properties
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import SetVersion
from . import patch_systems
from .action import HeliostatAction
from .other_nodes import connect
from .patch_dues import Dues, frozen, named, target, unusable
from .patch_sources import Sources

if TYPE_CHECKING:
    from ..repository.store import Repository


def of(action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> tuple[Due, list[str]]:
    """And what is to be said of the sets. Raises InvalidDefinition, Refused; ParseError for what is no patch id."""
    record = repository.node(action.node.name)
    if record is not None and not record.facts.release.is_solaris10:
        raise Refused(f"node {record.name} does not run Solaris 10, and patches are of Solaris 10. Nothing was done.")
    if args["patches"] is not None:
        return _named(action, str(args["depot"] or ""), [PatchId.parse(str(word)) for word in args["patches"]], repository), []
    node = action.node.name
    versions = sets(node, args, repository)
    systems, silent = patch_systems.ask(action, [node])
    if node in silent:
        raise CommandFailed(f"what node {node} has could not be asked: {silent[node].rstrip('.')}. Nothing was done.")
    dues = Dues(repository, Sources(repository), versions)
    due = dues.of(systems)[node]
    properties = {patch: dues.archives[patch].properties for patch in due.installed if patch in dues.archives}  # a zone may lack them
    return replace(due, properties={**properties, **due.properties}), dues.warnings


def sets(node: str, args: Mapping[str, Any], repository: Repository) -> Sequence[SetVersion]:
    """Those of the target or that are named, all frozen. Raises InvalidDefinition, Refused."""
    if args["target"] is None:
        return [frozen(repository, *named(str(word))) for word in args["sets"]]
    found = target(repository, args["target"])
    if node not in found.nodes:
        raise Refused(f"node {node} is not part of patch target {found.name}, which has {', '.join(found.nodes)}. Nothing was done.")
    return found.sets


def _named(action: HeliostatAction, depot: str, patches: Sequence[PatchId], repository: Repository) -> Due:
    """What patchadd makes of them is known after it: nothing is asked of a reference. How they go in is told by the archives that the
    repository knows, of others by what lies in the node's depot."""
    twice = sorted({patch.number for patch in patches if sum(one.number == patch.number for one in patches) > 1})
    if twice:
        raise InvalidDefinition(f"patches: {twice[0]} is named more than once. Name the revision that is to go in.")
    archives = repository.patching.archives(patches)
    faulty = {patch: why for patch, one in archives.items() if (why := unusable(one))}
    install = tuple(patch for patch in patches if patch not in faulty)
    properties = {patch: archives[patch].properties if patch in archives else Properties() for patch in install}
    asked = [patch for patch, one in properties.items() if not one.source]
    if asked and depot:
        (output,) = connect(action, action.node.name).run([patch_properties.read(depot.rstrip("/"), asked)])
        properties |= patch_properties.parse(output)
    unknown = tuple(patch for patch, one in properties.items() if not one.source)
    return Due(action.node.name, install, refused=faulty, properties=properties, unknown=unknown)
