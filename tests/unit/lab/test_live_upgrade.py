# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live Upgrade: boot environments made, patched, activated, booted, deleted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.lab import environments, filesystem
from tests.lab.truth import Fault, Patch

from .cluster_world import clusters
from .patch_world import patch, shown, world_of
from .zone_world import World

FIRST = "s10s_u11wos_24a"


@pytest.fixture
def world() -> World:
    return clusters()


@pytest.fixture
def filed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """lab1 has files."""
    monkeypatch.setattr(filesystem._Place, "state", None)
    filesystem.configure(tmp_path, False)
    for folder in ("etc", "var/sadm/pkg", ".lab", "zones/z1/root/etc", "export"):
        (tmp_path / "machines/lab1/root" / folder).mkdir(parents=True)
    return clusters()


def rows(world: World) -> list[list[str]]:
    return [line.split() for line in world.ok("lustatus", "lab1").splitlines()[3:]]


def restart(world: World, scripts: bool) -> None:
    """A restart by init, or by reboot."""
    machine = world.centre.machines["lab1"]
    if scripts:
        environments.shut_down(world.centre, machine)
    environments.boot(world.centre, machine)


def test_the_present_one_is_there_from_the_start(world: World) -> None:
    assert world.ok("lustatus", "lab1") == (
        "Boot Environment           Is       Active Active    Can    Copy      \n"
        "Name                       Complete Now    On Reboot Delete Status    \n"
        "-------------------------- -------- ------ --------- ------ ----------\n"
        "s10s_u11wos_24a            yes      yes    yes       no     -         \n"
    )
    assert world.ok("lucurr", "lab1") == world.ok("luactivate", "lab1") == f"{FIRST}\n"


def test_lucreate_clones_every_file_system_of_the_present_one(world: World) -> None:
    text = world.ok("lucreate -n new", "lab1")
    assert text.startswith("Analyzing system configuration.\n")
    assert "Setting canmount=noauto for </var> in zone <global> on <rpool/ROOT/new/var>.\n" in text
    assert text.endswith("Population of boot environment <new> successful.\nCreation of boot environment <new> successful.\n")
    assert rows(world) == [[FIRST, "yes", "yes", "yes", "no", "-"], ["new", "yes", "no", "no", "yes", "-"]]
    names = world.ok("zfs list -H -t snapshot -o name", "lab1").split()
    assert names == [f"rpool/ROOT/{FIRST}@new", f"rpool/ROOT/{FIRST}/var@new"]


@pytest.mark.parametrize("after", ["lucreate -n new", "ludelete new", "lumount old", "luactivate new", "luupgrade -t -n old -s /x"])
def test_unrecorded_refusals_change_nothing(world: World, after: str) -> None:
    world.ok("lucreate -n new", "lab1")
    world.ok("luactivate new", "lab1")
    before = rows(world)
    assert world.fails(after, "lab1", 125).startswith("lab: not simulated")
    assert rows(world) == before


def test_without_its_patch_live_upgrade_is_not_simulated(world: World) -> None:
    world.centre.machines["lab1"].patches = [Patch("121430-33")]
    assert "121430-34" in world.fails("lucreate -n new", "lab1", 125)


def test_a_full_pool_leaves_no_boot_environment(world: World) -> None:
    world.centre.faults.append(Fault("lab1", "disk_full", text="rpool"))
    assert "out of space" in world.fails("lucreate -n new", "lab1")
    world.centre.faults.clear()
    assert [row[0] for row in rows(world)] == [FIRST]
    assert "new" not in world.ok("zfs list -H -t all -o name", "lab1")


def test_a_killed_lucreate_leaves_an_incomplete_one_that_can_be_deleted(world: World) -> None:
    def killed(seconds: float) -> None:
        raise asyncio.CancelledError

    world.at_sleep = killed
    with pytest.raises(asyncio.CancelledError):
        world.run("lucreate -n new", "lab1")
    world.at_sleep = None
    assert rows(world)[1] == ["new", "no", "no", "no", "yes", "-"]
    assert "lab: not simulated" in world.fails("luactivate new", "lab1", 125)
    world.ok("ludelete new", "lab1")
    world.ok("lucreate -n new", "lab1")


def test_init_boots_the_chosen_one_and_reboot_does_not(world: World) -> None:
    machine = world.centre.machines["lab1"]
    world.ok("lucreate -n new", "lab1")
    machine.environments["new"].patches.append(Patch("142909-17"))
    machine.environments["new"].kernel = "Generic_150400-65"
    assert "You MUST NOT USE the reboot, halt, or uadmin commands." in world.ok("luactivate new", "lab1")
    assert rows(world) == [[FIRST, "yes", "yes", "no", "no", "-"], ["new", "yes", "no", "yes", "no", "-"]]
    restart(world, scripts=False)
    assert rows(world)[0][2:4] == ["yes", "no"]
    restart(world, scripts=True)
    assert rows(world) == [[FIRST, "yes", "no", "no", "yes", "-"], ["new", "yes", "yes", "yes", "no", "-"]]
    assert machine.kernel == "Generic_150400-65" and [patch.id for patch in machine.patches][-1] == "142909-17"
    assert machine.environments[FIRST].kernel == "Generic_150400-40"
    assert world.ok("zfs list -H -o refer rpool/ROOT/new", "lab1") == "5G\n"


def test_the_old_one_comes_back_as_it_was_and_can_be_deleted_later(world: World) -> None:
    machine = world.centre.machines["lab1"]
    world.ok("lucreate -n new", "lab1")
    world.ok("luactivate new", "lab1")
    restart(world, scripts=True)
    machine.patches.append(Patch("142909-17"))
    environments.boot(world.centre, machine, FIRST)  # boot -Z rpool/ROOT/...
    assert world.ok("luactivate", "lab1") == f"{FIRST}\n"
    assert "142909-17" not in [patch.id for patch in machine.patches]
    environments.boot(world.centre, machine, "new")
    assert world.ok(f"ludelete {FIRST}", "lab1").endswith(f"Boot environment <{FIRST}> deleted.\n")
    assert [row[0] for row in rows(world)] == ["new"]
    assert FIRST not in world.ok("zfs list -H -t all -o name", "lab1")


def test_each_has_its_own_files(filed: World) -> None:
    machine = filed.centre.machines["lab1"]
    filesystem.write_file(machine, "/etc/motd", "old\n")
    filesystem.write_file(machine, "/zones/z1/root/etc/motd", "zone\n")
    filed.ok("lucreate -n new", "lab1")
    assert filed.ok("lumount new", "lab1") == "/.alt.new\n"
    assert filesystem.read_file(machine, "/.alt.new/zones/z1/root/etc/motd") == "zone\n"
    filesystem.write_file(machine, "/.alt.new/etc/motd", "new\n")
    assert "lab: not simulated" in filed.fails("luactivate new", "lab1", 125)
    assert [line.split()[0] for line in filed.ok("mount", "lab1").splitlines() if "ROOT/new" in line] == ["/.alt.new", "/.alt.new/var"]
    filed.ok("luumount new", "lab1")
    assert "ROOT/new" not in filed.ok("mount", "lab1")
    filed.ok("luactivate new", "lab1")
    restart(filed, scripts=True)
    assert filesystem.read_file(machine, "/etc/motd") == "new\n"
    assert filesystem.read_file(machine, "/etc/lutab").splitlines()[4:] == [
        f"1:{FIRST}:C:0", f"1:/:rpool/ROOT/{FIRST}:1", "1:boot-device:/dev/dsk/c0t5000CCA0261B0000d0s0:2",
        "2:new:C:0", "2:/:rpool/ROOT/new:1", "2:boot-device:/dev/dsk/c0t5000CCA0261B0000d0s0:2",
    ]  # fmt: skip
    environments.boot(filed.centre, machine, FIRST)
    assert filesystem.read_file(machine, "/etc/motd") == "old\n"
    assert [line.split()[2] for line in filed.ok("mount", "lab1").splitlines() if "ROOT/" in line] == [
        f"rpool/ROOT/{FIRST}{rest}" for rest in ("", "/var")
    ]
    assert (filesystem.root(machine) / "export").is_dir()


def test_zones_on_another_pool_are_not_simulated(filed: World) -> None:
    machine = filed.centre.machines["lab1"]
    filesystem.mount(machine, "12345", "data", "/data")
    zone = filed.zone("z2", "/data/z2", on="lab1")
    zone.state = "installed"
    assert "z2" in filed.fails("lucreate -n new", "lab1", 125)
    zone.state = "configured"  # detached
    filed.ok("lucreate -n new", "lab1")


# --- luupgrade ----------------------------------------------------------------------------------------------------
@pytest.fixture
def patched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """nodea with a depot of three patches, of which one does not apply, and a boot environment made of it and its zone."""
    known = [patch("118777-14"), patch("139608-04", "SUNWckr"), patch("139943-01", "SUNWnot")]
    world = world_of(tmp_path, monkeypatch, *known)
    (tmp_path / "machines/nodea/root/rootzones").mkdir()
    for folder in ("etc", ".lab"):
        (tmp_path / "machines/nodea/root" / folder).mkdir(exist_ok=True)
    zone = world.zone("z1", "/rootzones/z1")
    world.ok("zoneadm -z z1 install")
    assert zone.state == "installed"
    world.centre.machines["nodea"].patches.append(Patch("121430-92"))
    world.ok("lucreate -n new")
    return world


def in_new(world: World) -> list[str]:
    world.ok("lumount new")
    lines = world.ok("showrev -p -R /.alt.new").splitlines()
    world.ok("luumount new")
    return [line.split()[1] for line in lines]


def test_luupgrade_patches_what_applies_and_calls_it_failed(patched: World) -> None:
    rc, out, err = patched.run("luupgrade -t -n new -s /export/patches")
    assert (rc, err) == (1, "")
    assert out.startswith(
        "\nValidating the contents of the media </export/patches>.\nThe media contains 3 software patches that can be added.\n"
        "All 3 patches will be added because you did not specify any specific patches to add.\n"
        "Mounting the BE <new>.\nAdding patches to the BE <new>.\nValidating patches...\n"
    )
    assert "See /a/var/sadm/patch/139608-04/log for details" in out
    assert out.endswith("Unmounting the BE <new>.\nThe patch add to the BE <new> failed (with result code <1>).\n")
    assert {"118777-14", "139608-04"} <= set(in_new(patched)) and "139943-01" not in in_new(patched)
    assert not {"118777-14", "139608-04"} & set(shown(patched))


def test_luupgrade_of_chosen_patches_that_all_apply_succeeds(patched: World) -> None:
    assert "All 3" not in patched.ok("luupgrade -t -n new -s /export/patches 118777-14")
    assert "118777-14" in in_new(patched)


def test_luupgrade_removes_patches(patched: World) -> None:
    patched.ok("luupgrade -t -n new -s /export/patches 118777-14 139608-04")
    text = patched.ok("luupgrade -T -n new 118777-14")
    assert text.startswith("Mounting the BE <new>.\n") and text.endswith("Unmounting the BE <new>.\n")
    assert "139608-04" in in_new(patched) and "118777-14" not in in_new(patched)


def test_zones_of_the_boot_environment_are_patched_and_boot_so(patched: World) -> None:
    patched.ok("luupgrade -t -n new -s /export/patches 118777-14")
    assert "118777-14" not in shown(patched, "z1")
    patched.ok("luactivate new")
    machine = patched.centre.machines["nodea"]
    environments.shut_down(patched.centre, machine)
    environments.boot(patched.centre, machine)
    assert "118777-14" in shown(patched) and "118777-14" in shown(patched, "z1")
    environments.boot(patched.centre, machine, "solaris")
    assert "118777-14" not in shown(patched) and "118777-14" not in shown(patched, "z1")


def test_a_killed_luupgrade_leaves_the_boot_environment_mounted_with_what_went_in(patched: World) -> None:
    asked = []

    def killed(seconds: float) -> None:
        asked.append(seconds)
        if "118777-14" in [one.id for one in patched.centre.machines["nodea"].environments["new"].patches]:
            raise asyncio.CancelledError

    patched.at_sleep = killed
    with pytest.raises(asyncio.CancelledError):
        patched.run("luupgrade -t -n new -s /export/patches 118777-14 139608-04")
    patched.at_sleep = None
    assert "lab: not simulated" in patched.fails("luupgrade -t -n new -s /export/patches 139608-04", rc=125)
    patched.ok("luumount -f new")
    assert "118777-14" in in_new(patched)
    patched.ok("luupgrade -t -n new -s /export/patches 118777-14 139608-04")
    assert {"118777-14", "139608-04"} <= set(in_new(patched))


@pytest.mark.parametrize("line", ["luupgrade -t -n new -s /x", "luupgrade -t -n new -s /export/patches 999999-01", "luupgrade -T -n new"])
def test_luupgrade_refuses_without_a_change(patched: World, line: str) -> None:
    before = in_new(patched)
    assert patched.fails(line, rc=125).startswith("lab: not simulated")
    assert in_new(patched) == before
