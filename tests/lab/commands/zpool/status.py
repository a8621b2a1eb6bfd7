# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool status.

Texts of Solaris 10 from the public sources; of Solaris 11 from recorded 11.1 output, where an unavailable pool's text is inferred
from the degraded one's.
"""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool
from ..options import Refused, parse
from ..zfs import space
from ..zfs.dataset import imported_pools, visible
from ..zfs.health import disk_state, pool_state, vdev_state
from . import disks, vdevs
from .listing import stamp
from .repair import open_pool, scan
from .versions import NEWEST

UNAVAILABLE_S11 = """status: One or more devices are unavailable in response to persistent errors.
\t{replicas}
action: Determine if the device needs to be replaced, and clear the errors
\tusing 'zpool clear' or 'fmadm repaired', or replace the device
\twith 'zpool replace'.
\tRun 'zpool status -v' to see device specific details.
"""
DEGRADED_S11 = UNAVAILABLE_S11.format(replicas="Sufficient replicas exist for the pool to continue functioning in a\n\tdegraded state.")
LOST_S11 = UNAVAILABLE_S11.format(replicas="There are insufficient replicas for the pool to continue\n\tfunctioning.")
DEGRADED_S10 = """status: One or more devices could not be opened.  Sufficient replicas exist for
\tthe pool to continue functioning in a degraded state.
action: Attach the missing device and online it using 'zpool online'.
   see: http://www.sun.com/msg/ZFS-8000-2Q
"""
LOST_S10 = """status: One or more devices could not be opened.  There are insufficient
\treplicas for the pool to continue functioning.
action: Attach the missing device and online it using 'zpool online'.
   see: http://www.sun.com/msg/ZFS-8000-3C
"""
FOREIGN_S10 = """status: One or more devices could not be used because the label is missing{gap}  {replicas}
action: {action}
   see: http://www.sun.com/msg/{code}
"""
OFFLINE = """status: One or more devices has been taken offline by the administrator.
\tSufficient replicas exist for the pool to continue functioning in a
\tdegraded state.
action: Online the device using 'zpool online' or replace the device with
\t'zpool replace'.
"""
RESILVERING = """status: One or more devices is currently being resilvered.  The pool will
\tcontinue to function, possibly in a degraded state.
action: Wait for the resilver to complete.
"""
OLD = """status: The pool is formatted using an older on-disk format.  The pool can
\tstill be used, but some features are unavailable.
action: Upgrade the pool using 'zpool upgrade'.  Once this is done, the
\tpool will no longer be accessible on older software versions.
"""


def disk_states(call: Call, pool: SharedPool) -> dict[str, str]:
    return {disk: disk_state(call.centre, call.machine, pool, disk) for _, members in pool.tree for disk in members}


def explanation(call: Call, pool: SharedPool) -> str:
    """The ``status:`` and ``action:`` paragraphs; empty for a healthy pool."""
    s10 = call.machine.release == "s10"
    states = disk_states(call, pool)
    whole = pool_state(call.centre, call.machine, pool)
    if "FAULTED" in states.values() and s10:
        if whole == "UNAVAIL":
            return FOREIGN_S10.format(
                gap=" \n\tor invalid.", replicas="There are insufficient replicas for the pool to continue\n\tfunctioning.",
                action="Destroy and re-create the pool from a backup source.", code="ZFS-8000-5E",
            )  # fmt: skip
        return FOREIGN_S10.format(
            gap=" or\n\tinvalid.", replicas="Sufficient replicas exist for the pool to continue\n\tfunctioning in a degraded state.",
            action="Replace the device using 'zpool replace'.", code="ZFS-8000-4J",
        )  # fmt: skip
    if {"UNAVAIL", "FAULTED"} & set(states.values()):
        if whole == "UNAVAIL":
            return LOST_S10 if s10 else LOST_S11
        return DEGRADED_S10 if s10 else DEGRADED_S11
    last = scan(pool)
    if last is not None and last[0] == "resilver" and call.now() < last[2]:
        return RESILVERING
    if "OFFLINE" in states.values():
        return OFFLINE
    return ""


def _span(seconds: int) -> str:
    return f"{seconds // 3600}h{seconds // 60 % 60}m"


def scan_text(call: Call, pool: SharedPool) -> str:
    """The ``scan:`` line (Solaris 10: ``scrub:``)."""
    s10 = call.machine.release == "s10"
    label = " scrub: " if s10 else "  scan: "
    last = scan(pool)
    if last is None:
        return f"{label}none requested\n"
    kind, begun, ends, amount = last
    now = call.now()
    if now < ends:
        part = (now - begun) / (ends - begun)
        if s10:
            left = _span(ends - now)
            return f"{label}{kind} in progress for {_span(now - begun)}, {part * 100:.2f}% done, {left} to go\n"
        done, total = space.nice(int(amount * part)), space.nice(amount)
        rate = space.nice(amount // (ends - begun))
        word = "resilvered" if kind == "resilver" else "repaired"
        return (
            f"{label}{kind} in progress since {stamp(begun)}\n    {done} scanned out of {total} at {rate}/s, {_span(ends - now)} to go\n"
            f"    {done if kind == 'resilver' else '0'} {word}, {part * 100:.2f}% done\n"
        )
    if s10:
        return f"{label}{kind} completed after {_span(ends - begun)} with 0 errors on {stamp(ends)}\n"
    what = f"resilvered {space.nice(amount)}" if kind == "resilver" else "scrub repaired 0"
    return f"{label}{what} in {_span(ends - begun)} with 0 errors on {stamp(ends)}\n"


def config(call: Call, pool: SharedPool) -> str:
    """The table NAME STATE READ WRITE CKSUM."""
    s10 = call.machine.release == "s10"
    states = disk_states(call, pool)
    whole = pool_state(call.centre, call.machine, pool)
    rows: list[tuple[int, str, str, str]] = [(0, pool.name, whole, "insufficient replicas" if whole == "UNAVAIL" and s10 else "")]
    groups = iter([vdev_state(kind, [states[disk] for disk in members]) for kind, members in pool.tree if kind != "disk"])
    for indent, name, disk in vdevs.layout(call, pool.tree):
        if disk is None:
            state = next(groups)
            rows.append((indent, name, state, "insufficient replicas" if state == "UNAVAIL" and s10 else ""))
            continue
        state = states[disk]
        note = {"UNAVAIL": "cannot open", "FAULTED": "corrupted data"}.get(state, "") if s10 else ""
        if disks.without_name(pool, disk, state):
            name, note = disks.number(pool, disk), f"was {disks.slice_zero(call, disk)}"
        shown = "UNAVAIL" if state == "FAULTED" else state
        rows.append((indent, name, shown, note))
    width = max(10, *(indent + len(name) for indent, name, _, _ in rows))
    text = f"config:\n\n\t{'NAME':<{width}}  {'STATE':<8} {'READ':>5} {'WRITE':>5} {'CKSUM':>5}\n"
    for indent, name, state, note in rows:
        text += f"\t{' ' * indent + name:<{width}}  {state:<8} {0:>5} {0:>5} {0:>5}" + (f"  {note}" if note else "") + "\n"
    return text


def report(call: Call, pool: SharedPool) -> str:
    why = explanation(call, pool)
    if not why and pool.version < NEWEST[call.machine.release]:
        why = OLD
    text = f"  pool: {pool.name}\n state: {pool_state(call.centre, call.machine, pool)}\n{why}"
    return text + scan_text(call, pool) + config(call, pool) + "\nerrors: No known data errors\n"


async def status(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "vxT:" if call.machine.release == "s10" else "vxlT:")
    flags = dict(options)
    if flags.keys() & {"T", "l"} or (rest and rest[-1].isdigit()):
        return call.not_simulated("zpool status -T, -l or with an interval")
    failed = 0
    pools = [pool for pool in imported_pools(call.centre, call.machine) if visible(call, pool.name)]
    if rest:
        pools = []
        for name in rest:
            try:
                pools.append(open_pool(call, name))
            except Refused as err:
                call.err(err.text)
                failed = 1
    elif not pools:
        call.out("no pools available\n")
        return 0
    shown = 0
    for pool in pools:
        if "x" in flags and not explanation(call, pool):
            if rest:
                call.out(f"pool '{pool.name}' is healthy\n")
            continue
        call.out(("\n" if shown else "") + report(call, pool))
        shown += 1
    if "x" in flags and not rest and not shown:
        call.out("all pools are healthy\n")
    return failed
