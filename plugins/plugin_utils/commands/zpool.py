# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool(1M): command lines for pools, and the parsers of ``list``, ``get`` and messages; zpool_status has the big ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import InvalidDefinition, ParseError
from ..model.names import zpool_name
from ..model.storage import PoolUsage
from ..model.vserver import Layout
from .zfs import option_words, parse_size, refusal
from .zpool_status import Scan, healthy, last_host, parse_import, parse_scan, parse_status

__all__ = [
    "REFUSED_BY",
    "Scan",
    "Supported",
    "create",
    "destroy",
    "export_pool",
    "get_version",
    "healthy",
    "import_pool",
    "importable",
    "is_absent",
    "last_host",
    "list_pools",
    "nothing_importable",
    "parse_get",
    "parse_import",
    "parse_list",
    "parse_scan",
    "parse_status",
    "parse_supported",
    "parse_version",
    "refusal",
    "status",
    "unprotected",
]

_DEVICE = re.compile(r"(?:/dev/(?:r?dsk|chassis)/)?[A-Za-z0-9][-_A-Za-z0-9/.:]*\Z")
_ID = re.compile(r"[0-9]{1,20}\Z")
_LIST_COLUMNS = ("name", "size", "allocated", "free", "health")
_ABSENT = ("no such pool", "no pools available to import")

#: Texts in the output of ``zpool create`` and ``zpool add`` that mean failure; a notice about missing redundancy is none.
REFUSED_BY = (
    "invalid vdev",
    "use '-f' to override",
    "use -f to override",
    "cannot create",
    "cannot import",
    "cannot export",
    "cannot destroy",
)


def status() -> Command:
    """All pools. Output: ``parse_status``; ``no pools available`` where there are none."""
    return Command.of("zpool", "status")


def list_pools() -> Command:
    """All pools' sizes, columns that Solaris 10 9/10 and later, 11 and illumos share. Output: ``parse_list``."""
    return Command.of("zpool", "list", "-H", "-o", ",".join(_LIST_COLUMNS))


def importable() -> Command:
    """Pools that could be imported. Output: ``parse_import``. It exits with 1 and says nothing, or so in words, when there are none."""
    return Command.of("zpool", "import", ok=(0, 1))


def _groups(layout: Layout, devices: Sequence[str], where: str) -> tuple[str, ...]:
    for device in devices:
        if not _DEVICE.match(device) or ".." in device:
            raise InvalidDefinition(f"{where}: {device!r} is not a disk name such as c0t600144F0...d0. Look at the node's disks.")
    if len(set(devices)) != len(devices):
        raise InvalidDefinition(f"{where}: a disk is named twice: {', '.join(devices)}.")
    if layout == "single" and len(devices) == 1:
        return tuple(devices)
    if layout == "stripe" and len(devices) > 1:
        return tuple(devices)
    if layout == "mirror" and len(devices) > 1:
        return ("mirror", *devices)
    if layout == "stripe_of_mirrors" and len(devices) > 3 and len(devices) % 2 == 0:
        return tuple(word for first in range(0, len(devices), 2) for word in ("mirror", devices[first], devices[first + 1]))
    raise InvalidDefinition(
        f"{where}: layout {layout} cannot be made of {len(devices)} disks (single: 1, mirror and stripe: 2 or more, "
        "stripe_of_mirrors: 4, 6, 8 ...)."
    )


def create(
    name: str,
    layout: Layout,
    devices: Sequence[str],
    properties: Mapping[str, str] | None = None,
    fs_properties: Mapping[str, str] | None = None,
) -> Command:
    """A new pool. ``stripe_of_mirrors`` takes the devices pair by pair; ``fs_properties`` (-O) are set on its root file system.

    Never forced: zpool's own check of what is on the disks must hold.
    """
    words = (*option_words("-o", properties or {}), *option_words("-O", fs_properties or {}))
    return Command.of("zpool", "create", *words, zpool_name(name), *_groups(layout, devices, f"dataset {name}"))


def import_pool(name: str, force: bool = False) -> Command:
    """``name`` may be the pool's numeric identifier. ``force`` only when the other host is proven not to use the pool."""
    return Command.of("zpool", "import", *(("-f",) if force else ()), name if _ID.match(name) else zpool_name(name))


def export_pool(name: str) -> Command:
    return Command.of("zpool", "export", zpool_name(name))


def destroy(name: str) -> Command:
    return Command.of("zpool", "destroy", zpool_name(name))


def get_version(name: str) -> Command:
    """The pool's on-disk version. Output: ``parse_version``."""
    return Command.of("zpool", "get", "version", zpool_name(name))


def parse_list(text: str) -> tuple[PoolUsage, ...]:
    """``list_pools``'s output. Sizes are rounded by zpool to three digits (``19.9G`` is anything between 19.85 and 19.95 GiB).

    A pool that is not available shows ``-`` for its sizes: 0 here, and its health says why.
    """
    pools = []
    for line in text.splitlines():
        if not line.strip() or line.strip() == "no pools available":
            continue
        fields = line.split("\t")
        if len(fields) < len(_LIST_COLUMNS) or not re.match(r"[A-Z]+\Z", fields[4]):
            raise ParseError(f"zpool list: not name, size, allocated, free, health: {line!r}")
        size, allocated, free = (0 if field == "-" else parse_size(field) for field in fields[1:4])
        pools.append(PoolUsage(fields[0], size, allocated, free, fields[4]))
    return tuple(pools)


def parse_get(text: str) -> dict[str, dict[str, str]]:
    """``zpool get -H``: pool → property → value as printed (``-`` where it has none)."""
    pools: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        fields = line.split("\t")
        if len(fields) != 4:
            raise ParseError(f"zpool get -H: not 4 fields: {line!r}")
        pools.setdefault(fields[0], {})[fields[1]] = fields[2]
    return pools


def parse_version(text: str) -> int | None:
    """``zpool get version POOL``: NAME PROPERTY VALUE SOURCE. None where the pool has feature flags instead (illumos)."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) != 2 or lines[0][:3] != ["NAME", "PROPERTY", "VALUE"] or lines[1][1:2] != ["version"]:
        raise ParseError(f"zpool get version: {text!r}")
    if lines[1][2] == "-":
        return None
    if not lines[1][2].isdecimal():
        raise ParseError(f"zpool get version: {lines[1][2]!r} is not a number")
    return int(lines[1][2])


@dataclass(frozen=True, slots=True)
class Supported:
    """What pools a node can open: ``version`` of the old numbering, None with feature flags (illumos), and those ``features``."""

    version: int | None
    versions: tuple[int, ...]
    features: tuple[str, ...] = ()


def parse_supported(text: str) -> Supported:
    """``zpool upgrade -v``: a table of versions, and before it on illumos one of feature flags."""
    current = re.search(r"^This system is currently running ZFS pool version (\d+)\.$", text, re.MULTILINE)
    flags = re.search(r"^This system supports ZFS pool feature flags\.$", text, re.MULTILINE)
    if (current is None) == (flags is None):
        raise ParseError("zpool upgrade -v: it says neither which version nor that feature flags are supported")
    listed, _heading, legacy = text.rpartition("\nVER  DESCRIPTION")
    return Supported(
        version=int(current[1]) if current else None,
        versions=tuple(int(number) for number in re.findall(r"^ *(\d+) {2,}\S", legacy, re.MULTILINE)),
        features=tuple(re.findall(r"^([a-z]\w+) +(?:\(read-only compatible\))?$", listed, re.MULTILINE)) if flags else (),
    )


def unprotected(output: Output) -> bool:
    """``zpool create`` made a pool and remarked that it has no redundancy (Solaris 11): a success."""
    return "successfully created, but with no redundancy" in output.stdout + output.stderr


def layout_refusals(output: Output) -> tuple[str, ...]:
    """Why zpool create, add, attach or replace will not take these devices unless forced; () when it did not say so.

    Solaris 11: ``vdev verification failed: use -f to override the following errors:``; others ``invalid vdev specification``
    and ``use '-f' to override the following errors:``. The reasons follow, a line each.
    """
    found = re.search(r"use '?-f'? to override the following errors:\n(?P<reasons>(?:.+\n?)+)", output.stderr + output.stdout)
    reasons = found["reasons"].splitlines() if found else []
    return tuple(reason.strip() for reason in reasons if not reason.startswith("Unable to build pool"))


def mismatch(reasons: Sequence[str]) -> tuple[str, str, str] | None:
    """What is mismatched, the pool's layout and the new device's, of the first reason that says so."""
    for reason in reasons:
        found = re.match(r"(mismatched replication level): pool uses (.+) and new vdev (?:is|uses) (.+)\Z", reason)
        if found:
            return found[1], found[2], found[3]
    return None


def is_absent(output: Output) -> bool:
    """There is no such pool: zpool failed and said just that. Every other failure is a failure, not an absence."""
    return output.rc != 0 and any(text in output.stderr + output.stdout for text in _ABSENT)


def nothing_importable(output: Output) -> bool:
    """``zpool import`` found no pool. Solaris says nothing, or ``no pools available to import``; any other text is a failure."""
    said = (output.stdout + output.stderr).strip()
    return said in ("", "no pools available to import")
