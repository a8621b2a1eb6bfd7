# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a data-centre file: what the lab starts from when it has no truth yet.

YAML: ``port``, ``speed``, ``machines`` (name: fields of truth.Machine, plus ``sp``: address, user, password, firmware, and
``rpool``: [device], ``patches``: ids or fields of truth.Patch, ``packages``: name: version, null for one that is not installed,
``vxvm``: version (5.0, 5.1, 6.0) and ``licensed``, ``replicas``: slices, with three state database replicas each; ``guest_of``: the
machine that carries a guest domain), ``luns`` (list of: guids, size, visible_to, array), ``pools`` (fields of truth.SharedPool plus
``imported_by``), ``addresses_in_use``, ``loads`` (name of a machine or
zone: cpu, memory), ``ways`` (name: fields of truth.Way), ``clusters`` (name: fields of clusters.Cluster, ``devices`` as name: nodes,
``groups`` as name: fields of ResourceGroup; members are the machines that run), ``patch_depot`` (fields of patching.Depot),
``faults`` (fields of truth.Fault: those that only lie in wait),
``files`` (list of: machines, path, text), ``python`` (true: the machines have Python, see
interpreter.py), ``operator`` (fields of Privileges).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from . import membership, services
from .clusters import KINDS, Cluster, QuorumDevice
from .diskgroups import VERSIONS
from .faults import FROM_THE_START, check
from .patching import DAMAGES, Depot
from .store import build
from .truth import DataCentre, DiskSet, Fault, Load, Lun, Machine, Replica, SharedPool, Way, ZfsDataset

GIB = 1 << 30
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": GIB, "T": 1 << 40}
START = 1767600000  # when the machines of a new data centre were set up


@dataclass
class ProcessorSettings:
    """A service processor as the file declares it."""

    name: str
    machine: str
    address: str
    user: str = "root"
    password: str = "changeme"
    firmware: str = "4.0.4.51"


@dataclass
class FileSettings:
    machine: str
    path: str
    text: str


@dataclass
class Privileges:
    """How ``operator`` may become root: pfexec with a profile for every command, or with ``profiles`` for some (privileges.py); sudo;
    and the password that sudo and su want (None: no password)."""

    pfexec: bool = True
    profiles: list[str] = field(default_factory=list)
    sudo: bool = True
    password: str | None = None


@dataclass
class Centre:
    """A parsed data-centre file."""

    port: int
    data: dict[str, Any]
    processors: list[ProcessorSettings] = field(default_factory=list)
    files: list[FileSettings] = field(default_factory=list)
    privileges: dict[str, Privileges] = field(default_factory=dict)
    python: bool = False

    @property
    def real_zfs(self) -> bool:
        """Whether a machine's pools live in a real ZFS."""
        return any(machine.get("storage") == "real" for machine in self.data["machines"].values())

    def truth(self) -> DataCentre:
        """The truth of the first start. Raises ValueError or TypeError on a file that does not fit."""
        return make_truth(self.data)


def size(text: int | str) -> int:
    """'20G' -> bytes."""
    if isinstance(text, int):
        return text
    return int(float(text[:-1]) * UNITS[text[-1]]) if text[-1] in UNITS else int(text)


def read(path: Path) -> Centre:
    """Raises OSError, ValueError, KeyError or TypeError on a file that cannot be used."""
    data = yaml.safe_load(path.read_text())
    if not isinstance(data, dict) or "machines" not in data:
        raise ValueError(f"{path}: no machines")
    return parse(data)


def parse(data: dict[str, Any]) -> Centre:
    centre = Centre(int(data.get("port", 2222)), data, python=bool(data.get("python", False)))
    for name, machine in data["machines"].items():
        if machine.get("sp"):
            centre.processors.append(build(ProcessorSettings, {"name": f"{name}-sp", "machine": name, **machine["sp"]}))
        centre.privileges[name] = build(Privileges, machine.get("operator", {}))
    for file in data.get("files", []):
        centre.files += [FileSettings(name, file["path"], file.get("text", "")) for name in file.get("machines", data["machines"])]
    return centre


def make_truth(data: dict[str, Any]) -> DataCentre:
    centre = DataCentre(speed=float(data.get("speed", 20.0)), seed=int(data.get("seed", 1)))
    centre.addresses_in_use = list(data.get("addresses_in_use", []))
    for name, load in data.get("loads", {}).items():
        centre.loads[name] = build(Load, {**load, "memory": size(load.get("memory", 0))})
    for entry in data.get("luns", []):
        for guid in entry["guids"]:
            fields = {key: value for key, value in entry.items() if key not in ("guids", "size")}
            centre.luns[guid] = build(Lun, {"guid": guid, "size": size(entry["size"]), **fields})
    for name, entry in data["machines"].items():
        centre.machines[name] = make_machine(centre, name, entry)
    for name, way in data.get("ways", {}).items():
        centre.ways[name] = build(Way, way)
        if not set(centre.ways[name].members) <= set(centre.machines):
            raise ValueError(f"way {name}: its members are machines")
    for entry in data.get("pools", []):
        make_pool(centre, entry)
    for name, cluster in data.get("clusters", {}).items():
        make_cluster(centre, name, cluster)
    check_storage(centre)
    check_guests(centre)
    if "patch_depot" in data:
        centre.patch_depot = make_depot(data["patch_depot"])
    for entry in data.get("faults", []):
        fault = build(Fault, entry)
        if fault.kind not in FROM_THE_START:
            raise ValueError(f"faults: {fault.kind} is none that a data-centre file can declare ({', '.join(FROM_THE_START)})")
        check(centre, fault)
        centre.faults.append(fault)
    return centre


def make_depot(entry: dict[str, Any]) -> Depot:
    """Packages of a patch are names or fields of PatchPackage. Raises ValueError on a damage that the lab does not know."""
    patches = []
    for patch in entry.get("patches", []):
        packages = [{"name": one} if isinstance(one, str) else one for one in patch.get("packages", ["SUNWcsr"])]
        patches.append({**patch, "packages": packages, "size": size(patch.get("size", "1M"))})
    depot: Depot = build(Depot, {**entry, "patches": patches})
    if any(patch.damage not in DAMAGES for patch in depot.patches):
        raise ValueError(f"patch_depot: damage is one of {', '.join(DAMAGES[1:])}")
    return depot


def make_cluster(centre: DataCentre, name: str, entry: dict[str, Any]) -> None:
    """A cluster whose nodes that run are members, with every group online on the first node that may carry it. Raises ValueError."""
    devices = [QuorumDevice(device, list(nodes)) for device, nodes in entry.get("devices", {}).items()]
    groups = {group: {"name": group, **fields} for group, fields in entry.get("groups", {}).items()}
    cluster: Cluster = build(Cluster, {"name": name, **entry, "devices": [], "groups": groups})
    cluster.devices = devices
    used = [node for part in (*devices, *cluster.groups.values()) for node in part.nodes]
    if cluster.kind not in KINDS or not set(used) <= set(cluster.nodes) <= set(centre.machines):
        raise ValueError(f"cluster {name}: kind is one of {', '.join(KINDS)}; nodes are machines, those of devices and groups its own")
    centre.clusters[name] = cluster
    for node in cluster.nodes:
        setattr(centre.machines[node], cluster.kind, name)
    cluster.waiting = [node for node in cluster.nodes if centre.machines[node].powered and centre.machines[node].running]
    for node in list(cluster.waiting):
        membership.arrive(centre, node, START)


def check_guests(centre: DataCentre) -> None:
    """Guest domains as the lab knows them. Raises ValueError."""
    for name, machine in centre.machines.items():
        if not machine.guest_of:
            continue
        carrier = centre.machines.get(machine.guest_of)
        if carrier is None or carrier.guest_of or {carrier.architecture, machine.architecture} != {"sparc"}:
            raise ValueError(f"{name}: guest_of names a SPARC machine that is no guest itself")
        if machine.sp or machine.vxvm or machine.storage == "real" or f"local:{name}" in centre.disksets:
            raise ValueError(f"{name}: a guest domain has no service processor; SVM, VxVM and a real ZFS in one are not simulated")
        names = [disk.device for disk in machine.disks] + [nic.device for nic in machine.nics]
        if any(not re.fullmatch(r"c0d\d+|vnet\d+", device) for device in names):
            raise ValueError(f"{name}: the disks of a guest domain are called c0dN, its links vnetN")


def check_storage(centre: DataCentre) -> None:
    """What a real ZFS can be: that of Solaris 10, without a root pool, on LUNs that no simulated one sees. Raises ValueError."""
    real = {name for name, machine in centre.machines.items() if machine.storage == "real"}
    for name, machine in centre.machines.items():
        if machine.storage not in ("simulated", "real"):
            raise ValueError(f"{name}: storage: {machine.storage!r} is neither simulated nor real")
    for name in sorted(real):
        machine = centre.machines[name]
        if machine.release != "s10" or machine.imported or machine.zones or int(machine.hostid, 16) >= 1 << 31:
            raise ValueError(f"{name}: storage: real wants release s10, a hostid below 80000000, no rpool, pools or zones")
    for lun in centre.luns.values():
        if real & set(lun.visible_to) and not real >= set(lun.visible_to):
            raise ValueError(f"LUN {lun.guid}: machines with a real and with a simulated ZFS cannot share it")


def make_machine(centre: DataCentre, name: str, entry: dict[str, Any]) -> Machine:
    fields = {
        key: value for key, value in entry.items() if key not in ("sp", "rpool", "operator", "disks", "memory", "services", "replicas")
    }
    fields["disks"] = [{**disk, "size": size(disk["size"])} for disk in entry.get("disks", [])]
    fields["patches"] = [{"id": patch} if isinstance(patch, str) else patch for patch in entry.get("patches", [])]
    fields["packages"] = {name: version or "" for name, version in entry.get("packages", {}).items()}
    if entry.get("vxvm"):
        fields["vxvm"] = {**entry["vxvm"], "version": str(entry["vxvm"]["version"])}
        if fields["vxvm"]["version"] not in VERSIONS:
            raise ValueError(f"{name}: vxvm: version is one of {', '.join(VERSIONS)}")
    machine: Machine = build(
        Machine, {"name": name, "sp": f"{name}-sp" if entry.get("sp") else None, "memory": size(entry["memory"]), **fields}
    )
    machine.boot_time = machine.boot_time or START
    machine.services = services.of_release(machine.release, machine.boot_time)
    if entry.get("replicas"):
        local = DiskSet(f"local:{name}", "", 0, [name])
        local.replicas = [Replica(f"{name}:{part}", 16 + 8192 * number, 8192) for part in entry["replicas"] for number in range(3)]
        centre.disksets[local.key] = local
    if entry.get("rpool"):
        make_root_pool(centre, machine, list(entry["rpool"]))
    return machine


def make_root_pool(centre: DataCentre, machine: Machine, devices: list[str]) -> None:
    """rpool on the machine's own disks, as the installer lays it out."""
    sizes = {disk.device: disk for disk in machine.disks}
    for device in devices:
        if device not in sizes and device.removesuffix("s0") not in sizes:
            raise ValueError(f"{machine.name}: rpool on unknown disk {device}")
    environment = "s10s_u11wos_24a" if machine.release == "s10" else "solaris"
    datasets = {
        "rpool": {},
        "rpool/ROOT": {"mountpoint": "legacy" if machine.release == "s10" else "none", "canmount": "off"},
        f"rpool/ROOT/{environment}": {"mountpoint": "/", "canmount": "noauto"},
        f"rpool/ROOT/{environment}/var": {"canmount": "noauto"},
        "rpool/export": {"mountpoint": "/export"},
        "rpool/export/home": {},
        "rpool/dump": {},
        "rpool/swap": {},
    }
    used = {f"rpool/ROOT/{environment}": 5 * GIB, f"rpool/ROOT/{environment}/var": GIB, "rpool/dump": 4 * GIB, "rpool/swap": 4 * GIB}
    guid = guid_of(f"{machine.name}/rpool")
    kind = "mirror" if len(devices) > 1 else "disk"
    centre.pools[guid] = SharedPool(
        guid,
        "rpool",
        [[kind, [f"{machine.name}:{device}" for device in devices]]],
        version={"s10": 32, "s11.3": 37}.get(machine.release, 44),
        datasets={
            name: ZfsDataset(
                name,
                "volume" if name in ("rpool/dump", "rpool/swap") else "filesystem",
                {"volsize": str(4 * GIB)} if name in ("rpool/dump", "rpool/swap") else dict(properties),
                used.get(name, 32768),
                machine.boot_time,
                True if name.startswith(f"rpool/ROOT/{environment}") else None,
            )
            for name, properties in datasets.items()
        },
        last_machine=machine.name,
        last_hostid=machine.hostid,
        last_time=machine.boot_time,
        properties={"bootfs": f"rpool/ROOT/{environment}"},
    )
    machine.imported.append(guid)


def make_pool(centre: DataCentre, entry: dict[str, Any]) -> None:
    fields = {key: value for key, value in entry.items() if key != "imported_by"}
    guid = str(fields.setdefault("guid", guid_of(entry["name"])))
    datasets = fields.pop("datasets", {entry["name"]: {}})
    pool: SharedPool = build(SharedPool, {"version": 32, **fields})
    for name, dataset in datasets.items():
        pool.datasets[name] = build(ZfsDataset, {"name": name, "created": START, **dataset})
    for _, disks in pool.tree:
        for disk in disks:
            if disk in centre.luns:
                centre.luns[disk].pool = guid
    importer = entry.get("imported_by")
    pool.exported = importer is None
    if importer:
        machine = centre.machines[importer]
        machine.imported.append(guid)
        pool.last_machine, pool.last_hostid, pool.last_time = machine.name, machine.hostid, machine.boot_time
    centre.pools[guid] = pool


def guid_of(text: str) -> str:
    """A pool guid (64-bit number as zpool prints it) that is the same every time."""
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") | 1 << 60)
