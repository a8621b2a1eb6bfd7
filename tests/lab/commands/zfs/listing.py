# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs list, and the tables of zfs list, zfs get and zpool list."""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool, ZfsDataset
from ..options import Refused, parse
from . import dataset as tree
from . import properties

TYPES = ("filesystem", "volume", "snapshot")


def table(headers: list[str], rows: list[list[str]], right: list[bool], scripted: bool) -> str:
    """Columns two blanks apart, numbers at least five wide (a CAP of Solaris 11 as wide as it is); the last one is not padded
    when it is left-aligned. Scripted: tabs, no header."""
    if scripted:
        return "".join("\t".join(row) + "\n" for row in rows)
    widths = [max(len(row[column]) for row in [headers, *rows]) for column in range(len(headers))]
    narrow = "CAP" if "DEDUP" in headers else ""
    widths = [max(width, 5) if right[column] and headers[column] != narrow else width for column, width in enumerate(widths)]
    text = ""
    for row in [headers, *rows]:
        cells = []
        for column, cell in enumerate(row):
            last = column == len(row) - 1
            cells.append(cell.rjust(widths[column]) if right[column] else cell if last else cell.ljust(widths[column]))
        text += "  ".join(cells) + "\n"
    return text


def types(text: str) -> set[str]:
    """The argument of ``-t``. Raises Refused."""
    chosen: set[str] = set()
    for word in text.split(","):
        if word == "all":
            chosen |= set(TYPES)
        elif word in TYPES:
            chosen.add(word)
        else:
            raise Refused(f"invalid type '{word}'\nusage:\n\tlist ...\n", 2)
    return chosen


def select(
    call: Call, names: list[str], depth: int | None, wanted: set[str] | None, kinds: set[str]
) -> tuple[list[tuple[SharedPool, ZfsDataset]], bool]:
    """The data sets named (all of them: none named), with what is below down to ``depth`` (0: only themselves, None: all).

    Returns them and whether a name failed; messages are printed as the command goes on with the rest.
    """
    chosen: list[tuple[SharedPool, ZfsDataset]] = []
    failed = False
    if not names:
        pools = tree.imported_pools(call.centre, call.machine)
        starts = [(pool, pool.datasets[pool.name]) for pool in pools if pool.name in pool.datasets]
        depth = None
    else:
        starts = []
        for name in names:
            try:
                pool, dataset = tree.open_dataset(call, name)
                if wanted is not None and depth == 0 and dataset.type not in wanted:
                    raise Refused(f"cannot open '{name}': operation not applicable to datasets of this type")
                starts.append((pool, dataset))
            except Refused as err:
                call.err(err.text)
                failed = True
    if names:  # zfs_for_each() sorts by name, whatever the order of the operands; a data set named twice comes once
        starts = sorted({start.name: (pool, start) for pool, start in starts}.values(), key=lambda item: tree.order(item[1].name))
    for pool, start in starts:
        level = start.name.count("/") + start.name.count("@")
        for dataset in [start, *([] if depth == 0 else tree.descendants(pool, start.name))]:
            near = depth is None or dataset.name.count("/") + dataset.name.count("@") - level <= depth
            own = names and dataset is start and wanted is None
            if near and (own or dataset.type in kinds) and tree.visible(call, dataset.name):
                chosen.append((pool, dataset))
    return chosen, failed


def _depth(text: str) -> int:
    if not text.isdigit():
        raise Refused(f"{text} is not an integer\nusage:\n\tlist ...\n", 2)
    return int(text)


async def list_(call: Call, args: list[str]) -> int:
    release = call.machine.release
    options, rest = parse(args, "Hrt:o:d:s:S:" + ("" if release == "s10" else "p"))
    flags = dict(options)
    if "s" in flags or "S" in flags:
        return call.not_simulated("zfs list -s")
    wanted = types(flags["t"]) if "t" in flags else None
    columns = "name,used,available,referenced,mountpoint"
    fields = flags.get("o", columns).split(",")
    fields = [properties.ALIASES.get(field, field) for field in fields]
    for field in fields:
        if field != "name" and ":" not in field and properties.known(release, field) is None:
            raise Refused(f"bad property list: invalid property '{field}'\nusage:\n\tlist ...\n", 2)
    depth = _depth(flags["d"]) if "d" in flags else None if "r" in flags else 0
    kinds = wanted or {"filesystem", "volume"}
    chosen, failed = select(call, rest, depth, wanted, kinds)
    rows = []
    for pool, dataset in chosen:
        row = []
        for field in fields:
            found = (dataset.name, "-") if field == "name" else properties.value(call, pool, dataset, field, "p" in flags)
            row.append("-" if found is None else found[0])
        rows.append(row)
    if rows:
        headers = ["NAME" if field == "name" else properties.header(field) for field in fields]
        call.out(table(headers, rows, [field in properties.RIGHT for field in fields], "H" in flags))
    elif not failed and "H" not in flags:
        call.out("no datasets available\n")
    return int(failed)
