# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer as it is declared: datasets, file systems, networks, resources. Validated here, whatever it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from netaddr import IPNetwork

State = Literal["defined", "installed", "running", "halted", "detached", "absent"]
Brand = Literal["native", "solaris", "solaris10", "solaris8", "solaris9", "lx"]
Layout = Literal["single", "mirror", "stripe", "stripe_of_mirrors"]
IpType = Literal["shared", "exclusive"]
Manager = Literal["zfs", "svm", "vxvm"]
#: What attaching does to a zone's software: nothing, what the node's release needs (-u), all of it (-U).
Upgrade = Literal["", "minimal", "all"]
CATEGORIES = ("critical", "important", "normal", "best_effort")


@dataclass(frozen=True, slots=True)
class Dataset:
    """LUNs (GUIDs, in order) under one volume manager: a zpool, an SVM disk set, a VxVM disk group of this name.

    ``stripe_of_mirrors`` takes them pair by pair. ``rootzpool``: the zone's own configuration names the LUNs, and zoneadm makes,
    imports, exports and destroys the pool with the zone (zonecfg(8)); it holds the zone's root and nothing else.
    """

    name: str
    luns: tuple[str, ...]
    layout: Layout = "single"
    manager: Manager = "zfs"
    rootzpool: bool = False


@dataclass(frozen=True, slots=True)
class Filesystem:
    """``root`` holds the zone itself, ``data`` is a file system of a dataset, ``lofs`` a directory of the node.

    ``name`` is the last part of the ZFS name (``zone`` for the root, '' on a rootzpool, whose pool itself is mounted at the zone
    path), or the name of the volume that holds it; ``renamed_from`` the one it had before. ``fstype`` is set on
    volumes only, ZFS and lofs have none.
    """

    type: Literal["root", "data", "lofs"]
    dataset: str = ""  # root, data
    name: str = ""  # root, data
    mountpoint: str = ""  # inside the zone; data, lofs
    source: str = ""  # lofs: directory of the node
    size: int | None = None  # bytes; becomes the ZFS quota, or the volume's size
    options: tuple[str, ...] = ()
    fstype: Literal["", "ufs", "vxfs"] = ""
    renamed_from: str = ""

    @property
    def zfs(self) -> str:
        """DATASET/NAME, whatever the volume manager: its name to people, and to ZFS."""
        return f"{self.dataset}/{self.name}" if self.name else self.dataset


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A vServer's leg in a network: its address with prefix.

    ``link`` is only declared for an exclusive-IP zone of Solaris 10, which takes a whole link of the node.
    """

    network: str
    address: IPNetwork
    link: str = ""

    def __eq__(self, other: object) -> bool:
        """By address: to netaddr two addresses of one subnet are the same IPNetwork."""
        return isinstance(other, Attachment) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, str, str]:
        return self.network, str(self.address), self.link


@dataclass(frozen=True, slots=True)
class Resources:
    """Resource controls. Sizes are bytes; ``cpu_cap`` is in CPUs; None (or '') leaves the control unset.

    ``base_units`` is the part of its node's rating that the vServer owns, ``dedicated_cpus`` the least and the most CPUs,
    ``pool`` a resource pool of the node.
    """

    memory: int | None = None
    swap: int | None = None
    locked: int | None = None
    cpu_cap: float | None = None
    cpu_shares: int | None = None
    base_units: int | None = None
    dedicated_cpus: tuple[int, ...] | None = None
    importance: int | None = None
    max_lwps: int | None = None
    max_processes: int | None = None
    max_shm_memory: int | None = None
    max_shm_ids: int | None = None
    max_sem_ids: int | None = None
    max_msg_ids: int | None = None
    scheduling_class: str = ""
    pool: str = ""


@dataclass(frozen=True, slots=True)
class VServer:
    """The whole declaration of one vServer. It names a compute pool, never a node.

    ``archive`` is a path on the node: a flash archive, for brand solaris a unified archive, of which ``archive_zone`` is the zone
    to take. ``preserve`` keeps the identity that is in a flash archive. ``manifest`` is an AI manifest, or its path on the node.
    ``sparse``: /lib, /platform, /sbin and /usr are the node's. ``hostid`` are eight hexadecimal digits, '' the node's own.
    """

    name: str
    compute_pool: str
    brand: Brand
    datasets: tuple[Dataset, ...]
    filesystems: tuple[Filesystem, ...]
    networks: tuple[Attachment, ...]
    ip_type: IpType = "exclusive"
    resources: Resources = field(default_factory=Resources)
    autoboot: bool = False
    category: str = "normal"
    priority: int = 50
    depends_on: tuple[str, ...] = ()  # its masters: vServers that must run before it boots
    archive: str = ""
    timezone: str = "UTC"
    nameservers: tuple[str, ...] = ()
    domain: str = ""
    archive_zone: str = ""
    manifest: str = ""
    preserve: bool = False
    sparse: bool = False
    hostid: str = ""

    @property
    def zonepath(self) -> str:
        return f"/zones/{self.name}"

    @property
    def root(self) -> Filesystem:
        return next(filesystem for filesystem in self.filesystems if filesystem.type == "root")

    def dataset(self, name: str) -> Dataset:
        return next(dataset for dataset in self.datasets if dataset.name == name)
