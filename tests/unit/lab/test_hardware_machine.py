# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine and its operating system say they are, on each release."""

from __future__ import annotations

import re

import pytest

from tests.lab.names import absent

from .node_world import nodes, zone
from .zone_world import World


@pytest.fixture
def world() -> World:
    return nodes()


@pytest.mark.parametrize(
    ("on", "text"),
    [
        ("t8", "SunOS t8 5.11 11.4.66.164.1 sun4v sparc sun4v\n"),
        ("t5", "SunOS t5 5.11 11.3 sun4v sparc sun4v\n"),
        ("t4", "SunOS t4 5.10 Generic_150400-65 sun4v sparc sun4v\n"),
        ("x6", "SunOS x6 5.11 11.4.66.164.1 i86pc i386 i86pc\n"),
    ],
)
def test_uname(world: World, on: str, text: str) -> None:
    assert world.ok("uname -a", on) == text
    assert world.ok("uname", on) == "SunOS\n"
    assert world.ok("uname -ps", on) == f"SunOS {text.split()[5]}\n", "always in uname's own order"
    lines = world.ok("uname -X", on).splitlines()
    assert [line.split(" = ")[0] for line in lines] == [
        "System", "Node", "Release", "KernelID", "Machine", "BusType", "Serial", "Users", "OEM#", "Origin#", "NumCPU",
    ]  # fmt: skip
    assert lines[-1] == f"NumCPU = {world.centre.machines[on].threads}"


def test_a_zone_has_its_own_name_and_brand(world: World) -> None:
    made = zone(world, "t8", "web1", [])
    assert world.run("hostname", "t8", zone="web1")[1] == "web1\n"
    assert world.run("uname -n", "t8", zone="web1")[1] == "web1\n"
    made.brand = "solaris10"
    assert world.run("uname -rv", "t8", zone="web1")[1] == "5.10 Generic_Virtual\n"
    assert world.fails("prtdiag", "t8", zone="web1") == "prtdiag can only be run in the global zone\n"
    rc, out, err = world.run("prtconf", "t8", zone="web1")
    assert (rc, err) == (1, "prtconf: devinfo facility not available\n")
    assert "Memory size: 262144 Megabytes\n" in out


@pytest.mark.parametrize(
    ("line", "on", "text"),
    [
        ("isainfo", "t8", "sparcv9 sparc\n"),
        ("isainfo -b", "t8", "64\n"),
        ("isainfo -k", "x6", "amd64\n"),
        ("isainfo -kv", "t4", "64-bit sparcv9 kernel modules\n"),
        ("hostid", "t8", "86d2a101\n"),
        ("pagesize", "t8", "8192\n"),
        ("psrinfo -p", "t5", "2\n"),
        ("prtconf -V", "t5", "OBP 4.38.16 2018/05/10 13:20\n"),
        ("kstat -p unix:0:system_misc:boot_time", "t8", "unix:0:system_misc:boot_time\t1700000000\n"),
        ("who -b", "t8", "   .       system boot  Nov 14 22:13\n"),
        ("virtinfo -p", "t8", "VERSION 1.0\nDOMAINROLE|impl=LDoms|control=true|io=true|service=true|root=true\n"),
        ("getent hosts nobody", "t8", None),
    ],
)
def test_one_line(world: World, line: str, on: str, text: str | None) -> None:
    if text is None:
        assert world.run(line, on)[0] == 2
    else:
        assert world.ok(line, on) == text


def test_psrinfo_counts_processors_chip_by_chip(world: World) -> None:
    assert (
        world.ok("psrinfo -pv", "t4") == "The physical processor has 64 virtual processors (0-63)\n  SPARC-T4 (chipid 0, clock 2848 MHz)\n"
    )
    lines = world.ok("psrinfo -pv", "t5").splitlines()
    assert lines[0] == "The physical processor has 16 cores and 128 virtual processors (0-127)"
    assert lines[1] == "  The core has 8 virtual processors (0-7)"
    assert lines[17] == "    SPARC-T5 (chipid 0, clock 3600 MHz)"
    assert lines[18] == "The physical processor has 16 cores and 128 virtual processors (128-255)"
    assert world.ok("psrinfo -t", "t5").splitlines()[:3] == ["socket: 0", "  core: 0", "    cpus: 0-7"]
    assert world.ok("psrinfo -t", "t5").count("socket: ") == 2
    assert len(world.ok("psrinfo", "t8").splitlines()) == 256
    assert world.ok("psrinfo", "t8").splitlines()[0] == "0\ton-line   since 11/14/2023 22:13:20"
    assert world.ok("psrinfo -v 5", "x6").splitlines()[2:] == [
        "  The i386 processor operates at 2195 MHz,", "\tand has an i387 compatible floating point processor.",
    ]  # fmt: skip


def test_kstat_has_the_processors_and_the_disks(world: World) -> None:
    text = world.ok("kstat cpu_info", "t5")
    assert text.count("module: cpu_info ") == 256
    assert sorted(set(re.findall(r"chip_id\s+(\d+)", text))) == ["0", "1"]
    assert len(set(re.findall(r"core_id\s+(\d+)", text))) == 32
    first = text.splitlines()
    assert first[0] == "module: cpu_info                        instance: 0     "
    assert first[2] == "\tbrand                           SPARC-T5"
    assert world.ok("kstat -p -m cpu_info -i 7 -s clock_MHz", "t5") == "cpu_info:7:cpu_info7:clock_MHz\t3600\n"
    assert world.ok("kstat -p sderr:::Size", "t8") == f"sderr:0:sd0,err:Size\t{300 << 30}\n"
    assert world.ok("kstat -p ssderr:::Vendor", "t8").count("HITACHI") == 3
    assert world.run("kstat -p cpu_info:9999", "t8")[0] == 1
    assert world.fails("kstat -p nfs", "t8", rc=125).startswith("lab: not simulated: kstat -p nfs")


def test_memory_lines_add_up(world: World) -> None:
    assert world.ok("prtconf", "t8").splitlines()[:3] == [
        "System Configuration:  Oracle Corporation  sun4v", "Memory size: 262144 Megabytes", "System Peripherals (Software Nodes):",
    ]  # fmt: skip
    assert world.ok("prtdiag", "t8").splitlines()[0] == "System Configuration:  Oracle Corporation  sun4v SPARC T8-1"
    words = world.ok("swap -s", "t8").split()
    assert [word for word in words if word.endswith("k")] == [words[1], words[5], words[8], words[10]]
    assert int(words[1][:-1]) + int(words[5][:-1]) == int(words[8][:-1])
    assert world.ok("swap -l", "t8").splitlines() == [
        "swapfile             dev    swaplo   blocks     free", "/dev/zvol/dsk/rpool/swap 279,1        16  8388592  8388592",
    ]  # fmt: skip


def test_packages_of_solaris_11_follow_from_the_kernel(world: World) -> None:
    assert world.ok("pkg list entire", "t8").splitlines() == [
        "NAME (PUBLISHER)                                  VERSION                    IFO",
        "entire                                            11.4-11.4.66.0.1.164.1     i--",
    ]
    assert world.ok("pkg list -Hv entire", "t5").split() == ["pkg://solaris/entire@0.5.11,5.11-0.175.3.36.0.24.0:20180809T111000Z", "i--"]
    about = dict(re.findall(r"^ *([A-Z][\w ]+): (.*)$", world.ok("pkg info entire", "t8"), re.M))
    assert about["Version"] == "11.4 (11.4.66.164.1)"
    assert about["Branch"] == "11.4.66.0.1.164.1"
    assert world.fails("pkg list nmap", "t5") == "pkg list: no packages matching 'nmap' installed\n"
    assert "Try querying remotely instead" in world.fails("pkg info nmap", "t8")
    assert world.run("pkg list entire nmap", "t8")[0] == 3
    assert world.fails("pkg update", "t8", rc=125) == "lab: not simulated: pkg update\n"


def test_packages_and_patches_of_solaris_10(world: World) -> None:
    assert world.ok("showrev -p", "t4").startswith("Patch: 150400-65 Obsoletes:  Requires:  Incompatibles:  Packages: ")
    assert world.ok("patchadd -p", "t4") == world.ok("showrev -p", "t4")
    assert world.ok("pkginfo SUNWcsr", "t4") == "system      SUNWcsr                          Core Solaris, (Root)\n"
    assert world.run("pkginfo -q SUNWcsr", "t4") == (0, "", "")
    assert world.run("pkginfo -q SUNWnone", "t4") == (1, "", "")
    assert world.fails("pkginfo SUNWnone", "t4") == 'ERROR: information for "SUNWnone" was not found\n'


def test_boot_environments(world: World) -> None:
    fields = world.ok("beadm list -H", "t8").strip().split(";")
    assert fields[:1] + fields[2:] == ["solaris", "NR", "/", str(5 << 30), "static", "1700000000"]
    assert world.ok("beadm list", "t8").splitlines() == [
        "BE Name Flags Mountpoint Space Policy Created", "------- ----- ---------- ----- ------ ----------------",
        "solaris NR    /          5.00G static 2023-11-14 22:13",
    ]  # fmt: skip
    assert world.ok("beadm list", "t5").splitlines()[:2] == [
        "BE      Flags Mountpoint Space Policy Created          ", "--      ----- ---------- ----- ------ -------          ",
    ]  # fmt: skip


def test_a_command_of_another_release_is_not_found(world: World) -> None:
    for line in ("pkg list", "ipadm show-addr", "beadm list", "diskinfo", "ipmpstat -g"):
        assert world.run(line, "t4")[0] == 127
        assert line.split()[0] in absent("s10")
    for line in ("showrev -p", "patchadd -p"):
        assert world.run(line, "t8")[0] == 127
        assert line.split()[0] in absent("s11.4")


@pytest.mark.parametrize("line", ["uname -Z", "prtconf -b", "psrinfo -x", "virtinfo list", "swap -a /x", "uptime -x", "kstat", "init 3"])
def test_what_the_lab_does_not_know_is_refused(world: World, line: str) -> None:
    assert world.fails(line, "t8", rc=125).startswith(f"lab: not simulated: {line}")


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("init 5", "off"), ("init 6", "reboot"), ("init 0", "down"), ("reboot", "reboot"), ("halt", "down"), ("poweroff", "off"),
        ("shutdown -y -g 0 -i 5", "off"), ("uadmin 2 1", "reboot"),
    ],
)  # fmt: skip
def test_going_down(world: World, line: str, how: str) -> None:
    import asyncio

    from tests.lab.call import COMMANDS

    gone = []

    async def stop(state: str) -> None:
        gone.append(state)

    call, _ = world.call(line, "t8")
    call.stop = stop
    assert asyncio.run(COMMANDS[call.argv[0]](call)) == 0
    assert gone == [how]
    call, printed = world.call(line, "t8", user="operator")
    call.stop = stop
    assert asyncio.run(COMMANDS[call.argv[0]](call)) == 1
    assert gone == [how], "only root takes a machine down"
    assert printed
