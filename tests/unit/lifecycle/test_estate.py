# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers of two nodes as one operation: what waits for what, what is refused, what a silent node means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zoneadm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import Report, run
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.estate import Estate
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import VServers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable

from ..engine.scripted import Record, clock, silent
from .estate import context, vserver
from .test_vservers import GLOBAL, HERE

#: web1 on t8a needs db1 on t8b.
GRAPH = Dependencies({"web1": ("db1",)})
HOMES = {"web1": "t8a", "db1": "t8b"}


class Centre:
    """Two nodes with one zone each, that boot and go down as they are told; those of ``dead`` never answer."""

    name = "t8a, t8b"

    def __init__(self, dead: Sequence[str] = (), broken: Sequence[str] = (), **states: str) -> None:
        self.states = {"web1": "installed", "db1": "installed"} | states
        self.dead, self.broken = dead, broken
        self.ran: list[str] = []
        self.asked: list[set[str]] = []

    def ask(self, probes: Mapping[At, Command]) -> dict[At, Output]:
        self.asked.append({key.node for key in probes})
        return {key: self._seen(key.node, key.probe) for key in probes if key.node not in self.dead}

    def run_on(self, commands: Sequence[tuple[str, Command]]) -> list[Output | NodeUnreachable]:
        return [self._done(node, [str(word) for word in command.argv]) for node, command in commands]

    def _zone(self, node: str) -> str:
        return next(name for name, home in HOMES.items() if home == node)

    def _seen(self, node: str, probe: str) -> Output:
        name = self._zone(node)
        if probe == "zones":
            state = self.states[name]
            number = "5" if state == "running" else "-"
            return Output(0, GLOBAL + f"{number}:{name}:{state}:/zones/{name}:f1d6b0a4-ad31-4c37-a1fb-1f3a5e8a1d1c:solaris:excl:R:none:\n")
        return HERE[probe.replace(name, "web1")]

    def _done(self, node: str, words: list[str]) -> Output | NodeUnreachable:
        if node in self.dead:
            return NodeUnreachable(f"node {node} does not answer")
        name = self._zone(node)
        if words[-1] in ("boot", "halt"):
            self.ran.append(f"{words[-1]} {name}")
            if name in self.broken:
                return Output(1, "", "out of luck\n")
            self.states[name] = "running" if words[-1] == "boot" else "installed"
            return Output(0)
        return self._seen(node, f"milestone {name}" if words[0] == "svcs" else "zones")


def estate(wanted: dict[str, str], **options: Any) -> Estate:
    parts = {}
    for name, state in wanted.items():
        entry = Wanted(vserver(name), state, run_only=True, force=True)  # type: ignore[arg-type]
        parts[HOMES[name]] = VServers([entry], replace(context(), node=HOMES[name]))
    return Estate(parts, GRAPH, HOMES, **options)


def done(wanted: dict[str, str], centre: Centre, check: bool = False, **options: Any) -> Report[Any]:
    return run(estate(wanted, **options), centre, clock(), Record(), silent, check=check)  # type: ignore[arg-type]


BOTH = {"web1": "running", "db1": "running"}
DOWN = {"web1": "halted", "db1": "halted"}


def test_masters_boot_first_and_slaves_stop_first_across_nodes() -> None:
    centre = Centre()
    report = done(BOTH, centre)
    assert (dict(report.failures), centre.ran) == ({}, ["boot db1", "boot web1"])
    assert [(plan.object, plan.after) for plan in report.plans] == [("db1", ()), ("web1", ("db1",))]
    assert {step.node for plan in report.plans for step in plan.steps} == {"t8a", "t8b"}
    assert not done(BOTH, centre).changed
    report = done(DOWN, centre)
    assert (dict(report.failures), centre.ran[2:]) == ({}, ["halt web1", "halt db1"])


def test_all_nodes_are_asked_in_one_round_trip_and_neighbours_for_their_zones_alone() -> None:
    asked = estate({"web1": "running"}).look(None)
    assert {key.node for key in asked} == {"t8a", "t8b"}
    assert [key.probe for key in asked if key.node == "t8b"] == ["zones"]
    assert asked[At("t8b", "zones")] == zoneadm.list_zones()
    alone = Estate({"t8a": VServers([Wanted(vserver(), "running")], context())}, Dependencies({}), HOMES)
    assert {key.node for key in alone.look(None)} == {"t8a"}, "without dependencies nobody else is asked"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("wanted", "centre", "shown"),
    [
        ({"web1": "running"}, Centre(), "vServer web1 needs db1 (on node t8b: installed)"),
        ({"web1": "running"}, Centre(dead=["t8b"]), "vServer web1 needs db1 (on node t8b: unknown, the node does not answer)"),
        ({"db1": "halted"}, Centre(db1="running", web1="running"), "vServer db1 is needed by web1 (on node t8a: running)"),
        ({"db1": "halted"}, Centre(db1="running", dead=["t8a"]), "is needed by web1 (on node t8a: unknown, the node does not answer)"),
    ],
)
def test_refusals_show_the_chain_and_nothing_runs(wanted: dict[str, str], centre: Centre, shown: str, check: bool) -> None:
    report = done(wanted, centre, check=check)
    (message,) = report.failures.values()
    assert shown in message
    assert (centre.ran, report.changed) == ([], False)


@pytest.mark.parametrize("check", [True, False])
def test_what_comes_after_a_silent_node_is_not_begun(check: bool) -> None:
    centre = Centre(dead=["t8b"])
    report = done(BOTH, centre, check=check)
    assert dict(report.failures) == {
        "db1": "vServer db1: node t8b does not answer. Nothing was changed there.",
        "web1": "web1: not begun, because it comes after db1, which failed. See there first.",
    }
    assert (centre.ran, report.changed, report.plans) == ([], False, ())


def test_what_comes_after_a_failure_is_not_begun() -> None:
    centre = Centre(broken=["db1"])
    report = done(BOTH, centre)
    assert "out of luck" in report.failures["db1"]
    assert report.failures["web1"] == "web1: not begun, because it comes after db1, which failed. See there first."
    assert centre.ran == ["boot db1"]


def test_who_runs_already_needs_nobody() -> None:
    centre = Centre(web1="running", dead=["t8b"])
    report = done({"web1": "running"}, centre)
    assert (report.changed, dict(report.failures)) == (False, {})


def test_defer_installs_and_names_what_may_not_boot_yet() -> None:
    centre = Centre()
    wanted = Estate({"t8a": VServers([Wanted(vserver(), "running")], context())}, GRAPH, HOMES, defer=True)
    report = run(wanted, centre, clock(), Record(), silent, check=True)  # type: ignore[arg-type]
    assert (dict(report.failures), [list(plan.steps) for plan in report.plans]) == ({}, [[]])
    assert wanted.deferred(report.actual) == ["web1"]
    assert [plan.again for plan in report.plans] == [True], "its masters may come up while it is installed"
    centre.states["db1"] = "running"
    report = run(wanted, centre, clock(), Record(), silent, check=False)  # type: ignore[arg-type]
    assert (centre.ran, wanted.deferred(report.actual)) == (["boot web1"], [])


def test_nothing_is_stopped_that_could_not_boot_again() -> None:
    centre = Centre(web1="running")
    assert "web1 needs db1 (on node t8b: installed)" in done({"web1": "halted"}, centre, again=True).failures["web1"]
    assert centre.ran == []
    assert not done({"web1": "halted"}, centre).failures


def test_a_restart_is_foreseen_in_check_mode() -> None:
    centre = Centre(web1="running", db1="running")
    report = done(BOTH, centre, check=True, stopped=frozenset({"web1", "db1"}))
    assert sorted(step.what for plan in report.plans for step in plan.steps) == ["boot zone db1", "boot zone web1"]
    assert centre.ran == []


def test_those_that_nobody_asked_for_are_touched_only_for_one_that_can_be_reached() -> None:
    centre = Centre(dead=["t8a"])  # db1 is booted for web1 alone, whose node is dead
    report = done(BOTH, centre, followed=frozenset({"db1"}))
    assert (list(report.failures), centre.ran) == (["web1"], [])
    report = done(BOTH, centre, followed=frozenset({"web1"}))
    assert (list(report.failures), centre.ran) == (["web1"], ["boot db1"])
