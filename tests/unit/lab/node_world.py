# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Four machines in memory, one a release and one on x86, for the commands of hardware, operating system and network."""

from __future__ import annotations

from tests.lab.commands import system, usage
from tests.lab.commands.hardware import disk_lists, filesystems, kstat, memory, multipath, platform, processors
from tests.lab.commands.network import dladm, ifconfig, ipadm, ipmp, reach, routes
from tests.lab.truth import LocalDisk, Lun, Machine, NetAddress, Nic, SharedPool, ZfsDataset, Zone

from .zone_world import GIB, START, World

FAMILIES = (
    system, disk_lists, filesystems, kstat, memory, multipath, platform, processors, dladm, ifconfig, ipadm, ipmp, reach, routes, usage,
)  # fmt: skip
GUID = "60060E8007C3F2000030C3F2000001"
LUNS = [f"{GUID}0{number}" for number in range(1, 4)]
MODELS = {
    # name: model, release, architecture, kernel, chips, cores, threads, mhz, cpu, memory
    "t8": ("SPARC T8-1", "s11.4", "sparc", "11.4.66.164.1", 1, 32, 256, 5067, "SPARC-M8", 256 * GIB),
    "t5": ("SPARC T5-2", "s11.3", "sparc", "11.3", 2, 32, 256, 3600, "SPARC-T5", 256 * GIB),
    "t4": ("SPARC T4-1", "s10", "sparc", "Generic_150400-65", 1, 8, 64, 2848, "SPARC-T4", 128 * GIB),
    "x6": ("ORACLE SERVER X6-2", "s11.4", "i386", "11.4.66.164.1", 2, 20, 40, 2195, "Intel(r) Xeon(r) CPU E5-2630 v4 @ 2.20GHz", 64 * GIB),
}


def ports(release: str) -> list[Nic]:
    if release == "s10":
        return [Nic(f"igb{number}", f"00:21:28:2f:4d:0{number + 8}") for number in range(2)]
    return [Nic(f"i40e{number}", f"00:10:e0:d2:a1:0{number}", f"net{number}", 10000) for number in range(4)]


def build(name: str, place: int) -> Machine:
    model, release, architecture, kernel, chips, cores, threads, mhz, cpu, memory_size = MODELS[name]
    built = Machine(
        name, model, release, architecture, "", kernel, f"86d2a10{place}", f"AK0{place}", chips, cores, threads, mhz, cpu, memory_size,
        "127.0.0.1", disks=[LocalDisk(f"c0t5000CCA0251B{place}000d0", 300 * GIB, serial=f"00111{place}")], nics=ports(release),
        brands=["native"] if release == "s10" else ["solaris", "solaris10", "solaris-kz"], boot_time=START,
    )  # fmt: skip
    link = "igb0" if release == "s10" else "net0"
    built.addresses = [NetAddress(link, f"10.40.0.1{place}/24", "" if release == "s10" else "net0/v4")]
    return built


def root_pool(machine: Machine) -> SharedPool:
    device = machine.disks[0].device + ("s0" if machine.release == "s10" else "")
    datasets = {
        "rpool": ZfsDataset("rpool"),
        "rpool/ROOT": ZfsDataset("rpool/ROOT", properties={"mountpoint": "legacy"}),
        "rpool/ROOT/solaris": ZfsDataset(
            "rpool/ROOT/solaris", properties={"mountpoint": "/", "canmount": "noauto"}, used=5 * GIB, created=START
        ),
        "rpool/export": ZfsDataset("rpool/export", properties={"mountpoint": "/export", "quota": str(10 * GIB)}, used=GIB),
        "rpool/swap": ZfsDataset("rpool/swap", "volume", {"volsize": str(4 * GIB)}, used=4 * GIB),
    }  # fmt: skip
    return SharedPool(
        f"rpool-{machine.name}", "rpool", [["disk", [f"{machine.name}:{device}"]]], 44, datasets, last_machine=machine.name,
        properties={"bootfs": "rpool/ROOT/solaris"},
    )  # fmt: skip


def nodes() -> World:
    world = World()
    centre = world.centre
    centre.machines.clear()
    centre.luns.clear()
    centre.pools.clear()
    for place, name in enumerate(MODELS, start=1):
        centre.machines[name] = machine = build(name, place)
        pool = root_pool(machine)
        centre.pools[pool.guid] = pool
        machine.imported.append(pool.guid)
    for guid in LUNS:
        centre.luns[guid] = Lun(guid, 20 * GIB, ["t8", "t4"])
    centre.addresses_in_use = ["10.40.0.200"]
    return world


def zone(world: World, on: str, name: str, resources: list[dict[str, str]], ip_type: str = "exclusive") -> Zone:
    """A running zone."""
    machine = world.centre.machines[on]
    brand = "native" if machine.release == "s10" else "solaris"
    made = Zone(
        name, "running", f"/zones/{name}", brand, ip_type, config={"resources": resources}, zone_id=machine.next_zone_id, boot_time=START
    )
    machine.next_zone_id += 1
    machine.zones[name] = made
    return made
