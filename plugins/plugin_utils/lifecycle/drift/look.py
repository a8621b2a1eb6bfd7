# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at all nodes: what is at home on each, what else is there, and what deploying each vServer would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...commands import zfs
from ...model.command import At, Command, Output
from ...model.errors import HeliostatError
from ...model.plan import Plan
from ...model.vserver import Dataset
from .. import vserver
from ..actual import NodeActual
from ..context import NodeContext
from ..storage import look as storage_look
from ..storage import zfs_filesystem
from ..vservers import VServers
from .finding import Seen


@dataclass(frozen=True, slots=True)
class Look:
    """Asks all nodes side by side: once, and those where something is missing a second time, as a deployment would.

    ``parts`` is what is at home on each node; ``troubles`` are nodes that are not asked, and why.
    """

    parts: Mapping[str, VServers]
    troubles: Mapping[str, str]

    def look(self, seen: Mapping[str, Seen] | None) -> dict[At, Command]:
        probes: dict[At, Command] = {}
        for node, part in self.parts.items():
            known = seen[node].actual if seen is not None else None
            if seen is None or known is not None:
                asked = dict(part.look(known)) | self._contents(part, first=seen is None)
                probes |= {At(node, name): command for name, command in asked.items()}
        return probes

    def read(self, seen: Mapping[str, Seen] | None, outputs: Mapping[At, Output]) -> dict[str, Seen]:
        """A node that did not answer everything, or answered what cannot be understood, was not seen."""
        found = {node: Seen(node, trouble=why) for node, why in self.troubles.items()}
        for node, part in self.parts.items():
            known = seen[node].actual if seen is not None else None
            if seen is not None and (known is None or known.complete):
                found[node] = seen[node]
            else:
                found[node] = self._read(node, part, known, outputs)
        return found

    def _read(self, node: str, part: VServers, known: NodeActual | None, outputs: Mapping[At, Output]) -> Seen:
        unseen = Seen(node, part.context)
        asked = dict(part.look(known)) | self._contents(part, first=known is None)
        answers = {name: outputs[At(node, name)] for name in asked if At(node, name) in outputs}
        if len(answers) < len(asked):
            return replace(unseen, trouble="it does not answer")
        try:
            actual = part.read(known, answers)
            if known is None:
                actual = storage_look.read_held(actual, _pools(part), answers)
        except HeliostatError as error:
            return replace(unseen, trouble=str(error))
        return replace(unseen, actual=actual)

    def _contents(self, part: VServers, *, first: bool) -> dict[str, Command]:
        """All that lies on the pools of its vServers: what is not declared, and what has another name."""
        pools = [dataset.name for dataset in _pools(part) if dataset.manager == "zfs"]
        return {"held": zfs.get(zfs_filesystem.PROPERTIES, *pools, recursive=True)} if first and pools else {}


def _pools(part: VServers) -> list[Dataset]:
    mine = [one for wanted in part.wanted for side in (wanted.vserver, wanted.former) if side for one in side.datasets]
    return list(dict.fromkeys(mine))


def planned(seen: Seen, part: VServers) -> Seen:
    """With what deploying each vServer of the node would do."""
    if seen.actual is None:
        return seen
    return replace(seen, plans={one.vserver.name: _attempt(one, seen.actual, part.context) for one in part.wanted})


def _attempt(wanted: vserver.Wanted, actual: NodeActual, context: NodeContext) -> Plan | HeliostatError:
    try:
        return vserver.plan(wanted, actual, context)
    except HeliostatError as error:
        return error
