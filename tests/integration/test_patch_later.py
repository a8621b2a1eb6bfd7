# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reboots that are left to later: what failed is tried again before, and the node is in maintenance while it goes down for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

from .patching_world import DEPOT, PATCHES, PatchingWorld, patching_world, states
from .world import until

NODE = "t4p01"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("later")) as made:
        yield made


def flags(world: PatchingWorld) -> list[str]:
    with world.repository() as repository:
        return [one.message for one in repository.events(f"node {NODE}") if "patches are rolled out" in one.message]


def test_what_failed_is_tried_again_and_the_reboot_comes_later(world: PatchingWorld) -> None:
    asked = {"patches": ["120010-03", "120020-01"], "single_user": "asked", "reboot": "later"}
    failing = world.install(NODE, **asked)
    assert failing.status == "failed"
    assert states(failing) == {"120010-03": "pending_reboot", "120020-01": "failed"}
    assert failing.result["reboot_pending"]
    again = world.install(NODE, **asked)
    assert states(again) == states(failing)
    assert [world.applied(NODE, patch) for patch in ("120010-03", "120020-01")] == [1, 2]
    assert not flags(world)
    before = world.lab.truth(NODE)["boot_time"]
    rebooted = world.install(NODE, patches=["120010-03"], single_user="asked")
    assert rebooted.status == "ok", rebooted.message
    assert "reboot" in rebooted.steps
    assert states(rebooted) == {"120010-03": "installed"}
    assert world.lab.truth(NODE)["boot_time"] > before
    assert flags(world), "it went down and nobody was told"
    with world.repository() as repository:
        assert repository.node(NODE).maintenance is False  # type: ignore[union-attr]
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()


def test_the_way_through_single_user_that_somebody_ended(world: PatchingWorld) -> None:
    """Its script was killed before its init 6: nobody reboots the node, so the next run does not wait for that."""
    asked = {"patches": ["120012-07"], "single_user": "asked"}
    world.lab.fault(NODE, "slow", match=r"init s", seconds=400.0, times=1)
    run = world.start(world.book(NODE, [{"heliostat.vdc.patch_install": {**asked, "depot": DEPOT}}]))
    until(lambda: not world.lab.faults(), "it never went to single user")
    run.kill()
    pid = (world.root(NODE) / "var/tmp/heliostat-patching/batch.1/pid").read_text().strip()
    assert world.lab.ssh(NODE, f"kill -9 {pid}").returncode == 0
    done = world.install(NODE, **asked, reboot_deadline=60, batch_deadline=60, single_user_deadline=60)
    assert done.status == "ok", done.message
    assert done.steps[0] == "note that nobody goes through single user"
    assert any("was ended before it asked for that reboot" in one for one in done.result["warnings"])
    assert states(done) == {"120012-07": "installed"}
    assert world.applied(NODE, "120012-07") == 1
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
    with world.repository() as repository:
        assert repository.node(NODE).maintenance is False  # type: ignore[union-attr]


def rebooted(world: PatchingWorld) -> None:
    """By hand."""
    before = world.lab.truth(NODE)["boot_time"]
    world.lab.ssh(NODE, "/sbin/init 6")
    until(lambda: world.lab.truth(NODE)["boot_time"] > before and world.lab.ssh(NODE, "true").returncode == 0, "it did not reboot")
    until(lambda: "run-level 3" in world.lab.ssh(NODE, "who -r").stdout, "it is not in multi-user")


def test_a_back_out_that_left_its_reboot_to_a_person(world: PatchingWorld) -> None:
    """Until that reboot nothing else is begun; afterwards its notes are nobody's. The same for a roll-out and a back-out after it."""
    asked = {"patches": ["120010-03"], "single_user": "asked"}
    assert states(world.install(NODE, **asked, reboot="later")) == {"120010-03": "pending_reboot"}
    early = world.task(NODE, "patch_install", **asked, state="absent", reboot="later")
    assert "a roll-out left a reboot of it to later" in early.message
    rebooted(world)
    out = world.task(NODE, "patch_install", **asked, state="absent", reboot="later")
    assert out.status == "ok", out.message
    assert states(out) == {"120010-03": "pending_reboot"}
    assert "forget what a roll-out noted" in out.steps
    refused = world.install(NODE, **asked, reboot="later")
    assert "are gone only with a reboot, which was left to later. Reboot it first. Nothing was done." in refused.message
    rebooted(world)
    again = world.install(NODE, **asked)
    assert again.status == "ok", again.message
    assert again.steps[0] == "forget what a back-out noted"
    assert states(again) == {"120010-03": "installed"}
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_reconfiguration_that_was_left_to_later(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, by_hand: bool
) -> None:
    """Whoever reboots the node afterwards reconfigures it, a later run says so."""
    monkeypatch.setitem(PATCHES, "120015-01", {"properties": ["reconfigafter"], "packages": ["SUNWckr"]})
    with patching_world(tmp_path_factory.mktemp("reconfigured")) as world:
        asked = {"patches": ["120015-01"], "single_user": "asked"}
        assert states(world.install(NODE, **asked, reboot="later")) == {"120015-01": "pending_reboot"}
        assert world.lab.truth(NODE)["patching"]["unconfigured"] == ["120015-01"]
        if by_hand:
            rebooted(world)
        else:
            assert "reconfiguration reboot" in world.install(NODE, **asked).steps
        assert world.lab.truth(NODE)["patching"]["unconfigured"] == []
        done = world.install(NODE, **asked)
        assert (done.changed, states(done)) == (False, {"120015-01": "installed"})


def test_a_patch_that_showrev_lists_and_that_was_cut_off(world: PatchingWorld) -> None:
    """As after a power cut in the middle of its packages: patchadd's mark of it is there. It is no installed patch, and tried again."""
    assert world.install(NODE, patches=["120001-02"]).status == "ok"
    mark = world.root(NODE) / "var/sadm/.patchRec/.120001-02"
    mark.parent.mkdir(exist_ok=True)
    mark.write_text("")
    world.lab.fault(NODE, "fail", match=r"patchadd ", rc=5, text="Pkgadd of SUNWcsr package failed with error code 1.", times=1)
    failed = world.install(NODE, patches=["120001-02"])
    assert failed.status == "failed"
    assert "its installation in the global zone was cut off" in failed.message
    assert states(failed) == {"120001-02": "failed"}
    mark.unlink()
    there = world.install(NODE, patches=["120001-02"])
    assert (there.changed, states(there)) == (False, {"120001-02": "installed"})


def test_a_patch_that_is_refused_keeps_nobody_from_the_others_and_is_no_success(world: PatchingWorld) -> None:
    with world.repository() as repository:
        archives = repository.patching.archives()
        bad = PatchId.parse("120003-05")
        archives[bad] = replace(archives[bad], problem="it is damaged: patchinfo in it is not what it was")
        repository.patching.keep_archives(DEPOT, archives.values())
    foreseen = world.install(NODE, "--check", patches=["120001-02", "120003-05"])
    assert foreseen.status == "ok", foreseen.message
    damaged = f"1 patch is refused (120003-05: archive 120003-05 in {DEPOT} cannot be used: it is damaged"
    assert any(damaged in one for one in foreseen.result["warnings"])
    done = world.install(NODE, patches=["120001-02", "120003-05"])
    assert (done.status, done.changed) == ("failed", True)
    assert damaged in done.message
    assert states(done) == {"120001-02": "installed", "120003-05": "missing"}
    assert world.install(NODE, patches=["120003-05"]).status == "failed"
