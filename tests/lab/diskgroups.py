# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Veritas Volume Manager keeps: on the disks (private regions, disk groups with their volumes) and in a host's kernel.

Lengths and offsets are sectors of 512 bytes, as VxVM counts. Disk groups belong to the data centre: they lie on LUNs that several
machines see. Two machines that import one at the same time share this one configuration, which real ones would not: the judge has
raised its alarm by then.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VERSIONS = ("5.0", "5.1", "6.0")  # of VxVM that the lab knows


@dataclass
class PrivateRegion:
    """What vxdisksetup writes on a LUN. ``host`` is the import lock: the node name of the host that has the group imported."""

    disk_id: str
    group: str = ""  # id of the disk group, empty: in none
    host: str = ""
    written: int = 0  # time of the last change


@dataclass
class Subdisk:
    name: str
    disk: str  # its disk media name
    offset: int
    length: int
    column: int = 0


@dataclass
class Plex:
    """``width`` is the stripe unit of a striped plex, 0 when it is concatenated."""

    name: str
    columns: int = 1
    width: int = 0
    subdisks: list[Subdisk] = field(default_factory=list)


@dataclass
class Volume:
    name: str
    length: int
    plexes: list[Plex] = field(default_factory=list)
    state: str = "ACTIVE"  # CLEAN after an orderly stop


@dataclass
class MediaDisk:
    """A disk in a group: ``guid`` of the LUN, ``length`` of its public region."""

    name: str
    guid: str
    length: int


@dataclass
class DiskGroup:
    id: str
    name: str
    version: int
    cds: bool = True
    base_minor: int = 0
    changes: int = 0
    autoimport: bool = True  # not after ``vxdg -t import``
    disks: dict[str, MediaDisk] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)


@dataclass
class VxHost:
    """VxVM on a machine. ``devices``: name -> LUN's guid, or device of a disk of its own, in the order the disks were found;
    ``groups``: id of an imported group -> names of its started volumes."""

    version: str = "6.0"
    licensed: bool = True
    devices: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
