# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report: a picture an object, and a page that shows the figures of all beside them. The same figures give the same files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from .picture import svg

_NAMES = {"node": "Node", "vserver": "vServer", "gdom": "Guest domain"}
_STYLE = (
    "body{font-family:sans-serif;margin:2em;color:#222}table{border-collapse:collapse}td,th{padding:.3em .8em;border-bottom:1px solid #ddd;"
    "text-align:right}td:first-child,th:first-child,td:last-child{text-align:left}"
    "img{width:900px;max-width:100%;display:block;margin:2em 0}"
)


def file_name(kind: str, name: str) -> str:
    """Of an object's picture; what a name may have and a file should not is written as a number."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9.-]', lambda found: f'_{ord(found[0]):x}', name)}.svg"


def files(histories: Sequence[Mapping[str, Any]], since: datetime, until: datetime) -> dict[str, str]:
    """File name → content: the pictures of all that was measured, and index.html."""
    measured = [one for one in histories if one["state"] != "missing"]
    subtitle = f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC, {measured[0]['level'] if measured else 'nothing measured'}"
    found = {}
    for one in measured:
        title = f"{_NAMES[one['kind']]} {one['name']}"
        found[file_name(one["kind"], one["name"])] = svg(title, subtitle, one["entries"], since, until)
    return found | {"index.html": _page(histories, subtitle)}


def _page(histories: Sequence[Mapping[str, Any]], subtitle: str) -> str:
    heads = ("Object", "CPUs mean", "p95", "peak", "Base units p95", "Memory p95", "Measured", "")
    lines = ["<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8"><title>Usage</title>', f"<style>{_STYLE}</style></head><body>"]
    lines += ["<h1>Usage</h1>", f"<p>{escape(subtitle)}</p>", f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"]
    lines += [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row(one))}</tr>" for one in histories]
    lines.append("</table>")
    for one in histories:
        if one["state"] != "missing":
            lines.append(f'<img src="{file_name(one["kind"], one["name"])}" alt="{escape(one["name"])}">')
    return "\n".join([*lines, "</body></html>"]) + "\n"


def row(one: Mapping[str, Any]) -> list[str]:
    """An object's figures as cells; ``-`` is what was not measured."""
    cpu, units, memory = (one["summary"][metric] for metric in ("cpu", "base_units", "memory"))
    cells = [f"{_NAMES[one['kind']]} {one['name']}"]
    cells += [f"{cpu[figure]:.2f}" if cpu else "-" for figure in ("mean", "p95", "peak")]
    cells += [f"{units['p95']:.1f}" if units else "-", f"{memory['p95'] / (1 << 30):.1f} GiB" if memory else "-"]
    longest = max((told["part"] for told in (cpu, memory) if told), default=0.0)
    return [*cells, f"{longest:.0%}", "; ".join(one["notes"])]
