# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes share their fate with: their machine, which they tell themselves, and what is declared (chassis, rack)."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.node import NodeFacts

MACHINE = "machine"


def failure_domains(nodes: Mapping[str, NodeFacts], declared: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Node → level → name. A machine is named after its control domain's node, one whose control domain is not known after its chassis.

    A guest domain is where its machine is: what is declared for the control domain's node holds for it, unless its own says otherwise.
    Where nothing tells the machine of a guest it has none, which keeps it apart from nobody for sure.
    """
    found = {}
    for name, facts in sorted(nodes.items()):
        carriers = [other for other, its in sorted(nodes.items()) if facts.is_guest and not its.is_guest and its.shares_machine(facts)]
        inherited = {level: where for carrier in reversed(carriers) for level, where in declared.get(carrier, {}).items()}
        machine = _machine(name, facts, nodes)
        found[name] = ({MACHINE: machine} if machine else {}) | inherited | dict(declared.get(name, {}))
    return found


def _machine(name: str, facts: NodeFacts, nodes: Mapping[str, NodeFacts]) -> str:
    """Two control domains of one chassis (physical domains) count as one machine."""
    chassis = facts.domain.chassis if facts.domain else ""
    if not chassis:
        return "" if facts.is_guest else name
    return min((other for other, its in nodes.items() if not its.is_guest and its.shares_machine(facts)), default=f"chassis {chassis}")
