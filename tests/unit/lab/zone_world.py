# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small data centre in memory, and its commands run without ssh."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lab import filesystem, services
from tests.lab.call import COMMANDS, Call
from tests.lab.commands import smf, zfs, zlogin, zoneadm, zonename, zpool
from tests.lab.truth import DataCentre, LocalDisk, Lun, Machine, Nic, SharedPool, ZfsDataset, Zone

FAMILIES = (smf, zfs, zlogin, zoneadm, zonename, zpool)
START = 1_700_000_000
GIB = 1 << 30
LUNS = [f"60060E8007C3{number:020d}" for number in range(4)]


def disk(number: int) -> str:
    return f"c0t{LUNS[number]}d0"


def machine(name: str, release: str, hostid: str) -> Machine:
    built = Machine(
        name, "SPARC T8-1", release, "sparc", "Oracle Solaris\n", "11.3" if release != "s10" else "Generic_147147-26", hostid, "S1",
        1, 8, 64, 5067, "SPARC-M8", 64 * GIB, "127.0.0.1", nics=[Nic("ixgbe0", "0:10:e0:0:0:1", "net0")],
        disks=[LocalDisk("c1t0d0", 300 * GIB)], brands=["native"] if release == "s10" else ["solaris", "solaris10"], boot_time=START,
    )  # fmt: skip
    built.services = services.of_release(release, START - 7200)
    return built


@dataclass
class World:
    """``run`` a command line; ``now`` moves with every sleep. ``at_sleep`` is called before each sleep."""

    release: str = "s11.3"
    centre: DataCentre = field(default_factory=DataCentre)
    now: int = START
    at_sleep: Callable[[float], None] | None = None

    def __post_init__(self) -> None:
        for name, hostid in (("nodea", "84a10001"), ("nodeb", "04a10002")):
            self.centre.machines[name] = machine(name, self.release, hostid)
            guid = f"rpool-{name}"
            root: dict[str, dict[str, str]] = {"rpool": {}, "rpool/ROOT": {"mountpoint": "none", "canmount": "off"}}
            root["rpool/ROOT/solaris"] = {"mountpoint": "/", "canmount": "noauto"}
            self.centre.pools[guid] = SharedPool(
                guid, "rpool", [["disk", [f"{name}:c1t0d0"]]], 32 if self.release == "s10" else 37,
                {key: ZfsDataset(key, properties=dict(values), created=START) for key, values in root.items()},
                last_machine=name, last_hostid=hostid, properties={"bootfs": "rpool/ROOT/solaris"},
            )  # fmt: skip
            self.centre.machines[name].imported.append(guid)
        for guid in LUNS:
            self.centre.luns[guid] = Lun(guid, 10 * GIB, ["nodea", "nodeb"])

    def call(self, line: str, on: str = "nodea", user: str = "root", zone: str | None = None) -> tuple[Call, list[tuple[int, str]]]:
        printed: list[tuple[int, str]] = []

        async def sleep(seconds: float) -> None:
            if self.at_sleep is not None:
                self.at_sleep(seconds)
            self.now += max(1, round(seconds))

        async def run_in_zone(name: str, argv: list[str], user: str) -> int:
            printed.append((1, f"in {name}: {' '.join(argv)}\n"))
            return 7

        return Call(
            self.centre, self.centre.machines[on], line.split(" "), user=user, zone=zone, now=lambda: self.now,
            write=lambda fd, text: printed.append((fd, text)), sleep=sleep, run_in_zone=run_in_zone,
        ), printed  # fmt: skip

    def run(self, line: str, on: str = "nodea", user: str = "root", zone: str | None = None) -> tuple[int, str, str]:
        """``(exit code, stdout, stderr)``."""
        call, printed = self.call(line, on, user, zone)
        rc = asyncio.run(COMMANDS[call.argv[0]](call))
        out, err = ("".join(text for fd, text in printed if fd == wanted) for wanted in (1, 2))
        assert "lab: defect" not in err
        return rc, out, err

    def ok(self, line: str, on: str = "nodea") -> str:
        rc, out, err = self.run(line, on)
        assert (rc, err) == (0, ""), (line, rc, out, err)
        return out

    def fails(self, line: str, on: str = "nodea", rc: int = 1, user: str = "root", zone: str | None = None) -> str:
        code, _, err = self.run(line, on, user, zone)
        assert code == rc, (line, code, err)
        return err

    def zone(self, name: str = "z1", path: str = "/zones/z1", resources: list[dict[str, str]] | None = None, on: str = "nodea") -> Zone:
        s10 = self.release == "s10"
        made = Zone(name, zonepath=path, brand="native" if s10 else "solaris", ip_type="shared" if s10 else "exclusive")
        made.config = {"zonepath": path, "brand": made.brand, "resources": resources or []}
        self.centre.machines[on].zones[name] = made
        return made


def world_with_files(release: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Its machines have files, under ``folder``, for as long as ``monkeypatch`` lasts; nodea has the pool dp at /zones."""
    monkeypatch.setattr(filesystem._Place, "state", None)
    filesystem.configure(folder, False)
    world = World(release)
    for name in world.centre.machines:
        (folder / "machines" / name / "root").mkdir(parents=True)
    world.run(f"zpool create -m /zones dp {disk(0)}")
    return world
