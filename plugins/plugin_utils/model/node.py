# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node as it was discovered."""

from __future__ import annotations

from dataclasses import dataclass

from .network import Address, Link
from .release import Release
from .storage import Disk


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What discovery found. ``cpus`` are virtual processors (hardware threads), ``memory`` is bytes, ``zones`` names of its zones.

    ``pools`` are names of the ZFS pools that it has imported.
    """

    hostname: str
    release: Release
    model: str
    cpus: int
    memory: int
    hostid: str
    disks: tuple[Disk, ...] = ()
    links: tuple[Link, ...] = ()
    addresses: tuple[Address, ...] = ()
    brands: tuple[str, ...] = ()
    cores: int | None = None
    chips: int | None = None
    zones: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
