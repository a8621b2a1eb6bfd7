# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zones of a node on the way of a roll-out: detached, shut down and brought back, or left alone."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .test_rollout import ALONE, AT_ONCE, STANDARD, due, roll_out, seen, whats


def test_detached_zones() -> None:
    wanted = due(p120001_02=STANDARD)
    assert whats(wanted, seen(zones="db off-", depot=wanted), zones="detach") == [
        "note what runs",
        "note the zones to attach again",
        "shut down zone db",
        "detach zone db",
        "detach zone off",
        "install 120001-02",
        "attach zone db and update it",
        "attach zone off and update it",
        "note which zones are attached",
        "boot zone db",
    ]
    half = seen("120001-02", zones="db-", notes=Notes(ran=("db",), detached=("db",)))
    half = replace(half, zones={"db": replace(half.zones["db"], state="configured")})
    assert whats(wanted, half, zones="detach") == ["attach zone db and update it", "note which zones are attached", "boot zone db"]


def branded(known: Seen, *names: str) -> Seen:
    """These run, and are of Solaris 8."""
    more = {name: ZoneStatus(name, "running", f"/zones/{name}", brand="solaris8") for name in names}
    return replace(known, zones={**known.zones, **more})


def test_zones_of_other_brands_are_not_detached_and_go_down_with_the_node() -> None:
    """In the order of all zones, again before a second reboot, and all that ran is booted at the end."""
    order = ("db", "old", "web")
    wanted = due(p120001_02=AT_ONCE, p120012_07=ALONE)
    known = branded(seen(zones="db web", depot=wanted), "old")
    assert whats(wanted, known, zones="detach", order=order) == [
        "note what runs",
        "note the zones to attach again",
        "shut down zone web",
        "shut down zone old",
        "shut down zone db",
        "detach zone db",
        "detach zone web",
        "install 120001-02 in single user, then a reboot",
        "shut down zone old",
        "install 120012-07 in single user, then a reboot",
        "attach zone db and update it",
        "attach zone web and update it",
        "note which zones are attached",
        "boot zone db",
        "boot zone old",
        "boot zone web",
    ]
    standard = due(p120001_02=STANDARD)
    assert "shut down zone old" not in whats(standard, branded(seen(zones="db", depot=standard), "old"), zones="detach")


def test_a_zone_that_an_earlier_run_detached_is_not_shut_down_but_attached() -> None:
    wanted = due(p120012_07=ALONE)
    known = branded(seen(zones="db", depot=wanted, notes=Notes(("db", "old"), detached=("db",))), "old")
    known = replace(known, zones={**known.zones, "db": replace(known.zones["db"], state="configured")})
    assert whats(wanted, known, zones="detach") == [
        "shut down zone old",
        "install 120012-07 in single user, then a reboot",
        "attach zone db and update it",
        "note which zones are attached",
        "boot zone db",
        "boot zone old",
    ]


def test_a_zone_that_does_not_come_back_keeps_no_other_down() -> None:
    """Of what brings a zone back a failure ends that zone's steps; which zones are attached is noted by what is so."""
    wanted = due(p120001_02=STANDARD)
    known = seen("120001-02", zones="db- web-", notes=Notes(("db", "web"), detached=("db", "web")))
    known = replace(known, zones={name: replace(zone, state="configured") for name, zone in known.zones.items()})
    (plan,) = roll_out(wanted).back(Known(known), {"n": "it failed"})
    assert [(step.what.split()[0], step.part) for step in plan.steps] == [
        ("attach", "db"),
        ("attach", "web"),
        ("note", ""),
        ("boot", "db"),
        ("boot", "web"),
    ]
    assert plan.steps[2].command.argv[-2:] == ("db", "web")


def test_zones_that_left_the_node_meanwhile_are_not_brought_up_here() -> None:
    """Their pool may be imported elsewhere by now."""
    wanted = due(p120001_02=STANDARD)
    notes = Notes(("db", "gone", "off", "shop", "web"), detached=("app", "db"))
    known = seen("120001-02", zones="app- db- off- shop- web-", notes=notes)
    states = {"app": "configured", "db": "configured", "off": "configured"}
    known = replace(known, zones={name: replace(zone, state=states.get(name, zone.state)) for name, zone in known.zones.items()})
    made = roll_out(wanted, elsewhere=frozenset({"app", "shop"}))
    (plan,) = made.plan(Known(known))
    expected = ["attach zone db and update it", "note which zones are attached", "boot zone db", "boot zone web"]
    assert [step.what for step in plan.steps] == expected
    assert plan.steps[1].command.argv[-1] == "db"
    (back,) = made.back(Known(known), {"n": "it failed"})
    assert back.steps == plan.steps
    assert set(back.warnings) <= set(plan.warnings)
    assert [one.partition("zone ")[2].replace("ran or was detached when a roll-out began, and ", "") for one in back.warnings] == [
        "gone is not here any more. It is not brought up here",
        "off is configured now. It is not brought up here",
        "shop is on another node by the repository. It is not brought up here",
        "app is on another node by the repository. It is not brought up here",
    ]
    up = replace(known, zones={"shop": replace(known.zones["shop"], state="running")}, notes=Notes(("shop",)))
    assert not [one for one in made.plan(Known(up))[0].warnings if "began" in one]
    assert made.predict(Known(known))["n"]["zones"]["shop"] == "installed"
