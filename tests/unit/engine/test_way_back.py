# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What failed on its way goes back, as far as it can, and its message says how that ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import MOST_LOOKS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step

from .test_operation import Words, done, makes, sees

NO = Output(1, "", "no\n")


class Returning(Words):
    """Wants a and then b of object x; where b cannot be made, a is unmade again."""

    begun: Collection[str] = ()

    def plan(self, actual: list[str]) -> Sequence[Plan]:
        missing = [word for word in self.wanted if word not in actual]
        return [Plan("x", tuple(Step("x", f"make {word}", "it is missing", Command.of("make", word)) for word in missing))]

    def back(self, actual: list[str], failed: Mapping[str, str]) -> Sequence[Plan]:
        assert list(failed) == ["x"]
        there = [word for word in actual if word in self.wanted]
        return [Plan("x", tuple(Step("x", f"unmake {word}", "x failed", Command.of("unmake", word)) for word in there))]


UNMAKE = (Command.of("unmake", "a"), Output(0))


def test_what_failed_goes_back() -> None:
    report, journal = done(Returning(["a", "b"]), sees(), makes("a"), makes("b", b=NO), sees("a"), [UNMAKE], sees())
    assert report.failures["x"].endswith("It said: no. It went back where it was, by unmake a")
    assert journal.lines[-2:] == ["started unmake a", "ended unmake a 0"]
    assert (report.changed, report.after) == (True, {"a": False, "b": False})
    assert [step.what for plan in report.plans for step in plan.steps] == ["make a", "make b", "unmake a"]


class Elsewhere(Returning):
    """b is made on another node."""

    def plan(self, actual: list[str]) -> Sequence[Plan]:
        found = super().plan(actual)
        at = {"make b": "t8b"}
        return [replace(plan, steps=tuple(replace(step, node=at.get(step.what, "")) for step in plan.steps)) for plan in found]


def test_where_it_failed_is_told_without_the_way_back() -> None:
    """What failed on the node itself names none."""
    report, _journal = done(Elsewhere(["a", "b"]), sees(), makes("a"), makes("b", b=NO), sees("a"), [UNMAKE], sees())
    node, said = report.failed_at["x"]
    assert node == "t8b" and said.endswith("It said: no") and report.failures["x"].startswith(said)
    report, _journal = done(Elsewhere(["a", "b"]), sees(), makes("a", a=NO), sees())
    assert report.failures["x"] and report.failed_at == {}


def test_a_way_back_that_fails_is_told_and_not_tried_again() -> None:
    report, _journal = done(
        Returning(["a", "b"]), sees(), makes("a"), makes("b", b=NO), sees("a"), [(UNMAKE[0], Output(1, "", "stuck\n"))], sees("a")
    )
    assert "Going back failed too: x: 'unmake a' exit 1" in report.failures["x"] and "stuck" in report.failures["x"]
    assert report.after == {"a": True, "b": False}


def test_what_has_nowhere_to_go_back_to_stays() -> None:
    report, _journal = done(Returning(["a", "b"]), sees(), makes("a", a=NO), sees())
    assert "went back" not in report.failures["x"] and "Going back" not in report.failures["x"]


def test_going_back_ends() -> None:
    rounds = [part for _time in range(MOST_LOOKS) for part in ([UNMAKE], sees("a"))]
    report, _journal = done(Returning(["a", "b"]), sees(), makes("a"), makes("b", b=NO), sees("a"), *rounds)
    assert report.failures["x"].count("It went back where it was") == MOST_LOOKS


@pytest.mark.parametrize("check", [True, False])
def test_who_did_not_fail_does_not_go_back(check: bool) -> None:
    rounds = [sees()] if check else [sees(), makes("a"), makes("b"), sees("a", "b")]
    report, _journal = done(Returning(["a", "b"]), *rounds, check=check)
    assert dict(report.failures) == {}


class Refusing(Returning):
    """A first step, then a new look; what comes after it is refused then, at the first look too when a is there already."""

    begun = ("x",)

    def plan(self, actual: list[str]) -> Sequence[Plan]:
        if "a" in actual:
            return []
        return [Plan("x", (Step("x", "make a", "it is missing", Command.of("make", "a")),), again=True)]

    def refusals(self, actual: list[str]) -> Mapping[str, str]:
        return {"x": "x: refused. Nothing was done."} if "a" in actual else {}


def test_a_continuation_that_is_refused_goes_back() -> None:
    report, _journal = done(Refusing(["a"]), sees(), makes("a"), sees("a"), [UNMAKE], sees())
    assert report.failures == {"x": "x: refused. It went back where it was, by unmake a"}
    assert report.after == {"a": False}


def test_what_an_earlier_run_left_half_way_and_is_refused_goes_back_with_no_other_object_at_work() -> None:
    report, _journal = done(Refusing(["a"]), sees("a"), [UNMAKE], sees())
    assert report.failures == {"x": "x: refused. It went back where it was, by unmake a"}
    assert (report.changed, report.before, report.after) == (True, {"a": True}, {"a": False})
    assert [step.what for plan in report.plans for step in plan.steps] == ["unmake a"]


def test_check_mode_shows_that_way_back() -> None:
    report, journal = done(Refusing(["a"]), sees("a"), check=True)
    assert report.failures == {"x": "x: refused. It would go back where it was, by unmake a"}
    assert report.changed and [step.what for plan in report.plans for step in plan.steps] == ["unmake a"]
    assert journal.lines == []


def test_what_nobody_began_has_not_left_and_is_left_alone() -> None:
    stranger = Refusing(["a"])
    stranger.begun = ()
    report, journal = done(stranger, sees("a"))
    assert (report.failures, report.changed, journal.lines) == ({"x": "x: refused. Nothing was done."}, False, [])
