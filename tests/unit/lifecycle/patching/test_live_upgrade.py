# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patching by Live Upgrade: what is planned from each state that a node can be found in, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import live_upgrade as commands
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.live_upgrade import BootEnvironment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.mount import Mount
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import environment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.environment import Ran, Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade import Inside, Known, LiveUpgrade, Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.switching import Next, disturbs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.proof import Zone

BE = "hl-web-2"
KERNEL, SSH = PatchId("118833", 36), PatchId("141742", 2)
READY = Has({PatchId("119254", 66): (), PatchId("121430", 37): ()})
OLD = BootEnvironment("zfsroot", True, True, True, False, "")
OURS = BootEnvironment(BE, True, False, False, True, "")
OTHER = BootEnvironment("x", True, False, True, False, "")
ROOT = Mount("/", "rpool/ROOT/zfsroot", "read/write", "")
NODE = Seen(
    BE,
    True,
    (OLD,),
    READY,
    {},
    (ROOT,),
    20 * 1024**3,
    1000,
    True,
    {KERNEL: frozenset({"SUNWckr"}), SSH: frozenset({"SUNWsshu"})},
    complete=True,
)
DONE = Has({**READY.patches, KERNEL: (), SSH: ()})

CREATE, PATCH, MOUNT, SEE, UNMOUNT = "lucreate", "luupgrade", "lumount", "showrev", "luumount"
PROVEN = [PATCH, MOUNT, SEE, UNMOUNT]
NEXT = ["origin", "luactivate"]
BOOTED = ["note", "init", "lucurr"]


def operation(**policy: object) -> LiveUpgrade:
    return LiveUpgrade("n1", Due("n1", (KERNEL, SSH)), Policy(BE, "/patches", **{"room": 4 * 1024**3, **policy}), Steps("n1", "/patches"))  # type: ignore[arg-type]


def words(known: Seen, **policy: object) -> list[str]:
    found = []
    for plan in operation(**policy).plan(Known(known)):
        for step in plan.steps:
            first = str(step.command.argv[0])
            found.append(first if first != "/bin/sh" else "init" if "/sbin/init" in step.command.argv else str(step.command.argv[3]))
    return found


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (NODE, [CREATE, *PROVEN, *NEXT, *BOOTED]),
        (replace(NODE, environments=()), [CREATE, *PROVEN, *NEXT, *BOOTED]),
        (replace(NODE, environments=(OLD, OURS), inside=READY), [*PROVEN, *NEXT, *BOOTED]),
        (replace(NODE, environments=(OLD, OURS), inside=Has({**READY.patches, SSH: ()})), [*PROVEN, *NEXT, *BOOTED]),
        (replace(NODE, environments=(OLD, OURS), inside=DONE), [*NEXT, *BOOTED]),
        (replace(NODE, environments=(replace(OLD, on_reboot=False), replace(OURS, on_reboot=True)), inside=DONE), BOOTED),
        (
            replace(NODE, environments=(replace(OLD, active=False, on_reboot=False), replace(OURS, active=True, on_reboot=True)), own=DONE),
            [],
        ),
        (replace(NODE, own=DONE), []),
        (replace(NODE, environments=(OLD, replace(OURS, complete=False))), ["ludelete", CREATE, *PROVEN, *NEXT, *BOOTED]),
        # what an earlier run began goes on: it is joined
        (
            replace(NODE, environments=(OLD, replace(OURS, complete=False, copy="ACTIVE")), jobs=frozenset({environment.created(BE)})),
            ["true"],
        ),
        (replace(NODE, environments=(OLD, OURS), jobs=frozenset({environment.patched(BE)})), ["true"]),
        # made anew after somebody deleted it
        (replace(NODE, tried=900), ["rm", CREATE, *PROVEN, *NEXT, *BOOTED]),
    ],
)
def test_the_way_from_each_state(known: Seen, expected: list[str]) -> None:
    assert operation().refusals(Known(known)) == {}
    assert words(known) == expected


def test_what_an_earlier_run_began_is_waited_for_and_then_looked_at() -> None:
    (plan,) = operation().plan(Known(replace(NODE, jobs=frozenset({environment.created(BE)}))))
    assert plan.again
    assert [step.job for step in plan.steps] == [environment.created(BE)]
    assert next(iter(environment.look(None, BE, "/patches", ()))) == "jobs"


def test_only_what_is_lacking_is_installed() -> None:
    (plan,) = operation().plan(Known(replace(NODE, environments=(OLD, OURS), inside=Has({**READY.patches, KERNEL: ()}))))
    assert plan.steps[0].command == commands.add_patches(BE, "/patches", [SSH])
    assert plan.steps[2].wait is not None
    assert plan.steps[2].wait.state == Inside((SSH,))
    assert plan.steps[2].undo == commands.unmount(BE)


def test_without_a_reboot_it_is_the_next_one_and_waits() -> None:
    assert words(NODE, reboots=False) == [CREATE, *PROVEN, *NEXT]
    waiting = replace(NODE, environments=(replace(OLD, on_reboot=False), replace(OURS, on_reboot=True)), inside=DONE)
    assert words(waiting, reboots=False) == []
    assert {one.state for one in operation().outcomes(waiting).values()} == {"pending_reboot"}
    assert operation().waits(waiting)
    assert operation(reboots=False).predict(Known(NODE))["n1"]["environments"] == {"zfsroot": "running", BE: "next"}
    assert operation().predict(Known(NODE))["n1"]["patches"] == {"118833-36": "installed", "141742-02": "installed"}


def zone(**values: object) -> dict[str, ZoneStatus]:
    return {"web": ZoneStatus(**{"name": "web", "state": "running", "path": "/zones/web", **values})}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (replace(NODE, root=False), "wants root"),
        (replace(NODE, jobs=frozenset({"patching"})), "goes on in what runs (job patching). Run that one again first"),
        (replace(NODE, environments=(OLD, OURS), inside=DONE, jobs=frozenset({"patching-copy"})), "(job patching-copy)"),
        (replace(NODE, mounts=(Mount("/", "/dev/dsk/c0t0d0s0", "read/write", ""),)), "its root is no ZFS file system"),
        (replace(NODE, own=Has({PatchId("119254", 66): (), PatchId("121430", 12): ()})), "wants 121430-34 or later"),
        (replace(NODE, sparc=False), "121431 Live Upgrade wants on x86 is not known here"),
        (replace(NODE, free=1024**3), "its root pool rpool has 1024 MB free, and 4096 MB are asked for"),
        (replace(NODE, depot={SSH: frozenset({"SUNWsshu"})}), "118833-36 is not unpacked in its depot /patches"),
        (
            replace(NODE, own=replace(READY, packages=frozenset({"SUNWckr"})), depot={**NODE.depot, KERNEL: frozenset()}),
            "118833-36 has no package in the depot: /patches/118833-36/*/pkginfo is not there",
        ),
        (replace(NODE, environments=(replace(OLD, on_reboot=False), OTHER)), "boot environment x is the next"),
        (replace(NODE, environments=(OLD, BootEnvironment("x", False, False, False, False, "COMPARING"))), "at work on boot environment x"),
        (replace(NODE, environments=(OLD, replace(OURS, complete=False, can_delete=False))), "cannot be deleted"),
        (replace(NODE, environments=(replace(OURS, active=True, on_reboot=True),)), "runs, and lacks 118833-36, 141742-02"),
        (replace(NODE, environments=(OLD, OURS), inside=DONE, tried=900), "it did not boot, or somebody went back"),
        (replace(NODE, zones=zone(state="incomplete")), "its zone web is incomplete"),
        (replace(NODE, zones=zone(brand="solaris8")), "has brand solaris8"),
        (replace(NODE, zones=zone(), delegated=frozenset({"web"})), "delegated dataset"),
        (replace(NODE, zones=zone(), mounts=(ROOT, Mount("/zones/web", "web/zone", "", ""))), "has its root in pool web"),
        (replace(NODE, zones=zone(), mounts=(ROOT, Mount("/zones", "/dev/md/dsk/d5", "", ""))), "on no ZFS file system"),
    ],
)  # fmt: skip
def test_refused(known: Seen, said: str) -> None:
    whole = operation()
    why = whole.refusals(Known(known))["n1"]
    assert said in why
    assert why.endswith("Nothing was done.")
    assert not any(whole.plan(Known(known)))
    assert whole.predict(Known(known)) == whole.describe(Known(known))


LATER = PatchId("120003", 5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"own": Has({**READY.patches, LATER: ()})},
            "it lacks 120003-05. Name another one (environment), or delete it (ludelete hl-web-2)",
        ),
        ({"own": Has({**READY.patches, LATER: (), PatchId("120004", 1): ()})}, "it lacks 120003-05, 120004-01"),
        ({"zones": zone(), "index": frozenset()}, "it does not know zone web"),
        ({"zones": zone(state="configured"), "index": frozenset({"web"})}, "it still has zone web"),
        (
            {"environments": (replace(OLD, on_reboot=False), replace(OURS, on_reboot=True)), "own": Has({**READY.patches, LATER: ()})},
            "(luactivate zfsroot, ludelete hl-web-2)",
        ),
        ({"zones": zone(), "delegated": frozenset({"web"})}, "delegated dataset"),
        ({"zones": zone(), "mounts": (ROOT, Mount("/zones/web", "web/zone", "", ""))}, "has its root in pool web"),
    ],
)
@pytest.mark.parametrize("inside", [READY, DONE])
@pytest.mark.parametrize("reboots", [True, False])
def test_an_environment_that_is_no_copy_of_what_runs_is_not_booted(
    change: dict[str, object], said: str, inside: Has, reboots: bool
) -> None:
    whole = operation(reboots=reboots)
    known = Known(replace(NODE, **{"environments": (OLD, OURS), "inside": inside, **change}))  # type: ignore[arg-type]
    why = whole.refusals(known)["n1"]
    assert said in why
    assert why.endswith("Nothing was done.")
    assert not any(whole.plan(known))


@pytest.mark.parametrize(
    "change",
    [
        {"own": Has({**READY.patches, PatchId("118833", 24): ()})},  # a lower revision of what goes in
        {"own": Has({**READY.patches, LATER: ()}), "inside": Has(READY.patches, frozenset({LATER}))},  # obsoleted by what is inside
        {"own": Has({**READY.patches, LATER: ()}), "inside": Has({**READY.patches, PatchId("120003", 6): ()})},
        {"own": Has({**READY.patches, LATER: ()}), "cut_off": {LATER: ("",)}},
        {"zones": zone(), "index": frozenset({"web"})},
        {"zones": zone(state="shutting_down")},  # an earlier run shuts it down for the reboot
        {"zones": zone(state="configured"), "index": frozenset()},
    ],
)
def test_an_environment_that_has_all_that_runs_is_booted(change: dict[str, object]) -> None:
    known = Known(replace(NODE, **{"environments": (OLD, OURS), "inside": READY, **change}))  # type: ignore[arg-type]
    assert operation().refusals(known) == {}
    assert any(operation().plan(known))


def test_zones_that_may_be_copied() -> None:
    inside = replace(NODE, zones=zone())
    (plan,) = operation().plan(Known(inside))
    assert [step.what for step in plan.steps][-7:] == [
        "note what runs", "note in which boot it was made the next one", "shut down zone web", "reboot",
        f"see that boot environment {BE} runs", "boot zone web", "forget what ran",
    ]  # fmt: skip
    elsewhere = replace(inside, mounts=(ROOT, Mount("/zones/web", "web/zone", "", "")))
    assert operation(other_pools=True).refusals(Known(elsewhere)) == {}
    assert operation().refusals(Known(replace(elsewhere, zones=zone(state="configured")))) == {}


BUILT = replace(NODE, environments=(replace(OLD, on_reboot=False), replace(OURS, on_reboot=True)), inside=DONE)
ARRIVED = replace(NODE, environments=(replace(OLD, active=False, on_reboot=False), replace(OURS, active=True, on_reboot=True)), own=DONE)
NOTED = Ran("zfsroot", BE, 1000, ("db", "web"))


def zones(**states: str) -> dict[str, ZoneStatus]:
    return {name: ZoneStatus(name, state, f"/zones/{name}") for name, state in states.items()}


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


def test_what_is_not_the_next_one_waits_for_no_reboot() -> None:
    built = replace(NODE, environments=(OLD, OURS), inside=Has({KERNEL: ()}))
    found = operation().outcomes(built, tried=True)
    assert (found[KERNEL].state, found[KERNEL].reason) == ("missing", f"it is in boot environment {BE}, which is not the next one")
    assert found[SSH].state == "failed"
    assert not operation().waits(built)


CUT_OFF = replace(NODE, own=DONE, cut_off={SSH: ("",)})


def test_what_was_cut_off_in_the_running_system_is_not_there() -> None:
    assert words(CUT_OFF) == [CREATE, *PROVEN, *NEXT, *BOOTED]
    found = operation().outcomes(CUT_OFF)
    assert (found[KERNEL].state, found[SSH].state) == ("installed", "missing")
    assert found[SSH].reason == "its installation in the running system was cut off"
    assert "runs, and lacks 141742-02" in operation().refusals(Known(replace(ARRIVED, cut_off={SSH: ("",)})))["n1"]
    held = LiveUpgrade("n1", Due("n1", (), installed=(KERNEL, SSH)), operation().policy, Steps("n1", "/patches"))
    assert {str(patch): one.state for patch, one in held.outcomes(CUT_OFF).items()} == {"141742-02": "missing"}
    assert [step.command for step in held.plan(Known(CUT_OFF))[0].steps][1] == commands.add_patches(BE, "/patches", [SSH])
    assert "119254-64 or later" in operation().refusals(Known(replace(NODE, cut_off={PatchId("119254", 66): ("",)})))["n1"]


@pytest.mark.parametrize(
    ("flaw", "said"),
    [
        ({"inside_zones": {"web": Zone(packages=frozenset({"SUNWsshu"}))}}, "zone web lacks it"),
        ({"cut_off": {SSH: ("web",)}}, "its installation in zone web was cut off"),
    ],
)
def test_a_zone_that_did_not_get_a_patch_is_said_after_the_boot(flaw: dict[str, object], said: str) -> None:
    known = replace(ARRIVED, own=Has({KERNEL: ("SUNWckr",), SSH: ("SUNWsshu",)}), zones=zones(web="running"), **flaw)  # type: ignore[arg-type]
    found = operation().outcomes(known)
    assert (found[KERNEL].state, found[SSH].state) == ("installed", "failed")
    assert found[SSH].reason.startswith(said)
    assert f"1 of 2 patches did not go in (141742-02: {said}" in operation().refusals(Known(known))["n1"]
    assert words(known) == []
    assert operation().refusals(Known(replace(known, inside_zones={"web": Zone(unknown="x")}, cut_off={}))) == {}


LUSTATUS = (
    "Boot Environment           Is       Active Active    Can    Copy      \n"
    "Name                       Complete Now    On Reboot Delete Status    \n"
    "-------------------------- -------- ------ --------- ------ ----------\n"
    "zfsroot                    yes      yes    yes       no     -         \n"
    f"{BE:26} yes      no     no        yes    -         \n"
)
SHOWREV = "Patch: 141742-02 Obsoletes:  Requires:  Incompatibles:  Packages: SUNWsshu\n"


def answers(**more: Output) -> dict[At, Output]:
    found = {
        "id": Output(0, "uid=0(root) gid=0(root)\n"), "environments": Output(0, LUSTATUS), "patches": Output(0, SHOWREV),
        "zones": Output(0, "0:global:running:/::native:shared\n"),
        "mounts": Output(0, "/ on rpool/ROOT/zfsroot read/write/setuid/devices/dev=4010002 on Mon Nov  9 10:11:12 2026\n"),
        "room": Output(0, "Filesystem kbytes used avail capacity Mounted on\nrpool/ROOT/zfsroot 140000000 2400000 110000000 3% /\n"),
        "boot": Output(0, "unix:0:system_misc:boot_time\t1000\n"), "jobs": Output(0), "architecture": Output(0, "sparc\n"),
        "marks": Output(0), "ran": Output(2), "depot": Output(0, "== /patches/118833-36\n/patches/118833-36/SUNWckr.u\n"),
        "packages": Output(0, "system SUNWckr Core\n"),
        "tried": Output(2, stderr="cat: cannot open"), **more,
    }  # fmt: skip
    return {At("n1", name): output for name, output in found.items()}


def test_our_environment_is_mounted_for_one_look() -> None:
    whole = operation()
    first = whole.read(None, answers())
    assert [key.probe for key in whole.look(first)] == ["mount", "inside", "index", "marks", "unmount"]
    second = {
        "mount": Output(0, f"/.alt.{BE}\n"),
        "inside": Output(0, SHOWREV),
        "index": Output(2),
        "marks": Output(0),
        "unmount": Output(0),
    }
    known = whole.read(first, {At("n1", name): output for name, output in second.items()})
    assert known.seen is not None
    assert known.seen.depot == {KERNEL: frozenset({"SUNWckr"})}
    assert (known.seen.pool, known.seen.free, known.seen.boot, known.seen.inside) == (
        "rpool",
        110000000 * 1024,
        1000,
        Has({SSH: ("SUNWsshu",)}),
    )
    assert whole.look(known) == {}
    died = whole.read(first, {At("n1", name): output for name, output in {**second, "marks": Output(0, f".{SSH} /.alt.{BE}\n")}.items()})
    assert died.seen is not None
    assert died.seen.inside == Has({}), "luupgrade was cut off in the middle of it"
    with pytest.raises(CommandFailed, match="lumount"):
        whole.read(first, {At("n1", name): output for name, output in {**second, "mount": Output(1, stderr="ERROR: mounted")}.items()})


def test_zones_and_marks_are_asked() -> None:
    there = Output(
        0, "0:global:running:/::native:shared\n1:web:running:/zones/web::native:shared\n-:old:configured:/zones/old::native:shared\n"
    )
    asked = answers(
        zones=there,
        marks=Output(0, f".{SSH} \n"),
        ran=Output(0, f"zfsroot {BE}\n1000\nweb\n"),
        environments=Output(0, LUSTATUS.replace(BE, "x")),
    )
    first = operation().read(None, asked)
    assert [key.probe for key in operation().look(first)] == ["zone web", "patches web", "packages web", "marks of zones"]
    assert first.seen is not None
    assert first.seen.ran == Ran("zfsroot", BE, 1000, ("web",))
    second = {
        "zone web": Output(0, "create -b\nset zonepath=/zones/web\n"), "patches web": Output(0),
        "packages web": Output(0, "system SUNWsshu SSH\n"), "marks of zones": Output(0, f".{KERNEL} /zones/web/root\n"),
    }  # fmt: skip
    known = operation().read(first, {At("n1", name): output for name, output in second.items()}).seen
    assert known is not None
    assert known.cut_off == {SSH: ("",), KERNEL: ("web",)}
    assert known.inside_zones == {"web": Zone((), frozenset({"SUNWsshu"}))}
    assert (known.sound.has(SSH), known.own.has(SSH), known.lacking(SSH)) == (False, True, ("web",))


def test_a_zone_that_lives_on_another_node_now_is_not_brought_up_here() -> None:
    head, rows = LUSTATUS.splitlines(keepends=True)[:3], f"{'zfsroot':26} yes no no yes -\n{BE:26} yes yes yes no -\n"
    asked = answers(
        environments=Output(0, "".join(head) + rows),
        zones=Output(0, "0:global:running:/::native:shared\n-:db:installed:/zones/db::lx:shared\n-:web:installed:/zones/web::lx:shared\n"),
        ran=Output(0, f"zfsroot {BE}\n1000\ndb\nweb\n"),
    )
    for elsewhere, expected in (
        ((), ["boot zone db", "boot zone web", "forget what ran"]),
        (("web",), ["boot zone db", "forget what ran"]),
    ):
        found = operation(elsewhere=frozenset(elsewhere)).read(None, asked).seen
        assert found is not None
        (plan,) = operation().plan(Known(found))
        assert [step.what for step in plan.steps] == expected


def test_what_a_killed_run_left_mounted_is_unmounted_first() -> None:
    for point in (f"/.alt.{BE}", "/a"):
        mounted = answers()[At("n1", "mounts")].stdout + f"{point} on rpool/ROOT/{BE} read/write on Mon Nov  9 10:11:12 2026\n"
        first = operation().read(None, answers(mounts=Output(0, mounted)))
        assert [key.probe for key in operation().look(first)] == ["free", "mount", "inside", "index", "marks", "unmount"]


def test_nothing_is_mounted_while_a_job_of_ours_works_on_it() -> None:
    busy = operation().read(None, answers(jobs=Output(0, f"{environment.patched(BE)}\n")))
    assert operation().look(busy) == {}


def test_silent_node() -> None:
    whole = operation()
    silent = whole.read(None, {})
    assert (whole.look(silent), whole.plan(silent)) == ({}, [])
    assert "does not answer" in whole.refusals(silent)["n1"]


def test_inside_is_judged_by_what_showrev_says() -> None:
    there, end = Inside((SSH,)), "heliostat: marks of patchadd\n"
    assert there(Output(0, SHOWREV + end)) == "in"
    assert Inside((KERNEL, SSH))(Output(0, SHOWREV + end)) == "lacking 118833-36"
    assert there(Output(1)).startswith("unknown")
    assert there(Output(0, "what?\n" + end)).startswith("unknown")
    assert there(Output(0, SHOWREV)).startswith("unknown"), "the marks were not read"
    assert there(Output(0, SHOWREV.replace("141742-02", "141742-07") + end)) == "in"


def test_a_patch_that_luupgrade_cut_off_is_not_in_though_showrev_lists_it() -> None:
    text = f"{SHOWREV}heliostat: marks of patchadd\n.141742-02 /.alt.{BE}\n"
    assert Inside((SSH,))(Output(0, text)) == "cut off at 141742-02"
    assert Inside((KERNEL, SSH))(Output(0, text)) == "lacking 118833-36; cut off at 141742-02"
    (plan,) = operation().plan(Known(NODE))
    (see,) = (step for step in plan.steps if step.what.startswith("see that boot environment") and "has" in step.what)
    assert see.wait is not None
    assert see.wait.probe == commands.proof(BE)


def test_on_x86_the_least_is_named() -> None:
    known = replace(NODE, sparc=False, own=Has({PatchId("121431", 50): ()}))
    assert operation(minimum=(PatchId("121431", 45),)).refusals(Known(known)) == {}
    assert "wants 121431-55" in operation(minimum=(PatchId("121431", 55),)).refusals(Known(known))["n1"]


def test_next() -> None:
    assert Next(BE)(Output(0, LUSTATUS)) == "zfsroot"
    assert Next("zfsroot")(Output(0, LUSTATUS)) == "next"


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_names_are_valid_and_apart(one: str, other: str) -> None:
    assert commands.valid_name(environment.name_of(one))
    assert (environment.name_of(one) == environment.name_of(other)) == (one == other)


STATES = st.builds(
    lambda there, complete, on_reboot, active, inside, working: replace(
        NODE,
        environments=(replace(OLD, active=not active, on_reboot=not (there and on_reboot) and not active),)
        + ((BootEnvironment(BE, complete, active, on_reboot or active, not active and not on_reboot, ""),) if there or active else ()),
        inside=inside if there and complete and not active else None,
        jobs=frozenset({working(BE)} if working and there and not active else ()),
    ),
    st.booleans(), st.booleans(), st.booleans(), st.just(False),
    st.sampled_from([None, READY, DONE, Has({**READY.patches, KERNEL: ()}), Has({KERNEL: ()})]),
    st.sampled_from([None, environment.created, environment.patched]),
)  # fmt: skip


@given(STATES)
def test_never_activated_unproven_and_never_without_a_reason(known: Seen) -> None:
    """From whatever state: between luupgrade and luactivate showrev has seen every patch, and the reboot is init 6."""
    whole = operation()
    steps = words(known)
    assert bool(steps) != bool(whole.refusals(Known(known)))
    if "luactivate" in steps and PATCH in steps:
        assert steps.index(PATCH) < steps.index(SEE) < steps.index("luactivate")
    if "luactivate" in steps and PATCH not in steps:
        assert known.inside is not None
        assert all(known.inside.has(patch) for patch in (KERNEL, SSH))
    if "luactivate" in steps and CREATE not in steps and known.inside is not None:
        assert all(known.inside.has(patch) for patch in READY.patches), "no patch is lost by the boot"
    if "ludelete" in steps:
        assert known.ours is not None
        assert not (known.ours.active or known.ours.on_reboot or known.ours.complete)
    assert "reboot" not in steps


def test_a_patch_for_packages_that_are_not_there_is_left_out() -> None:
    known = replace(NODE, own=replace(READY, packages=frozenset({"SUNWckr"})))
    (plan,) = operation().plan(Known(known))
    assert plan.steps[1].command == commands.add_patches(BE, "/patches", [KERNEL])
    assert {str(patch): one.state for patch, one in operation().outcomes(known).items()} == {
        "118833-36": "missing",
        "141742-02": "not_applicable",
    }
    tried = replace(known, environments=(OLD, OURS), inside=READY)
    assert operation().outcomes(tried, tried=True)[KERNEL].state == "failed"
