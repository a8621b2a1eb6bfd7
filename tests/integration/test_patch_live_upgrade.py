# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches by Live Upgrade on the lab: into a copy, proven, booted; refused, cut off at each step, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .clusters_world import KERNEL, REBOOTS, STANDARD, ClustersWorld, clusters_world
from .patching_world import DEPOT, states
from .world import Row, until

pytestmark = pytest.mark.campaign("file")

NODE, BE = "rad1", "hl-june"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClustersWorld]:
    with clusters_world(tmp_path_factory.mktemp("upgrade")) as made:
        yield made


def upgrade(world: ClustersWorld, *words: str, patches: list[str] | None = None, **args: Any) -> Row:
    chosen = [STANDARD, KERNEL] if patches is None else patches
    return world.install(NODE, *words, method="live_upgrade", patches=chosen, **{"environment": BE, **args})


def test_copied_patched_proven_and_booted(world: ClustersWorld) -> None:
    """Check mode's plan is the run's; the old environment stays; again, nothing. luupgrade ends with 1 and all is in."""
    (old,) = world.environments(NODE)
    foreseen = upgrade(world, "--check")
    assert foreseen.status == "ok", foreseen.message
    assert list(world.environments(NODE)) == [old]
    done = upgrade(world)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert states(done) == {STANDARD: "installed", KERNEL: "installed"}
    assert world.environments(NODE) == {old: (False, False), BE: (True, True)}
    assert {STANDARD, KERNEL} <= world.shown(NODE)
    again = upgrade(world)
    assert not again.changed, again.plan


def test_proof_is_what_showrev_says_and_reboot_can_wait(world: ClustersWorld) -> None:
    """A patch that does not get in: nothing is activated, what runs is untouched; then only that is added; luactivate, and a later boot."""
    (old,) = world.environments(NODE)
    world.lab.fault(NODE, "patch_fails", text=f"global {STANDARD}")
    failed = upgrade(world)
    assert failed.status == "failed"
    assert f"led to state 'lacking {STANDARD}'" in failed.message
    assert states(failed) == {STANDARD: "failed", KERNEL: "missing"}
    assert failed.result["patches"][KERNEL]["reason"] == f"it is in boot environment {BE}, which is not the next one"
    assert not failed.result["reboot_pending"]
    assert world.environments(NODE) == {old: (True, True), BE: (False, False)}
    assert not {STANDARD, KERNEL} & world.shown(NODE)
    world.lab.clear_faults()
    waiting = upgrade(world, reboot="later")
    assert waiting.status == "ok", waiting.message
    assert f"install {STANDARD} in boot environment {BE}" in waiting.steps
    assert "reboot" not in waiting.steps
    assert set(states(waiting).values()) == {"pending_reboot"}
    assert waiting.result["reboot_pending"]
    assert world.environments(NODE) == {old: (True, False), BE: (False, True)}
    assert not upgrade(world, reboot="later").changed
    booted = upgrade(world)
    assert "luupgrade" not in [row["argv"][0] for row in world.since(world.began, "luupgrade", node=NODE)][2:]
    assert set(states(booted).values()) == {"installed"}
    assert world.environments(NODE)[BE] == (True, True)


def test_a_patch_that_was_cut_off_is_not_made_the_next_one(world: ClustersWorld) -> None:
    """showrev lists it by the packages that were done; patchadd's mark of it is there. The next run puts it in again."""
    (old,) = world.environments(NODE)
    world.lab.fault(NODE, "slow", match="^showrev -p -R", seconds=5.0, times=1)
    args = {"depot": DEPOT, "method": "live_upgrade", "environment": BE, "patches": [STANDARD, KERNEL]}
    started = world.start(world.book(NODE, [{"heliostat.vdc.patch_install": args}]))
    until(lambda: not world.lab.faults(), "nobody looked")
    mark = f"/.alt.{BE}/var/sadm/.patchRec"
    world.ran(NODE, "/bin/sh", "-c", f"'mkdir -p {mark} && : >{mark}/.{STANDARD}'")
    failed = started.wait().of("patch_install", NODE)
    assert failed.status == "failed"
    assert f"led to state 'cut off at {STANDARD}'" in failed.message
    assert states(failed) == {STANDARD: "failed", KERNEL: "missing"}
    assert world.environments(NODE) == {old: (True, True), BE: (False, False)}
    again = upgrade(world, reboot="later")
    assert again.status == "ok", again.message
    assert f"install {STANDARD} in boot environment {BE}" in again.steps
    assert world.environments(NODE) == {old: (True, False), BE: (False, True)}


def test_an_environment_that_does_not_boot_is_not_booted_twice(world: ClustersWorld) -> None:
    """The node does not come back: said with the way back. A person goes back; the next run refuses until somebody has looked."""
    (old,) = world.environments(NODE)
    world.lab.fault(NODE, "boot_fails", text=BE)
    lost = upgrade(world, reboot_deadline=60)
    assert lost.status == "failed", lost.steps
    assert f"luactivate {old} and init 6 is the way back" in lost.message
    assert set(states(lost).values()) == {"unknown"}
    world.lab.power(NODE, "boot", wait=True, arguments=f"-Z rpool/ROOT/{old}")
    until(lambda: world.lab.ssh(NODE, "true").returncode == 0, "it never came back")
    refused = upgrade(world)
    assert f"{BE} was made the next one, the node was rebooted, and {old} runs" in refused.message
    assert refused.plan == []
    world.lab.clear_faults()
    world.ran(NODE, "rm", f"/var/tmp/heliostat-live-upgrade/{BE}")
    assert set(states(upgrade(world)).values()) == {"installed"}


def test_an_environment_that_lacks_what_runs_is_not_booted(world: ClustersWorld) -> None:
    """Somebody made it as a fallback, and the running system was patched since. Deleted, it is made anew."""
    (old,) = world.environments(NODE)
    world.ran(NODE, "lucreate", "-n", BE)
    world.put_in(NODE, REBOOTS)
    refused = upgrade(world, patches=[STANDARD])
    assert refused.status == "failed"
    assert f"boot environment {BE} is no copy of what runs now: it lacks {REBOOTS}. Name another one" in refused.message
    assert refused.plan == []
    assert states(refused) == {STANDARD: "missing"}
    assert world.environments(NODE) == {old: (True, True), BE: (False, False)}
    world.ran(NODE, "ludelete", BE)
    done = upgrade(world, patches=[STANDARD])
    assert done.status == "ok", done.message
    assert {STANDARD, REBOOTS} <= world.shown(NODE)


def test_a_node_is_emptied_before_its_zones_go_down(world: ClustersWorld) -> None:
    """One that cannot be emptied keeps them; the next run goes on."""
    world.make_zone(NODE, "z1")
    world.lab.fault(NODE, "fail", match="^hagrp -switch", rc=1, text="VCS WARNING V-16-1-10205", times=1)
    failed = upgrade(world)
    assert failed.status == "failed"
    assert "shut down zone z1" in failed.steps
    assert not world.since(world.began, "zlogin", "/sbin/init", node=NODE)
    assert world.zone(NODE, "z1")["state"] == "running"
    done = upgrade(world)
    assert done.status == "ok", done.message
    whats = [step for step in done.steps if step.startswith(("switch", "stop", "shut", "reboot", "boot", "forget"))]
    assert whats[1:] == ["stop VCS on this node", "shut down zone z1", "reboot", "boot zone z1", "forget what ran"]
    assert world.zone(NODE, "z1")["state"] == "running"


def test_refused(world: ClustersWorld) -> None:
    assert "wants a name for the boot environment" in upgrade(world, patches=[STANDARD], environment=None).message
    assert "is no boot environment's name" in world.install(NODE, method="live_upgrade", environment="a b", patches=[STANDARD]).message
    assert "are for method: patchadd" in upgrade(world, zones="global").message
    assert "backout: false is for method: patchadd" in upgrade(world, backout=False).message
    assert "wants 121430-99" in upgrade(world, environment_minimum=["121430-99"]).message
    assert "MB are asked for" in upgrade(world, headroom=10**9).message
    left = world.take_out(NODE, method="live_upgrade", environment=BE)
    assert "is of a cluster (heliostat_patch_cluster), and going back to a former boot environment is not done" in left.message
    assert list(world.environments(NODE)) == ["s10"] or BE not in world.environments(NODE)


STEPS = ["^lucreate", "^luupgrade", "^lumount", "^showrev -p -R", "^luactivate", "^hagrp -switch", "^hastop", "^init 6"]


@pytest.mark.campaign
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(world: ClustersWorld, step: str) -> None:
    """The controller dies in the middle of a step; run again, it ends as if it had not: no patch twice, the old environment kept."""
    (old,) = world.environments(NODE)
    world.lab.fault(NODE, "slow", match=step, seconds=300.0, times=1)
    args = {"depot": DEPOT, "method": "live_upgrade", "environment": BE, "patches": [STANDARD, KERNEL]}
    started = world.start(world.book(NODE, [{"heliostat.vdc.patch_install": args}]))
    until(lambda: not world.lab.faults(), f"{step} never ran")
    started.kill()
    again = upgrade(world)
    assert again.status == "ok", again.message
    assert set(states(again).values()) == {"installed"}
    with world.repository() as repository:
        assert all(one.journal for one in repository.patching.results([NODE])), "brought, by whichever of the two"
    assert world.environments(NODE) == {old: (False, False), BE: (True, True)}
    assert len([row for row in world.since(world.began, "lucreate", node=NODE) if row["rc"] == 0]) == 1
    assert not upgrade(world).changed
    assert world.lab.truth()["clusters"]["radiology"]["members"] == ["rad1", "rad2"]
