# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rounds of apply, command by command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import job
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.apply import apply
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.job import start
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step, Wait

from .scripted import Record, clock, scripted, silent

OK = Output(0)


def step(name: str, *argv: str, **options) -> Step:
    return Step(name, " ".join(argv), "because", Command.of(*argv), **options)


def test_the_next_steps_of_all_plans_share_a_round_trip() -> None:
    plans = [Plan("a", (step("a", "a1"), step("a", "a2"))), Plan("b", (step("b", "b1"),))]
    journal = Record()
    with scripted([(Command.of("a1"), OK), (Command.of("b1"), OK)], [(Command.of("a2"), OK)]) as node:
        tracks = apply(plans, node, clock(), journal, silent)
    assert [track.done for track in tracks] == [2, 1]
    assert journal.lines == ["started a1", "started b1", "ended a1 0", "ended b1 0", "started a2", "ended a2 0"]


def test_one_plans_failure_stops_no_other_and_says_what_was_said() -> None:
    plans = [Plan("a", (step("a", "a1"), step("a", "a2"))), Plan("b", (step("b", "b1"), step("b", "b2")))]
    failed = Output(1, "", "cannot open 'a': no such pool\n")
    with scripted([(Command.of("a1"), failed), (Command.of("b1"), OK)], [(Command.of("b2"), OK)]) as node:
        first, second = apply(plans, node, clock(), Record(), silent)
    assert first.failure == "a: 'a1' exit 1. Command: a1. It said: cannot open 'a': no such pool"
    assert second.failure is None


def test_a_parts_failure_stops_that_part_and_is_told_at_the_end() -> None:
    names = (("a1", "one"), ("b1", "two"), ("all", ""), ("a2", "one"), ("b2", "two"))
    steps = tuple(step("n", name, part=part) for name, part in names)
    failed = Output(1, "", "no such pool.\n")
    rounds = [[(Command.of("a1"), failed)], [(Command.of("b1"), OK)], [(Command.of("all"), OK)], [(Command.of("b2"), failed)]]
    with scripted(*rounds) as node:
        track, waiting = apply([Plan("n", steps), Plan("m", (step("m", "m1"),), after=("n",))], node, clock(), Record(), silent)
    first, second = (f"n: '{name}' exit 1. Command: {name}. It said: no such pool" for name in ("a1", "b2"))
    assert track.failure == f"{first}. {second}"
    assert waiting.failure is not None
    with scripted([(Command.of("a1"), failed)], [(Command.of("stop"), failed)]) as node:
        (track,) = apply([Plan("n", (steps[0], step("n", "stop"), steps[1]))], node, clock(), Record(), silent)
    assert track.failure is not None
    assert ("'a1' exit 1" in track.failure, "'stop' exit 1" in track.failure) == (True, True)


def test_what_wants_all_parts_is_left_out_where_one_failed() -> None:
    steps = (step("n", "a", part="one"), step("n", "b", part="two"), step("n", "end", whole=True))
    for a, expected in ((OK, 3), (Output(1), 2)):
        rounds = [[(Command.of("a"), a)], [(Command.of("b"), OK)], [(Command.of("end"), OK)]][:expected]
        with scripted(*rounds) as node:
            (track,) = apply([Plan("n", steps)], node, clock(), Record(), silent)
        assert (track.step, bool(track.failure)) == (None, expected == 2)


def test_success_with_an_error_text_is_a_failure_and_is_undone() -> None:
    undo = Command.of("undo")
    plan = Plan("a", (step("a", "a1", refused_by=("installation failed",), undo=undo),))
    with scripted([(Command.of("a1"), Output(0, "installation failed\n"))], [(undo, OK)]) as node:
        (track,) = apply([plan], node, clock(), Record(), silent)
    assert track.failure is not None
    assert "exit 0, but it said 'installation failed'" in track.failure


def test_a_job_is_polled_forgotten_and_its_exit_code_counts() -> None:
    long = step("a", "install", job="a-install")
    rounds = [
        [(start("a-install", long.command), Output(0, "started\n"))],
        [(job.status("a-install"), Output(0, "running\n10%\n"))],
        [(job.status("a-install"), Output(0, "ended 0\ndone\n"))],
        [(job.forget("a-install"), OK)],
    ]
    seen: list[str] = []
    with scripted(*rounds) as node:
        (track,) = apply(
            [Plan("a", (long,))], node, clock(), Record(), lambda name, what, log, seconds: seen.append(f"{name} {log.strip()} {seconds}")
        )
    assert (track.done, track.failure) == (1, None)
    assert seen == ["a 10% 1.0"]


def test_a_job_that_was_seen_is_joined_and_one_that_is_gone_is_not_begun() -> None:
    seen = step("a", "install", job="a-install", begin="join")
    with scripted(
        [(start("a-install", seen.command, "join"), Output(0, "attached\n"))],
        [(job.status("a-install"), Output(0, "ended 1\nno space\n"))],
        [(job.forget("a-install"), OK)],
    ) as node:
        (track,) = apply([Plan("a", (seen,))], node, clock(), Record(), silent)
    assert track.failure is not None
    assert "'install' exit 1" in track.failure
    assert "no space" in track.failure
    with scripted([(start("a-install", seen.command, "join"), Output(0, "gone\n"))]) as node:
        (track,) = apply([Plan("a", (seen,))], node, clock(), Record(), silent)
    assert track.failure is not None
    assert "has ended since and somebody cleared it away. Run this again" in track.failure


def test_jobs_wait_for_a_free_place() -> None:
    first, second = step("a", "ia", job="a-install"), step("b", "ib", job="b-install")
    rounds = [
        [(start("a-install", first.command), Output(0, "started\n"))],
        [(job.status("a-install"), Output(0, "ended 0\n"))],
        [(job.forget("a-install"), OK)],
        [(start("b-install", second.command), Output(0, "attached\n"))],
        [(job.status("b-install"), Output(0, "lost\nhalf\n"))],
        [(job.forget("b-install"), OK)],
    ]
    with scripted(*rounds) as node:
        done, lost = apply([Plan("a", (first,)), Plan("b", (second,))], node, clock(), Record(), silent, jobs_at_once=1)
    assert done.failure is None
    assert lost.failure is not None
    assert "was interrupted on the node" in lost.failure


def _waiting(deadline: float) -> Step:
    wait = Wait(Command.of("state"), lambda output: output.stdout.strip(), frozenset({"online"}), frozenset({"offline"}), 5.0, deadline)
    return step("a", "boot", wait=wait)


def test_waiting_ends_at_the_wanted_state_at_a_failed_one_or_at_the_deadline() -> None:
    boot, state = (Command.of("boot"), OK), Command.of("state")
    with scripted([boot], [(state, Output(0, "offline\n"))], [(state, Output(0, "online\n"))]) as node:
        (track,) = apply([Plan("a", (_waiting(60),))], node, clock(), Record(), silent)
    assert track.failure is None
    with scripted([boot], [(state, Output(0, "maintenance\n"))]) as node:
        (track,) = apply([Plan("a", (_waiting(60),))], node, clock(), Record(), silent)
    assert track.failure is not None and "led to state 'maintenance' instead of 'online'" in track.failure
    with scripted([boot], *[[(state, Output(0, "offline\n"))]] * 3) as node:
        (track,) = apply([Plan("a", (_waiting(12),))], node, clock(), Record(), silent)
    assert track.failure is not None and "is still 'offline' after 12 s" in track.failure


def test_a_state_in_which_nothing_comes_any_more_ends_the_waiting_when_it_lasts() -> None:
    states = ["stuck", "stuck", "moving", "stuck", "stuck", "stuck"]
    wait = Wait(
        Command.of("state"), lambda output: output.stdout, frozenset({"online"}), frozenset({"moving"}), settled=frozenset({"stuck"})
    )
    plan = Plan("a", (step("a", "boot", wait=wait), step("a", "next")))
    rounds = [[(Command.of("state"), Output(0, state))] for state in states]
    with scripted([(Command.of("boot"), OK)], *rounds, [(Command.of("next"), OK)]) as node:
        (track,) = apply([plan], node, clock(), Record(), silent)
    assert (track.done, track.failure) == (2, None)


def _shutdown(name: str, deadline: float) -> Step:
    wait = Wait(
        Command.of("state"), lambda output: output.stdout, frozenset({"down"}), frozenset({"up"}), 1.0, deadline, advice="Look at it."
    )
    return step(name, f"stop-{name}", job=f"{name}-stop", light=True, wait=wait)


def test_a_job_with_a_deadline_is_left_running_when_it_is_late() -> None:
    late = _shutdown("a", 2.5)
    rounds = [[(start("a-stop", late.command), Output(0, "started\n"))], *[[(job.status("a-stop"), Output(0, "running\n"))]] * 3]
    journal = Record()
    with scripted(*rounds) as node:
        (track,) = apply([Plan("a", (late,))], node, clock(), journal, silent)
    assert track.failure == "a: 'stop-a' has not ended after 2 s. Look at it. Command: stop-a"
    assert journal.lines == ["started stop-a", "ended stop-a 1"]


def test_light_jobs_need_no_free_place_and_then_are_waited_for() -> None:
    steps = [_shutdown(name, 60) for name in "abc"]
    rounds = [
        [(start(f"{name}-stop", one.command), Output(0, "started\n")) for name, one in zip("abc", steps, strict=True)],
        [(job.status(f"{name}-stop"), Output(0, "ended 0\n")) for name in "abc"],
        [(job.forget(f"{name}-stop"), OK) for name in "abc"],
        [(Command.of("state"), Output(0, "down")) for _name in "abc"],
    ]
    with scripted(*rounds) as node:
        tracks = apply([Plan(one.object, (one,)) for one in steps], node, clock(), Record(), silent, jobs_at_once=1)
    assert [track.failure for track in tracks] == [None] * 3


def test_plans_begin_after_those_they_wait_for() -> None:
    plans = [Plan("slave", (step("slave", "boot-slave"),), after=("master",)), Plan("master", (step("master", "m1"), step("master", "m2")))]
    with scripted([(Command.of("m1"), OK)], [(Command.of("m2"), OK)], [(Command.of("boot-slave"), OK)]) as node:
        tracks = apply(plans, node, clock(), Record(), silent)
    assert [track.failure for track in tracks] == [None, None]


def test_a_failure_spreads_along_what_waits_for_it_and_no_further() -> None:
    plans = [
        Plan("c", (step("c", "c1"),), after=("b",)),
        Plan("b", (step("b", "b1"),), after=("a", "d")),
        Plan("a", (step("a", "a1"),)),
        Plan("e", (step("e", "e1"),), after=("f",)),
        Plan("d", (step("d", "d1"),)),
    ]
    with scripted([(Command.of("a1"), Output(1, "", "no\n")), (Command.of("d1"), OK)]) as node:
        tracks = apply(plans, node, clock(), Record(), silent, failed=["f"])
    failures = {track.plan.object: track.failure for track in tracks}
    assert failures["c"] == "c: not begun, because it comes after b, which failed. See there first."
    assert failures["b"] == "b: not begun, because it comes after a, which failed. See there first."
    assert failures["e"] == "e: not begun, because it comes after f, which failed. See there first."
    assert failures["d"] is None


def test_a_step_that_reboots_its_node_bears_its_silence() -> None:
    """The command's own connection may break, and no probe be answered for a while; after ``away`` seconds it is a failure."""
    wait = Wait(Command.of("up"), lambda output: output.stdout, frozenset({"up"}), frozenset({"booting"}), 1.0, 50.0)
    gone = NodeUnreachable("node n does not answer")
    answers = iter([gone, gone, Output(0, "booting"), gone, Output(0, "up")])
    plan = Plan("n", (step("n", "reboot", wait=wait, node="n", away=30.0),))
    (track,) = apply([plan], Silent(answers), clock(), Record(), silent)
    assert track.failure is None
    assert track.done == 1
    (track,) = apply([plan], Silent(iter([gone] * 100)), clock(), Record(), silent)
    assert track.failure == "n: 'reboot': node n does not answer"
    assert track.failed_at == "n"


class Silent:
    """A node of which some commands get no answer."""

    name = "n"

    def __init__(self, answers: Iterator[Output | NodeUnreachable]) -> None:
        self._answers = answers

    def ask(self, probes: Mapping[Any, Command]) -> Mapping[Any, Output]:
        raise AssertionError(f"nobody asks {probes}")

    def run_on(self, commands: Sequence[tuple[str, Command]]) -> list[Output | NodeUnreachable]:
        return [next(self._answers) for _command in commands]
