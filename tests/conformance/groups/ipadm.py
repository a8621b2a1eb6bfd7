# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ipadm."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ipadm

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "ipadm":
        tree = [{**row, "class": row["kind"], "type": row["kind"], "addr": row["address"]} for row in ipadm.parse_tree(text)]
        return Table(tree, "name", {"interfaces": sum(not row["interface"] for row in tree)})
    match = re.fullmatch(r"ipadm (show-[a-z]+)(?: (.*))?", command)
    if not match:
        return None
    what, options = match[1], (match[2] or "").split()
    machine = ("-p" in options or "-c" in options) and "-o" in options
    columns = tuple(options[options.index("-o") + 1].split(",")) if machine else ()
    if what == "show-addr" and not options:
        return Table(
            [{"addrobj": one.name, "type": one.kind, "state": one.state, "addr": one.address} for one in ipadm.parse_addresses(text)],
            "addrobj",
        )
    if what == "show-if" and (machine or not options):
        found = ipadm.parse_interfaces_parsable(text, columns) if machine else ipadm.parse_interfaces(text)
        rows = []
        for one in found:
            row = {"ifname": one.name, "class": one.kind, "state": one.state, "active": one.active, "over": list(one.over)}
            rows.append({**row, "persistent": one.persistent, "current": one.current})
        return Table(rows, "ifname")
    if what in ("show-ifprop", "show-prop", "show-addrprop") and machine:
        owner = columns[0]
        keyed = [
            {**row, "key": f"{row[owner]}/{row['property']}" + (f"/{row['proto']}" if owner != "proto" and "proto" in row else "")}
            for row in ipadm.parse_properties(text, columns)
        ]
        return Table(keyed, "key")
    if what == "show-addr" and machine:
        return Table([{**row, "addr": row.get("addr", "")} for row in ipadm.parse_properties(text, columns)], columns[0])
    return None
