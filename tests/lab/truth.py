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

from .clusters import Cluster
from .diskgroups import DiskGroup, PrivateRegion, VxHost
from .manifests import Definition
from .patching import Depot, Patch, Patching


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
    label: dict[str, list[int]] | None = None  # SMI label, slice -> [tag, flag, first block, blocks]; None: as delivered
    private: PrivateRegion | None = None  # of VxVM


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
class Volume:
    """A volume of Solaris Volume Manager; sizes and places in blocks of 512 bytes. A component is a slice ('GUIDs0', 'MACHINE:c1t0d0s4')
    or the name of another volume of the same set."""

    name: str
    kind: str  # stripe (concatenations too), mirror, soft
    size: int
    rows: list[list[str]] = field(default_factory=list)  # stripe: rows of components
    interlaces: list[int] = field(default_factory=list)  # of each row
    submirrors: list[str] = field(default_factory=list)  # mirror: by number, '' for a free one
    component: str = ""  # soft: what it lies on
    extents: list[list[int]] = field(default_factory=list)  # soft: [first block, blocks]
    states: dict[str, str] = field(default_factory=dict)  # of components and submirrors that are not okay
    options: list[str] = field(default_factory=list)  # mirror: -g, -r, -S
    pass_number: int = 1
    resync: str = ""  # mirror: the submirror that is being written anew
    resync_from: int = 0
    resync_until: int = 0


@dataclass
class Replica:
    """A state database replica: slice, first block, blocks."""

    component: str
    first: int
    blocks: int


@dataclass
class DiskSet:
    """A disk set of Solaris Volume Manager; without a name: the local set of one machine. Drives are whole disks as in SharedPool.tree."""

    key: str
    name: str
    number: int
    hosts: list[str]
    drives: list[str] = field(default_factory=list)
    volumes: dict[str, Volume] = field(default_factory=dict)
    replicas: list[Replica] = field(default_factory=list)
    auto_take: bool = False
    known_to: list[str] = field(default_factory=list)  # hosts that were deleted from it without being asked: they believe they are in it


@dataclass
class FileSystem:
    """A file system on a volume or slice: its files lie in a folder of its own and go where the device goes."""

    identity: str
    kind: str  # ufs, vxfs
    size: int  # blocks
    created: int = 0
    state: str = "clean"  # clean; logging: mounted, or left so by a crash; active: mounted without a log, or left so by a crash
    last_mounted: str = ""
    used: dict[str, int] = field(default_factory=dict)  # bytes by what they were written for
    options: list[str] = field(default_factory=list)  # vxfs: nolargefiles


@dataclass
class Mounted:
    """A file system of a device that a machine's kernel has mounted."""

    device: str  # key of DataCentre.filesystems
    special: str
    point: str
    options: list[str]
    time: int
    zone: str = ""  # mounted by zoneadmd for it


@dataclass
class Service:
    state: str = "online"
    next_state: str = "-"
    since: int = 0
    enabled: bool = True
    due: int = 0  # when next_state is reached
    temporary: bool | None = None  # enabled or disabled until the next boot, over ``enabled``
    definition: Definition | None = None  # of a manifest that was imported: it has processes, and startd.py moves its states


@dataclass
class BootEnvironment:
    """A boot environment of Live Upgrade that does not run: packages and patches that are in it, as a machine's. While it is mounted
    (``mounted``: where) patchadd -R and showrev -R change and show them."""

    name: str
    dataset: str = ""
    created: int = 0
    complete: bool = True
    mounted: str = ""
    kernel: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    architectures: dict[str, str] = field(default_factory=dict)
    patches: list[Patch] = field(default_factory=list)
    patching: Patching = field(default_factory=Patching)


@dataclass
class Zone:
    """``config`` is what the zonecfg simulation keeps (its own form), ``live`` the same of the running zone as it was booted and
    reconfigured since (None: as ``config``); ``zone_id`` is set while ready or running."""

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
    limits: dict[str, list[list[Any]]] = field(default_factory=dict)  # while it lives: control -> [[privileged limit, action], ...]
    memory_cap: int = 0  # while it lives: bytes of resident memory, 0 for none
    processor_set: list[int] = field(default_factory=list)  # while it lives: the CPUs of its temporary pool
    live: dict[str, Any] | None = None


@dataclass
class Load:
    """What a machine (beside its zones) or a zone uses while it runs: CPUs at work and bytes of memory."""

    cpu: float = 0.0
    memory: int = 0


@dataclass
class LocalDisk:
    device: str
    size: int
    vendor: str = "HITACHI"
    product: str = "H109060SESUN600G"
    serial: str = ""
    label: dict[str, list[int]] | None = None  # as a LUN's


@dataclass
class Nic:
    """A physical port, or a guest domain's vnet: S11 shows the vanity name (net0), S10 the device (e1000g0, igb0)."""

    device: str
    mac: str
    vanity: str = ""
    speed: int = 1000
    duplex: str = "full"
    state: str = "up"
    alternates: list[str] = field(default_factory=list)  # of a guest domain's vnet: the alternate MAC addresses that VNICs over it need


@dataclass
class Ipmp:
    """A group of IP interfaces, some of them standby or offline. ``interface`` is Solaris 11's IPMP interface; Solaris 10 has none."""

    name: str
    interface: str = ""
    members: list[str] = field(default_factory=list)
    standby: list[str] = field(default_factory=list)
    offline: list[str] = field(default_factory=list)


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
    guest_of: str = ""  # a guest domain: the machine whose control domain carries it
    disks: list[LocalDisk] = field(default_factory=list)
    nics: list[Nic] = field(default_factory=list)
    links: dict[str, dict[str, Any]] = field(default_factory=dict)  # vnics, vlans, aggrs made by commands
    addresses: list[NetAddress] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)  # IP interfaces that were made and may have no address yet
    ipmp: list[Ipmp] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)  # static ones; those of the subnets follow from the addresses
    zones: dict[str, Zone] = field(default_factory=dict)
    imported: list[str] = field(default_factory=list)  # guids of the pools this machine has imported
    disksets: list[str] = field(default_factory=list)  # keys of the disk sets it has taken
    holders: dict[str, list[int]] = field(default_factory=dict)  # mount point -> processes that have something open below it
    mounts: list[Mounted] = field(default_factory=list)  # of devices; ZFS knows of itself what is mounted
    services: dict[str, Service] = field(default_factory=dict)
    brands: list[str] = field(default_factory=list)  # brands the release offers
    packages: dict[str, str] = field(default_factory=dict)  # other versions than the release brings, more packages ("": not installed)
    architectures: dict[str, str] = field(default_factory=dict)  # of packages whose ARCH is not the machine's (sparc.sun4v)
    patches: list[Patch] = field(default_factory=list)  # Solaris 10: beside the kernel patch that ``kernel`` names
    patching: Patching = field(default_factory=Patching)
    root_password: str = "changeme"  # at the console
    trusts: list[str] = field(default_factory=list)  # machines whose root may log in here by key
    powered: bool = True
    running: bool = True  # the OS answers
    halted: bool = False  # shut down to the firmware's prompt, power still on
    single_user: bool = False  # booted with -s, or brought there by init s
    level: str = "3"  # as who -r says it: S from the moment on that somebody asked for single user
    level_since: int = 0
    outside: bool = False  # booted with -x: no part of its cluster
    suncluster: str | None = None  # the name of its Solaris Cluster
    vcs: str | None = None  # of its cluster of Veritas Cluster Server
    environments: dict[str, BootEnvironment] = field(default_factory=dict)  # of Live Upgrade, by name, the present one first
    environment: str = ""  # the one that runs, where Live Upgrade was ever used
    activated: str = ""  # what luactivate chose for the next boot that init or shutdown begins
    boot_time: int = 0
    quarantined: bool = False
    default_class: str = ""  # /etc/dispadmin.conf
    vxvm: VxHost | None = None
    storage: str = "simulated"  # or real: what is behind zpool and zfs
    next_zone_id: int = 1
    busy: float = 0.0  # seconds of CPU time since the boot, up to busy_at
    busy_at: int = 0


@dataclass
class Way:
    """A network that carries datagrams (UDP, on the lab's port) between machines and one program on the host. Machines send to the
    address ``switch``, the program listens at ``outside``; ``members`` are the machines' own addresses."""

    switch: str
    outside: str
    members: dict[str, str] = field(default_factory=dict)


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
    """What must never happen, seen by the judge: double_import, double_run, double_take, double_mount, lost_data, quarantine_boot,
    quorum_lost, nodes_down, group_down, single_user_patch, patch_before_reboot, patch_twice."""

    kind: str
    text: str
    time: int


@dataclass
class DataCentre:
    machines: dict[str, Machine] = field(default_factory=dict)
    luns: dict[str, Lun] = field(default_factory=dict)
    pools: dict[str, SharedPool] = field(default_factory=dict)
    disksets: dict[str, DiskSet] = field(default_factory=dict)  # of SVM, by key
    filesystems: dict[str, FileSystem] = field(default_factory=dict)  # on devices, by the device's key
    diskgroups: dict[str, DiskGroup] = field(default_factory=dict)  # of VxVM, by id
    faults: list[Fault] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    loads: dict[str, Load] = field(default_factory=dict)  # by name of machine or zone
    addresses_in_use: list[str] = field(default_factory=list)  # strangers on the networks: they answer ping
    ways: dict[str, Way] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    patch_depot: Depot | None = None
    speed: float = 20.0  # simulated seconds per real second
    clock_offset: float = 0.0
    seed: int = 1
