# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof for people and programs: the same rows as table, JSON, CSV and HTML. The same rows give the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..model.patching.result import STATES
from .proof import Counts, Row, Totals

COLUMNS = ("node", "set", "version", "patch", "state", "reason", "zones", "drift", "at", "synopsis", "log")
_TITLES = {"at": "Last worked on", "zones": "Zones without it", "log": "Log"}
#: A spreadsheet takes a cell that begins so for a formula. The apostrophe is among them so that the guard can be taken off again.
_FORMULA = tuple("=+-@\t\r\n'")
#: Characters of a reason in the table.
_MOST = 160
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STYLE = (
    "body{font-family:sans-serif;margin:2em;color:#1a1a1a;background:#fff}table{border-collapse:collapse;margin:1em 0 2em}"
    "caption{text-align:left;font-weight:bold;padding:.4em 0}td,th{padding:.3em .7em;border:1px solid #767676;text-align:left;"
    "vertical-align:top}td.n{text-align:right}thead th{background:#ececec}td.l{white-space:pre-wrap;font-family:monospace}"
    "tr.open td.s{font-weight:bold;text-decoration:underline}"
    "@media print{body{margin:0;font-size:9pt}thead{display:table-header-group}tr{break-inside:avoid}a{color:inherit}}"
)


def record(row: Row) -> dict[str, Any]:
    """A row as JSON has it: ``set``, ``version`` and ``at`` are null where there is none."""
    return {
        "node": plain(row.node),
        "set": plain(row.set.name) if row.set else None,
        "version": row.set.version if row.set else None,
        "patch": str(row.patch),
        "state": row.state,
        "reason": plain(row.reason),
        "zones": [plain(zone) for zone in row.zones],
        "drift": row.drift,
        "at": row.at.isoformat(timespec="seconds") if row.at else None,
        "synopsis": plain(row.synopsis),
        "log": plain(row.log),
    }


def plain(text: str) -> str:
    """What a node printed, without what no file of text can hold: such characters become U+FFFD, and every end of line is one."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def cells(row: Row) -> list[str]:
    """A row as words, by COLUMNS; '' is what there is not."""
    told = record(row)
    told["zones"] = " ".join(told["zones"])
    return ["" if told[column] is None else str(told[column]) for column in COLUMNS]


def attention(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of those rows that are not settled, for a terminal; a node that does not answer has one line for each set."""
    heads = ["NODE", "SET", "PATCH", "STATE", "DRIFT", "WHY"]
    alike: dict[tuple[object, ...], list[Row]] = {}
    for number, row in enumerate(rows):
        if not row.settled:
            silent = row.state == "unknown" and row.unasked
            alike.setdefault((row.node, row.set, row.unasked) if silent else (number,), []).append(row)
    lines = []
    for some in alike.values():
        row = some[0]
        why = " ".join(plain(row.unasked or row.reason).split())
        which = str(row.patch) if len(some) == 1 else f"{len(some)} patches"
        lines.append([row.node, str(row.set or ""), which, row.state, row.drift, why if len(why) <= _MOST else f"{why[: _MOST - 1]}…"])
    return heads, lines


def summary(totals: Totals) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of the totals, for a terminal: states that nothing is in are left out."""
    kept = [state for state in STATES if totals.all[state]]
    lines = [["all", *(str(totals.all[state]) for state in kept), str(sum(totals.drift.values()))]]
    lines += [[f"set {key}", *(str(counts[state]) for state in kept), ""] for key, counts in totals.sets.items()]
    lines += [[f"group {name}", *(str(counts[state]) for state in kept), ""] for name, counts in totals.groups.items()]
    lines += [[f"node {name}", *(str(counts[state]) for state in kept), str(totals.drift[name])] for name, counts in totals.nodes.items()]
    return ["OF", *(state.upper() for state in kept), "DRIFT"], lines


def counted(totals: Totals) -> dict[str, Any]:
    """The totals as JSON has them."""
    return {
        "all": dict(totals.all),
        "nodes": {plain(name): {**counts, "drift": totals.drift[name]} for name, counts in totals.nodes.items()},
        "sets": [{"set": plain(key.name), "version": key.version, **counts} for key, counts in totals.sets.items()],
        "groups": {plain(name): dict(counts) for name, counts in totals.groups.items()},
    }


def as_json(rows: Sequence[Row], totals: Totals) -> str:
    return json.dumps({"totals": counted(totals), "rows": [record(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n"


def as_csv(rows: Sequence[Row]) -> str:
    """RFC 4180, with a line of heads. A cell that a spreadsheet would take for a formula has an apostrophe before it."""
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in (list(COLUMNS), *map(cells, rows)))


def _quoted(cell: str) -> str:
    guarded = f"'{cell}" if cell.startswith(_FORMULA) else cell
    return f'"{guarded.replace(chr(34), chr(34) * 2)}"' if re.search('[,"\r\n]', guarded) else guarded


def as_html(rows: Sequence[Row], totals: Totals, title: str = "Patches") -> str:
    """One file that needs no other: no script, no picture. What is not settled comes first, then the totals, then everything."""
    open_rows = [row for row in rows if not row.settled]
    parts = ["<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">']
    parts += ['<meta name="viewport" content="width=device-width, initial-scale=1">', f"<title>{_text(title)}</title>"]
    parts += [f"<style>{_STYLE}</style></head><body><main>", f"<h1>{_text(title)}</h1>"]
    settled = len(rows) - len(open_rows)
    parts.append(f"<p>{settled} of {len(rows)} rows are settled: installed, obsoleted or not applicable, and no drift.</p>")
    parts.append('<h2 id="open">What is left</h2>')
    parts.append(_rows(open_rows, "Patches that need somebody") if open_rows else "<p>Nothing.</p>")
    parts.append('<h2 id="totals">Totals</h2>')
    parts.append(_counts("All", {"all": totals.all}))
    parts.append(_counts("By set", {str(key): counts for key, counts in totals.sets.items()}))
    parts.append(_counts("By group", totals.groups) if totals.groups else "")
    parts.append(_counts("By node", totals.nodes))
    parts += ['<h2 id="rows">Every patch</h2>', _rows(rows, "Every patch of every set on every node")]
    return "\n".join(part for part in [*parts, "</main></body></html>"] if part) + "\n"


def _rows(rows: Sequence[Row], caption: str) -> str:
    heads = "".join(f'<th scope="col">{_TITLES.get(column, column.capitalize())}</th>' for column in COLUMNS)
    lines = [f"<table><caption>{_text(caption)}</caption>", f"<thead><tr>{heads}</tr></thead><tbody>"]
    for row in rows:
        first, *others = cells(row)
        told = "".join(f"<td{_CLASSES.get(column, '')}>{_text(cell)}</td>" for column, cell in zip(COLUMNS[1:], others, strict=True))
        lines.append(f'<tr{"" if row.settled else " class=" + chr(34) + "open" + chr(34)}><th scope="row">{_text(first)}</th>{told}</tr>')
    return "\n".join([*lines, "</tbody></table>"])


_CLASSES = {"state": ' class="s"', "log": ' class="l"'}


def _counts(caption: str, counts: Mapping[str, Counts]) -> str:
    heads = "".join(f'<th scope="col">{state.replace("_", " ")}</th>' for state in STATES)
    lines = [f'<table><caption>{_text(caption)}</caption><thead><tr><th scope="col">Of</th>{heads}</tr></thead><tbody>']
    for name, some in counts.items():
        figures = "".join(f'<td class="n">{some[state]}</td>' for state in STATES)
        lines.append(f'<tr><th scope="row">{_text(name)}</th>{figures}</tr>')
    return "\n".join([*lines, "</tbody></table>"])


def _text(text: str) -> str:
    return escape(plain(text), quote=True)
