# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine is a failure domain without a declaration, and what is declared for it holds for its guests."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain, NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.failure_domains import failure_domains


def facts(name: str, domain: Domain | None = None) -> NodeFacts:
    return NodeFacts(name, Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc"), "SPARC T8-1", 32, 1 << 36, f"86{name}", domain=domain)


def control(name: str, chassis: str) -> NodeFacts:
    return facts(name, Domain("primary", True, name, chassis=chassis))


def guest(name: str, carrier: str, chassis: str) -> NodeFacts:
    return facts(name, Domain(name, False, carrier, chassis=chassis))


def test_machines() -> None:
    nodes = {
        "m1": control("m1", "AK1"),
        "g1": guest("g1", "m1", "AK1"),
        "g2": guest("g2", "m1", "AK1"),
        "g3": guest("g3", "m9", "AK9"),
        "g4": guest("g4", "m9", "AK9"),
        "g5": guest("g5", "m7", ""),
        "x1": facts("x1"),
        "m8": control("m8", ""),
    }
    found = {name: one.get("machine") for name, one in failure_domains(nodes, {}).items()}
    machines = {"m1": "m1", "g1": "m1", "g2": "m1", "g3": "chassis AK9", "g4": "chassis AK9", "g5": None, "x1": "x1", "m8": "m8"}
    assert found == machines


def test_what_is_declared() -> None:
    nodes = {"m1": control("m1", "AK1"), "g1": guest("g1", "m1", "AK1"), "g2": guest("g2", "m1", "AK1"), "x1": facts("x1")}
    declared = {"m1": {"rack": "b7", "chassis": "c1"}, "g2": {"rack": "b8"}, "x1": {"machine": "blade 4", "rack": "b7"}}
    assert failure_domains(nodes, declared) == {
        "m1": {"machine": "m1", "rack": "b7", "chassis": "c1"},
        "g1": {"machine": "m1", "rack": "b7", "chassis": "c1"},
        "g2": {"machine": "m1", "rack": "b8", "chassis": "c1"},
        "x1": {"machine": "blade 4", "rack": "b7"},
    }
