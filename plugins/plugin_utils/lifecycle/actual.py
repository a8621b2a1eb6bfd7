# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a node's zones and storage after looking. None means: not asked, because nothing depends on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ..commands.mount import Mount
from ..model.network import Address
from ..model.plan import Begin
from ..model.storage import Disk, Pool, PoolUsage, Zfs
from ..model.volumes import Svm, Vxvm
from ..model.zone import ZoneConfig, ZoneStatus
from .live_resources import NodeLive


@dataclass(frozen=True, slots=True)
class ZonePath:
    """A zone's directory: its mode bits as ls prints them, and whether something is in it."""

    mode: str
    empty: bool


@dataclass(frozen=True, slots=True)
class NodeActual:
    zones: Mapping[str, ZoneStatus]
    pools: Mapping[str, Pool]
    configs: Mapping[str, ZoneConfig] = field(default_factory=dict)
    zfs: Mapping[str, Zfs] = field(default_factory=dict)
    milestones: Mapping[str, str] = field(default_factory=dict)  # zone → see milestone.state
    maintenance: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # running zone → its services that are in maintenance
    unconfigured: frozenset[str] = frozenset()  # zones that have no identity yet: /etc/.UNCONFIGURED and no sysidcfg
    jobs: frozenset[str] = frozenset()
    ended_jobs: frozenset[str] = frozenset()  # their directories were left behind by a controller that did not live to see their end
    held: Mapping[str, Zfs] = field(default_factory=dict)  # all that lies on the pools of vServers that go away
    importable: tuple[Pool, ...] | None = None
    disks: Mapping[str, Disk] | None = None  # by GUID
    virtual: Mapping[str, str] = field(default_factory=dict)  # virtual disk of a guest domain → GUID, '' where it tells none
    zonepaths: Mapping[str, ZonePath] | None = None  # zone → directory; absent: there is none
    answering: frozenset[str] = frozenset()  # addresses of not yet configured zones that somebody already has
    svm: Svm | None = None
    vxvm: Vxvm | None = None
    mounts: tuple[Mount, ...] | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)  # raw device → file system type that fstyp found on it, '' for none
    looked_at: frozenset[str] = frozenset()  # raw devices of LUNs that fstyp was asked about
    spans: Mapping[str, int] = field(default_factory=dict)  # raw device → bytes of the UFS on it
    rooms: Mapping[str, int] = field(default_factory=dict)  # disk group → bytes that vxassist could make one more volume of
    usage: Mapping[str, PoolUsage] = field(default_factory=dict)
    seen: Mapping[str, Disk] | None = None  # by device name: sizes and paths, where commands that cost little tell them
    resources: NodeLive = field(default_factory=NodeLive)  # what the kernel holds of running zones' resources
    live: Mapping[str, ZoneConfig] = field(default_factory=dict)  # running zone → the configuration it runs with (Solaris 11.2 and later)
    unseen: Mapping[str, str] = field(default_factory=dict)  # running zone → why what it runs with could not be read
    addresses: tuple[Address, ...] | None = None  # of the node and its shared-IP zones
    in_use: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # mount point → processes that hold it
    folders: Mapping[str, str] = field(default_factory=dict)  # path below a zone's root → first letter of its mode; absent: not there
    unreadable: Mapping[str, str] = field(default_factory=dict)  # file that an installation wants to read → why it cannot
    complete: bool = False  # all looks were taken

    def begin(self, job: str) -> Begin:
        """What a step does about the job of this name."""
        return "join" if job in self.jobs else "anew" if job in self.ended_jobs else "first"


def as_stopped(known: NodeActual, names: Collection[str]) -> NodeActual:
    """The node as it will be when these vServers have been shut down."""
    if not names:
        return known
    zones = {name: replace(zone, state="installed") if name in names else zone for name, zone in known.zones.items()}
    return replace(known, zones=zones)
