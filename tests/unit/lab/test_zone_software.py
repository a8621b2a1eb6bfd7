# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and patches of machines that differ, and what attach makes of them on Solaris 10."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.lab import filesystem
from tests.lab.call import COMMANDS
from tests.lab.commands.system import ips, svr4
from tests.lab.commands.zoneadm import compare
from tests.lab.truth import Patch, Zone

from .zone_world import World, world_with_files

FAMILIES = (ips, svr4)
REPORT = """These packages installed on the source system are inconsistent with this system:
	SUNWcsu: version mismatch
		(11.10.0,REV=2005.01.21.15.53)
		(11.10.0,REV=2004.12.01.10.00)
	SUNWgone: not installed
		(1.0)
These packages installed on this system were not installed on the source system:
	SUNWmore (2.0)
These patches installed on the source system are inconsistent with this system:
	119254-70: not installed
	147147: version mismatch
		(26) (20)
These patches installed on this system were not installed on the source system:
	118833-36
"""


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two Solaris 10 machines with files; the pool dp on nodea."""
    return world_with_files("s10", tmp_path, monkeypatch)


def detached(world: World, clean: bool = True) -> Zone:
    """A zone installed on nodea that lies on nodeb now; its definition there."""
    world.zone()
    world.ok("zoneadm -z z1 install")
    if clean:
        world.ok("zoneadm -z z1 detach")
    world.run("zpool export dp")
    world.run("zpool import -f dp", on="nodeb")
    return world.zone(on="nodeb")


def differ(world: World) -> None:
    source, target = world.centre.machines["nodea"], world.centre.machines["nodeb"]
    source.packages = {"SUNWgone": "1.0"}
    source.patches = [Patch("119254-70")]
    target.kernel = "Generic_147147-20"
    target.packages = {"SUNWcsu": "11.10.0,REV=2004.12.01.10.00", "SUNWmore": "2.0"}
    target.patches = [Patch("118833-36")]


def test_what_a_machine_has(old: World) -> None:
    machine = old.centre.machines["nodea"]
    machine.packages = {"SMCbash": "4.1", "SUNWzoneu": "", "SUNWcsl": "11.10.0,REV=1"}
    machine.patches = [Patch("119254-70", ["SUNWcsr", "SUNWcsu"], ["119250-01", "119251-02"])]
    listed = old.ok("pkginfo -x")
    assert "SMCbash         SMCbash\n                (sparc) 4.1\n" in listed
    assert "SUNWzoneu" not in listed
    assert "SUNWcsl         Core Solaris, (Shared Libs)\n                (sparc) 11.10.0,REV=1\n" in listed
    assert old.ok("pkginfo -l SUNWcsr").splitlines()[:5] == [
        "   PKGINST:  SUNWcsr",
        "      NAME:  Core Solaris, (Root)",
        "  CATEGORY:  system",
        "      ARCH:  sparc",
        "   VERSION:  11.10.0,REV=2005.01.21.15.53",
    ]
    patches = (
        "Patch: 119254-70 Obsoletes: 119250-01, 119251-02 Requires:  Incompatibles:  Packages: SUNWcsr, SUNWcsu\n"
        "Patch: 147147-26 Obsoletes:  Requires:  Incompatibles:  Packages: SUNWcar, SUNWckr, SUNWcsr, SUNWcsu\n"
    )
    assert old.ok("showrev -p") == old.ok("patchadd -p") == patches
    machine.kernel, machine.patches = "Generic", []
    assert old.ok("showrev -p") == "No patches are installed\n"


def test_a_zone_keeps_its_own(old: World) -> None:
    old.zone()
    old.ok("zoneadm -z z1 install")
    before = old.run("showrev -p", zone="z1")[1]
    old.centre.machines["nodea"].patches = [Patch("118833-36", ["SUNWcsr"], ["118800-01"])]
    assert old.run("showrev -p", zone="z1")[1] == before
    assert "118833-36" in old.ok("showrev -p")
    old.zone("z2", "/zones/z2")
    old.ok("zoneadm -z z2 install")
    assert "Patch: 118833-36 Obsoletes: 118800-01 Requires:  Incompatibles:  Packages: SUNWcsr\n" in old.run("showrev -p", zone="z2")[1]


def test_attach_of_a_zone_from_a_machine_that_differs(old: World) -> None:
    differ(old)
    zone = detached(old)
    assert old.fails("zoneadm -z z1 attach", on="nodeb") == REPORT
    assert zone.state == "configured"
    assert old.fails("zoneadm -z z1 attach -u", on="nodeb").rstrip("\n") == (
        "zoneadm: zone 'z1': ERROR: attempt to downgrade package SUNWcar, the source had patch 147147-26 but this system only has 147147-20"
    )
    assert zone.state == "configured"
    old.ok("zoneadm -z z1 attach -F", on="nodeb")
    assert zone.state == "installed"


def test_attach_without_a_manifest_looks_into_the_zone(old: World) -> None:
    differ(old)
    zone = detached(old, clean=False)
    anyway = "zoneadm: zone 'z1': The zone was not properly detached.\n\tAttempting to attach anyway.\n"
    assert old.fails("zoneadm -z z1 attach", on="nodeb") == anyway + REPORT
    target = old.centre.machines["nodeb"]
    source = old.centre.machines["nodea"]
    target.kernel, target.packages, target.patches = source.kernel, source.packages, source.patches
    assert old.run("zoneadm -z z1 attach", on="nodeb") == (0, "", anyway)
    assert zone.state == "installed"


def test_update_on_attach(old: World) -> None:
    source, target = old.centre.machines["nodea"], old.centre.machines["nodeb"]
    source.packages = {"SMCbash": "4.1", "SUNWold": "1.0"}
    target.kernel, target.packages = "Generic_147147-30", {"SMCbash": "4.2", "SUNWnew": "1.0"}
    zone = detached(old)
    states: list[str] = []
    old.at_sleep = lambda seconds: states.append(zone.state)
    out = old.ok("zoneadm -z z1 attach -u", on="nodeb")
    assert states[0] == "configured"
    assert "incomplete" in states
    assert zone.state == "installed"
    lines = out.replace("\r", "\n").splitlines()
    assert lines[0] == "Getting the list of files to remove"
    assert "Remove 5 of 5 packages" in lines
    assert "Add 5 of 5 packages" in lines
    assert lines[-1] == "The file </var/sadm/system/logs/update_log> within the zone contains a log of the zone update."
    inside = old.run("pkginfo -x", on="nodeb", zone="z1")[1]
    assert "SUNWnew" in inside
    assert "SUNWold" not in inside
    assert "(sparc) 4.1\n" in inside  # the zone does not depend on it: -u leaves it
    assert "147147-30" in old.run("showrev -p", on="nodeb", zone="z1")[1]
    old.ok("zoneadm -z z1 detach", on="nodeb")
    old.ok("zoneadm -z z1 attach -U", on="nodeb")
    assert "(sparc) 4.2\n" in old.run("pkginfo -x", on="nodeb", zone="z1")[1]


def test_dry_run_of_a_manifest(old: World) -> None:
    differ(old)
    old.zone()
    old.ok("zoneadm -z z1 install")
    manifest = old.ok("zoneadm -z z1 detach -n")
    assert '<package name="SUNWgone" version="1.0" />\n  <patch' not in manifest
    assert '<patch id="119254-70" />' in manifest
    assert old.centre.machines["nodea"].zones["z1"].state == "installed"

    def told(text: str, path: str = "-") -> tuple[int, str]:
        call, printed = old.call(f"zoneadm -z z1 attach -n {path}", on="nodeb")
        call.stdin = text.encode()
        call.read_file = lambda name: text
        return asyncio.run(COMMANDS["zoneadm"](call)), "".join(line for fd, line in printed if fd == 2)

    assert told(manifest) == (1, REPORT)
    assert told("nonsense") == (1, "zoneadm: zone 'z1': Input is not a valid XML file\n")
    assert told("nonsense", "/tmp/m") == (1, "zoneadm: zone 'z1': /tmp/m is not an XML file\n")
    newer = manifest.replace("</zone>", "<security-flags /></zone>")
    assert told(newer, "/tmp/m") == (1, "zoneadm: zone 'z1': Cannot attach to an earlier release of the operating system\n")
    text = old.fails("zoneadm -z z1 attach -u -n /tmp/m", on="nodea")
    assert text == "zoneadm: zone 'z1': -n and -u flags are mutually exclusive\n"


def test_other_brand_and_other_release(old: World) -> None:
    detached(old)
    path = filesystem.resolve(old.centre.machines["nodeb"], "/zones/z1/SUNWdetached.xml")
    text = path.read_text()
    path.write_text(text.replace('brand="native"', 'brand="lx"'))
    wrong = "zoneadm: zone 'z1': Trying to attach a 'lx' zone to a 'native' configuration.\n"
    assert old.fails("zoneadm -z z1 attach", on="nodeb") == wrong
    path.write_text(text.replace("</zone>", "<virtual-cpu /></zone>"))
    assert old.fails("zoneadm -z z1 attach", on="nodeb") == (
        "zoneadm: zone 'z1': Cannot attach to an earlier release of the operating system\n"
    )


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("2.6.0", "2.20.0", -1), ("12", "110", -1), ("1.0", "1.0", 0), ("1.0", "1.0,REV=1", -1), ("1.0,REV=2", "1.0,REV=1", 1),
        ("1.0.1", "1.0", 1), ("1.a", "1.b", -1), ("11.11,REV=2006.01.03.00.45", "11.11,REV=2005.12.13.01.06", 1),
        ("1.0,X", "1.0,Y", -1),
    ],
)  # fmt: skip
def test_versions(one: str, other: str, order: int) -> None:
    found = compare.versions_compared(one, other)
    assert (found > 0) - (found < 0) == order
    back = compare.versions_compared(other, one)
    assert (back > 0) - (back < 0) == -order


def test_an_obsolete_patch_does_not_matter(old: World) -> None:
    source, target = old.centre.machines["nodea"], old.centre.machines["nodeb"]
    source.patches = [Patch("119254-70")]
    target.patches = [Patch("125555-01", obsoletes=["119254-90"])]
    detached(old)
    assert old.fails("zoneadm -z z1 attach", on="nodeb") == (
        "These patches installed on this system were not installed on the source system:\n\t125555-01\n"
    )
    assert "Add 1 of 1 packages" in old.ok("zoneadm -z z1 attach -u", on="nodeb")


def test_level_of_solaris_11() -> None:
    world = World("s11.4")
    machine = world.centre.machines["nodea"]
    machine.kernel = "11.4.57.144.3"
    machine.packages = {"database/postgres-15": "15.4-11.4.57.0.0.1.144.0", "system/zones": "", "entire": "11.4-11.4.60.0.1.150.2"}
    assert [line.split()[:2] for line in world.ok("pkg list -H").splitlines()] == [
        ["database/postgres-15", "15.4-11.4.57.0.0.1.144.0"],
        ["entire", "11.4-11.4.60.0.1.150.2"],
        ["system/core-os", "11.4-11.4.57.0.1.144.3"],
        ["system/kernel", "11.4-11.4.57.0.1.144.3"],
        ["system/zones/brand/brand-solaris10", "11.4-11.4.57.0.1.144.3"],
    ]
    assert "Version: 11.4 (11.4.60.150.2)\n" in world.ok("pkg info entire")
    assert world.ok("pkg list -Hv entire").startswith("pkg://solaris/entire@11.4-11.4.60.0.1.150.2:")
