# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""look → plan → apply → look again, with an operation of three words and a connection that knows every call beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import operation
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import MOST_LOOKS, Report, gather, run
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import VServers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, HeliostatError, NodeUnreachable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step

from ..lifecycle.estate import context, vserver
from ..lifecycle.test_vservers import HERE
from .scripted import Record, Round, clock, scripted, silent

LOOK, MORE = Command.of("look"), Command.of("look", "more")
OK = Output(0)


@dataclass
class Words:
    """What is there is words a node says; what is wanted is words, made one by one. ``again`` words ask for a new look."""

    wanted: Sequence[str]
    again: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    second_look: bool = False

    def look(self, actual: list[str] | None) -> Mapping[str, Command]:
        if actual is None:
            return {"words": LOOK}
        return {"more": MORE} if self.second_look and "seen" not in actual and set(self.wanted) - set(actual) else {}

    def read(self, actual: list[str] | None, outputs: Mapping[str, Output]) -> list[str]:
        (output,) = outputs.values()
        if output.rc != 0:
            raise CommandFailed(f"looking failed: {output.stderr}")
        return [*(actual or []), *output.stdout.split()]

    def plan(self, actual: list[str]) -> Sequence[Plan]:
        plans = []
        for word in self.wanted:
            if word in self.refused:
                continue
            missing = word not in actual
            steps = (Step(word, f"make {word}", "it is missing", Command.of("make", word)),) if missing else ()
            warnings = (f"{word} is new",) if missing else ()
            plans.append(Plan(word, steps, warnings, again=missing and word in self.again))
        return plans

    def refusals(self, actual: list[str]) -> Mapping[str, str]:
        return self.refused

    def describe(self, actual: list[str]) -> Mapping[str, Any]:
        return {word: word in actual for word in self.wanted}

    def predict(self, actual: list[str]) -> Mapping[str, Any]:
        return {word: word in actual or word not in self.refused for word in self.wanted}


def sees(*words: str) -> Round:
    return [(LOOK, Output(0, " ".join(words)))]


def makes(*words: str, **outputs: Output) -> Round:
    return [(Command.of("make", word), outputs.get(word, OK)) for word in words]


def done(what: Words, *rounds: Round, check: bool = False) -> tuple[Report[list[str]], Record]:
    journal = Record()
    with scripted(*rounds) as node:
        report = run(what, node, clock(), journal, silent, check=check)
    return report, journal


def test_nothing_to_do_is_one_look_and_no_change() -> None:
    report, journal = done(Words(["a", "b"]), sees("a", "b"))
    assert (report.changed, dict(report.failures), report.warnings, journal.lines) == (False, {}, (), [])
    assert report.before == report.after == {"a": True, "b": True}


def test_what_is_missing_is_made_and_looked_at() -> None:
    report, journal = done(Words(["a", "b"]), sees("b"), makes("a"), sees("a", "b"))
    assert (report.changed, dict(report.failures), report.warnings) == (True, {}, ("a is new",))
    assert (report.before, report.after) == ({"a": False, "b": True}, {"a": True, "b": True})
    assert journal.lines == ["started make a", "ended make a 0"]
    assert report.actual == ["a", "b"]


def test_a_look_that_the_caller_had_is_the_first() -> None:
    with scripted(makes("a"), sees("a", "b")) as node:
        report = run(Words(["a", "b"]), node, clock(), Record(), silent, check=False, seen=["b"])
    assert (report.changed, report.before, report.after) == (True, {"a": False, "b": True}, {"a": True, "b": True})
    with scripted() as node:
        assert not run(Words(["a"]), node, clock(), Record(), silent, check=False, seen=["a"]).changed


def test_check_mode_asks_plans_and_runs_nothing() -> None:
    what = Words(["a", "b", "c"], refused={"c": "c: not here"})
    checked, journal = done(what, sees("b"), check=True)
    ran, _journal = done(what, sees("b"), makes("a"), sees("a", "b"))
    assert journal.lines == []
    assert [operation.shown(step) for plan in checked.plans for step in plan.steps] == [
        operation.shown(step) for plan in ran.plans for step in plan.steps
    ]
    assert (checked.changed, checked.warnings, checked.failures) == (ran.changed, ran.warnings, ran.failures)
    assert (
        (checked.before, checked.after)
        == (ran.before, ran.after)
        == ({"a": False, "b": True, "c": False}, {"a": True, "b": True, "c": False})
    )


def test_check_mode_of_what_is_converged_changes_nothing() -> None:
    report, _journal = done(Words(["a"]), sees("a"), check=True)
    assert (report.changed, report.before, report.after) == (False, {"a": True}, {"a": True})


def test_a_second_look_is_taken_only_when_something_is_missing() -> None:
    more: Round = [(MORE, Output(0, "seen"))]
    assert not done(Words(["a"], second_look=True), sees("a"))[0].changed
    assert done(Words(["a"], second_look=True), sees(), more, makes("a"), sees("a"))[0].changed


def test_what_is_not_there_afterwards_was_not_achieved() -> None:
    report, _journal = done(Words(["a", "b"]), sees(), makes("a", "b"), sees("b"))
    assert dict(report.failures) == {
        "a": "a: all steps ran, and looking again still asks for: make a (it is missing). Compare the node with the declaration."
    }
    assert report.changed


def test_one_objects_failure_is_told_once_and_stops_no_other() -> None:
    report, journal = done(Words(["a", "b"]), sees(), makes("a", "b", a=Output(3, "", "a: no room\n")), sees("b"))
    assert dict(report.failures) == {"a": "a: 'make a' exit 3. Command: make a. It said: a: no room"}
    assert (report.changed, report.after) == (True, {"a": False, "b": True})
    assert journal.lines[-2:] == ["ended make a 3", "ended make b 0"]


def test_a_failure_that_changed_nothing_is_no_change() -> None:
    report, _journal = done(Words(["a"]), sees(), makes("a", a=Output(1)), sees())
    assert (report.changed, list(report.failures)) == (False, ["a"])


def test_a_failure_that_left_something_is_a_change() -> None:
    report, _journal = done(Words(["a", "b"]), sees(), makes("a", "b", a=Output(1), b=Output(1)), sees("b"))
    assert (report.changed, sorted(report.failures)) == (True, ["a", "b"])


def test_what_is_refused_is_not_touched() -> None:
    report, _journal = done(Words(["a", "b"], refused={"a": "a: belongs to somebody"}), sees(), makes("b"), sees("b"))
    assert dict(report.failures) == {"a": "a: belongs to somebody"}
    only, _journal = done(Words(["a"], refused={"a": "a: belongs to somebody"}), sees())
    assert (only.changed, dict(only.failures), only.plans) == (False, {"a": "a: belongs to somebody"}, ())


class Imported(Words):
    """After b was made the node is looked at again, which shows that c is wanted as well."""

    def plan(self, actual: list[str]) -> Sequence[Plan]:
        plans = list(super().plan(actual))
        if "b" in actual and "c" not in actual:
            plans = [
                Plan("b", (Step("b", "make c", "b asks for it", Command.of("make", "c")),)) if plan.object == "b" else plan
                for plan in plans
            ]
        return plans


def test_what_depends_on_a_step_is_planned_after_it() -> None:
    report, journal = done(Imported(["a", "b"], again=["b"]), sees("a"), makes("b"), sees("a", "b"), makes("c"), sees("a", "b", "c"))
    assert ([step.what for plan in report.plans for step in plan.steps], dict(report.failures)) == (["make b", "make c"], {})
    assert journal.lines == ["started make b", "ended make b 0", "started make c", "ended make c 0"]


def test_only_what_asked_for_it_is_planned_again() -> None:
    rounds = [sees(), makes("a", "b"), sees("b"), makes("c"), sees("b", "c")]
    report, _journal = done(Imported(["a", "b"], again=["b"]), *rounds)
    assert list(report.failures) == ["a"], "a was made, is not there, and is not made a second time"


def test_planning_again_ends() -> None:
    rounds = [sees(), *[makes("a"), sees()] * MOST_LOOKS]
    report, _journal = done(Words(["a"], again=["a"]), *rounds)
    assert "looking again still asks for: make a" in report.failures["a"]
    assert sum(len(plan.steps) for plan in report.plans) == MOST_LOOKS, "what is shown is what ran"


class Patient(Words):
    looks = MOST_LOOKS + 2


def test_an_operation_may_want_more_looks_and_says_how_many() -> None:
    rounds = [sees(), *[makes("a"), sees()] * MOST_LOOKS, makes("a"), sees("a")]
    report, _journal = done(Patient(["a"], again=["a"]), *rounds)
    assert dict(report.failures) == {}
    rounds = [sees(), *[makes("a"), sees()] * Patient.looks]
    report, _journal = done(Patient(["a"], again=["a"]), *rounds)
    assert "looking again still asks for: make a" in report.failures["a"]


def test_a_failed_import_is_not_planned_again() -> None:
    report, _journal = done(Words(["a"], again=["a"]), sees(), makes("a", a=Output(1, "", "no")), sees())
    assert list(report.failures) == ["a"]
    assert "It said: no" in report.failures["a"]


def test_a_look_that_failed_stops_everything_before_anything_is_done() -> None:
    with pytest.raises(CommandFailed, match="looking failed: denied"):
        done(Words(["a"]), [(LOOK, Output(1, "", "denied"))])


def test_a_node_that_does_not_answer_is_unreachable_not_empty() -> None:
    class Silent:
        def run(self, script: str) -> tuple[int, str, str]:
            return 255, "", "ssh: connect to host n1 port 22: Connection refused\n"

    with pytest.raises(NodeUnreachable, match="node n1: the node's shell did not run our script: ssh: connect to host n1 port 22"):
        gather(Words(["a"]), NodeShell("n1", Silent()))


def test_an_operation_that_asks_nothing_is_a_mistake() -> None:
    class Nothing(Words):
        def look(self, actual: list[str] | None) -> Mapping[str, Command]:
            return {}

    with scripted() as node, pytest.raises(HeliostatError, match="node n1: the operation asked nothing"):
        gather(Nothing([]), node)


def test_a_real_operation_from_halted_to_running() -> None:
    """The steps of check mode are the very commands that are then sent."""
    wanted = VServers([Wanted(vserver(), "running")], context())
    halted = HERE | {"zones": Output(0, HERE["zones"].stdout.replace("5:web1:running", "-:web1:installed"))}
    asked = wanted.look(None)
    before: Round = [(asked[name], halted[name]) for name in asked]
    after: Round = [(asked[name], HERE[name]) for name in asked]
    boot = Command.of("zoneadm", "-z", "web1", "boot")
    with scripted(before) as node:
        checked = run(wanted, node, clock(), Record(), silent, check=True)
    with scripted(before, [(boot, OK)], [(asked["milestone web1"], HERE["milestone web1"])], after) as node:
        ran = run(wanted, node, clock(), Record(), silent, check=False)
    assert [operation.shown(step) for plan in checked.plans for step in plan.steps] == [
        {"object": "web1", "what": "boot zone web1", "why": "zone is installed", "command": "zoneadm -z web1 boot"}
    ]
    assert checked.plans == ran.plans
    assert (checked.after, dict(ran.failures)) == (ran.after, {})


def test_what_may_have_to_go_on_and_need_not_is_not_looked_at_again() -> None:
    report, _journal = done(Words(["a"], again=["a"]), sees(), makes("a"), sees("a"))
    assert (report.changed, dict(report.failures)) == (True, {})
