# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out of one node: its way, what is refused, what an earlier run left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_notes, pdo_conf
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Batch, Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.rolling_out import RollingOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.policy import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known, RollOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has, Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import File
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

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
