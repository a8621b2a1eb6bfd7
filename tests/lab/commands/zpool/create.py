# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool create, add, destroy."""

from __future__ import annotations

import hashlib

from ...call import Call
from ...truth import SharedPool, ZfsDataset
from ..options import Refused, parse
from ..zfs import files, mounting, properties
from ..zfs.change import EMPTY
from ..zfs.dataset import imported_pool
from . import disks, vdevs
from .listing import check_property
from .listing import names as property_names
from .repair import open_pool
from .versions import NEWEST

CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.: ")


def name_problem(name: str) -> str | None:
    """Why a pool cannot have this name, in libzfs's words."""
    for letter in name:
        if letter not in CHARACTERS:
            return f"invalid character '{letter}' in pool name"
    if not name[:1].isalpha():
        return "name must begin with a letter"
    if name.startswith(("mirror", "raidz", "spare")) or name == "log":
        return "name is reserved"
    if name[0] == "c" and name[1:2].isdigit():
        return "pool name is reserved"
    return "name is too long" if len(name) >= 248 else None


def new_guid(call: Call, name: str) -> str:
    """A 64-bit decimal number that the same run gives again."""
    seed = f"{call.centre.seed} {call.machine.name} {name} {call.now()} {len(call.centre.pools)}"
    return str(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") | 1 << 60)


def _settings(pairs: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise Refused("missing '=' for -o option")
        if key in settings:
            raise Refused(f"property '{key}' specified multiple times")
        settings[key] = value
    return settings


async def create(call: Call, args: list[str]) -> int:
    release = call.machine.release
    options, rest = parse(args, "fnR:m:o:O:" if release == "s10" else "fnBNR:m:o:O:l")
    flags = dict(options)
    if flags.keys() & {"B", "N", "l"}:
        return call.not_simulated("zpool create -B, -N, -l")
    if len(rest) < 2:
        raise Refused(f"missing {'vdev specification' if rest else 'pool name argument'}\nusage:\n\tcreate ...\n", 2)
    name, force = rest[0], "f" in flags
    pool_settings = _settings([text for letter, text in options if letter == "o"])
    top_settings = _settings([text for letter, text in options if letter == "O"])
    if "/" in name:
        raise Refused(f"cannot create '{name}': invalid character '/' in pool name\nuse 'zfs create' to create a dataset")
    tree = vdevs.parse(call, rest[1:])
    vdevs.check(call, name, tree, force)
    if "R" in flags:
        if not flags["R"].startswith("/"):
            raise Refused(f"invalid alternate root '{flags['R']}': must be an absolute path")
        pool_settings["altroot"] = flags["R"]
    point = flags.get("m", top_settings.get("mountpoint"))
    if point is not None and not point.startswith("/") and point not in ("legacy", "none"):
        if "m" not in flags and release == "s10":
            raise Refused(f"cannot create '{name}': 'mountpoint' must be an absolute path, 'none', or 'legacy'")
        raise Refused(f"invalid mountpoint '{point}': must be an absolute path, 'legacy', or 'none'")
    if point not in ("legacy", "none"):
        place = pool_settings.get("altroot", "") + (point or f"/{name}")
        if not files.empty_folder(call.machine, place):
            raise Refused(f"mountpoint '{place}' exists and is not empty\nuse '-m' option to provide a different default")
    if "n" in flags:
        call.out(f"would create '{name}' with the following layout:\n\n\t{name}\n")
        call.out("".join(f"\t{' ' * indent}{row}\n" for indent, row, _ in vdevs.layout(call, tree)))
        return 0
    _check_names(call, name, pool_settings, top_settings)
    if point is not None:
        top_settings["mountpoint"] = point
    version = int(pool_settings.pop("version", str(NEWEST[release])))
    pool = SharedPool(new_guid(call, name), name, tree, version, properties=pool_settings)
    top = ZfsDataset(name, properties=top_settings, used=EMPTY, created=call.now(), mounted=False)
    pool.datasets[name] = top
    for _, members in tree:
        for disk in members:
            disks.write_label(call, disk, pool.guid)
    call.centre.pools[pool.guid] = pool
    _take(call, pool)
    failures = mounting.mount_all(call, pool)
    for line in failures:
        call.err(line)
    if release != "s10" and any(kind == "disk" for kind, _ in tree):
        call.out(f"'{name}' successfully created, but with no redundancy; failure of one device will cause loss of the pool\n")
    call.save()
    return int(bool(failures))


def _check_names(call: Call, name: str, pool_settings: dict[str, str], top_settings: dict[str, str]) -> None:
    failure = f"cannot create '{name}': "
    why = name_problem(name)
    if why is not None:
        raise Refused(f"{failure}{why}\npool name may have been omitted")
    for key, value in pool_settings.items():
        if key not in property_names(call.machine.release):
            raise Refused(f"property '{key}' is not a valid pool property")
        why = None if key == "altroot" else check_property(call, key, value)
        if why is not None:
            raise Refused(failure + why)
    for key, value in top_settings.items():
        why = properties.problem(call.machine.release, key, value, creating=True)
        if why is not None:
            raise Refused(failure + why)
    if imported_pool(call.centre, call.machine, name) is not None:
        raise Refused(failure + "pool already exists")


def _take(call: Call, pool: SharedPool) -> None:
    """This machine has the pool now, and its label says so."""
    call.machine.imported.append(pool.guid)
    pool.exported = False
    pool.last_machine, pool.last_hostid, pool.last_time = call.machine.name, call.machine.hostid, call.now()


async def add(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "fn" if call.machine.release == "s10" else "fnl")
    flags = dict(options)
    if len(rest) < 2:
        raise Refused(f"missing {'vdev specification' if rest else 'pool name argument'}\nusage:\n\tadd ...\n", 2)
    pool = open_pool(call, rest[0])
    tree = vdevs.parse(call, rest[1:])
    vdevs.check(call, pool.name, tree, "f" in flags, existing=pool.tree)
    if flags.keys() - {"f"}:
        return call.not_simulated("zpool add -n, -l")
    for _, members in tree:
        for disk in members:
            disks.write_label(call, disk, pool.guid)
    pool.tree += tree
    call.save()
    return 0


async def destroy(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "f")
    if len(rest) != 1:
        raise Refused(f"{'too many arguments' if rest else 'missing pool argument'}\nusage:\n\tdestroy ...\n", 2)
    try:
        pool = open_pool(call, rest[0])
    except Refused as err:
        hint = "use 'zfs destroy' to destroy a dataset" if "/" in rest[0] else ""
        raise Refused(err.text + hint) from None
    try:
        mounting.unmount_all(call, pool, ("f", "") in options)
    except Refused as err:
        raise Refused(f"{err.text}could not destroy '{pool.name}': could not unmount datasets") from None
    if any(mounting.users(call, pool, dataset) for dataset in pool.datasets.values()):
        raise Refused(f"cannot destroy '{pool.name}': pool is busy")
    for dataset in pool.datasets.values():
        files.forget(pool.guid, dataset.name)
    for _, members in pool.tree:
        for disk in members:
            disks.clear_label(call.centre, disk, pool.guid)
    call.machine.imported.remove(pool.guid)
    del call.centre.pools[pool.guid]
    call.save()
    return 0
