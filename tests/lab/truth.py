# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth of the simulated data centre: what really is, whatever a command prints.

LUNs and the pools on them belong to the data centre (any machine that sees the LUNs can reach them); everything else
belongs to a machine. All of it is plain data that survives the lab's restart as JSON. Sizes are bytes, times are
seconds of the lab's clock since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Lun:
    guid: str
    size: int
    visible_to: list[str]
    vendor: str = "HITACHI"
    product: str = "OPEN-V"
    array: str = "array-1"
    pool: str | None = None  # guid of the pool whose label is on it
    gone: bool = False  # fault: no machine sees it any more


@dataclass
class ZfsDataset:
    """A file system of a pool; ``name`` is the full name, properties hold only what was set locally."""

    name: str
    type: str = "filesystem"
    properties: dict[str, str] = field(default_factory=dict)
    used: int = 32768  # its own data, without children and snapshots
    created: int = 0
    mounted: bool | None = None  # None: as its properties say; mount and unmount commands set it


@dataclass
class SharedPool:
    """A pool as it lies on its disks, imported or not. ``tree`` is [[kind, [disk, ...]], ...]: kind disk, mirror or raidz1;
    a disk is a LUN's guid, or 'MACHINE:DEVICE' for a machine's own disk."""

    guid: str
    name: str
    tree: list[list[Any]]
    version: int
    datasets: dict[str, ZfsDataset] = field(default_factory=dict)
    state: str = "ONLINE"
    exported: bool = False
    last_machine: str | None = None  # last importer: machine, hostid and time are on the label
    last_hostid: str = "00000000"
    last_time: int = 0
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Service:
    state: str = "online"
    next_state: str = "-"
    since: int = 0
    enabled: bool = True
    due: int = 0  # when next_state is reached
    temporary: bool | None = None  # enabled or disabled until the next boot, over ``enabled``


@dataclass
class Zone:
    """``config`` is what the zonecfg simulation keeps (its own form); ``zone_id`` is set while ready or running."""

    name: str
    state: str = "configured"
    zonepath: str = ""
    brand: str = "solaris"
    ip_type: str = "exclusive"
    uuid: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    zone_id: int | None = None
    boot_time: int | None = None
    services: dict[str, Service] = field(default_factory=dict)


@dataclass
class LocalDisk:
    device: str
    size: int
    vendor: str = "HITACHI"
    product: str = "H109060SESUN600G"
    serial: str = ""


@dataclass
class Nic:
    """A physical port: S11 shows the vanity name (net0), S10 the device (e1000g0, igb0)."""

    device: str
    mac: str
    vanity: str = ""
    speed: int = 1000
    duplex: str = "full"
    state: str = "up"


@dataclass
class NetAddress:
    """An address on a link. ``name`` is ipadm's address object, ``unit`` the logical interface number on Solaris 10."""

    link: str
    address: str  # with prefix
    name: str = ""
    unit: int = 0
    kind: str = "static"
    zone: str | None = None
    up: bool = True


@dataclass
class Route:
    destination: str  # 'default' or network with prefix
    gateway: str
    persistent: bool = True


@dataclass
class Machine:
    name: str
    model: str  # e.g. 'SPARC T8-1'
    release: str  # s10, s11.3, s11.4
    architecture: str  # sparc or i386
    release_text: str  # /etc/release
    kernel: str  # uname -v
    hostid: str
    serial: str
    chips: int
    cores: int  # of all chips together
    threads: int  # virtual processors of all cores together
    mhz: int
    cpu: str  # e.g. 'SPARC-M8'
    memory: int
    address: str  # loopback address of its sshd
    sp: str | None = None  # name of its service processor
    sp_type: str = "ilom"
    disks: list[LocalDisk] = field(default_factory=list)
    nics: list[Nic] = field(default_factory=list)
    links: dict[str, dict[str, Any]] = field(default_factory=dict)  # vnics, vlans, aggrs made by commands
    addresses: list[NetAddress] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)  # IP interfaces that were made and may have no address yet
    routes: list[Route] = field(default_factory=list)  # static ones; those of the subnets follow from the addresses
    zones: dict[str, Zone] = field(default_factory=dict)
    imported: list[str] = field(default_factory=list)  # guids of the pools this machine has imported
    services: dict[str, Service] = field(default_factory=dict)
    brands: list[str] = field(default_factory=list)  # brands the release offers
    powered: bool = True
    running: bool = True  # the OS answers
    halted: bool = False  # shut down to the firmware's prompt, power still on
    boot_time: int = 0
    quarantined: bool = False
    next_zone_id: int = 1


@dataclass
class Fault:
    """One fault on demand. ``kind``: fail (command answers with rc and text; ``after``: it does its work first), slow (seconds), cut
    (connection dies in the middle), disk_full (pool), lun_gone (guid). ``match`` is a regular expression on the joined command line;
    ``skip`` calls pass before it strikes, ``times`` strikes are left (-1: for ever)."""

    machine: str
    kind: str
    match: str = ""
    rc: int = 1
    text: str = ""
    seconds: float = 0.0
    skip: int = 0
    times: int = 1
    after: bool = False


@dataclass
class Alarm:
    """Something that must never happen, seen by the judge: double_import, double_run, lost_data, quarantine_boot."""

    kind: str
    text: str
    time: int


@dataclass
class DataCentre:
    machines: dict[str, Machine] = field(default_factory=dict)
    luns: dict[str, Lun] = field(default_factory=dict)
    pools: dict[str, SharedPool] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    addresses_in_use: list[str] = field(default_factory=list)  # strangers on the networks: they answer ping
    speed: float = 20.0  # simulated seconds per real second
    clock_offset: float = 0.0
    seed: int = 1
    default_class: str = ""  # /etc/dispadmin.conf
    vxvm: VxHost | None = None
    storage: str = "simulated"  # or real: what is behind zpool and zfs
