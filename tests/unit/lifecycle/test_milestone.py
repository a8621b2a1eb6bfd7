# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A boot has ended when the milestone is online, or cannot be because of services in maintenance."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import milestone
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted, plan
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output

from .estate import context, deployed, vserver

SERVER, MAIL, CRON = milestone.MILESTONE, "svc:/network/smtp:sendmail", "svc:/system/cron:default"


def said(*lines: str, rc: int = 0) -> Output:
    return Output(rc, "".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize(
    ("output", "state", "ailing"),
    [
        (said(f"online - {SERVER}"), "online", ()),
        (said(f"online - {SERVER}", f"maintenance - {MAIL}"), "online", (MAIL,)),
        (said(f"offline - {SERVER}", f"online - {CRON}"), "offline", ()),  # nothing ails: it will come
        (said(f"offline - {SERVER}", f"maintenance - {MAIL}", f"offline online {CRON}"), "offline", (MAIL,)),  # something still starts
        (said(f"offline - {SERVER}", f"maintenance - {MAIL}", f"offline* - {CRON}"), "offline", (MAIL,)),
        (said(f"offline online {SERVER}", f"maintenance - {MAIL}"), "offline", (MAIL,)),
        (said(f"offline - {SERVER}", f"maintenance - {MAIL}", f"uninitialized - {CRON}"), milestone.HELD_UP, (MAIL,)),
        (said(f"maintenance - {SERVER}", f"maintenance - {MAIL}"), milestone.HELD_UP, (SERVER, MAIL)),
        (said(f"maintenance - {MAIL}"), "unknown", (MAIL,)),  # svc.startd has not come to it
        (said("legacy_run - lrc:/etc/rc2_d/S89PRESERVE", f"online - {SERVER}"), "online", ()),
        (said(rc=1), "unknown", ()),
        (said(), "unknown", ()),
    ],
)
def test_what_the_services_say(output: Output, state: str, ailing: tuple[str, ...]) -> None:
    assert milestone.state(output) == state
    assert sorted(milestone.in_maintenance(output)) == sorted(ailing)


@pytest.mark.parametrize("scope", [False, True])
def test_held_up_is_a_warning_and_nothing_to_do(scope: bool) -> None:
    actual = deployed(milestones={"web1": milestone.HELD_UP}, maintenance={"web1": (MAIL, CRON)})
    made = plan(Wanted(vserver(), "running", run_only=scope), actual, context())
    assert made.steps == ()
    held = f"are in maintenance in zone web1 on node t8a, and it does not reach {SERVER} without them. See zlogin web1 svcs -xv."
    assert made.warnings == (f"vServer web1: {MAIL}, {CRON} {held}",)
    well = plan(Wanted(vserver(), "running", run_only=scope), deployed(maintenance={"web1": ()}), context())
    assert (well.steps, well.warnings) == ((), ())
    ailing = plan(Wanted(vserver(), "running", run_only=scope), deployed(maintenance={"web1": (MAIL,)}), context())
    assert ailing.warnings == (f"vServer web1: {MAIL} is in maintenance in zone web1 on node t8a. See zlogin web1 svcs -xv.",)
    assert plan(Wanted(vserver(), "halted", run_only=scope), actual, context()).warnings == ()


def test_a_boot_waits_for_a_milestone_that_still_can_come() -> None:
    actual = deployed(milestones={"web1": "offline"}, maintenance={"web1": (MAIL,)})
    (step,) = plan(Wanted(vserver(), "running", run_only=True), actual, context()).steps
    assert step.what == f"wait for {SERVER} of zone web1"
    assert step.wait is not None and step.wait.settled == {milestone.HELD_UP}
