# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The storage half of the inventory: LUNs, datasets, file systems."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from . import names
from .errors import InvalidDefinition
from .options import Options
from .vserver import Dataset, Filesystem, Layout, Manager, VServer

_LAYOUTS: dict[Layout, tuple[int, int]] = {"single": (1, 1), "mirror": (2, 4), "stripe": (2, 64), "stripe_of_mirrors": (4, 64)}
_MANAGERS: tuple[Manager, ...] = ("zfs", "svm", "vxvm")
_FILESYSTEMS: tuple[Literal["root", "data", "lofs"], ...] = ("root", "data", "lofs")
_FSTYPES: dict[Manager, tuple[Literal["ufs", "vxfs"], ...]] = {"svm": ("ufs",), "vxvm": ("vxfs", "ufs")}
_KEYS = ("type", "dataset", "name", "mountpoint", "source", "size", "options", "fstype", "renamed_from")
#: Brands whose zones run on Solaris 10, where a zone path need not be ZFS.
_ON_SOLARIS10 = ("native", "solaris8", "solaris9")


def luns(declared: Mapping[str, Any]) -> dict[str, str]:
    """``heliostat_luns``: short names for GUIDs; one GUID has one name. A value is the GUID, or ``{guid: ..., array: ...}``."""
    found: dict[str, str] = {}
    names_of: dict[str, str] = {}
    for given, value in declared.items():
        name = str(given)
        options = _lun(name, value)
        canonical = options.checked("guid", names.lun_guid)
        if canonical in names_of:
            raise InvalidDefinition(f"LUN {name}: GUID {canonical} already has the name {names_of[canonical]}.")
        found[name] = canonical
        names_of[canonical] = name
    return found


def arrays(declared: Mapping[str, Any]) -> dict[str, str]:
    """GUID → the array it lies in, for the LUNs of ``heliostat_luns`` that say so."""
    given = {name: _lun(str(name), value) for name, value in declared.items()}
    return {
        options.checked("guid", names.lun_guid): options.checked("array", names.plain_name)
        for options in given.values()
        if options.has("array")
    }


def _lun(name: str, value: object) -> Options:
    label = f"LUN {name}"
    try:
        names.plain_name(name)
    except InvalidDefinition as error:
        raise InvalidDefinition(f"{label}: {error}") from None
    return Options.of(value, label, ("guid", "array")) if isinstance(value, Mapping) else Options(label, {"guid": value})


def dataset(entry: object, where: str, known: Mapping[str, str]) -> Dataset:
    """A dataset of ``where``, a vServer or (by itself) a node."""
    label = f"{where}, dataset {entry.get('name')}" if isinstance(entry, Mapping) else f"{where}, datasets"
    options = Options.of(entry, label, ("name", "luns", "layout", "manager", "rootzpool"))
    manager = options.choice("manager", _MANAGERS, "zfs")
    name = options.checked("name", names.zpool_name if manager == "zfs" else names.group_name)
    if name == "rpool":
        raise options.refuse("name", "is the node's own root pool, which is exported or destroyed with no vServer. Take LUNs of its own.")
    guids = []
    for lun in options.words("luns"):
        if lun not in known and not re.match(r"(naa\.)?[0-9A-Fa-f]{16,32}\Z", lun):
            raise options.refuse("luns", f"names LUN {lun!r}, which is not in heliostat_luns. Add it there with its GUID.")
        guids.append(known.get(lun) or Options(label, {"luns": lun}).checked("luns", names.lun_guid))
    layout = options.choice("layout", _LAYOUTS, "single")
    least, most = _LAYOUTS[layout]
    if not least <= len(guids) <= most or (layout == "stripe_of_mirrors" and len(guids) % 2):
        takes = f"{least}" if least == most else f"{least} to {most}"
        pairs = ", in pairs" if layout == "stripe_of_mirrors" else ""
        raise options.refuse("luns", f"has {len(guids)} LUNs; layout {layout} takes {takes}{pairs}.")
    if len(set(guids)) < len(guids):
        raise options.refuse("luns", "names a LUN twice.")
    rootzpool = options.flag("rootzpool", False)
    if rootzpool and manager != "zfs":
        raise options.refuse("rootzpool", f"is true, and its manager is {manager}: a rootzpool is a zpool.")
    if rootzpool and layout not in ("single", "mirror"):
        raise options.refuse("layout", f"is {layout}: zoneadm makes a rootzpool of one LUN, or a mirror of several.")
    return Dataset(name, tuple(guids), layout, manager, rootzpool)


def filesystem(entry: object, where: str, datasets: Sequence[Dataset]) -> Filesystem:
    """A file system of vServer ``where``."""
    label = f"{where}, filesystems"
    if isinstance(entry, Mapping):
        label = f"{where}, file system {entry.get('mountpoint') or entry.get('type')}"
    options = Options.of(entry, label, _KEYS)
    kind = options.choice("type", _FILESYSTEMS)
    words = tuple(options.words("options"))
    if any(not re.match(r"[a-z]+(=[-_.:A-Za-z0-9]+)?\Z", word) for word in words):
        raise options.refuse("options", f"{list(words)} hold something that is no mount option.")
    _check_meant(options, kind)
    mountpoint = "" if kind == "root" else options.checked("mountpoint", names.mount_point)
    if kind == "lofs":
        return Filesystem(kind, mountpoint=mountpoint, source=options.checked("source", names.mount_point), options=words)
    on = next((known for known in datasets if known.name == options.text("dataset")), None)
    if on is None:
        raise options.refuse("dataset", f"{options.text('dataset')!r} is not among the vServer's datasets.")
    if on.rootzpool:
        return _of_rootzpool(options, kind, on)
    default = "zone" if kind == "root" else mountpoint.strip("/").replace("/", "_")
    if on.manager == "svm":
        default = "d10" if kind == "root" else ""
    check = {"zfs": names.filesystem_name, "svm": names.metadevice_name, "vxvm": names.volume_name}[on.manager]
    name = Options(label, {"name": options.text("name") or default}).checked("name", check)
    renamed_from = options.checked("renamed_from", check) if options.has("renamed_from") else ""
    if renamed_from == name:
        raise options.refuse("renamed_from", "is its present name. Remove it.")
    if on.manager == "zfs" and options.has("fstype"):
        raise options.refuse("fstype", "has no meaning on a zpool. Remove it.")
    types = _FSTYPES.get(on.manager, ())
    if types and not options.has("size"):
        raise options.refuse("size", f"is not set: a volume of {on.manager} has a size.")
    return Filesystem(
        type=kind,
        dataset=on.name,
        name=name,
        mountpoint=mountpoint,
        size=options.size("size"),
        options=words,
        fstype=options.choice("fstype", types, types[0]) if types else "",
        renamed_from=renamed_from,
    )


def _of_rootzpool(options: Options, kind: str, on: Dataset) -> Filesystem:
    if kind != "root":
        raise options.refuse("dataset", f"{on.name} is the zone's rootzpool, which holds its root only. Declare another dataset for it.")
    for key in ("name", "size", "renamed_from", "fstype"):
        if options.has(key):
            raise options.refuse(key, f"has no meaning on rootzpool {on.name}: the whole pool is the zone's. Remove it.")
    return Filesystem("root", dataset=on.name)


def _check_meant(options: Options, kind: str) -> None:
    """An option that this type of file system has no use for is a misunderstanding, not to be passed over."""
    if kind == "lofs" and not options.has("source"):
        raise options.refuse("source", "is not set: a lofs file system needs source, the node's directory.")
    ours = ("dataset", "name", "size", "fstype", "renamed_from")
    useless = {"root": ("mountpoint", "source", "options"), "data": ("source",), "lofs": ours}
    for key in useless[kind]:
        if options.has(key) and options.given[key] != []:
            raise options.refuse(key, f"has no meaning for a file system of type {kind}. Remove it.")


def check(vserver: VServer) -> None:
    """What a whole vServer cannot have: volumes under a Solaris 11 zone, a root that nobody mounts when the node boots."""
    where = f"vServer {vserver.name}"
    volumes = [declared for declared in vserver.datasets if declared.manager != "zfs"]
    if volumes and vserver.brand not in _ON_SOLARIS10:
        raise InvalidDefinition(
            f"{where}: dataset {volumes[0].name} is of {volumes[0].manager}, which a vServer of brand {vserver.brand} cannot have: "
            f"it takes Solaris 10 ({', '.join(_ON_SOLARIS10)}). Use zfs."
        )
    if vserver.autoboot and vserver.dataset(vserver.root.dataset).manager != "zfs":
        raise InvalidDefinition(
            f"{where}: autoboot is true, but nobody takes disk set or group {vserver.root.dataset} and mounts {vserver.zonepath} when "
            "the node boots. Leave autoboot false and let heliostat.vdc.vserver boot it."
        )
    _check_rootzpool(vserver, where)
    froms = [(one.dataset, one.renamed_from) for one in vserver.filesystems if one.renamed_from]
    names_now = {(one.dataset, one.name) for one in vserver.filesystems if one.name}
    for pair in froms:
        if pair in names_now or froms.count(pair) > 1:
            raise InvalidDefinition(f"{where}: renamed_from names {'/'.join(pair)}, which another of its file systems is or was.")


def _check_rootzpool(vserver: VServer, where: str) -> None:
    """zonecfg(8): one for a zone, called ZONE_rpool, and the zone is installed in it. Brand solaris only: no other has met it here."""
    for one in vserver.datasets:
        if not one.rootzpool:
            continue
        if vserver.brand != "solaris":
            raise InvalidDefinition(f"{where}: dataset {one.name} is a rootzpool, which is known here for brand solaris only.")
        if one.name != f"{vserver.name}_rpool":
            raise InvalidDefinition(f"{where}: dataset {one.name} is a rootzpool; zoneadm calls that {vserver.name}_rpool. Call it so.")
        if vserver.root.dataset != one.name:
            raise InvalidDefinition(f"{where}: dataset {one.name} is a rootzpool, so the file system of type root lies on it.")
