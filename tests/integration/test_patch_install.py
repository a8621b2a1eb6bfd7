# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches of one node: standard ones while everything runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .patch_sets import know
from .patching_world import DEPOT, PATCHES, PatchingWorld, patching_world, states
from .test_examples import ANSIBLES, documented

NODE = "t4p01"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("patching")) as made:
        yield made


def test_standard_patches(world: PatchingWorld) -> None:
    """Check mode's plan is the run's; again, nothing; what does not apply is no failure; one that fails is the only one reported."""
    patches = ["120001-02", "120002-01", "120021-01"]
    foreseen = world.install(NODE, "--check", patches=patches)
    assert foreseen.status == "ok", foreseen.message
    assert set(patches).isdisjoint(world.shown(NODE))
    done = world.install(NODE, patches=patches)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert states(done) == {"120001-02": "installed", "120002-01": "installed", "120021-01": "not_applicable"}
    assert {"120001-02", "120002-01"} <= world.shown(NODE)
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
    mark = world.mark()
    again = world.install(NODE, patches=patches[:2])
    assert not again.changed, again.plan
    assert len(world.since(mark, "showrev", node=NODE)) == 1, "one look tells whether it goes down and what is to do"
    failing = world.install(NODE, patches=["120003-05", "120020-01"])
    assert failing.status == "failed"
    assert states(failing) == {"120003-05": "installed", "120020-01": "failed"}
    assert "1 of 2 patches did not go in (120020-01: " in failing.message
    with world.repository() as repository:
        kept = {str(one.patch): one.state for one in repository.patching.results([NODE])}
        assert repository.node(NODE).maintenance is False
        repository.patching.keep_archives(DEPOT, [])
    assert kept == states(done) | states(failing)
    told = world.install(NODE, "--check", patches=["119254-66", "120012-07"])
    assert told.steps == ["note what runs", "install 119254-66", "install 120012-07 in single user, then a reboot"], (
        "by the node's own depot"
    )


def test_reboots(world: PatchingWorld) -> None:
    """A patch that wants a reboot at once is followed by it; what comes after it goes in after it. Zones run again that ran."""
    world.make_zone(NODE, "z1")
    world.make_zone(NODE, "z2", running=False)
    before = world.lab.truth(NODE)["boot_time"]
    done = world.install(NODE, patches=["120001-02", "120011-14", "120003-05", "120010-03"], single_user="asked")
    assert done.status == "ok", done.message
    assert set(states(done).values()) == {"installed"}
    assert done.steps == [
        "note what runs",
        "install 120001-02, 120011-14",
        "shut down zone z1",
        "reboot",
        "install 120003-05, 120010-03",
        "shut down zone z1",
        "reboot",
        "boot zone z1",
    ]
    machine = world.lab.truth(NODE)
    assert machine["boot_time"] > before
    assert {name: zone["state"] for name, zone in machine["zones"].items()} == {"z1": "running", "z2": "installed"}
    assert {"120001-02", "120011-14", "120003-05", "120010-03"} <= world.shown(NODE) & world.shown(NODE, "z1")
    assert [world.applied(NODE, patch) for patch in ("120011-14", "120010-03")] == [1, 1]
    assert not done.result["reboot_pending"]


def test_single_user(world: PatchingWorld) -> None:
    """One patch that is not standard takes all with it through single user and a reboot, without anybody at the console."""
    world.make_zone(NODE, "z1", autoboot=True)
    refused = world.install(NODE, "--check", patches=["120001-02", "120014-02"])
    assert refused.status == "ok", refused.message
    world.lab.fault(NODE, "sp_dead")
    refused = world.install(NODE, patches=["120001-02", "120014-02"])
    assert refused.status == "failed"
    assert "nobody gets in but by its console" in refused.message
    assert not world.since(world.began, "init", node=NODE)
    world.lab.clear_faults()
    done = world.install(NODE, patches=["120001-02", "120014-02"])
    assert done.status == "ok", done.message
    assert set(states(done).values()) == {"installed"}
    assert done.steps == [
        "note what runs",
        "shut down zone z1",
        "install 120001-02, 120014-02 in single user, then a reconfiguration reboot",
        "boot zone z1",
    ]
    assert {"120001-02", "120014-02"} <= world.shown(NODE) & world.shown(NODE, "z1")
    assert world.applied(NODE, "120014-02") == 1
    machine = world.lab.truth(NODE)
    assert machine["patching"]["unconfigured"] == []
    assert machine["zones"]["z1"]["state"] == "running"
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
    again = world.install(NODE, patches=["120001-02", "120014-02"])
    assert not again.changed, again.plan


def test_examples_do_what_they_say(world: PatchingWorld) -> None:
    examples, returned = documented("patch_install")
    run = world.play(world.book(NODE, examples))
    assert run.rc == 0, run.output
    assert [row.changed for row in run.rows] == [True, True, True, True, False]
    for row in run.rows:
        keys = {key for key in row.result if not key.startswith("_")} - ANSIBLES
        assert keys <= returned.keys()
        assert {name for name, one in returned.items() if one["returned"] == "always"} <= keys


def test_a_depot_of_another_host(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is not there in single user, so what goes in there is copied before."""
    with patching_world(tmp_path_factory.mktemp("nfs"), nfs=True) as world:
        done = world.install(NODE, patches=["120001-02", "120012-07"])
        assert done.status == "ok", done.message
        assert done.steps == [
            "note what runs",
            "copy 120001-02, 120012-07 to the node",
            "install 120001-02, 120012-07 in single user, then a reboot",
        ]
        assert set(states(done).values()) == {"installed"}
        assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()


def test_what_the_patch_utilities_require(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes in with them, before all others."""
    monkeypatch.setitem(PATCHES, "119254-90", {"properties": ["standard"], "packages": ["SUNWcsr"], "requires": ["120001-02"]})
    with patching_world(tmp_path_factory.mktemp("utilities")) as world:
        know(world, "march", base=["120003-05", "119254-90", "120001-02", "120031-01"])
        done = world.install(NODE, target="march")
        assert done.status == "ok", done.message
        assert done.steps == ["note what runs", "install 120001-02, 119254-90", "install 120003-05, 120031-01"]
        assert set(states(done).values()) == {"installed"}
