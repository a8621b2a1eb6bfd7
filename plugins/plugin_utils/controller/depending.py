# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vServer needs which: as declared, as remembered, and, when asked, with the run states measured now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..commands import zoneadm
from ..engine.nodes import Nodes
from ..model.command import At
from ..model.dependencies import Dependencies
from ..model.errors import InvalidDefinition, Refused
from .action import HeliostatAction
from .other_nodes import connect
from .report import attempt

if TYPE_CHECKING:
    from ..repository.store import Repository


class Depending:
    """One question. What is declared counts, what the inventory does not have is taken from the repository."""

    def __init__(self, action: HeliostatAction, repository: Repository | None) -> None:
        self._action = action
        self._homes = {record.name: record.node for record in repository.vservers()} if repository else {}
        self._remembered: dict[str, tuple[str, ...]] = repository.dependencies() if repository else {}
        self._wrong: dict[str, str] = {}
        names = sorted(action.vars.get("groups", {}).get("vservers", []))
        found = {name: attempt(name, self._wrong, action.inventory.vserver) for name in names}
        self._declared = {name: tuple(sorted(vserver.depends_on)) for name, vserver in found.items() if vserver is not None}

    def answer(self, names: Sequence[str] | None, measured: bool) -> dict[str, Any]:
        """Raises Refused for a name that neither inventory nor repository knows."""
        known = {*self._declared, *self._homes}
        unknown = sorted({*(names or ())} - known)
        if unknown:
            raise Refused(
                f"vServer {', '.join(unknown)} is neither in the group vservers of the inventory nor in the repository. "
                "Correct the name, or declare it."
            )
        problems = [*self._wrong.values(), *self._unknown_masters(known)]
        masters = self._remembered | self._declared
        try:
            graph = Dependencies(masters)
        except InvalidDefinition as error:
            problems.append(str(error))
            graph = Dependencies({})
        asked = sorted(names or known)
        shown = sorted({*graph.all_masters(asked), *graph.all_slaves(asked)})
        states = self._measured(shown) if measured else {}
        return {
            "changed": False,
            "vservers": {
                name: {
                    "masters": sorted(masters.get(name, ())),
                    "slaves": sorted(slave for slave, found in masters.items() if name in found),
                    "node": self._homes.get(name) or "",
                    **({"run_state": states[name]} if measured else {}),
                }
                for name in shown
            },
            "boot_order": list(graph.all_masters(asked)),
            "stop_order": list(graph.all_slaves(asked)),
            "chains": [self._chain(name, graph, states) for name in graph.boot_order(shown) if graph.masters(name)],
            "differences": self._differences(shown),
            "problems": problems,
        }

    def _chain(self, name: str, graph: Dependencies, states: Mapping[str, str]) -> str:
        def said(one: str) -> str:
            state = f": {states[one]}" if one in states else ""
            return f"{one} (on node {self._homes.get(one) or 'none'}{state})"

        return f"{said(name)} needs {', '.join(said(master) for master in graph.masters(name))}"

    def _unknown_masters(self, known: set[str]) -> list[str]:
        return [
            f"vServer {name} depends on {master}, which is neither in the inventory nor in the repository. Correct depends_on."
            for name, masters in self._declared.items()
            for master in masters
            if master not in known
        ]

    def _differences(self, names: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        """Of those that are declared: where the repository remembers other masters. Deploying records what is declared."""
        return {
            name: {"declared": list(self._declared[name]), "remembered": list(self._remembered.get(name, ()))}
            for name in names
            if name in self._declared and self._declared[name] != self._remembered.get(name, ())
        }

    def _measured(self, names: Sequence[str]) -> dict[str, str]:
        """Run state by vServer; ``unknown`` where the node does not answer."""
        nodes = {name: node for name in names if (node := self._homes.get(name))}
        answers = Nodes(partial(connect, self._action)).ask({At(node, "zones"): zoneadm.list_zones() for node in set(nodes.values())})
        found = dict.fromkeys(names, "absent") | dict.fromkeys(nodes, "unknown")
        for name, node in nodes.items():
            output = answers.get(At(node, "zones"))
            if output is not None and output.rc == 0:
                found[name] = next((zone.state for zone in zoneadm.parse_list(output.stdout) if zone.name == name), "absent")
        return found
