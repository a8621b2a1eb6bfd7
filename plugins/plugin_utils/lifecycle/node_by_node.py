# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every node's part of one round trip: what it is asked, and what was understood of its answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..model.command import At, Command, Output
from .actual import NodeActual, as_stopped
from .vservers import VServers

#: What is known of each node so far; None for one that did not answer everything.
Known = Mapping[str, NodeActual | None]


def look(parts: Mapping[str, VServers], nodes: Known | None) -> dict[At, Command]:
    """The probes of all of them. ``nodes`` is None at the first look; one that did not answer then is not asked again."""
    probes: dict[At, Command] = {}
    for node, part in parts.items():
        known = nodes[node] if nodes is not None else None
        if nodes is None or known is not None:
            probes |= {At(node, name): command for name, command in part.look(known).items()}
    return probes


def read(
    parts: Mapping[str, VServers], nodes: Known | None, outputs: Mapping[At, Output], stopped: Collection[str]
) -> dict[str, NodeActual | None]:
    """The nodes after that look, as they will be when the vServers ``stopped`` have been shut down."""
    found: dict[str, NodeActual | None] = {}
    for node, part in parts.items():
        known = nodes[node] if nodes is not None else None
        if nodes is not None and (known is None or known.complete):
            found[node] = known
            continue
        asked = part.look(known)
        answers = {name: outputs[At(node, name)] for name in asked if At(node, name) in outputs}
        found[node] = as_stopped(part.read(known, answers), stopped) if len(answers) == len(asked) else None
    return found
