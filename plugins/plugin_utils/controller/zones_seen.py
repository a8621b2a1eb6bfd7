# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes answer, and in which states their zones are, in one round trip."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..commands import zoneadm
from ..engine.nodes import Nodes
from ..model.command import At


@dataclass(frozen=True, slots=True)
class ZonesSeen:
    """``zones``: node → zone → its state, of those that answered; ``silent``: what the others' connection said."""

    zones: Mapping[str, Mapping[str, str]]
    silent: Mapping[str, str]

    def state(self, node: str | None, name: str) -> str:
        """'absent' where the node has no such zone, '' where nobody tells."""
        return "" if node in self.silent else self.zones.get(node or "", {}).get(name, "absent")


def look(nodes: Nodes, names: Collection[str]) -> ZonesSeen:
    """A node whose zoneadm fails counts as silent: nothing is known of its zones."""
    answers = nodes.ask({At(name, "zones"): zoneadm.list_zones() for name in sorted(names)})
    zones, silent = {}, {}
    for name in sorted(names):
        output = answers.get(At(name, "zones"))
        if output is None:
            silent[name] = nodes.unreachable.get(name, "nothing")
        elif output.rc != 0:
            silent[name] = f"zoneadm list: exit code {output.rc}, {output.stderr.strip() or 'no message'}"
        else:
            zones[name] = {zone.name: zone.state for zone in zoneadm.parse_list(output.stdout) if zone.name != "global"}
    return ZonesSeen(zones, silent)
