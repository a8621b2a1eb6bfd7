# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out of one node: how patches are divided, what is refused, what an earlier run left, what became of each patch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_notes, pdo_conf
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Batch, Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.rolling_out import RollingOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.phases import before_others, phases
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.policy import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known, RollOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has, Seen, look, read
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Reference
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.sets import ordered

STANDARD = Properties("patchinfo")
AFTER = Properties("patchinfo", "after")
AT_ONCE = Properties("patchinfo", "immediate")
ALONE = Properties("patchinfo", "after", single_user=True)
RECONFIGURE = Properties("patchinfo", "after", reconfigure=True)
DEFERRED = Properties("patchinfo", "after", deferred=True)
GIGABYTE = 1024**3
ROOM = {"/": ("/", 50 * GIGABYTE), "/var/sadm": ("/", 50 * GIGABYTE), "/var/tmp": ("/", 50 * GIGABYTE)}


def ids(text: str) -> tuple[PatchId, ...]:
    return tuple(PatchId.parse(word) for word in text.split())


def due(**known: Properties) -> Due:
    """Patches by their names without the letter: ``p120001_02``."""
    properties = {PatchId.parse(name[1:].replace("_", "-")): one for name, one in known.items()}
    return Due("n", tuple(properties), properties=properties)


def seen(installed: str = "", *, zones: str = "", depot: Due | None = None, **more: Any) -> Seen:
    """``zones``: names, those with ``-`` behind them halted. Each has what the node has."""
    own = Has(dict.fromkeys(ids(installed), ("SUNWcsr",)))
    known = {}
    for word in zones.split():
        name = word.rstrip("-")
        known[name] = ZoneStatus(name, "installed" if word.endswith("-") else "running", f"/zones/{name}")
    inside = {name: replace(own, packages=frozenset({"SUNWcsr"})) if zone.state == "running" else None for name, zone in known.items()}
    fields: dict[str, Any] = {"root": True, "level": "3", "boot": 100, "notes": Notes(), "room": ROOM, "inside": inside, "complete": True}
    return Seen(own=own, zones=known, depot=frozenset(depot.install if depot else ()), **(fields | more))


def roll_out(wanted: Due, **policy: Any) -> RollOut:
    return RollOut("n", wanted, Policy("/d", **policy), Steps("n", "/d"))


def whats(wanted: Due, known: Seen, **policy: Any) -> list[str]:
    return [step.what for plan in roll_out(wanted, **policy).plan(Known(known)) for step in plan.steps]


def refusal(wanted: Due, known: Seen, **policy: Any) -> str:
    return roll_out(wanted, **policy).refusals(Known(known)).get("n", "")


WAYS: list[tuple[dict[str, Properties], list[tuple[str, bool, bool, bool]]]] = [
    ({"p120001_02": STANDARD, "p120002_01": STANDARD}, [("120001-02 120002-01", False, False, False)]),
    ({"p120001_02": STANDARD, "p119254_66": STANDARD}, [("119254-66", False, False, False), ("120001-02", False, False, False)]),
    ({"p120001_02": STANDARD, "p120002_01": AFTER}, [("120001-02 120002-01", True, True, True)]),
    ({"p120001_02": AT_ONCE, "p120002_01": STANDARD}, [("120001-02", True, True, True), ("120002-01", False, False, False)]),
    ({"p120001_02": Properties()}, [("120001-02", True, True, True)]),
]


@pytest.mark.parametrize(("known", "expected"), WAYS)
def test_division(known: dict[str, Properties], expected: list[tuple[str, bool, bool, bool]]) -> None:
    """Patches, single user, reboot, zones down."""
    wanted = due(**known)
    found = phases(wanted.install, wanted.properties, first=before_others(wanted))
    assert [(" ".join(map(str, one.patches)), one.single_user, one.reboot, one.halted) for one in found] == expected


def test_only_who_asks_goes_to_single_user_where_that_is_said() -> None:
    wanted = due(p120001_02=AFTER)
    (phase,) = phases(wanted.install, wanted.properties, "asked")
    assert (phase.single_user, phase.reboot, phase.halted) == (False, True, False)
    wanted = due(p120001_02=DEFERRED)
    (phase,) = phases(wanted.install, wanted.properties, "asked")
    assert (phase.single_user, phase.reboot, phase.halted) == (False, True, True)


kinds = st.sampled_from([STANDARD, AFTER, AT_ONCE, ALONE, RECONFIGURE, DEFERRED, Properties()])


@given(st.lists(kinds, max_size=12), st.randoms(), st.sampled_from(["non_standard", "asked"]))
def test_no_patch_is_lost_or_doubled_and_nothing_follows_one_that_wants_a_reboot_at_once(
    known: list[Properties], mix: Any, alone: Any
) -> None:
    """Named in any order; patchadd orders what one call has by number."""
    properties = {PatchId(f"{119250 + number:06}", 1): one for number, one in enumerate(known)}
    named = list(properties)
    mix.shuffle(named)
    utilities = before_others(Due("n", tuple(named)))
    assert {one.number for one in utilities} == {"119254", "119255"} & {one.number for one in named}
    found = phases(named, properties, alone, first=utilities, by_number=True)
    went = [patch for phase in found for patch in phase.patches]
    assert sorted(went) == sorted(properties)
    assert set(went[: len(utilities)]) == utilities
    assert [one for one in went if one not in utilities] == [one for one in named if one not in utilities]
    for phase in found:
        assert phase.patches
        assert utilities.issuperset(phase.patches) or utilities.isdisjoint(phase.patches)
        assert all(properties[patch].reboot != "immediate" for patch in sorted(phase.patches)[:-1])
        assert phase.reboot == any(not properties[patch].standard for patch in phase.patches)
        assert phase.single_user >= any(properties[patch].single_user or not properties[patch].source for patch in phase.patches)


numbers = st.integers(119250, 119260).map(lambda number: PatchId(str(number), 1))
rows = st.tuples(numbers, kinds, st.lists(st.integers(0, 8), max_size=3))


@settings(max_examples=1000)
@given(st.lists(rows, max_size=9, unique_by=lambda row: row[0]))
def test_of_sets_nothing_goes_in_before_what_it_requires(known: list[tuple[PatchId, Properties, list[int]]]) -> None:
    """Each requires some of those that were drawn before it. patchadd orders what one call has by number and after what it requires."""
    needs = {patch: [known[one][0] for one in required if one < place] for place, (patch, _kind, required) in enumerate(known)}
    properties = {patch: kind for patch, kind, _required in known}
    reference = Reference(date(2026, 1, 1), {})
    order = ordered(needs, reference, needs)
    first = before_others(Due("n", order, asked_by=dict.fromkeys(order, (SetVersion("s", 1),))))
    found = phases(order, properties, first=first, by_number=True)
    call = {patch: number for number, phase in enumerate(found) for patch in phase.patches}
    assert call.keys() == needs.keys()
    assert all(call[one] <= call[patch] for patch, required in needs.items() for one in required)
    for phase in found:
        assert all(properties[patch].reboot != "immediate" for patch in ordered(phase.patches, reference, needs)[:-1])


def test_of_sets_too_an_immediate_one_is_in_no_call_with_a_higher_number() -> None:
    """120009 goes in early since 120001 requires it. That one is in a later call, so patchadd orders the first one by number alone."""
    order = ids("120009-01 120005-01 120007-01 120001-01")
    properties = dict.fromkeys(order, STANDARD) | dict.fromkeys(ids("120005-01"), AT_ONCE)
    found = phases(order, properties, by_number=True)
    assert [" ".join(map(str, one.patches)) for one in found] == ["120009-01", "120005-01", "120007-01 120001-01"]
    assert len(phases(order, properties)) == 2, "patchrm goes by the order that it is given"


def test_what_the_patch_utilities_require_goes_in_with_them() -> None:
    """As a SunAlert cluster's README has it: 120720-01 before 119255-06."""
    order = ids("121133-02 119254-90 150001-01")
    by_sets = Due("n", order, properties=dict.fromkeys(order, STANDARD), asked_by=dict.fromkeys(order, (SetVersion("s", 1),)))
    assert whats(by_sets, seen(depot=by_sets))[1:] == ["install 121133-02, 119254-90", "install 150001-01"]
    named = replace(by_sets, asked_by={})
    assert whats(named, seen(depot=named))[1:] == ["install 119254-90", "install 121133-02, 150001-01"]


def test_a_zone_gets_the_patch_utilities_first_that_the_node_has() -> None:
    order = ids("120001-02")
    by_sets = Due("n", order, ids("119250-01 119254-66"), properties={}, asked_by=dict.fromkeys(order, (SetVersion("s", 1),)))
    by_sets = replace(by_sets, properties=dict.fromkeys((*order, *by_sets.installed), STANDARD))
    known = seen("119250-01 119254-66", zones="web", depot=by_sets)
    known = replace(known, depot=known.depot | {*by_sets.installed}, inside={"web": Has({}, packages=frozenset({"SUNWcsr"}))})
    assert whats(by_sets, known)[1:] == ["install 119254-66", "install 120001-02, 119250-01"]


def test_one_that_wants_a_reboot_at_once_is_the_last_of_its_call_in_the_order_of_patchadd() -> None:
    wanted = due(p120012_07=STANDARD, p120001_02=AT_ONCE, p120003_05=STANDARD, p120010_03=AT_ONCE)
    assert [one for one in whats(wanted, seen(depot=wanted)) if one.startswith("install")] == [
        "install 120012-07",
        "install 120001-02 in single user, then a reboot",
        "install 120003-05, 120010-03 in single user, then a reboot",
    ]


def test_the_whole_way() -> None:
    wanted = due(p120001_02=STANDARD, p120012_07=ALONE)
    assert whats(wanted, seen(zones="db web off-", depot=wanted), order=("db", "web")) == [
        "note what runs",
        "shut down zone web",
        "shut down zone db",
        "install 120001-02, 120012-07 in single user, then a reboot",
        "boot zone db",
        "boot zone web",
    ]
    assert whats(wanted, seen("120001-02 120012-07", zones="db")) == []


def test_standard_patches_touch_no_zone() -> None:
    wanted = due(p120001_02=STANDARD)
    assert whats(wanted, seen(zones="db", depot=wanted)) == ["note what runs", "install 120001-02"]
    remote = whats(due(p120012_07=ALONE), seen(depot=due(p120012_07=ALONE), remote=True))
    assert remote[1:3] == ["copy 120012-07 to the node", "install 120012-07 in single user, then a reboot"]


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


def test_a_reboot_is_planned_for_the_own_patches_only() -> None:
    """A killed back-out's patches are no reason for a roll-out with nothing to do to take the zones down."""
    wanted = due(p120010_03=AFTER)
    waiting = seen("120010-03", zones="db", notes=Notes(("db",), batches=(batch("120010-03", rest="reboot"),), backout=True))
    assert not roll_out(wanted).waits(waiting)
    assert whats(wanted, waiting) == []
    assert "reboot" in whats(wanted, replace(waiting, notes=replace(waiting.notes, backout=False)))


def test_a_reboot_alone_detaches_nothing_and_shuts_down_what_runs() -> None:
    wanted = due(p120010_03=AFTER)
    waiting = seen("120010-03", zones="db", notes=Notes(batches=(batch("120010-03", rest="reboot"),)))
    assert whats(wanted, waiting, zones="detach") == ["note what runs", "shut down zone db", "reboot", "boot zone db"]


def test_a_reconfiguration_that_an_earlier_run_left_to_the_next_boot() -> None:
    wanted = due(p120010_03=RECONFIGURE)
    waiting = seen("120010-03", zones="db", notes=Notes(batches=(batch("120010-03", rest="reconfigure"),)), reconfigures=True)
    assert whats(wanted, waiting) == ["note what runs", "shut down zone db", "reconfiguration reboot", "boot zone db"]
    (plan,) = roll_out(wanted, reboots=False, alone="asked").plan(Known(seen(depot=wanted)))
    assert "reconfigure" in plan.steps[-1].command.argv


def test_zones_at_once() -> None:
    wanted = due(p120001_02=STANDARD)
    steps = whats(wanted, seen(zones="db", depot=wanted, cpus=8), zones_at_once=4)
    assert steps == [
        "note what runs",
        "keep /etc/patch/pdo.conf",
        "patch 4 zones at once",
        "install 120001-02",
        "put /etc/patch/pdo.conf back",
        "forget the kept /etc/patch/pdo.conf",
    ]
    assert "allows 1.5 times its 2 CPUs on line, 3" in refusal(wanted, seen(zones="db", depot=wanted, cpus=2), zones_at_once=4)
    assert not any(pdo_conf.PATH in step for step in whats(wanted, seen(depot=wanted, cpus=8), zones_at_once=4)), "there are no zones"


def test_older_patch_utilities_take_the_zones_one_by_one_and_that_is_said() -> None:
    wanted, newer = due(p120001_02=STANDARD), due(p120001_02=STANDARD, p119255_66=STANDARD)

    def said(asked: Due, known: Seen, **policy: Any) -> list[str]:
        return [one for plan in roll_out(asked, **policy).plan(Known(known)) for one in plan.warnings]

    known = seen("119254-65", zones="db", depot=wanted, cpus=8)
    (warning,) = said(wanted, known, zones_at_once=4)
    assert warning == (
        "node n: it patches its zones one after the other: zones_at_once needs the patch utilities in revision 66 or later (119254, "
        "x86: 119255); it has 65. Put them into the patch set."
    )
    assert said(wanted, known) == []
    assert said(wanted, seen("119254-66", zones="db", depot=wanted, cpus=8), zones_at_once=4) == []
    assert said(newer, seen(zones="db", depot=newer, cpus=8), zones_at_once=4) == []
    assert said(wanted, seen(depot=wanted, cpus=8), zones_at_once=4) == []


REFUSED: list[tuple[str, Due, dict[str, Any], dict[str, Any], str]] = [
    ("no root", due(p120001_02=STANDARD), {"root": False}, {}, "Become root"),
    ("run level", due(p120001_02=STANDARD), {"level": "S"}, {}, "in run level S"),
    ("depot", due(p120001_02=STANDARD), {"depot": None}, {}, "not unpacked in its depot /d"),
    ("console", due(p120012_07=ALONE), {}, {"no_way_in": "its power is not known"}, "nobody gets in but by its console"),
    ("later", due(p120012_07=ALONE), {}, {"reboots": False}, "no patch for a roll-out without reboots"),
    ("needed", due(p120012_07=ALONE), {}, {"needed": "shop1"}, "vServer shop1 on another node needs one of them"),
    (
        "needed, and detached",
        due(p120001_02=STANDARD),
        {"zones": "db"},
        {"needed": "shop1", "zones": "detach"},
        "its zones are to be detached (zones: detach), which stops its vServers, and vServer shop1 on another node needs one of them",
    ),
    ("lofs", due(p120013_01=DEFERRED), {"no_lofs": True}, {}, "exclude: lofs"),
    ("utilities", due(p120013_01=DEFERRED), {}, {}, "needs the patch utilities in revision 42 or later"),
    ("room", due(p120001_02=STANDARD), {}, {"sizes": {PatchId("120001", 2): 40 * GIGABYTE}}, "are to stay free (headroom)"),
]


@pytest.mark.parametrize(("wanted", "node", "policy", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refusals(wanted: Due, node: dict[str, Any], policy: dict[str, Any], said: str) -> None:
    fields = {"depot": wanted} | node
    known = seen(**fields)
    assert said in refusal(wanted, known, **policy)
    assert refusal(wanted, known, **policy).endswith("Nothing was done.")
    assert not any(roll_out(wanted, **policy).plan(Known(known)))


def test_what_stops_nothing_is_in_no_vservers_way() -> None:
    wanted = due(p120010_03=AFTER)
    known = seen(zones="db", depot=wanted)
    assert "vServer shop1 on another node" in refusal(wanted, known, needed="shop1", alone="asked")
    assert refusal(wanted, known, needed="shop1", alone="asked", reboots=False) == ""
    standard = due(p120001_02=STANDARD)
    assert refusal(standard, seen(zones="db", depot=standard), needed="shop1") == ""
    halted = seen(zones="db-", depot=standard)
    assert refusal(standard, halted, needed="shop1", zones="detach") == "", "none of its zones runs"


def test_what_is_copied_for_single_user_takes_room_too() -> None:
    """Of a depot on another host, below /var/tmp; standard patches go in from where they are."""
    patch = PatchId("120012", 7)
    room = {"/": ("/", 50 * GIGABYTE), "/var/sadm": ("/", 50 * GIGABYTE), "/var/tmp": ("/var/tmp", 2 * GIGABYTE)}
    sizes = {patch: 2 * GIGABYTE}
    for known, one, why in ((ALONE, True, "its file system /var/tmp has 2048 MB free"), (ALONE, False, ""), (STANDARD, True, "")):
        wanted = due(p120012_07=known)
        said = refusal(wanted, seen(depot=wanted, remote=one, room=room), sizes=sizes)
        assert (why in said) if why else not said


def test_a_zone_on_its_way_is_refused() -> None:
    wanted = due(p120001_02=STANDARD)
    known = seen(zones="db", depot=wanted)
    known = replace(known, zones={"db": replace(known.zones["db"], state="shutting_down")})
    assert "its zone db is shutting_down" in refusal(wanted, known)
    assert refusal(wanted, known, zones="global") == ""


def batch(text: str, *, boot: int = 100, rest: str = "none", rc: str | None = "0", log: str = "") -> Batch:
    return Batch(1, ids(text), boot, rest != "none", rest == "alone", rc, log)


def test_what_an_earlier_run_left() -> None:
    wanted = due(p120001_02=STANDARD, p120012_07=ALONE)
    on_its_way = Notes(("db",), batches=(batch("120012-07", rest="alone", rc=None),))
    assert whats(wanted, seen(depot=wanted, at_work=True)) == ["wait for the patchadd that runs"]
    assert whats(wanted, seen(zones="db-", depot=wanted, notes=on_its_way)) == ["wait until the node is back"]
    died = seen("120001-02", zones="db-", depot=wanted, notes=on_its_way, boot=200)
    assert whats(wanted, died) == ["shut down zone db", "install 120012-07 in single user, then a reboot", "boot zone db"]
    done = seen("120001-02 120012-07", zones="db-", depot=wanted, notes=on_its_way, boot=200)
    assert whats(wanted, done) == ["boot zone db"]
    waiting = seen("120001-02 120012-07", zones="db", notes=Notes(("db",), batches=(batch("120012-07", rest="reboot"),)))
    assert whats(wanted, waiting) == ["shut down zone db", "reboot", "boot zone db"]
    assert whats(wanted, waiting, reboots=False) == []


def test_a_script_that_somebody_ended_before_its_reboot_is_not_waited_for() -> None:
    """Its node would not go down before somebody reboots it."""
    wanted = due(p120001_02=STANDARD, p120012_07=ALONE)
    ended = replace(batch("120012-07", rest="alone", rc=None), gone=True)
    known = seen("120001-02", zones="db-", depot=wanted, notes=Notes(("db",), batches=(ended,), asked=100))
    (plan,) = roll_out(wanted).plan(Known(known))
    assert ([step.what for step in plan.steps], plan.again) == (["note that nobody goes through single user"], True)
    assert plan.steps[0].wait is None
    assert "was ended before it asked for that reboot" in plan.warnings[0]
    assert refusal(wanted, known) == ""
    assert roll_out(wanted).on_its_way(known)
    noted = replace(known, notes=Notes(("db",), batches=(replace(ended, alone=False),)))
    assert "install 120012-07 in single user, then a reboot" in whats(wanted, noted)
    assert not roll_out(wanted).going_down(noted)
    patched = seen("120001-02 120012-07", zones="db-", notes=noted.notes)
    assert "reboot" in whats(wanted, patched), "what went in waits for its reboot yet"
    booted = replace(known, boot=200)
    assert whats(wanted, booted)[-1] == "boot zone db", "a pid of before a boot says nothing"


def test_a_reboot_that_patches_wait_for_is_refused_as_any_other() -> None:
    """patch_install reboot=later leaves it to a later run: what was in nobody's way then may be so now."""
    wanted = due(p120010_03=AFTER)
    waiting = seen("120010-03", zones="db", notes=Notes(batches=(batch("120010-03", rest="reboot"),)))
    assert "reboot" in whats(wanted, waiting)
    for fields, policy, said in (
        ({}, {"needed": "shop1"}, "vServer shop1 on another node needs one of them"),
        ({"root": False}, {}, "Become root"),
        ({"level": "S"}, {}, "in run level S"),
    ):
        known = replace(waiting, **fields)
        assert said in refusal(wanted, known, **policy)
        assert whats(wanted, known, **policy) == []
        assert refusal(wanted, known, **policy, reboots=False) == ""


def test_a_node_that_goes_down_is_known_as_such() -> None:
    """Until it has, its heartbeat is told nothing else."""
    wanted = due(p120010_03=AFTER)
    made = roll_out(wanted)
    assert not made.going_down(seen(notes=Notes(("db",), asked=99)))
    assert made.going_down(seen(notes=Notes(("db",), asked=100)))
    assert made.going_down(seen(notes=Notes(("db",), batches=(batch("120010-03", rest="alone", rc=None),))))
    assert not made.going_down(seen(notes=Notes(("db",))))


def test_what_failed_is_tried_again_though_others_wait_for_a_reboot() -> None:
    wanted = due(p120010_03=AFTER, p120001_02=STANDARD)
    both = batch("120010-03 120001-02", rest="reboot", rc="1")
    known = seen("120010-03", depot=wanted, notes=Notes((), batches=(both,)))
    assert outcome(known, wanted, "120001-02", reboots=False)[0] == "failed"
    kept, dropped = RollingOut._left(None, roll_out(wanted, reboots=False), known)  # type: ignore[arg-type]
    (ids,) = (word for word in kept.argv if isinstance(word, File))
    assert (kept.argv[-1], ids.content) == ("batch.1/ids", "120010-03\n")
    assert dropped.argv[-2:] == ("/var/tmp/heliostat-patching/ran", "/var/tmp/heliostat-patching/ailing")
    later = replace(known, notes=Notes(batches=(replace(both, patches=tuple(PatchId.parse(word) for word in ids.content.split())),)))
    assert outcome(later, wanted, "120001-02", reboots=False)[0] == "missing"
    assert outcome(later, wanted, "120010-03", reboots=False)[0] == "pending_reboot"
    assert RollingOut._left(None, roll_out(wanted), replace(known, boot=200)) == [patch_notes.forget()]  # type: ignore[arg-type]


def outcome(known: Seen, wanted: Due, patch: str, **policy: Any) -> tuple[str, str]:
    one = roll_out(wanted, **policy).outcomes(known)[PatchId.parse(patch)]
    return one.state, one.reason


def test_what_became_of_a_patch() -> None:
    wanted = due(p120001_02=STANDARD, p120002_01=STANDARD)

    def after(installed: str, **fields: Any) -> Seen:
        return seen(installed, notes=Notes((), batches=(batch("120001-02 120002-01", **fields),)))

    assert outcome(seen(), wanted, "120001-02") == ("missing", "")
    assert outcome(after("120001-02", rest="reboot"), wanted, "120001-02")[0] == "pending_reboot"
    assert outcome(after("120001-02", rest="reboot", boot=50), wanted, "120001-02") == ("installed", "")
    assert outcome(after("120001-03"), wanted, "120001-02") == ("obsoleted", "a later patch does its work")
    assert outcome(after("", rc=None), wanted, "120001-02") == ("missing", "")
    assert outcome(after("", rc="1"), wanted, "120001-02")[1].startswith("patchadd ended with 1 and printed no reason for it. ")
    assert outcome(after("", rc="3"), wanted, "120001-02") == ("failed", "patchadd ended with 3: it was not run as root")
    assert outcome(after("", rc="late"), wanted, "120001-02")[1].startswith("the node did not come to single user")
    none = "No Packages from patch 120002-01 are installed on the system.\n"
    assert outcome(after("120001-02", rc="1", log=none), wanted, "120002-01")[0] == "not_applicable"
    alone = seen(notes=Notes((), batches=(batch("120002-01", rc="8"),)))
    assert outcome(alone, wanted, "120002-01")[0] == "not_applicable"
    assert outcome(after("120001-02", rc="8"), wanted, "120002-01")[0] == "failed", "of several patches the code tells nothing"
    said = "For patch 120002-01, required patch 120009-01 does not exist.\n"
    assert outcome(after("", rc="1", log=said), wanted, "120002-01") == ("failed", "required patch 120009-01 does not exist")
    assert "1 of 2 patches did not go in (120002-01: required patch" in refusal(wanted, after("120001-02", rc="1", log=said))


def test_a_zone_that_lacks_what_the_node_has() -> None:
    wanted = due(p120001_02=STANDARD)
    known = seen("120001-02", zones="db web", notes=Notes((), batches=(batch("120001-02", rc="1"),)))
    known = replace(known, inside={**known.inside, "web": Has({}, packages=frozenset({"SUNWcsr"}))})
    assert outcome(known, wanted, "120001-02")[1].startswith("zone web lacks it")
    assert outcome(known, wanted, "120001-02", zones="global")[0] == "installed"
    late = replace(known, notes=Notes())
    assert outcome(late, wanted, "120001-02") == ("missing", "zone web lacks it")
    there = Due("n", installed=wanted.install, properties=wanted.properties)
    assert whats(there, replace(late, depot=frozenset(wanted.install))) == ["note what runs", "install 120001-02"]
    assert whats(there, seen("120001-02", zones="db")) == []
    other = replace(known, inside={**known.inside, "web": Has({}, packages=frozenset({"SUNWother"}))})
    assert outcome(other, wanted, "120001-02")[0] == "installed"


def test_what_attach_does_not_bring_is_told() -> None:
    """Zones that were detached meanwhile are held against the node as well; attach -u brings what has to be alike only."""
    wanted = due(p120001_02=STANDARD)
    known = seen("120001-02", zones="db web", notes=Notes((), batches=(batch("120001-02"),)))
    known = replace(known, inside={**known.inside, "web": Has({}, packages=frozenset({"SUNWcsr"}))})
    for notes in (known.notes, Notes()):
        state, why = outcome(replace(known, notes=notes), wanted, "120001-02", zones="detach")
        assert (state, why.startswith("zone web lacks it")) == ("failed", True)
    assert whats(wanted, replace(known, notes=Notes()), zones="detach") == []


def test_a_zone_that_does_not_run_tells_by_its_files() -> None:
    halted = replace(seen("120001-02", zones="db-"), complete=False)
    (probe,) = (name for name in look(halted, "/d", ()) if name.startswith("files"))
    listing = "SUNWcsr/pkginfo\n==\n"
    marks, room = Output(0), Output(0, "Filesystem kbytes used avail capacity Mounted on\nrpool/z 900 100 800 12% /zones/db\n")
    wanted = due(p120001_02=STANDARD)
    for text, state in ((listing + "SUNWcsr/pkginfo:PATCHLIST=120001-02\n", "installed"), (listing, "missing")):
        known = read(halted, {"marks": marks, "room": room, probe: Output(0, text)}, "/d")
        assert outcome(known, wanted, "120001-02")[0] == state
    unread = read(halted, {"marks": marks, "room": room, probe: Output(1)}, "/d")
    assert "what zone db has is not known" in roll_out(wanted).plan(Known(unread))[0].warnings[0]


def test_a_patch_that_was_cut_off_is_not_installed() -> None:
    """The node died after the first of its packages: showrev lists it, patchadd's mark of it stayed."""
    wanted = due(p120001_02=STANDARD)
    patch = wanted.install[0]
    there = Due("n", installed=wanted.install, properties=wanted.properties)
    fields: dict[str, Any] = {"depot": frozenset(wanted.install), "boot": 200}
    died = replace(seen("120001-02", zones="db"), **fields, cut_off={patch: ("",)}, notes=Notes((), batches=(batch("120001-02", rc=None),)))
    for asked in (wanted, there):
        assert outcome(died, asked, "120001-02")[0] == "missing"
        assert "install 120001-02" in whats(asked, died)
        again = replace(died, notes=Notes((), batches=(batch("120001-02", rc="2"),)))
        state, why = outcome(again, asked, "120001-02")
        assert (state, "in the global zone was cut off" in why) == ("failed", True)
        assert outcome(replace(again, cut_off={}), asked, "120001-02") == ("installed", "")
    assert whats(there, replace(died, notes=Notes())) == ["note what runs", "install 120001-02"]
    zone = replace(died, cut_off={patch: ("db",)})
    assert "its installation in zone db was cut off" in outcome(zone, there, "120001-02")[1]
    assert roll_out(there, zones="global").outcomes(zone)[patch].state == "installed"


def test_services_that_were_well_before_are_told() -> None:
    wanted = due(p120001_02=STANDARD)
    known = seen("120001-02", notes=Notes((), ailing=("svc:/old:default",)), ailing=("svc:/new:default", "svc:/old:default"))
    assert "svc:/new:default is in maintenance, and was not before" in refusal(wanted, known)
    assert "svc:/old" not in refusal(wanted, known)


def test_a_node_that_does_not_answer_is_unknown() -> None:
    operation = roll_out(due(p120001_02=STANDARD))
    assert operation.plan(Known(None)) == []
    assert "does not answer" in operation.refusals(Known(None))["n"]
    assert operation.describe(Known(None))["n"]["patches"] == {"120001-02": "unknown"}
    assert operation.look(Known(None)) == {}


def test_what_ran_runs_again_when_it_failed_on_the_way() -> None:
    wanted = due(p120012_07=ALONE)
    known = seen(zones="db- web", depot=wanted, notes=Notes(("db", "web"), pdo=True))
    (plan,) = roll_out(wanted).back(Known(known), {"n": "it failed"})
    assert [step.what for step in plan.steps] == [
        "put /etc/patch/pdo.conf back",
        "forget the kept /etc/patch/pdo.conf",
        "boot zone db",
    ]
    assert roll_out(wanted).back(Known(seen(zones="db-")), {"n": "it failed"}) == []
