# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches on a Solaris 10 system with zones, backing out, and what operators must never do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import filesystem
from tests.lab.call import COMMANDS
from tests.lab.commands.patches import depot, patchrm, places, zones
from tests.lab.patching import DepotPatch, Patch, PatchPackage
from tests.lab.truth import Fault

from .patch_world import DEPOT, alarms, patch, shown, world_of, zone
from .zone_world import World

FAMILIES = (patchrm,)
KNOWN = (
    patch("151000-01", "SUNWcsl SUNWcsu"),
    patch("151000-02", "SUNWcsl"),
    patch("151001-01", requires=["151000-01"]),
    patch("151002-01", obsoletes=["151001-01"]),
    DepotPatch("151003-01", [PatchPackage("SFWtop", "1.0", all_zones=False)]),
    patch("151004-01", "SUNWckr", deferred=True, properties=["rebootafter"]),
    patch("151005-01", "SUNWckr SUNWcsr", properties=["singleuserrequired", "rebootimmediate"], kernel=True),
    patch("151006-01", "SUNWcsd", properties=["reconfigafter"]),
    patch("151007-01", prebackout=0, postbackout=0),
    patch("151008-01", prebackout=4),
)
#: As recorded, but for the words that the recording shows damaged.
REMOVED = """Validating patches...

Loading patches installed on the system...

Done!

Checking patches that you specified for removal.

Done!

Approved patches will be removed in this order:

151000-01

Preparing checklist for non-global zone check...

Checking non-global zones...


This patch passes non-global zone check.
151000-01


Summary for zones:

Zone z1

Rejected patches:
None.
Patches that passed the dependency check:
None.


Removing patches from non-global zones

Removing patches from zone z1
Removing patch 151000-01...

Checking installed patches...

Backing out patch 151000-01...

Patch 151000-01 has been backed out.

Done!

Removing patches from global zone
Removing patch 151000-01...

Checking installed patches...

Backing out patch 151000-01...

Patch 151000-01 has been backed out.

Done!

"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = world_of(tmp_path, monkeypatch, *KNOWN)
    made.centre.machines["nodea"].packages["SFWtop"] = "1.0"
    return made


def run(world: World, line: str, rc: int = 0, inside: str | None = None) -> str:
    code, out, err = world.run(line, zone=inside)
    assert code == rc, (code, out, err)
    return out + err


def add(world: World, name: str, rc: int = 0, options: str = "") -> str:
    return run(world, f"patchadd {options}{DEPOT}/{name}", rc)


# --- zones ---------------------------------------------------------------------------------------------------------------
def test_all_zones_are_patched_halted_ones_too(world: World) -> None:
    zone(world, "z1")
    zone(world, "z2", running=False)
    zone(world, "z3", running=False)
    world.ok("zoneadm -z z3 detach")
    out = add(world, "151000-01")
    assert out.index("Patching global zone") < out.index("Patching zone z1") < out.index("Patching zone z2")
    assert "z3" not in out
    assert "151000-01" in shown(world) and "151000-01" in shown(world, "z1")
    assert world.centre.machines["nodea"].zones["z2"].state == "installed"
    world.ok("zoneadm -z z2 boot")
    assert "151000-01" in shown(world, "z2")
    assert "151000-01" in world.fails("zoneadm -z z3 attach")  # it stayed behind: attach -u brings it level
    assert world.run("zoneadm -z z3 attach -u")[0] == 0


def test_a_zone_that_was_never_booted_cannot_be_patched(world: World) -> None:
    world.zone("z1", "/zones/z1")
    world.ok("zoneadm -z z1 install")
    assert "zones that were never booted (z1)" in add(world, "151000-01", 125)
    assert "151000-01" not in shown(world)


def test_several_zones_at_once(world: World) -> None:
    """Patch utilities of revision 66 and later do that."""
    for name in ("z1", "z2"):
        zone(world, name)
    machine = world.centre.machines["nodea"]
    machine.threads = 2
    call = replace(world.call("patchadd -p")[0], read_file={zones.PDO_CONF: "num_proc = 2\n"}.__getitem__)
    for revision, expected in (("65", 1), ("66", 2), ("91", 2)):
        machine.patches = [Patch(f"119254-{revision}")]
        assert zones.at_once(call, places.running(call)) == expected
    add(world, "151000-01")
    assert "151000-01" in shown(world, "z1") and "151000-01" in shown(world, "z2")


def test_one_zone_fails_the_others_go_on_and_the_next_run_mends_it(world: World) -> None:
    zone(world, "z1")
    zone(world, "z2")
    world.centre.faults.append(Fault("nodea", "patch_fails", text="z1 151000-01", times=-1))
    out = add(world, "151000-01", 1)
    assert "Pkgadd of SUNWcsu package failed with error code 1." in out
    assert ["151000-01" in shown(world, name) for name in (None, "z1", "z2")] == [True, False, True]
    world.centre.faults.clear()
    out = add(world, "151000-01")
    assert out.count("has been successfully installed") == 1  # in that zone only
    assert "151000-01" in shown(world, "z1")
    assert alarms(world) == []


def test_the_global_zone_alone(world: World) -> None:
    """817-1592: an error and no action where a package is in all zones, else the global zone only. What is there is not put in again."""
    zone(world, "z1")
    zone(world, "z2", running=False)
    refused = add(world, "151000-01", 1, "-G ")
    assert "may not be used with package <SUNWcsl> because the package must be\ninstalled in all zones." in refused
    assert "may not be used with package <SUNWcsl>" in add(world, "151003-01", 1, f"-G {DEPOT}/151000-01 ")  # one is enough
    assert not {"151000-01", "151003-01"} & set(shown(world))
    assert "Approved patches" in add(world, "151000-01", options="-a -G ")
    out = add(world, "151003-01", options="-G ")
    assert "non-global zones" not in out
    assert "151003-01" in shown(world)
    world.ok("zoneadm -z z2 boot")
    assert "151003-01" not in shown(world, "z1") + shown(world, "z2")
    add(world, "151003-01", 2, "-G ")
    assert "Requested patch 151003-01 is already installed on the system." in add(world, "151003-01", 2)
    assert "151003-01" not in shown(world, "z1")
    machine = world.centre.machines["nodea"]
    assert filesystem.read_file(machine, "/var/sadm/install/gz-only-packages") == "SFWtop\n"
    zone(world, "z3")
    assert ["SFWtop" in world.run("pkginfo", zone=name)[1] for name in ("z1", "z3")] == [True, False]  # one that is made later
    assert alarms(world) == []


def test_the_global_zone_alone_where_there_is_no_other(world: World) -> None:
    assert "-G with package SUNWcsl of all zones on a system without zones" in add(world, "151000-01", 125, "-G ")
    add(world, "151003-01", options="-G ")
    assert "151003-01" in shown(world)


def test_backing_out_of_the_global_zone_alone(world: World) -> None:
    """A patch that no zone has goes with and without -G. Whether -G may leave it in zones the manual and the guide do not agree upon."""
    zone(world, "z1")
    for options in ("", "-G "):
        add(world, "151003-01", options="-G ")
        out = run(world, f"patchrm {options}151003-01")
        assert out.count("Patch 151003-01 has been backed out.") == 1
        assert "151003-01" not in shown(world)
    add(world, "151003-01")
    assert "151003-01" in shown(world, "z1")
    assert "-G with 151003-01, which zones have too (z1)" in run(world, "patchrm -G 151003-01", 125)
    add(world, "151000-01")
    assert "lab: not simulated" in run(world, "patchrm -G 151000-01", 125)
    assert {"151000-01", "151003-01"} <= set(shown(world)) & set(shown(world, "z1"))


def test_from_inside_a_zone(world: World) -> None:
    made = zone(world, "z1")
    machine = world.centre.machines["nodea"]
    for one in world.centre.patch_depot.patches if world.centre.patch_depot else ():
        if one.id in ("151000-01", "151003-01"):
            place = filesystem.resolve(machine, f"{made.zonepath}/root/var/tmp")
            place.mkdir(parents=True, exist_ok=True)
            depot.lay(place / one.id, one)
    refused = run(world, "patchadd /var/tmp/151000-01", 1, "z1")
    assert "The package <SUNWcsl> may only be installed by the global zone administrator" in refused
    run(world, "patchadd /var/tmp/151003-01", 0, "z1")
    assert "151003-01" in shown(world, "z1") and "151003-01" not in shown(world)


def test_deferred_activation_wants_zones_halted_and_lofs(world: World) -> None:
    zone(world, "z1")
    assert "while zones run (z1)" in add(world, "151004-01", 125)
    world.ok("zoneadm -z z1 halt")
    machine = world.centre.machines["nodea"]
    filesystem.resolve(machine, "/etc").mkdir(exist_ok=True)
    filesystem.write_file(machine, "/etc/system", "exclude: lofs\n")
    call, printed = world.call(f"patchadd {DEPOT}/151004-01")
    call.read_file = lambda path: filesystem.read_file(machine, path)
    assert asyncio.run(COMMANDS["patchadd"](call)) == 125
    assert "without lofs" in printed[-1][1]
    add(world, "151004-01")
    assert list(machine.patching.reboots) == ["151004-01"]


# --- alarms ----------------------------------------------------------------------------------------------------------------
def test_single_user_and_reboots_are_watched(world: World) -> None:
    machine = world.centre.machines["nodea"]
    add(world, "151005-01")
    assert alarms(world) == ["single_user_patch"]
    assert machine.patching.kernel == "Generic_151005-01"
    add(world, "151006-01")
    assert alarms(world) == ["single_user_patch", "patch_before_reboot"]
    assert machine.patching.unconfigured == ["151006-01"]
    world.centre.alarms.clear()
    machine.patching.reboots.clear()
    machine.single_user = True
    add(world, "151005-01", 2)
    add(world, "151000-01")
    assert alarms(world) == []
    add(world, "151000-01", options="-u ")
    assert alarms(world) == ["patch_twice"]


# --- backing out -----------------------------------------------------------------------------------------------------------
def test_backing_out_as_it_is_recorded(world: World) -> None:
    zone(world, "z1")
    add(world, "151000-01")
    assert run(world, "patchrm 151000-01") == REMOVED
    assert "151000-01" not in shown(world) and "151000-01" not in shown(world, "z1")


def test_scripts_of_a_back_out(world: World) -> None:
    add(world, "151007-01")
    out = run(world, "patchrm 151007-01")
    assert "Executing prebackout script...\nBacking out patch 151007-01...\n\nExecuting postbackout script...\nPatch" in out
    add(world, "151008-01")
    assert "prebackout script exited with return code 4." in run(world, "patchrm 151008-01", 9)
    assert "151008-01" in shown(world)


def test_what_cannot_be_backed_out(world: World) -> None:
    assert "Patch 151000-01 does not exist.\n" in run(world, "patchrm 151000-01", 2)
    assert "Invalid patch id format" in run(world, "patchrm 151000", 8)
    assert world.fails("patchrm 151000-01", user="operator", rc=3)
    add(world, "151000-01", options="-d ")
    assert "was installed without backing up the original files.\n" in run(world, "patchrm 151000-01", 4)
    add(world, "151001-01")
    assert "is required to be installed by patch 151001-01\n" in run(world, "patchrm 151000-01", 15)
    add(world, "151002-01")
    assert "This patch was obsoleted by patch 151002-01." in run(world, "patchrm 151001-01", 6)
    run(world, "patchrm 151002-01")
    run(world, "patchrm 151001-01")
    assert shown(world) == ["147147-26", "151000-01"]


def test_what_is_saved_elsewhere(world: World) -> None:
    machine = world.centre.machines["nodea"]
    assert "Specified backout directory /export/undo cannot be found." in add(world, "151000-01", 26, "-B /export/undo ")
    assert "mutually exclusive" in add(world, "151000-01", 1, "-d -B /export ")
    filesystem.resolve(machine, "/export/undo").mkdir(parents=True)
    add(world, "151000-01", options="-B /export/undo ")
    filesystem.resolve(machine, "/export/undo").rename(filesystem.resolve(machine, "/export/moved"))
    assert "The backout archive has been moved." in run(world, "patchrm 151000-01", 12)
    run(world, "patchrm -B /export/moved 151000-01")
    assert "151000-01" not in shown(world)


def test_a_later_revision_stands_in_the_way(world: World) -> None:
    add(world, "151000-01")
    add(world, "151000-02")
    assert {"151000-01", "151000-02"} <= set(shown(world))
    assert "This patch was obsoleted by patch 151000-02." in run(world, "patchrm 151000-01", 6)
    run(world, "patchrm 151000-02")
    run(world, "patchrm 151000-01")


def test_a_kernel_backed_out_before_its_boot(world: World) -> None:
    machine = world.centre.machines["nodea"]
    machine.single_user = True
    add(world, "151005-01")
    run(world, "patchrm 151005-01")
    assert (machine.patching.kernel, machine.patching.reboots) == ("", {"151005-01": ["rebootafter"]})
    assert alarms(world) == []
