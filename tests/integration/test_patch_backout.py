# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches taken out again: what requires others first, never half of it, and by what every zone shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from .patch_sets import know
from .patching_world import PatchingWorld, patching_world, states
from .world import Row

NODE = "t4p01"
LOW, HIGH, OTHER = "120001-02", "120002-01", "120003-05"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("backout")) as made:
        yield made


def out(world: PatchingWorld, *words: str, **args: Any) -> Row:
    return world.task(NODE, "patch_install", *words, state="absent", **args)


def removed(world: PatchingWorld, patch: str) -> int:
    """How often patchrm was called for it."""
    return len([row for row in world.since(world.began, "patchrm", patch, node=NODE) if row["argv"][0] == "patchrm"])


def test_refusals_and_a_whole_set(world: PatchingWorld) -> None:
    """What is required stays, what was not kept stays, nothing is done by halves; a set goes in reverse order, and stays out."""
    world.make_zone(NODE, "app1")
    know(world, "all", winter=[LOW, HIGH, OTHER])
    assert world.install(NODE, patches=[OTHER], backout=False).status == "ok"
    brought = world.install(NODE, patches=[LOW, HIGH])
    assert brought.status == "ok", brought.message
    before = world.shown(NODE)
    held = out(world, patches=[LOW])
    assert held.status == "failed"
    assert f"{LOW} is required by {HIGH}, installed and staying" in held.message
    unkept = out(world, patches=[HIGH, OTHER])
    assert f"{OTHER} cannot be taken out: package SUNWcsu kept no old files of it" in unkept.message
    assert world.shown(NODE) == before and removed(world, HIGH) == 0

    by_set = out(world, sets=["winter"])
    assert by_set.status == "failed"  # OTHER is one of it
    both = {"patches": [LOW, HIGH, "125000-01"]}
    foreseen = out(world, "--check", **both)
    done = out(world, **both)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert [step for step in done.steps if "take out" in step] == [f"take out {HIGH}, {LOW}"]
    assert states(done) == {LOW: "missing", HIGH: "missing", "125000-01": "missing"}
    assert {LOW, HIGH}.isdisjoint(world.shown(NODE) | world.shown(NODE, "app1"))
    assert (removed(world, LOW), removed(world, HIGH)) == (1, 1)
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
    again = out(world, **both)
    assert again.status == "ok" and not again.changed

    proof = world.task("localhost", "patch_info")
    told = {one["patch"]: (one["state"], one["drift"], one["reason"]) for one in proof.result["rows"]}
    assert told[OTHER] == ("installed", "", "")
    assert told[LOW][:2] == ("missing", "")
    assert world.install(NODE, patches=[LOW, HIGH]).status == "ok"
    assert {LOW, HIGH} <= world.shown(NODE, "app1")
    whole = world.play("heliostat.vdc.patch_backout", variables={"heliostat_patch_patches": [HIGH, LOW], "heliostat_patch_nodes": [NODE]})
    assert whole.rc == 0, whole.output
    assert {LOW, HIGH}.isdisjoint(world.shown(NODE))


def test_of_a_set_only_what_was_brought_goes(world: PatchingWorld) -> None:
    """What was put in by hand stays, named together with another one or alone; runs that do nothing leave drift to be told."""
    know(world, "all", winter=[LOW, OTHER])
    by_hand = world.lab.ssh(NODE, f"patchadd /export/patches/{LOW}")
    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    done = world.install(NODE, patches=[LOW, OTHER])
    assert states(done) == {LOW: "installed", OTHER: "installed"}
    with world.repository() as repository:
        journals = {str(one.patch): one.journal for one in repository.patching.results([NODE])}
        assert journals == {LOW: None, OTHER: done.result["journal"][NODE]}
    assert world.lab.ssh(NODE, "patchadd /export/patches/119254-66").returncode == 0
    assert not world.install(NODE, patches=[LOW, OTHER]).changed
    assert world.install(NODE, patches=["999999-01"]).status == "failed"
    drift = {one["patch"]: one["drift"] for one in world.task("localhost", "patch_info").result["rows"] if one["drift"]}
    assert drift == {"119254-66": "besides"}
    gone = out(world, sets=["winter"])
    assert states(gone) == {OTHER: "missing"}, gone.message
    assert LOW in world.shown(NODE)
    assert not out(world, sets=["winter"]).changed


def test_single_user_and_a_killed_controller(world: PatchingWorld) -> None:
    """A patch that went in in single user goes out so. Whoever takes up a run that was killed takes nothing out twice."""
    alone = ["120012-07", LOW]
    assert world.install(NODE, patches=alone).status == "ok"
    run = world.start(world.book(NODE, [{"heliostat.vdc.patch_install": {"state": "absent", "patches": alone}}]))
    deadline = time.monotonic() + 60
    while not (world.root(NODE) / "var/tmp/heliostat-patching/batch.1/boot").exists():
        assert time.monotonic() < deadline, run.said
        time.sleep(0.05)
    run.kill()
    refused = world.install(NODE, patches=[OTHER])
    assert "a back-out was begun on it and is not at its end. Run that again first." in refused.message
    done = out(world, patches=alone)
    assert done.status == "ok", done.message
    assert states(done) == {"120012-07": "missing", LOW: "missing"}
    assert set(alone).isdisjoint(world.shown(NODE))
    assert (removed(world, alone[0]), removed(world, LOW)) == (1, 1)
    assert not out(world, patches=alone).changed


def test_one_that_does_not_go_out(world: PatchingWorld) -> None:
    """Its script refuses: only it is reported, and what does not hang on it is out."""
    assert world.install(NODE, patches=["120031-01", LOW]).status == "ok"
    failing = out(world, patches=["120031-01", LOW])
    assert failing.status == "failed"
    assert states(failing) == {"120031-01": "failed", LOW: "missing"}
    assert "1 of 2 patches were not taken out (120031-01: patchrm ended with 9: the patch's prebackout script failed" in failing.message
    assert "120031-01" in world.shown(NODE) and LOW not in world.shown(NODE)
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
