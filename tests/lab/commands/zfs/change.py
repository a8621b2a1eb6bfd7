# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs create, destroy, rename, snapshot."""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool, ZfsDataset
from ..options import Refused, Unknown, parse
from . import dataset as tree
from . import files, mounting, properties, space

EMPTY = 32768  # bytes a fresh file system holds


def _root_only(call: Call, failure: str) -> None:
    if call.user != "root":
        raise Refused(failure + "permission denied")


def make(call: Call, pool: SharedPool, name: str, settings: dict[str, str], mount: bool = True) -> ZfsDataset:
    """A new file system whose parents exist; mounted when its properties say so. Raises Refused when that fails."""
    if space.available_to_data(call.centre, call.machine, pool, pool.datasets[tree.parent_name(name) or pool.name]) < EMPTY:
        raise Refused(f"cannot create '{name}': out of space")
    dataset = ZfsDataset(name, properties=settings, used=EMPTY, created=call.now(), mounted=False)
    pool.datasets[name] = dataset
    on = settings.get("canmount", "on") == "on"
    if mount and on and tree.mountpoint(pool, dataset)[0].startswith("/") and not tree.zoned(pool, dataset):
        try:
            mounting.mount(call, pool, dataset)
        except Refused as err:
            raise Refused(err.text + "filesystem successfully created, but not mounted") from None
    return dataset


def _parents(call: Call, name: str, anywhere: bool) -> SharedPool:
    """The pool of a data set to be made. Raises Refused as check_parents() does."""
    failure = f"cannot create '{name}': "
    why = tree.name_error(name)
    if why is None and "@" in name:
        why = "snapshot delimiter '@' in filesystem name"
    if why is not None:
        raise Refused(failure + why)
    above = tree.parent_name(name)
    if above is None:
        raise Refused(failure + "missing dataset name")
    pool = tree.imported_pool(call.centre, call.machine, name.split("/")[0])
    if pool is None:
        raise Refused(f"{failure}no such pool '{name.split('/')[0]}'")
    if tree.pool_state(call.centre, call.machine, pool) == "UNAVAIL":
        raise Refused(failure + "pool I/O is currently suspended")
    if above not in pool.datasets and not anywhere:
        raise Refused(failure + "parent does not exist")
    if above in pool.datasets and pool.datasets[above].type != "filesystem":
        raise Refused(failure + "parent is not a filesystem")
    return pool


async def create(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "V:b:so:p")
    if any(letter in "Vbs" for letter, _ in options):
        return call.not_simulated("zfs create -V")
    settings: dict[str, str] = {}
    for letter, text in options:
        if letter != "o":
            continue
        key, equals, value = text.partition("=")
        key = properties.ALIASES.get(key, key)
        if not equals:
            raise Refused("missing '=' for -o option")
        if key in settings:
            raise Refused(f"property '{key}' specified multiple times")
        settings[key] = value
    if len(rest) != 1:
        raise Refused(("too many arguments" if rest else "missing filesystem argument") + "\nusage:\n\tcreate ...\n", 2)
    name = rest[0]
    failure = f"cannot create '{name}': "
    with_parents = ("p", "") in options
    pool = _parents(call, name, with_parents)
    if name in pool.datasets:
        if with_parents:
            return 0
        raise Refused(failure + "dataset already exists")
    if call.zone is not None:
        allowed = any(name.startswith(f"{top}/") for top in tree.delegated(call))
        if not allowed:
            raise Refused(failure + "permission denied")
    _root_only(call, failure)
    for key, value in settings.items():
        why = properties.problem(call.machine.release, key, value, creating=True)
        if why is not None:
            raise Refused(failure + why)
        if key in ("quota", "refquota") and 0 < (space.number(value) or 0) < EMPTY:
            raise Refused(failure + "out of space")
        if key in ("reservation", "refreservation"):
            above = pool.datasets[next(item for item in _line(name) if item in pool.datasets)]
            if (space.number(value) or 0) > space.available(call.centre, call.machine, pool, above):
                raise Refused(failure + "out of space")
    if with_parents:
        for above in reversed(_line(name)):
            if above not in pool.datasets:
                make(call, pool, above, {})
    make(call, pool, name, settings)
    call.save()
    return 0


def _line(name: str) -> list[str]:
    """The names above, nearest first."""
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def remove(call: Call, pool: SharedPool, dataset: ZfsDataset, force: bool = False) -> None:
    """Unmount and destroy one data set that has nothing below it."""
    if dataset.properties.get("lab:held"):
        raise Refused(f"cannot destroy '{dataset.name}': snapshot is busy")
    if tree.is_mounted(pool, dataset):
        mounting.unmount(call, pool, dataset, force)
    elif dataset.type == "filesystem" and mounting.users(call, pool, dataset):
        raise Refused(f"cannot destroy '{dataset.name}': dataset is busy")
    del pool.datasets[dataset.name]
    files.forget(pool.guid, dataset.name)


async def destroy(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "frR" + ("d" if call.machine.release == "s10" else "ds"))
    flags = {letter for letter, _ in options}
    if flags & {"d", "s"}:
        return call.not_simulated("zfs destroy -d")
    if len(rest) != 1:
        raise Refused(("too many arguments" if rest else "missing path argument") + "\nusage:\n\tdestroy ...\n", 2)
    name, recurse = rest[0], bool(flags & {"r", "R"})
    if "," in name or "%" in name:
        raise Unknown("zfs destroy of several snapshots")
    if recurse and "@" in name:
        return _destroy_snapshots(call, name)
    pool, dataset = tree.open_dataset(call, name)
    failure = f"cannot destroy '{name}': "
    if dataset.name == pool.name and not recurse:
        raise Refused(
            f"{failure}operation does not apply to pools\nuse 'zfs destroy -r {name}' to destroy all datasets in the pool\n"
            f"use 'zpool destroy {name}' to destroy the pool itself"
        )
    below = tree.descendants(pool, name)
    if below and not recurse:
        names = "".join(f"{item.name}\n" for item in below)
        raise Refused(f"{failure}{dataset.type} has children\nuse '-r' to destroy the following datasets:\n{names}")
    _root_only(call, failure)
    if call.zone is not None and not any(name.startswith((f"{top}/", f"{top}@")) for top in tree.delegated(call)):
        raise Refused(failure + "permission denied")
    try:
        for item in [*reversed(below), dataset]:
            if item.name != pool.name:
                remove(call, pool, item, "f" in flags)
    finally:
        call.save()
    return 0


def _destroy_snapshots(call: Call, name: str) -> int:
    path, _, tag = name.partition("@")
    pool, top = tree.open_dataset(call, path)
    _root_only(call, f"cannot destroy '{name}': ")
    below = [item for item in [top, *tree.descendants(pool, path)] if item.type != "snapshot"]
    found = [f"{item.name}@{tag}" for item in below if f"{item.name}@{tag}" in pool.datasets]
    if not found:
        raise Refused(f"cannot destroy '{name}': dataset does not exist\nno snapshots destroyed")
    for each in found:
        remove(call, pool, pool.datasets[each])
    call.save()
    return 0


async def rename(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "prf" if call.machine.release == "s10" else "prfu")
    flags = {letter for letter, _ in options}
    if flags:
        return call.not_simulated("zfs rename with options")
    if len(rest) != 2:
        problem = "too many arguments" if len(rest) > 2 else f"missing {'target' if rest else 'source'} dataset argument"
        raise Refused(f"{problem}\nusage:\n\trename ...\n", 2)
    pool, dataset = tree.open_dataset(call, rest[0])
    old, new = rest
    if dataset.type == "snapshot":
        return call.not_simulated("zfs rename of a snapshot")
    if old == new:
        return 0
    why = tree.name_error(new)
    if why is not None:
        raise Refused(f"cannot rename to '{new}': {why}")
    _parents(call, new, anywhere=False)
    if new.split("/")[0] != pool.name:
        raise Refused(f"cannot rename to '{new}': datasets must be within same pool")
    if f"{new}/".startswith(f"{old}/"):
        raise Refused(f"cannot rename to '{new}': New dataset name cannot be a descendent of current dataset name")
    failure = f"cannot rename '{old}': "
    if dataset.name == pool.name:
        raise Unknown("zfs rename of a pool's top data set")
    if tree.zoned(pool, dataset) and call.zone is None:
        raise Refused(failure + "dataset is used in a non-global zone")
    if new in pool.datasets:
        raise Refused(failure + "dataset already exists")
    _root_only(call, failure)
    moved = [dataset, *tree.descendants(pool, old)]
    mounted = [item for item in moved if tree.is_mounted(pool, item)]
    busy = next((item for item in mounted if mounting.users(call, pool, item)), None)
    if busy is not None:
        raise Refused(f"cannot unmount '{tree.mountpoint(pool, busy)[0]}': Device busy")
    for item in reversed(mounted):
        mounting.unmount(call, pool, item)
    for item in moved:
        del pool.datasets[item.name]
        item.name = new + item.name[len(old) :]
        pool.datasets[item.name] = item
    files.renamed(pool.guid, old, new)
    for item in mounted:
        mounting.mount(call, pool, item)
    call.save()
    return 0


async def snapshot(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "ro:")
    flags = dict(options)
    nothing = "\nno snapshots were created" if "r" in flags or call.machine.release != "s10" else ""
    if "o" in flags:
        return call.not_simulated("zfs snapshot -o")
    if len(rest) != 1:
        raise Refused(("too many arguments" if rest else "missing snapshot argument") + "\nusage:\n\tsnapshot ...\n", 2)
    path, at, tag = rest[0].partition("@")
    failure = f"cannot create snapshot '{rest[0]}': "
    if not at:
        raise Refused(failure + "missing '@' delimiter in snapshot name" + nothing)
    if not tag or tree.name_error(rest[0]) is not None:
        raise Refused(failure + f"{tree.name_error(rest[0])}{nothing}")
    try:
        pool, top = tree.open_dataset(call, path)
    except Refused as err:
        raise Refused(err.text.rstrip("\n") + nothing) from None
    _root_only(call, failure)
    targets = [top, *([item for item in tree.descendants(pool, path) if item.type != "snapshot"] if "r" in flags else [])]
    taken = next((item for item in targets if f"{item.name}@{tag}" in pool.datasets), None)
    if taken is not None:
        raise Refused(f"cannot create snapshot '{taken.name}@{tag}': dataset already exists{nothing}")
    for item in targets:
        name = f"{item.name}@{tag}"
        pool.datasets[name] = ZfsDataset(name, "snapshot", {"lab:referenced": str(item.used)}, used=0, created=call.now())
    call.save()
    return 0
