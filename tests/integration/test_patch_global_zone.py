# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches for the global zone only (zones: global, patchadd -G): what goes in there alone, what is refused, the proof, the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from .patch_sets import know
from .patching_world import DEPOT, PatchingWorld, patching_world, states
from .world import Row

NODE = "t4p01"
#: Its package is one that each zone may have in its own state; the other one's is alike in all zones.
OWN, ALIKE = "120030-01", "120001-02"
LACKING = f"{OWN} is in the global zone only, as zones: global asked for, and not in zones halted1, z1"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("global")) as made:
        yield made


def with_zones(world: PatchingWorld) -> None:
    world.make_zone(NODE, "z1")
    world.make_zone(NODE, "halted1", running=False)
    world.began = world.mark()


def only(world: PatchingWorld, *patches: str, **args: Any) -> Row:
    return world.install(NODE, patches=list(patches), zones="global", **args)


def proven(world: PatchingWorld, patch: str = OWN) -> tuple[str, str, list[str]]:
    row = world.task("localhost", "patch_info")
    (found,) = [one for one in row.result["rows"] if one["patch"] == patch]
    return found["state"], found["reason"], found["zones"]


def in_zone(world: PatchingWorld, zone: str, patch: str = OWN) -> None:
    """As its administrator does it: he has the patch's folder there."""
    place = f"/zones/{zone}/root/var/tmp"
    done = world.lab.ssh(NODE, f"mkdir -p {place} && cp -r {DEPOT}/{patch} {place}/ && zlogin {zone} patchadd /var/tmp/{patch}")
    assert done.returncode == 0, done.stdout + done.stderr


def calls(world: PatchingWorld) -> list[list[str]]:
    return [row["argv"] for row in world.since(world.began, node=NODE) if row["argv"][0].endswith("patchadd")]


def test_it_goes_into_the_global_zone_and_no_other(world: PatchingWorld) -> None:
    """Check mode tells the same; again, nothing; the proof names the zones. Zones that are to have it get it inside, which is said."""
    with_zones(world)
    know(world, "all", winter=[OWN])
    foreseen = world.install(NODE, "--check", patches=[OWN], zones="global")
    assert (foreseen.status, calls(world)) == ("ok", []), foreseen.message
    done = only(world, OWN)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert done.steps == ["note what runs", f"install {OWN}"]
    assert done.result["after"] == foreseen.result["after"]
    assert [one for one in done.result["warnings"] if "gz-only-packages" in one] == foreseen.result["warnings"]
    assert states(done) == {OWN: "installed"}
    assert [("-G" in one, one[-1]) for one in calls(world)] == [(True, f"{DEPOT}/{OWN}")]
    assert OWN in world.shown(NODE) and OWN not in world.shown(NODE, "z1")
    assert {name: zone["state"] for name, zone in world.lab.truth(NODE)["zones"].items()} == {"z1": "running", "halted1": "installed"}
    world.nothing_left(NODE, "installed", [OWN])
    for words in ([], ["--check"]):
        again = world.install(NODE, *words, patches=[OWN], zones="global")
        assert (again.status, again.changed) == ("ok", False), again.plan
    assert proven(world) == ("installed", LACKING, ["halted1", "z1"])
    assert world.task("localhost", "patch_info", fail_on="open").status == "ok"

    everywhere = world.install(NODE, patches=[OWN])
    assert everywhere.status == "failed"
    advice = "install it inside the zone (zlogin, patchadd), in the global zone patchadd takes it for installed"
    assert f"{OWN}: zone z1 (and 1 more) lacks it: {advice}" in everywhere.message
    assert proven(world)[0] == "failed" and proven(world)[1].endswith(advice)
    left = only(world, OWN)  # what was asked for last counts
    assert (left.status, left.changed) == ("ok", False), left.message
    assert proven(world) == ("installed", LACKING, ["halted1", "z1"])
    in_zone(world, "z1")
    world.lab.ssh(NODE, "zoneadm -z halted1 boot")
    in_zone(world, "halted1")
    settled = world.install(NODE, patches=[OWN])
    assert (settled.status, settled.changed) == ("ok", False), settled.message
    assert proven(world) == ("installed", "", [])
    world.make_zone(NODE, "later")
    assert "SFWtop" not in world.lab.ssh(NODE, "zlogin later pkginfo").stdout
    assert proven(world) == ("installed", "", [])


def test_one_that_wants_a_reboot(world: PatchingWorld) -> None:
    with_zones(world)
    done = only(world, "120033-02")
    assert done.status == "ok", done.message
    assert done.steps == [
        "note what runs",
        "shut down zone z1",
        "install 120033-02 in single user, then a reboot",
        "boot zone z1",
    ]
    assert states(done) == {"120033-02": "installed"}
    assert "120033-02" in world.shown(NODE) and "120033-02" not in world.shown(NODE, "z1")
    assert ["-G" in one for one in calls(world)] == [True]
    world.nothing_left(NODE, "installed", ["120033-02"])


def test_packages_of_all_zones(world: PatchingWorld) -> None:
    """Refused before anything is touched, also for the others of the run. Where no archive told it, Solaris refuses, and nothing is half
    done. Without zones there is nothing to leave out."""
    assert only(world, "120003-05").status == "ok"
    assert ["-G" in one for one in calls(world)] == [False]
    with_zones(world)
    for words in (["--check"], []):
        refused = world.install(NODE, *words, patches=[OWN, ALIKE], zones="global")
        said = refused.message + " ".join(refused.result.get("warnings", []))
        assert f"{ALIKE} is for packages that all zones have alike (SUNW_PKG_ALLZONES=true)" in said, refused
    assert refused.status == "failed"
    assert calls(world) == [] and not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
    with world.repository() as repository:
        known = repository.patching.archives()
        silent = [replace(one, properties=replace(one.properties, all_zones=False)) for one in known.values()]
        repository.patching.keep_archives(DEPOT, silent)
    failed = only(world, ALIKE)
    assert failed.status == "failed"
    assert states(failed) == {ALIKE: "failed"}
    assert "may not be used with package <SUNWcsr>" in failed.result["patches"][ALIKE]["log"]
    assert ["-G" in one for one in calls(world)] == [True]
    assert not {OWN, ALIKE} & (world.shown(NODE) | world.shown(NODE, "z1"))
    assert world.install(NODE, patches=[ALIKE]).status == "ok"
    assert ALIKE in world.shown(NODE, "z1")


def test_the_way_back(world: PatchingWorld) -> None:
    """A patch that only the global zone has goes like others, by patchrm without -G. One that a zone got since goes from there too."""
    with_zones(world)
    know(world, "all", winter=[OWN])
    for inside in (False, True):
        assert only(world, OWN).status == "ok"
        if inside:
            in_zone(world, "z1")
        foreseen = world.task(NODE, "patch_install", "--check", state="absent", patches=[OWN])
        out = world.task(NODE, "patch_install", state="absent", patches=[OWN])
        assert out.status == "ok", out.message
        assert out.plan == foreseen.plan and out.steps == ["note what runs", f"take out {OWN}"]
        assert states(out) == {OWN: "missing"}
        assert OWN not in world.shown(NODE) | world.shown(NODE, "z1")
        assert not world.task(NODE, "patch_install", state="absent", patches=[OWN]).changed
        assert proven(world) == ("missing", "it was backed out", [])
    everywhere = world.install(NODE, patches=[OWN])
    assert everywhere.status == "ok", everywhere.message
    assert OWN in world.shown(NODE, "z1")
    assert proven(world) == ("installed", "", [])


def test_a_controller_killed_in_the_middle(world: PatchingWorld) -> None:
    with_zones(world)
    asked = {"patches": [OWN], "depot": DEPOT, "zones": "global"}
    book = world.book(NODE, [{"heliostat.vdc.patch_install": asked}])
    world.kill_in(NODE, book, rf"patchadd .*{OWN}")
    again = world.play(book).of("patch_install", NODE)
    assert again.status == "ok", again.message
    assert states(again) == {OWN: "installed"}
    assert [("-G" in one, one[-1]) for one in calls(world)] == [(True, f"{DEPOT}/{OWN}")]
    assert OWN in world.shown(NODE) and OWN not in world.shown(NODE, "z1")
    world.nothing_left(NODE, "installed", [OWN])
    assert not world.task(NODE, "patch_install", **asked).changed
