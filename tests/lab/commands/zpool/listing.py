# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool list, get, set, history."""

from __future__ import annotations

import time

from ...call import Call
from ...truth import SharedPool
from ..options import Refused, Unknown, parse
from ..zfs import space
from ..zfs.dataset import imported_pools, visible
from ..zfs.health import pool_state
from ..zfs.listing import table
from .repair import open_pool

HEADERS = {"name": "NAME", "size": "SIZE", "allocated": "ALLOC", "free": "FREE", "capacity": "CAP", "dedupratio": "DEDUP"}
HEADERS |= {"health": "HEALTH", "altroot": "ALTROOT", "guid": "GUID", "version": "VERSION", "bootfs": "BOOTFS"}
ALIASES = {"alloc": "allocated", "cap": "capacity", "dedup": "dedupratio"}
RIGHT = frozenset(["size", "allocated", "free", "capacity", "dedupratio", "guid", "version"])
READ_ONLY = ("size", "allocated", "free", "capacity", "health", "guid", "dedupratio")
ON_OFF = ("on", "off")
SETTABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "altroot": ("-", ()),
    "autoexpand": ("off", ON_OFF),
    "autoreplace": ("off", ON_OFF),
    "bootfs": ("-", ()),
    "cachefile": ("-", ()),
    "comment": ("-", ()),
    "delegation": ("on", ON_OFF),
    "failmode": ("wait", ("wait", "continue", "panic")),
    "listsnapshots": ("off", ON_OFF),
    "version": ("", ()),
}
S10_ORDER = ["size", "capacity", "altroot", "health", "guid", "version", "bootfs", "delegation", "autoreplace", "cachefile"]
S10_ORDER += ["failmode", "listsnapshots", "autoexpand", "free", "allocated"]


def names(release: str) -> list[str]:
    """Pool properties of a release in the order of ``zpool get all`` (11: alphabetical)."""
    if release == "s10":
        return S10_ORDER
    return sorted({*S10_ORDER, "dedupratio"})


def check_property(call: Call, name: str, text: str) -> str | None:
    """Why ``name=text`` is refused, or None."""
    if name in READ_ONLY:
        return f"property '{name}' is readonly" if call.machine.release == "s10" else f"'{name}' is readonly"
    if name not in SETTABLE or name not in names(call.machine.release):
        return f"invalid property '{name}'"
    _, values = SETTABLE[name]
    if values and text not in values:
        return f"'{name}' must be one of '{' | '.join(values)}'"
    if name == "version":
        from .versions import NEWEST

        if not text.isdigit() or not 1 <= int(text) <= NEWEST[call.machine.release]:
            return f"property '{name}' number {text} is invalid." if text.isdigit() else f"bad numeric value '{text}'"
    if name in ("cachefile", "bootfs"):
        raise Unknown(f"zpool property {name}")
    return None


def value(call: Call, pool: SharedPool, name: str) -> tuple[str, str]:
    """``(value, source)``. A pool that cannot be opened shows only its name, health, guid, altroot."""
    state = pool_state(call.centre, call.machine, pool)
    raw = space.pool_size(call.centre, pool)[0]
    used = min(raw, space.allocated(pool))
    if name == "health":
        return state, "-"
    if state == "UNAVAIL" and name in ("size", "allocated", "free", "capacity", "dedupratio"):
        return "-", "-"
    match name:
        case "name":
            return pool.name, "-"
        case "size":
            return space.nice(raw), "-"
        case "allocated":
            return space.nice(used), "-"
        case "free":
            return space.nice(raw - used), "-"
        case "capacity":
            return f"{used * 100 // raw if raw else 0}%", "-"
        case "dedupratio":
            return "1.00x", "-"
        case "guid":
            return pool.guid, "-" if call.machine.release == "s10" else "default"
        case "version":
            from .versions import NEWEST

            return str(pool.version), "default" if pool.version == NEWEST[call.machine.release] else "local"
    default, _ = SETTABLE[name]
    found = pool.properties.get(name)
    return (default, "default") if found is None else (found, "local")


def _pools(call: Call, names_: list[str]) -> tuple[list[SharedPool], bool]:
    if not names_:
        return [pool for pool in imported_pools(call.centre, call.machine) if visible(call, pool.name)], False
    found, failed = [], False
    for name in names_:
        try:
            found.append(open_pool(call, name))
        except Refused as err:
            call.err(err.text)
            failed = True
    return found, failed


async def list_(call: Call, args: list[str]) -> int:
    release = call.machine.release
    options, rest = parse(args, "Ho:vT:" if release != "s10" else "Ho:T:")
    flags = dict(options)
    if "v" in flags or "T" in flags or (rest and rest[-1].isdigit()):
        return call.not_simulated("zpool list -v, -T or with an interval")
    standard = "name,size,allocated,free,capacity" + ("" if release == "s10" else ",dedupratio") + ",health,altroot"
    fields = [ALIASES.get(field, field) for field in flags.get("o", standard).split(",")]
    for field in fields:
        if field != "name" and field not in names(release):
            raise Refused(f"bad property list: invalid property '{field}'\nusage:\n\tlist ...\n", 2)
    pools, failed = _pools(call, rest)
    rows = [[value(call, pool, field)[0] for field in fields] for pool in pools]
    if rows:
        headers = [HEADERS.get(field, field.upper()) for field in fields]
        call.out(table(headers, rows, [field in RIGHT for field in fields], "H" in flags))
    elif not rest and "H" not in flags:
        call.out("no pools available\n")
    return int(failed)


async def get(call: Call, args: list[str]) -> int:
    release = call.machine.release
    _, rest = parse(args, "")
    if not rest:
        raise Refused("missing property argument\nusage:\n\tget ...\n", 2)
    fields = names(release) if rest[0] == "all" else [ALIASES.get(field, field) for field in rest[0].split(",")]
    for field in fields:
        if field not in names(release):
            raise Refused(f"bad property list: invalid property '{field}'\nusage:\n\tget ...\n", 2)
    pools, failed = _pools(call, rest[1:])
    rows = [[pool.name, field, *value(call, pool, field)] for pool in pools for field in fields]
    if rows:
        call.out(table(["NAME", "PROPERTY", "VALUE", "SOURCE"], rows, [False] * 4, False))
    return int(failed)


async def set_(call: Call, args: list[str]) -> int:
    if len(args) != 2:
        problem = "missing property=value argument" if not args else "missing pool name" if len(args) == 1 else "too many pool names"
        raise Refused(f"{problem}\nusage:\n\tset ...\n", 2)
    name, equals, text = args[0].partition("=")
    if not equals:
        raise Refused("missing value in property=value argument\nusage:\n\tset ...\n", 2)
    pool = open_pool(call, args[1])
    if name == "altroot":
        raise Refused(f"cannot set property for '{pool.name}': property '{name}' can only be set during pool creation or import")
    why = check_property(call, name, text)
    if why is not None:
        raise Refused(f"cannot set property for '{pool.name}': {why}")
    if name == "version":
        return call.not_simulated("zpool set version")
    pool.properties[name] = text
    call.save()
    return 0


async def history(call: Call, args: list[str]) -> int:
    """Only what the truth keeps: that the pool was created."""
    options, rest = parse(args, "il")
    pools, failed = _pools(call, rest)
    if options or not pools:
        return call.not_simulated("zpool history -i, -l") if options else int(failed)
    return call.not_simulated("zpool history")


def stamp(seconds: int) -> str:
    """ctime(3C) without its newline, in UTC."""
    return time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(seconds))
