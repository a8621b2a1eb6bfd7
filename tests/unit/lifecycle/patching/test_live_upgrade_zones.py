# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patching by Live Upgrade: the zones that ran before run again, whoever goes on, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import environment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.environment import Ran, Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade import Known
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.switching import disturbs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output

from .upgrading import ARRIVED, BE, BUILT, DONE, KERNEL, NODE, OLD, OURS, operation, words, zone, zones

NOTED = Ran("zfsroot", BE, 1000, ("db", "web"))


BOOTED_WITH = ["note", "down", "down", "init", "lucurr", "up", "up", "forget"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (replace(BUILT, zones=zones(db="running", web="running")), ["leave", *BOOTED_WITH]),
        # cut off: after the note, with one zone down, with both, and after somebody booted a third
        (replace(BUILT, zones=zones(db="running", web="running"), ran=NOTED), BOOTED_WITH),
        (replace(BUILT, zones=zones(db="running", web="installed"), ran=NOTED), BOOTED_WITH),
        (replace(BUILT, zones=zones(db="installed", web="installed"), ran=NOTED), BOOTED_WITH),
        (replace(BUILT, zones=zones(db="installed", new="running"), ran=NOTED), ["leave", *BOOTED_WITH]),
        # noted for another way: of an earlier name
        (replace(BUILT, zones=zones(db="installed", web="installed"), ran=replace(NOTED, to="hl-web-1")), ["leave", *BOOTED_WITH]),
        # in the new one, before the zones, between them, and before the note was dropped
        (replace(ARRIVED, zones=zones(db="installed", web="installed"), ran=NOTED), ["up", "up", "forget"]),
        (replace(ARRIVED, zones=zones(db="running", web="installed"), ran=NOTED), ["up", "forget"]),
        (replace(ARRIVED, zones=zones(db="running", web="running"), ran=NOTED), ["forget"]),
        (replace(ARRIVED, zones=zones(db="running", web="installed")), []),  # nothing is noted: somebody halted it
        (replace(ARRIVED, zones=zones(web="configured"), ran=NOTED), ["forget"]),  # detached since, and one is gone
        # it runs, and lacks what was asked for since: what ran comes up before that is refused
        (replace(ARRIVED, own=Has({KERNEL: ()}), zones=zones(db="installed"), ran=NOTED), ["up", "forget"]),
        # somebody put the patches into what runs
        (replace(BUILT, own=DONE, zones=zones(db="installed", web="down"), ran=NOTED), ["up"]),
    ],
)  # fmt: skip
def test_what_ran_runs_again_whoever_goes_on(known: Seen, expected: list[str]) -> None:
    assert operation().refusals(Known(known)) == {}
    assert words(known) == expected


def test_a_zone_that_does_not_boot_keeps_no_other_down_and_the_note_is_kept() -> None:
    for known in (
        replace(BUILT, zones=zones(db="running", web="running")),
        replace(ARRIVED, zones=zones(db="installed", web="installed"), ran=NOTED),
    ):
        (plan,) = operation().plan(Known(known))
        assert [(step.what, step.part, step.whole) for step in plan.steps[-3:]] == [
            ("boot zone db", "db", False), ("boot zone web", "web", False), ("forget what ran", "", True),
        ]  # fmt: skip


def test_what_was_noted_for_a_boot_that_came_to_nothing_is_forgotten_in_ours() -> None:
    """It would count there, and boot what somebody halted since."""
    for ran, words_after in ((None, (BE,)), (NOTED, (BE, "keep"))):
        (plan,) = operation().plan(Known(replace(NODE, environments=(OLD, OURS), inside=DONE, zones=zones(web="installed"), ran=ran)))
        assert plan.steps[0].command.argv[3:] == ("origin", *words_after)
    script = str(plan.steps[0].command.argv[2])
    assert 'test -n "$2" || rm -f $d/.ran' in script


def test_zones_that_were_shut_down_are_booted_where_the_reboot_is_left_to_somebody() -> None:
    assert words(replace(BUILT, zones=zones(web="installed"), ran=NOTED), reboots=False) == ["up", "forget"]
    assert words(replace(BUILT, zones=zones(web="running")), reboots=False) == []


def test_what_a_new_look_refuses_is_planned_anew() -> None:
    lacking = replace(ARRIVED, own=Has({KERNEL: ()}), zones=zones(db="installed"), ran=NOTED)
    assert [plan.again for plan in operation().plan(Known(lacking))] == [True]
    assert [plan.again for plan in operation().plan(Known(replace(ARRIVED, zones=zones(db="installed"), ran=NOTED)))] == [False]
    assert "runs, and lacks 141742-02" in operation().refusals(Known(replace(lacking, ran=None)))["n1"]


def back(known: Seen | None) -> list[str]:
    whole = operation()
    assert tuple(whole.begun) == ("n1",)
    return [step.what for plan in whole.back(Known(known), {"n1": "failed"}) for step in plan.steps]


def test_zones_run_again_after_a_failure_before_the_reboot() -> None:
    down = replace(BUILT, zones=zones(db="installed", web="installed"), ran=NOTED)
    assert back(down) == ["boot zone db", "boot zone web", "forget what ran"]
    assert back(replace(down, zones=zones(db="running", web="shutting_down"))) == [], "it is not forgotten while one may still go down"
    assert back(replace(down, zones=zones(db="installed", web="shutting_down"))) == ["boot zone db"]
    assert back(replace(down, root=False)) == ["boot zone db", "boot zone web", "forget what ran"], "refused, and left so by an earlier run"
    for other in (None, replace(down, ran=None), replace(down, jobs=frozenset({environment.created(BE)})), replace(ARRIVED, ran=NOTED)):
        assert back(other) == []
    (plan,) = operation().back(Known(down), {"n1": "failed"})
    assert plan.steps[-1].command == environment.forget_ran(BE), "in both: somebody may halt a zone before it is booted"
    (plan,) = operation().plan(Known(replace(ARRIVED, zones=zones(db="running"), ran=NOTED)))
    assert plan.steps[-1].command == environment.forget_ran()


@pytest.mark.parametrize(
    ("text", "running", "boot", "counts"),
    [
        (f"zfsroot {BE}\n1000\nweb\n", "zfsroot", 1000, True),
        (f"zfsroot {BE}\n1000\nweb\n", "zfsroot", 1001, False),  # it was booted again: nobody shut down what runs there now
        (f"zfsroot {BE}\n1000\nweb\n", BE, 1001, True),
        (f"zfsroot {BE}\n1000\nweb\n", "hl-web-3", 1001, False),  # a copy of the copy
        ("", "zfsroot", 1000, False),
        ("zfsroot\n", "zfsroot", 1000, False),
    ],
)
def test_how_long_a_note_of_what_ran_counts(text: str, running: str, boot: int, counts: bool) -> None:
    assert (environment.parse_ran(Output(0, text), running, boot) == Ran("zfsroot", BE, 1000, ("web",))) == counts
    assert environment.parse_ran(Output(2, text), running, boot) is None


def test_the_reboot_is_what_disturbs_and_the_zones_before_it() -> None:
    (plan,) = operation().plan(Known(replace(NODE, zones=zone())))
    assert next(step.what for step in plan.steps if disturbs(step)) == "shut down zone web"
    (plan,) = operation().plan(Known(NODE))
    assert next(step.what for step in plan.steps if disturbs(step)) == "reboot"
