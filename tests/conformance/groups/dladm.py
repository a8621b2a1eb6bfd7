# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dladm, both dialects."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import dladm, dladm_s10
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.tables import none, parsable

from ..facts import Table

_NAMES = {"macaddress": "mac", "macaddrtype": "mactype", "lacpactivity": "lacp", "lacptimer": "timer"}
_LISTS = ("over", "ports", "possible")


def parsed(command: str, os: str, text: str) -> object | None:
    match = re.fullmatch(r"dladm (show-[a-z]+)(?: (.*))?", command)
    if not match:
        return None
    what, options = match[1], (match[2] or "").split()
    if what == "show-dev":
        return Table([{"device": name, **values} for name, values in dladm_s10.parse_devices(text).items()], "device")
    if what == "show-aggr" and "-s" in options:
        found = dladm_s10.parse_aggregation_statistics(text)
        rows = found["rows"]
        assert isinstance(rows, dict)
        ports = {name: row for name, row in rows.items() if name != "Total"}
        return {"key": found["key"], "total": rows.get("Total"), "ports": len(ports), **ports}
    if what == "show-link" and "-s" in options:
        return Table([{name.lower(): cell for name, cell in row.items()} for row in dladm.parse_statistics(text)], "link")
    if "-p" in options and "-o" in options:
        columns = tuple(options[options.index("-o") + 1].split(","))
        if columns == ("port",):
            return [line or None for line in text.splitlines()]
        return _table([_row(row, True) for row in parsable(command, text, columns)])
    if "-p" in options:
        return None
    if re.match(r"\S+\s+type: ", text):
        return Table(
            [{"link": one.name, "class": one.kind, "mtu": one.mtu, "device": one.device} for one in dladm_s10.parse_show_link(text)], "link"
        )
    rows_of_text = [_row({name.lower(): cell for name, cell in row.items()}, False) for row in dladm.parse_table(text, command)]
    return _table(rows_of_text)


def _table(rows: list[dict[str, object]]) -> Table:
    """Rows by their first column; properties by name, and by link and name where there are several links."""
    first = next(iter(rows[0]), "link") if rows else "link"
    if not rows or "property" not in rows[0]:
        return Table(rows, first)
    single = len({row.get(first) for row in rows}) == 1 or first == "property"
    return Table([{**row, "key": row["property"] if single else f"{row[first]}/{row['property']}"} for row in rows], "key")


def _row(row: Mapping[str, str], parsable_form: bool) -> dict[str, object]:
    """Short names; over is a list in -p output and a word or words in a table, as the samples write it."""
    found: dict[str, object] = {}
    for name, cell in row.items():
        cell = none(cell)
        value: object = int(cell) if re.fullmatch(r"[0-9]+", cell) and name in ("mtu", "speed", "vid") else cell
        if name in _LISTS and (parsable_form or " " in cell):
            value = cell.split()
        found[_NAMES.get(name, name)] = value
    return found
