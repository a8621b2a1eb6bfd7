# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several nodes in one round trip each, side by side; one that does not answer keeps nobody from the others."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.nodes import Nodes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable


class Shell:
    """Answers each command with its node and words; ``silent`` ones fail, ``gate`` holds every answer up until all have come."""

    def __init__(self, name: str, silent: bool = False, gate: threading.Barrier | None = None) -> None:
        self.name, self.silent, self.gate = name, silent, gate
        self.round_trips = 0
        self.ran: list[list[str]] = []

    def run(self, commands: Sequence[Command]) -> list[Output]:
        self.round_trips += 1
        self.ran.append([str(command.argv[0]) for command in commands])
        if self.gate:
            self.gate.wait(10)
        if self.silent:
            raise NodeUnreachable(f"node {self.name} does not answer: no route")
        return [Output(0, f"{self.name} {command.argv[0]}") for command in commands]


def estate(**silent: bool) -> tuple[Nodes, dict[str, Shell]]:
    shells = {name: Shell(name, dead) for name, dead in silent.items()}
    return Nodes(lambda name: shells[name]), shells  # type: ignore[arg-type,return-value]


def test_answers_come_back_in_the_order_asked_and_each_node_is_asked_once() -> None:
    nodes, shells = estate(a=False, b=False)
    commands = [("b", Command.of("one")), ("a", Command.of("two")), ("b", Command.of("three"))]
    assert [output.stdout for output in nodes.run_on(commands) if isinstance(output, Output)] == ["b one", "a two", "b three"]
    assert (shells["a"].ran, shells["b"].ran) == ([["two"]], [["one", "three"]])
    assert nodes.round_trips == 2
    assert nodes.name == "a, b"


def test_they_are_asked_side_by_side() -> None:
    gate = threading.Barrier(3)
    shells = {name: Shell(name, gate=gate) for name in "abc"}
    nodes = Nodes(lambda name: shells[name])  # type: ignore[arg-type,return-value]
    assert len(nodes.run_on([(name, Command.of("x")) for name in "abc"])) == 3, "one after the other, the barrier would break"


def test_one_that_does_not_answer_is_left_out_and_named() -> None:
    nodes, shells = estate(a=False, b=True)
    assert set(nodes.ask({At("a", "x"): Command.of("x"), At("b", "x"): Command.of("x")})) == {At("a", "x")}
    assert nodes.unreachable == {"b": "node b does not answer: no route"}
    answers = nodes.run_on([("b", Command.of("x")), ("a", Command.of("x")), ("b", Command.of("y"))])
    assert [isinstance(answer, NodeUnreachable) for answer in answers] == [True, False, True]
    shells["b"].silent = False
    assert len(nodes.ask({At("b", "x"): Command.of("x")})) == 1
    assert nodes.unreachable == {}


def test_the_tasks_own_node_is_its_failure() -> None:
    own, other = Shell("own", silent=True), Shell("other")
    nodes = Nodes(lambda name: other, own)  # type: ignore[arg-type,return-value]
    with pytest.raises(NodeUnreachable, match="node own does not answer"):
        nodes.run_on([("", Command.of("x")), ("other", Command.of("x"))])
    assert other.round_trips <= 1


def test_nothing_asked_is_no_round_trip() -> None:
    nodes, _shells = estate(a=False)
    assert (nodes.ask({}), nodes.run_on([]), nodes.round_trips, nodes.name) == ({}, [], 0, "no node")
