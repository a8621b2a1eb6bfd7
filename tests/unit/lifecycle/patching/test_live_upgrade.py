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
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.environment import Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade import Inside, Known, LiveUpgrade
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.switching import Next
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.proof import Zone

from .upgrading import (
    ARRIVED,
    BE,
    BOOTED,
    CREATE,
    DONE,
    KERNEL,
    LUSTATUS,
    NEXT,
    NODE,
    OLD,
    OTHER,
    OURS,
    PATCH,
    PROVEN,
    READY,
    ROOT,
    SEE,
    SSH,
    operation,
    words,
    zone,
    zones,
)


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
