# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs get, zfs set, zfs inherit."""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool, ZfsDataset
from ..options import Refused, parse
from . import dataset as tree
from . import mounting, properties, space
from .listing import select, table, types

SOURCES = ("local", "default", "inherited", "received", "temporary", "none")


async def get(call: Call, args: list[str]) -> int:
    release = call.machine.release
    options, rest = parse(args, "Hrpd:o:s:t:" + ("" if release == "s10" else "e"))
    flags = dict(options)
    columns = flags.get("o", "name,property,value,source").split(",")
    for column in columns:
        if column not in ("name", "property", "value", "source"):
            raise Refused(f"invalid column name '{column}'\nusage:\n\tget ...\n", 2)
    sources = flags["s"].split(",") if "s" in flags else list(SOURCES)
    for source in sources:
        if source not in SOURCES:
            raise Refused(f"invalid source '{source}'\nusage:\n\tget ...\n", 2)
    if not rest:
        raise Refused("missing property argument\nusage:\n\tget ...\n", 2)
    everything = rest[0] == "all"
    # zfs_share(1M): -e shows the members of the lists share.nfs and share.smb, too. The lab knows none of them; those of "all" are
    # left out, for nobody can have set one here.
    if "e" in flags and any(field.startswith("share") for field in rest[0].split(",")):
        return call.not_simulated("zfs get -e of share properties")
    fields = properties.names(release) if everything else [properties.ALIASES.get(field, field) for field in rest[0].split(",")]
    for field in fields:
        if field != "name" and ":" not in field and properties.known(release, field) is None:
            raise Refused(f"bad property list: invalid property '{field}'\nusage:\n\tget ...\n", 2)
    depth = int(flags["d"]) if flags.get("d", "").isdigit() else None if "r" in flags else 0
    kinds = types(flags["t"]) if "t" in flags else {"filesystem", "volume", "snapshot"}
    chosen, failed = select(call, rest[1:], depth, kinds if "t" in flags else None, kinds)
    rows = []
    for pool, dataset in chosen:
        names = fields + ([name for name in dataset.properties if ":" in name and not name.startswith("lab:")] if everything else [])
        for name in names:
            found = (dataset.name, "-") if name == "name" else properties.value(call, pool, dataset, name, "p" in flags)
            if found is None:
                if everything:
                    continue
                found = ("-", "-")
            word = "none" if found[1] == "-" else found[1].split()[0]
            if word in sources:
                cells = {"name": dataset.name, "property": name, "value": found[0], "source": found[1]}
                rows.append([cells[column] for column in columns])
    if rows:
        call.out(table([column.upper() for column in columns], rows, [False] * len(columns), "H" in flags))
    return int(failed)


def followers(pool: SharedPool, dataset: ZfsDataset) -> list[ZfsDataset]:
    """Its descendants that have their mount point from it: those below a mount point of their own stay where they are."""
    own: list[str] = []
    found = []
    for item in sorted(tree.descendants(pool, dataset.name), key=lambda each: tree.order(each.name)):
        if any(item.name.startswith(f"{name}/") for name in own):
            continue
        if "mountpoint" in item.properties:
            own.append(item.name)
        else:
            found.append(item)
    return found


def apply(call: Call, pool: SharedPool, dataset: ZfsDataset, name: str, text: str | None) -> None:
    """Set (None: unset) a property whose value has been checked, and move the mounts that hang on it."""
    moving = name in ("mountpoint", "canmount", "zoned")
    keep = name == "canmount" and text == "noauto"
    below = tree.descendants(pool, dataset.name) if name == "zoned" else followers(pool, dataset)
    touched = [dataset, *below] if moving and not keep else []
    mounted = [item for item in touched if tree.is_mounted(pool, item)]
    for item in sorted(mounted, key=lambda each: tree.order(each.name), reverse=True):
        mounting.unmount(call, pool, item)
    if text is None:
        dataset.properties.pop(name, None)
    else:
        dataset.properties[name] = text
    was = tree.mountpoint(pool, dataset)[0]
    for item in touched:
        point = tree.mountpoint(pool, item)[0]
        wants = point.startswith("/") and item.properties.get("canmount", "on") == "on" and not tree.zoned(pool, item)
        fresh = item is dataset and name == "mountpoint" and was.startswith("/")
        item.mounted = False if item.type == "filesystem" and item.mounted is not None else item.mounted
        if item.type == "filesystem" and wants and (item in mounted or fresh or name == "canmount"):
            item.mounted = False
            try:
                mounting.mount(call, pool, item)
            except Refused as err:
                raise Refused(err.text + "property may be set but unable to remount filesystem") from None


async def set_(call: Call, args: list[str]) -> int:
    parse(args, "")
    if len(args) < 2:
        problem = "missing property=value argument" if not args else "missing dataset name"
        raise Refused(f"{problem}\nusage:\n\tset ...\n", 2)
    name, equals, text = args[0].partition("=")
    if not equals:
        raise Refused("missing value in property=value argument\nusage:\n\tset ...\n", 2)
    if not name:
        raise Refused("missing property in property=value argument\nusage:\n\tset ...\n", 2)
    name = properties.ALIASES.get(name, name)
    failed = 0
    for target in args[1:]:
        try:
            pool, dataset = tree.open_dataset(call, target)
            failure = f"cannot set property for '{dataset.name}': "
            if call.user != "root":
                raise Refused(failure + "permission denied")
            if dataset.type == "snapshot" and ":" not in name:
                raise Refused(failure + "property doesn't apply to datasets of this type" if properties.known(call.machine.release, name)
                              else failure + f"invalid property '{name}'")  # fmt: skip
            why = properties.problem(call.machine.release, name, text, creating=False)
            if why is not None:
                raise Refused(failure + why)
            if name == "mountpoint" and tree.zoned(pool, dataset) and call.zone is None:
                raise Refused(failure + "'mountpoint' cannot be set on dataset in a non-global zone")
            if call.zone is not None and name in ("zoned", "quota", "reservation") and dataset.name in tree.delegated(call):
                raise Refused(failure + "permission denied")
            item = properties.known(call.machine.release, name)
            if item is not None and item.kind == "size" and not item.inherit:
                space.check_limits(call.centre, call.machine, pool, dataset, name, space.number(text) or 0)
            apply(call, pool, dataset, name, text)
        except Refused as err:
            call.err(err.text)
            failed = 1
    call.save()
    return failed


async def inherit(call: Call, args: list[str]) -> int:
    options, rest = parse(args, "rS")
    flags = dict(options)
    if "S" in flags:
        return call.not_simulated("zfs inherit -S")
    if len(rest) < 2:
        problem = "missing property argument" if not rest else "missing dataset argument"
        raise Refused(f"{problem}\nusage:\n\tinherit ...\n", 2)
    name = properties.ALIASES.get(rest[0], rest[0])
    item = properties.known(call.machine.release, name)
    if ":" not in name:
        if item is None:
            raise Refused(f"invalid property '{name}'\nusage:\n\tinherit ...\n", 2)
        if item.kind == "readonly":
            raise Refused(f"{name} property is read-only", 1)
        if not item.inherit or item.kind in ("once", "version"):
            hint = "use 'zfs set " + f"{name}={'none' if item.kind == 'size' else item.default}' to clear" if item.kind == "size" else ""
            raise Refused(f"'{name}' property cannot be inherited" + (f"\n{hint}" if hint else ""), 1)
    failed = 0
    for target in rest[1:]:
        try:
            pool, dataset = tree.open_dataset(call, target)
            if call.user != "root":
                raise Refused(f"cannot inherit {name} for '{dataset.name}': permission denied")
            below = tree.descendants(pool, dataset.name) if "r" in flags else []
            for each in [dataset, *below]:
                if name in each.properties:
                    apply(call, pool, each, name, None)
        except Refused as err:
            call.err(err.text)
            failed = 1
    call.save()
    return failed
