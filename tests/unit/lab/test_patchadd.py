# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchadd on one Solaris 10 system without zones: what goes in, in which order, what does not and why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from tests.lab import centre, filesystem
from tests.lab.call import COMMANDS
from tests.lab.client import CHECKOUT
from tests.lab.patching import DepotPatch, PatchPackage
from tests.lab.truth import Fault

from .patch_world import DEPOT, alarms, patch, shown, world_of
from .zone_world import World

CENTRE = CHECKOUT / "tests/lab/datacentres/patching.yml"
RECORDED = """Validating patches...

Loading patches installed on the system...

Done!

Loading patches requested to install.

Done!

Checking patches that you specified for installation.

Done!

Approved patches will be installed in this order:

121430-37 


Checking installed patches...
Executing prepatch script...
Verifying sufficient filesystem capacity (dry run method)...
Installing patch packages...

Patch 121430-37 has been successfully installed.
See /var/sadm/patch/121430-37/log for details

Patch packages installed:
  SUNWcsl
  SUNWcsu

"""  # noqa: W291 - as it is recorded
KNOWN = (
    patch("121430-37", "SUNWcsl SUNWcsu", prepatch=0),
    patch("118833-36", "SUNWckr SUNWcsr"),
    patch("118833-33", "SUNWckr"),
    patch("120272-24", requires=["118833-36"]),
    patch("120500-01", requires=["120272-20", "121430-37"]),
    patch("122000-01", obsoletes=["118833-36"]),
    patch("123000-01", "SUNWabsent"),
    patch("123500-01", requires=["123000-01"]),
    patch("124000-01", requires=["199999-01"]),
    patch("125000-01", incompatibles=["121430-30"]),
    patch("126000-02", prepatch=3),
    patch("126001-01", "SUNWcsl SUNWcsr", postpatch=2),
    patch("127000-01", damage="empty"),
    patch("127001-01", damage="pkginfo"),
    patch("127002-01", "SUNWcsl SUNWcsu", damage="package"),
    patch("127003-01", damage="missing"),
    DepotPatch("128000-01", [PatchPackage("SUNWcsr", "11.9.0", folder="SUNWcsr.u"), PatchPackage("SUNWcsl")]),
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_of(tmp_path, monkeypatch, *KNOWN)


def add(world: World, words: str, rc: int = 0) -> str:
    code, out, err = world.run(f"patchadd {words}")
    assert code == rc, (code, out, err)
    return out + err


def one(world: World, name: str, rc: int = 0) -> str:
    return add(world, f"{DEPOT}/{name}", rc)


def test_one_patch_as_it_is_recorded(world: World) -> None:
    assert one(world, "121430-37") == RECORDED
    assert "121430-37" in shown(world)
    line = "Patch: 121430-37 Obsoletes:  Requires:  Incompatibles:  Packages: SUNWcsl, SUNWcsu\n"
    assert line in world.ok("showrev -p")
    assert line in world.ok("patchadd -p")
    assert "successfully" not in one(world, "121430-37", 2)
    assert alarms(world) == []


def test_a_relative_folder_and_none(world: World) -> None:
    assert "Patch directory /nowhere/1 does not exist." in add(world, "/nowhere/1", 1)
    assert world.fails("patchadd").startswith("No patch directory specified.\n")
    assert world.fails(f"patchadd {DEPOT}/121430-37", user="operator", rc=3) == "You must be root to execute this script.\n"


def test_a_set_is_ordered_by_requirements(world: World) -> None:
    out = add(world, f"-M {DEPOT} 120500-01 120272-24 121430-37 118833-36")
    assert "order:\n\n118833-36 120272-24 121430-37 120500-01 \n" in out
    assert {"118833-36", "120272-24", "121430-37", "120500-01"} <= set(shown(world))
    assert out.count("has been successfully installed") == 4


def test_a_set_of_which_some_are_refused(world: World) -> None:
    one(world, "121430-37")
    out = add(world, f"-M {DEPOT} 121430-37 118833-33 118833-36 123000-01 123500-01 124000-01", 1)
    assert "Requested patch 121430-37 is already installed on the system.\n" in out
    assert "obsolete by other patches already\ninstalled on the system or by patches you have specified for installation.\n\n" in out
    assert "           0 All packages from patch 118833-33 are patched by higher revision patches.\n" in out
    assert "           0 No Packages from patch 123000-01 are installed on the system.\n" in out
    updates = "required patch 123000-01 will not be installed because it updates no packages on this system.\n"
    assert f"           0 For patch 123500-01, {updates}" in out
    assert "           1 For patch 124000-01, required patch 199999-01 does not exist.\n" in out
    assert "order:\n\n118833-36 \n" in out
    assert "118833-36" in shown(world)


@pytest.mark.parametrize(
    ("name", "before", "rc", "words"),
    [
        ("118833-33", "118833-36", 35, "patched by higher revision patches"),
        ("118833-36", "122000-01", 6, "patched by higher revision patches"),
        ("123000-01", "", 8, "No Packages from patch 123000-01 are installed on the system."),
        ("120272-24", "", 25, "For patch 120272-24, required patch 118833-36 does not exist."),
        ("125000-01", "121430-37", 24, "ERROR: This patch is incompatible with patch 121430-37\n"),
        ("126000-02", "", 15, "The prepatch script exited with return code 3."),
        ("126001-01", "", 16, "The postpatch script exited with return code 2.\nBacking out patch:\n"),
        ("127000-01", "", 7, "packages are not proper patch packages"),
        ("127001-01", "", 28, "The pkginfo file for package: SUNWcsr is either corrupt or missing."),
        ("127002-01", "", 5, "Pkgadd of SUNWcsu package failed with error code 1."),
        ("127003-01", "", 1, "does not exist"),
    ],
)
def test_what_does_not_go_in_alone(world: World, name: str, before: str, rc: int, words: str) -> None:
    if before:
        one(world, before)
    had = shown(world)
    assert words in one(world, name, rc)
    assert shown(world) == had


def test_codes_of_a_set(world: World) -> None:
    assert "successfully" in add(world, f"-M {DEPOT} 121430-37 126000-02", 1)
    add(world, f"-t -M {DEPOT} 126000-02 118833-36", 15)
    assert "118833-36" in shown(world)


def test_a_list_in_a_file(world: World) -> None:
    machine = world.centre.machines["nodea"]
    filesystem.write_file(machine, f"{DEPOT}/order", "121430-37\n118833-36\n")
    assert "order:\n\n118833-36 121430-37 \n" in add(world, f"-M {DEPOT} order")
    filesystem.write_file(machine, f"{DEPOT}/order", "121430-37 118833-36\n")
    assert "Only one patch per line" in add(world, f"-M {DEPOT} order", 33)
    assert "The file 199999-01 cannot be found" in add(world, f"-M {DEPOT} 199999-01", 33)


def test_a_package_of_another_version_is_left_alone(world: World) -> None:
    out = one(world, "128000-01")
    differs = "Version of package SUNWcsr from directory SUNWcsr.u in patch 128000-01 differs from the package installed on the system.\n"
    assert differs in out
    assert "Packages: SUNWcsl\n" in next(line + "\n" for line in world.ok("showrev -p").splitlines() if "128000" in line)


def test_a_full_disk(world: World) -> None:
    world.centre.faults.append(Fault("nodea", "disk_full", text="/var/sadm"))
    assert "Insufficient space in /var/sadm/pkg to save old files." in one(world, "121430-37", 4)
    assert "successfully" in add(world, f"-d {DEPOT}/121430-37")  # nothing is saved
    world.centre.faults[0].text = "/var"
    assert "Not enough space in /var to apply patch." in one(world, "118833-36", 18)


def test_the_machine_dies_between_two_packages(world: World) -> None:
    """Half the packages have the patch, and showrev shows it; the same patchadd repairs it."""
    call, _ = world.call(f"patchadd {DEPOT}/118833-36")
    left = 4  # loading, looking, the first package, the second

    async def sleep(_seconds: float) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise asyncio.CancelledError

    call.sleep = sleep
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(COMMANDS["patchadd"](call))
    half = next(line for line in world.ok("showrev -p").splitlines() if "118833-36" in line)
    assert half.endswith("Packages: SUNWckr")
    assert "successfully installed" in one(world, "118833-36")
    assert next(line for line in world.ok("showrev -p").splitlines() if "118833-36" in line).endswith("Packages: SUNWckr, SUNWcsr")
    assert alarms(world) == []


def test_two_at_a_time(world: World) -> None:
    first, _ = world.call(f"patchadd {DEPOT}/121430-37")
    second, printed = world.call(f"patchadd {DEPOT}/118833-36")

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    first.sleep = second.sleep = sleep

    async def both() -> list[int]:
        return await asyncio.gather(COMMANDS["patchadd"](first), COMMANDS["patchadd"](second))

    assert asyncio.run(both()) == [0, 125]
    assert "two of patchadd and patchrm at a time" in printed[-1][1]
    assert "118833-36" not in shown(world)
    one(world, "118833-36")


def test_two_that_require_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(tmp_path, monkeypatch, patch("151021-01", requires=["151022-01"]), patch("151022-01", requires=["151021-01"]))
    assert "required patch 151022-01 does not exist." in one(world, "151021-01", 25)
    assert "order:\n\n151022-01 151021-01 \n" in add(world, f"-M {DEPOT} 151021-01 151022-01")
    assert {"151021-01", "151022-01"} <= set(shown(world))


def test_space_is_counted(world: World) -> None:
    pool = world.centre.pools["rpool-nodea"]
    top = pool.datasets["rpool/ROOT/solaris"]
    before = top.used
    one(world, "121430-37")
    assert top.used - before == 1 << 20
    top.properties["quota"] = str(top.used + (2 << 20))
    assert "Space required in kilobytes:  3082\nSpace available in kilobytes:  2048\n" in one(world, "118833-36", 4)
    top.properties["quota"] = str(top.used + (1 << 19))
    assert "/var has 512 Kbytes available\n/var needs 1024 Kbytes free." in add(world, f"-d {DEPOT}/118833-36", 18)


def test_faults_and_depots_of_a_data_centre_file() -> None:
    data = yaml.safe_load(CENTRE.read_text())
    data["faults"] = [{"machine": "p03", "kind": "patch_fails", "text": "global 151000-01", "times": -1}]
    made = centre.make_truth(data)
    assert (len(made.machines), [fault.text for fault in made.faults]) == (20, ["global 151000-01"])
    assert made.patch_depot is not None
    assert {name for patch in made.patch_depot.patches for name in patch.properties} >= {"rebootafter", "rebootimmediate", "reconfigafter"}
    for wrong in ({"kind": "hang"}, {"kind": "patch_fails", "text": "151000-01"}):
        with pytest.raises(ValueError, match="fault"):
            centre.make_truth({**data, "faults": [{"machine": "p03", **wrong}]})
    with pytest.raises(ValueError, match="damage"):
        centre.make_depot({"patches": [{"id": "151000-01", "damage": "eaten"}]})


def test_every_patch_of_the_data_centre_file_is_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On its first node: which fit, and how the others end."""
    made = centre.make_truth(yaml.safe_load(CENTRE.read_text()))
    assert made.patch_depot is not None
    world = world_of(tmp_path, monkeypatch, *made.patch_depot.patches)
    node, machine = world.centre.machines["nodea"], made.machines["p01"]
    node.packages, node.architectures, node.patches, node.single_user = machine.packages, machine.architectures, machine.patches, True
    odd = {
        "151010-01": 8, "151011-01": 25, "151012-01": 24, "151013-01": 15, "151014-01": 16, "151016-01": 8, "151017-01": 7, "151018-01": 28,
        "151019-01": 1, "151020-01": 5, "151021-01": 25, "151022-01": 25, "151001-02": 25, "151027-01": 25, "IDR151026-01": 25,
    }  # fmt: skip
    for known in sorted(made.patch_depot.patches, key=lambda one: one.id):
        node.patches, node.patching = list(machine.patches), type(node.patching)()
        code, out, err = world.run(f"patchadd {DEPOT}/{known.id}")
        assert code == odd.get(known.id, 0), (known.id, out, err)
    assert alarms(world) == []
