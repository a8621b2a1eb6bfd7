# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool attach, detach, replace, online, offline, clear, scrub; resilvering and scrubbing take the lab's time."""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool
from ..options import Refused, parse
from ..zfs import space
from ..zfs.dataset import imported_pool
from ..zfs.health import disk_state, pool_state
from . import disks, vdevs

LIBZFS = 255  # attach, detach and replace end with libzfs's own -1
RATE = 200 << 20  # bytes a second that a resilver or scrub reads


def open_pool(call: Call, name: str) -> SharedPool:
    pool = imported_pool(call.centre, call.machine, name)
    if pool is None:
        if "/" in name:
            raise Refused(f"cannot open '{name}': invalid character '/' in pool name")
        raise Refused(f"cannot open '{name}': no such pool")
    return pool


def scan(pool: SharedPool) -> tuple[str, int, int, int] | None:
    """The last scrub or resilver: ``(kind, begin, end, bytes)``."""
    words = pool.properties.get("lab:scan", "").split()
    return (words[0], int(words[1]), int(words[2]), int(words[3])) if words else None


def begin(call: Call, pool: SharedPool, kind: str) -> None:
    amount = space.allocated(pool)
    seconds = max(5, amount // RATE)
    pool.properties["lab:scan"] = f"{kind} {call.now()} {call.now() + seconds} {amount}"


def member(call: Call, pool: SharedPool, word: str) -> tuple[int, str] | None:
    """A disk of the pool by its operand: ``(index of its group, key)``."""
    name = word.removeprefix("/dev/dsk/")
    for index, (_, members) in enumerate(pool.tree):
        for disk in members:
            here = disks.name_here(call.centre, call.machine, disk)
            if name in (here, f"{here}s0", disks.number(pool, disk)):
                return index, disk
    return None


def _operands(args: list[str], least: int, most: int, usage: str) -> None:
    if len(args) < least:
        what = ["missing pool name argument", "missing device name", "missing <new_device> specification"][len(args)]
        raise Refused(f"{what}\nusage:\n\t{usage} ...\n", 2)
    if len(args) > most:
        raise Refused(f"too many arguments\nusage:\n\t{usage} ...\n", 2)


def _join(call: Call, pool: SharedPool, old: str, new: str, verb: str, force: bool) -> tuple[int, str, str]:
    """Common checks of attach and replace: ``(group, old disk, new disk)``."""
    tree = vdevs.parse(call, [new])
    disk = tree[0][1][0]
    problem = disks.in_use(call, disk, force)
    if problem is not None:
        vdevs.check(call, pool.name, tree, force)
    failure = f"cannot attach {new} to {old}: " if verb == "attach" else f"cannot replace {old} with {new}: "
    found = member(call, pool, old)
    if found is None:
        raise Refused(failure + "no such device in pool", LIBZFS)
    smallest = space.device_space(space.disk_size(call.centre, found[1]))
    if space.device_space(space.disk_size(call.centre, disk)) < smallest:
        raise Refused(failure + "device is too small", LIBZFS)
    return found[0], found[1], disk


async def attach(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "f" if call.machine.release == "s10" else "fl")
    _operands(rest, 3, 3, "attach")
    pool = open_pool(call, rest[0])
    index, _, disk = _join(call, pool, rest[1], rest[2], "attach", ("f", "") in options)
    kind, members = pool.tree[index]
    if kind.startswith("raidz"):
        raise Refused(f"cannot attach {rest[2]} to {rest[1]}: can only attach to mirrors and top-level disks", LIBZFS)
    disks.write_label(call, disk, pool.guid)
    pool.tree[index] = ["mirror", [*members, disk]]
    begin(call, pool, "resilver")
    if call.machine.release != "s10":
        call.out("Make sure to wait until resilver is done before rebooting.\n" if pool.name == "rpool" else "")
    call.save()
    return 0


async def detach(call: Call, args: list[str]) -> int:
    parse(args, "")
    _operands(args, 2, 2, "detach")
    pool = open_pool(call, args[0])
    found = member(call, pool, args[1])
    failure = f"cannot detach {args[1]}: "
    if found is None:
        raise Refused(failure + "no such device in pool", LIBZFS)
    index, disk = found
    kind, members = pool.tree[index]
    if kind != "mirror":
        raise Refused(failure + "only applicable to mirror and replacing vdevs", LIBZFS)
    rest = [other for other in members if other != disk]
    if not any(disk_state(call.centre, call.machine, pool, other) == "ONLINE" for other in rest):
        raise Refused(failure + "no valid replicas", LIBZFS)
    pool.tree[index] = ["mirror", rest] if len(rest) > 1 else ["disk", rest]
    disks.clear_label(call.centre, disk, pool.guid)
    _mark(pool, disk, offline=False)
    call.save()
    return 0


async def replace(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "f")
    _operands(rest, 2, 3, "replace")
    pool = open_pool(call, rest[0])
    if len(rest) == 2:
        return call.not_simulated("zpool replace of a disk by another one in its place")
    index, old, new = _join(call, pool, rest[1], rest[2], "replace", ("f", "") in options)
    kind, members = pool.tree[index]
    if pool_state(call.centre, call.machine, pool) == "UNAVAIL":
        raise Refused(f"cannot replace {rest[1]} with {rest[2]}: pool I/O is currently suspended", LIBZFS)
    disks.write_label(call, new, pool.guid)
    pool.tree[index] = [kind, [new if disk == old else disk for disk in members]]
    disks.clear_label(call.centre, old, pool.guid)
    _mark(pool, old, offline=False)
    begin(call, pool, "resilver")
    call.save()
    return 0


def _mark(pool: SharedPool, disk: str, offline: bool) -> None:
    marked = set(pool.properties.get("offline_disks", "").split())
    marked = marked | {disk} if offline else marked - {disk}
    pool.properties.pop("offline_disks", None)
    if marked:
        pool.properties["offline_disks"] = " ".join(sorted(marked))


async def offline(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "t")
    if options:
        return call.not_simulated("zpool offline -t")
    _operands(rest, 2, 99, "offline")
    pool = open_pool(call, rest[0])
    failed = 0
    for word in rest[1:]:
        found = member(call, pool, word)
        if found is None:
            call.err(f"cannot offline {word}: no such device in pool\n")
            failed = 1
            continue
        _mark(pool, found[1], offline=True)
        if pool_state(call.centre, call.machine, pool) == "UNAVAIL":
            _mark(pool, found[1], offline=False)
            call.err(f"cannot offline {word}: no valid replicas\n")
            failed = 1
        elif call.machine.release == "s10":
            call.out(f"bringing device {word} offline\n")
    call.save()
    return failed


async def online(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "et")
    if options:
        return call.not_simulated("zpool online -e, -t")
    _operands(rest, 2, 99, "online")
    pool = open_pool(call, rest[0])
    failed = 0
    for word in rest[1:]:
        found = member(call, pool, word)
        if found is None:
            call.err(f"cannot online {word}: no such device in pool\n")
            failed = 1
            continue
        was = disk_state(call.centre, call.machine, pool, found[1])
        _mark(pool, found[1], offline=False)
        if disk_state(call.centre, call.machine, pool, found[1]) != "ONLINE":
            call.out(f"warning: device '{word}' onlined, but remains in faulted state\n")
            call.out("use 'zpool clear' to restore a faulted device\n" if was == "FAULTED" else "")
        else:
            if was == "OFFLINE":
                begin(call, pool, "resilver")
            if call.machine.release == "s10":
                call.out(f"bringing device {word} online\n")
    call.save()
    return failed


async def clear(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "FnV" if call.machine.release == "s10" else "FnVf")
    if options:
        return call.not_simulated("zpool clear -F, -n")
    _operands(rest, 1, 2, "clear")
    pool = open_pool(call, rest[0])
    if len(rest) == 2 and member(call, pool, rest[1]) is None:
        raise Refused(f"cannot clear errors for {rest[1]}: no such device in pool")
    if pool_state(call.centre, call.machine, pool) == "UNAVAIL":
        raise Refused(f"cannot clear errors for {pool.name}: I/O error")
    return 0


async def scrub(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "s")
    _operands(rest, 1, 99, "scrub")
    for name in rest:
        pool = open_pool(call, name)
        now = call.now()
        last = scan(pool)
        running = last is not None and now < last[2]
        if options:
            if not running or last is None or last[0] != "scrub":
                raise Refused(f"cannot cancel scrubbing {name}: there is no active scrub")
            return call.not_simulated("zpool scrub -s")
        if pool_state(call.centre, call.machine, pool) == "UNAVAIL":
            raise Refused(f"cannot scrub '{name}': pool is currently unavailable")
        if running and last is not None:
            raise Refused(f"cannot scrub {name}: currently {'scrubbing' if last[0] == 'scrub' else 'resilvering'}")
        begin(call, pool, "scrub")
    call.save()
    return 0
