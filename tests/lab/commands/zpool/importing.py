# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool import and export: pools between machines."""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool
from ..options import Refused, Unknown, parse
from ..zfs import mounting
from ..zfs.dataset import imported_pool
from ..zfs.health import disk_state, pool_state, vdev_state
from . import disks, vdevs
from .create import name_problem
from .listing import stamp
from .repair import open_pool
from .versions import NEWEST

SCAN_SECONDS = 2.0  # reading the labels of all disks
EXPORT_SECONDS = 1.0
MISSING = "One or more devices are missing from the system."
OLDER = "The pool is formatted using an older on-disk version."


def foreign(call: Call, pool: SharedPool) -> bool:
    """The label says the pool is active, and its hostid is another machine's."""
    return not pool.exported and int(pool.last_hostid or "0", 16) != int(call.machine.hostid or "0", 16)


def newer(call: Call, pool: SharedPool) -> bool:
    return pool.version > NEWEST[call.machine.release]


def unseen(call: Call, pool: SharedPool) -> frozenset[int]:
    """The top-level devices of which no label is readable: the labels of the others do not tell what they are made of."""
    states = [[disk_state(call.centre, call.machine, pool, disk) for disk in members] for _, members in pool.tree]
    return frozenset(index for index, group in enumerate(states) if not {"ONLINE", "OFFLINE"} & set(group))


def _problem(call: Call, pool: SharedPool, state: str) -> tuple[str, str]:
    """``(status, code)`` of what libzfs's check_status() finds first: the other host before anything about devices."""
    states = [disk_state(call.centre, call.machine, pool, disk) for _, members in pool.tree for disk in members]
    if foreign(call, pool):
        return "The pool was last accessed by another system.", "EY"
    if newer(call, pool):
        return "The pool is formatted using an incompatible version.", "A5"
    if unseen(call, pool):
        return MISSING, "6X"
    if "UNAVAIL" in states:
        return MISSING, "3C" if state == "UNAVAIL" else "2Q"
    if "FAULTED" in states:
        return "One or more devices contains corrupted data.", "5E" if state == "UNAVAIL" else "4J"
    if "OFFLINE" in states:
        return "One or more devices are offlined.", ""
    if pool.version < NEWEST[call.machine.release]:
        return OLDER, ""
    return "", ""


def _action(state: str, status: str, code: str) -> str:
    if state == "DEGRADED":
        return "can be imported despite missing or damaged devices.  The\n\tfault tolerance of the pool may be compromised if imported."
    if state == "ONLINE":
        how = {"EY": " and\n\tthe '-f' flag."}.get(code, ".")
        if status == OLDER:
            how = ", though\n\tsome features will not be available without an explicit 'zpool upgrade'."
        return f"can be imported using its name or numeric identifier{how}"
    if code == "A5":
        return "cannot be imported.  Access the pool on a system running newer\n\tsoftware, or recreate the pool from backup."
    if status == MISSING:
        return "cannot be imported. Attach the missing\n\tdevices and try again."
    return "cannot be imported due to damaged devices or data."


def describe(call: Call, pool: SharedPool) -> str:
    """One pool of ``zpool import`` without operands, as show_import() of the public source; zfs-fuse prints the same."""
    base = "http://www.sun.com/msg" if call.machine.release == "s10" else "http://support.oracle.com/msg"
    state = pool_state(call.centre, call.machine, pool)
    if newer(call, pool):
        state = "FAULTED" if call.machine.release == "s10" else "UNAVAIL"
    status, code = _problem(call, pool, state)
    text = f"  pool: {pool.name}\n    id: {pool.guid}\n state: {state}\n" + (f"status: {status}\n" if status else "")
    text += f"action: The pool {_action(state, status, code)}\n" + (f"   see: {base}/ZFS-8000-{code}\n" if code else "")
    text += "config:\n\n" + _config(call, pool, state)
    if code == "6X":
        text += "\n\tAdditional devices are known to be part of this pool, though their\n\texact configuration cannot be determined.\n"
    return text


def _config(call: Call, pool: SharedPool, state: str) -> str:
    hidden = frozenset[int]() if newer(call, pool) else unseen(call, pool)
    note = "newer version" if newer(call, pool) else "missing device" if hidden else "insufficient replicas" if state == "UNAVAIL" else ""
    rows: list[tuple[int, str, str, str]] = [(0, pool.name, "UNAVAIL" if newer(call, pool) else state, note)]
    states = {disk: disk_state(call.centre, call.machine, pool, disk) for _, members in pool.tree for disk in members}
    shown_groups = [group for index, group in enumerate(pool.tree) if index not in hidden]
    groups = iter([vdev_state(kind, [states[disk] for disk in members]) for kind, members in shown_groups if kind != "disk"])
    for indent, name, disk in vdevs.layout(call, pool.tree, hidden):
        shown = next(groups) if disk is None else states[disk]
        word = "cannot open" if disk is not None and shown == "UNAVAIL" else "corrupted data" if shown == "FAULTED" else ""
        word = "insufficient replicas" if disk is None and shown == "UNAVAIL" else word
        if disk is not None and disks.without_name(pool, disk, shown):
            name = disks.number(pool, disk)
        rows.append((indent, name, "UNAVAIL" if shown == "FAULTED" else shown, word))
    width = max(10, *(indent + len(name) for indent, name, _, _ in rows))
    return "".join(
        f"\t{' ' * indent + name:<{width}}  {shown}" + (f"  {word}" if word else "") + "\n" for indent, name, shown, word in rows
    )


async def import_(call: Call, args: list[str]) -> int:
    release = call.machine.release
    options, rest = parse(args, "afc:d:DEo:p:R:FNnV" + ("" if release == "s10" else "ml"))
    flags = dict(options)
    if flags.keys() & {"D", "c", "F", "n", "V", "E", "p", "m", "l"}:
        return call.not_simulated(" ".join(call.argv))
    if any(letter == "d" and text.rstrip("/") not in ("/dev/dsk", "/dev/chassis") for letter, text in options):
        return call.not_simulated("zpool import -d of a folder without disks")
    if ("a" in flags and rest) or len(rest) > 2:
        raise Refused("too many arguments\nusage:\n\timport ...\n", 2)
    if call.user != "root":
        if rest:
            raise Refused(f"cannot import '{rest[0]}': permission denied")
        raise Refused("cannot discover pools: permission denied")
    settings = _settings(options)
    await call.sleep(SCAN_SECONDS)
    found = [pool for pool in disks.visible_pools(call.centre, call.machine) if pool.guid not in call.machine.imported]
    if not rest:
        if not found:  # zfs-fuse speaks only where it saw the label of a destroyed pool; whether Solaris 11 is silent, too, is not known
            if release == "s10":
                return 1
            call.err("no pools available to import\n")
            return 0
        if "a" in flags:
            return max([await take(call, pool, None, "f" in flags, "N" in flags, settings) for pool in found])
        call.out("\n".join(describe(call, pool) for pool in found))
        return 0
    wanted = rest[0]
    matching = [pool for pool in found if (pool.guid == wanted if wanted.isdigit() else pool.name == wanted)]
    if len(matching) > 1:
        raise Refused(f"cannot import '{wanted}': more than one matching pool\nimport by numeric ID instead")
    if not matching:
        if imported_pool(call.centre, call.machine, wanted) is not None:
            raise Refused(
                f"cannot import '{wanted}': a pool with that name is already created/imported,\n"
                "and no additional pools with that name were found"
            )
        raise Refused(f"cannot import '{wanted}': no such pool available")
    return await take(call, matching[0], rest[1] if len(rest) == 2 else None, "f" in flags, "N" in flags, settings)


def _settings(options: list[tuple[str, str]]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for letter, text in options:
        if letter == "R":
            settings["altroot"] = text
        if letter == "o":
            key, equals, value = text.partition("=")
            if not equals or key not in ("altroot", "cachefile", "failmode"):
                raise Unknown(f"zpool import -o {text}")
            settings[key] = value
    return settings


async def take(call: Call, pool: SharedPool, new_name: str | None, force: bool, bare: bool, settings: dict[str, str]) -> int:
    """Import one pool: version, host, name, devices, then mounts."""
    name = new_name or pool.name
    failure = f"cannot import '{pool.name}': "
    if newer(call, pool):
        call.err(f"{failure}pool is formatted using a newer ZFS version\n")
        return 1
    if foreign(call, pool) and not force:
        hostid = int(pool.last_hostid or "0", 16)
        accessed = f"it was last accessed by {pool.last_machine} (hostid: 0x{hostid:x}) on {stamp(pool.last_time)}"
        call.err(f"{failure}pool may be in use from other system, {accessed}\nuse '-f' to import anyway\n")
        return 1
    if new_name is not None and name_problem(new_name) is not None:
        call.err(f"cannot import '{new_name}': {name_problem(new_name)}\n")
        return 1
    if imported_pool(call.centre, call.machine, name) is not None:
        call.err(f"cannot import '{name}': a pool with that name already exists\n")
        call.err("use the form 'zpool import <pool | id> <newpool>' to give it a new name\n")
        return 1
    if pool_state(call.centre, call.machine, pool) == "UNAVAIL":
        call.out("\tDestroy and re-create the pool from\n\ta backup source.\n")
        call.err(f"{failure}one or more devices is currently unavailable\n")
        return 1
    if new_name is not None and new_name != pool.name:
        rename_pool(pool, new_name)
    call.machine.imported.append(pool.guid)
    pool.exported = False
    pool.last_machine, pool.last_hostid, pool.last_time = call.machine.name, call.machine.hostid, call.now()
    pool.properties.pop("altroot", None)
    members = [disk for _, group in pool.tree for disk in group]
    lost = [disk for disk in members if disk_state(call.centre, call.machine, pool, disk) in ("UNAVAIL", "FAULTED")]
    pool.properties.pop("lab:lost", None)
    if lost:
        pool.properties["lab:lost"] = " ".join(lost)
    pool.properties.update({key: value for key, value in settings.items() if key != "cachefile"})
    failures: list[str] = []
    if bare:
        for dataset in pool.datasets.values():
            dataset.mounted = False if dataset.type == "filesystem" else None
    else:
        failures = mounting.mount_all(call, pool)
    for line in failures:
        call.err(line)
    call.save()
    return int(bool(failures))


def rename_pool(pool: SharedPool, name: str) -> None:
    """Import under a new name: all data set names change (their files are kept under the old ones' names)."""
    from ..zfs import files

    old = pool.name
    files.renamed(pool.guid, old, name)
    pool.datasets = {name + key[len(old) :]: dataset for key, dataset in pool.datasets.items()}
    for key, dataset in pool.datasets.items():
        dataset.name = key
    pool.name = name


async def export(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "f")
    if not rest:
        raise Refused("missing pool argument\nusage:\n\texport ...\n", 2)
    force = ("f", "") in options
    failed = 0
    for name in rest:
        try:
            pool = open_pool(call, name)
            if pool_state(call.centre, call.machine, pool) == "UNAVAIL" and not force:
                raise Refused(f"cannot export '{name}': pool I/O is currently suspended")
            mounting.unmount_all(call, pool, force)
            if any(mounting.users(call, pool, dataset) for dataset in pool.datasets.values()):
                raise Refused(f"cannot export '{name}': pool is busy")
            await call.sleep(EXPORT_SECONDS)
            call.machine.imported.remove(pool.guid)
            pool.exported = True
            pool.last_machine, pool.last_hostid, pool.last_time = call.machine.name, call.machine.hostid, call.now()
            pool.properties.pop("altroot", None)
            for dataset in pool.datasets.values():
                dataset.mounted = None
            call.save()
        except Refused as err:
            call.err(err.text)
            failed = 1
    return failed
