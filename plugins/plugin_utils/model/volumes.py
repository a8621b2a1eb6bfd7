# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk sets of Solaris Volume Manager and disk groups of Veritas Volume Manager as a node shows them. Sizes are bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: SVM and VxVM count in blocks of 512 bytes.
BLOCK = 512


@dataclass(frozen=True, slots=True)
class Metadevice:
    """A metadevice of a disk set, named without the set.

    ``kind`` is mirror, stripe (also a single slice), concat, soft, or the word that metastat has for others. ``parts`` are its
    components in order: metadevices without the set, or disks without slice. ``extents`` are a soft partition's, in blocks.
    """

    name: str
    kind: str
    parts: tuple[str, ...]
    size: int = 0
    state: str = ""
    extents: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DiskSet:
    """A disk set that this node is a host of. ``devices`` is only known (not None) to the host that owns the set.

    ``silent`` are hosts that did not answer whether they own it; None: nobody was asked. A host knows by itself whether it is the owner,
    and nothing of the others.
    """

    name: str
    hosts: Mapping[str, bool]  # host name → owns it
    drives: tuple[str, ...]  # without slice
    devices: Mapping[str, Metadevice] | None = None
    silent: tuple[str, ...] | None = None

    @property
    def owner(self) -> str:
        return next((host for host, owns in self.hosts.items() if owns), "")


@dataclass(frozen=True, slots=True)
class Svm:
    """``host`` is the node's own name (uname -n). ``trouble`` says why SVM does not work here; then there are no sets.

    ``loose`` are drives that carry a disk set this node is no host of (metaimport); None: not asked.
    """

    host: str
    sets: Mapping[str, DiskSet] = field(default_factory=dict)
    trouble: str = ""
    loose: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Plex:
    """A copy of a volume: its layout word (CONCAT, STRIPE) and number of columns; ``disks`` are disk media names in order."""

    name: str
    layout: str
    columns: int
    disks: tuple[str, ...]
    kstate: str = ""
    state: str = ""
    layers: tuple[str, ...] = ()  # volumes of a layered volume


@dataclass(frozen=True, slots=True)
class Volume:
    name: str
    size: int
    kstate: str
    state: str
    plexes: tuple[Plex, ...] = ()


@dataclass(frozen=True, slots=True)
class DiskGroup:
    """An imported disk group: disk media name → device as VxVM names it ('' where the device is gone), volumes by name."""

    name: str
    disks: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, Volume] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VxDevice:
    """A disk as VxVM sees it: ``natives`` its names without slice, one a path; ``group`` whatever is written on it.

    ``imported`` says whether that group is imported here; ``host`` is the host id written on it ('' for none, None: not asked).
    """

    name: str
    type: str
    group: str
    status: str
    imported: bool
    natives: tuple[str, ...] = ()
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Vxvm:
    """``host`` is the node's own name (uname -n). ``trouble`` says why VxVM does not work here; then nothing else is known."""

    host: str = ""
    devices: Mapping[str, VxDevice] = field(default_factory=dict)
    groups: Mapping[str, DiskGroup] = field(default_factory=dict)
    trouble: str = ""
