# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks, LUNs, zpools and ZFS file systems as a node shows them. Sizes are bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Disk:
    """A local disk or a LUN. ``device`` is the name without /dev/dsk and slice, e.g. ``c0t60060E80…d0``.

    ``guid`` is the LUN's NAA identifier in capitals (None for a disk that shows none): the only name that is the same on
    every node. ``paths`` counts operational MPxIO paths where known, ``all_paths`` those that there should be.
    """

    device: str
    guid: str | None = None
    size: int | None = None
    vendor: str = ""
    product: str = ""
    paths: int | None = None
    all_paths: int | None = None


@dataclass(frozen=True, slots=True)
class Vdev:
    """A node of a pool's tree: a disk (no children) or ``mirror``, ``raidz1``, ``spares``, ``logs``, ``cache`` ...

    ``name`` is as printed (``mirror-0``, ``c0t0d0s0``); ``kind`` is ``disk`` or the group's word without its number.
    """

    name: str
    kind: str
    state: str = ""
    children: tuple[Vdev, ...] = ()
    read: int = 0
    write: int = 0
    cksum: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool in ``zpool status`` or offered by ``zpool import``; ``last_host`` and ``pool_id`` only for the latter."""

    name: str
    state: str
    vdevs: tuple[Vdev, ...] = ()
    pool_id: str = ""
    status: str = ""
    action: str = ""
    scan: str = ""
    errors: str = ""
    last_host: str | None = None
    see: str = ""


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """One line of ``zpool list``."""

    name: str
    size: int
    allocated: int
    free: int
    health: str


@dataclass(frozen=True, slots=True)
class ZfsProperty:
    """A property's value as printed and where it comes from: local, default, inherited, received, temporary, none."""

    value: str
    source: str = ""
    inherited_from: str = ""


@dataclass(frozen=True, slots=True)
class Zfs:
    """A ZFS file system, volume or snapshot with the properties that were asked for."""

    name: str
    properties: Mapping[str, ZfsProperty] = field(default_factory=dict)
