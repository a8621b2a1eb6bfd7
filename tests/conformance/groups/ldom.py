# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical domains: ldm, and virtinfo as the cluster samples group it."""

from __future__ import annotations

from collections import Counter

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ldm

from ..facts import Table
from ..shapes import row
from . import virtinfo

_LISTS = ("list", "ls", "list-domain", "list-dom", "ls-dom")


def _domain(one: ldm.Domain) -> dict[str, object]:
    return {
        "name": one.name,
        "state": one.state,
        "flags": one.flags,
        "cons": one.console,
        "vcpu": one.vcpus,
        "memory": one.memory,
        "util": one.utilisation,
        "norm": one.normalised,
        "uptime": one.uptime,
        "control": one.control,
        "vio_service": one.io_service,
    }


def _table(text: str) -> object:
    found = ldm.parse_list(text)
    rows = [_domain(one) for one in found]
    about = {"columns": text.strip().split("\n", 1)[0].split(), "domains": len(rows), "by_state": Counter(one.state for one in found)}
    return Table(rows, "name", about)


def _parsable(text: str) -> object:
    version, records = ldm.parse_parsable(text)
    facts: dict[str, object] = {"parse_version": version}
    domains: dict[str, dict[str, object]] = {}
    for kind, fields in records:
        if kind == "DOMAIN":
            named = row(fields) | {"mem_bytes": fields.get("mem"), "uptime_seconds": fields.get("uptime"), "flags": fields.get("flags")}
            domains[fields.get("name", "")] = named
        elif kind == "UUID":
            facts["uuid"] = fields.get("uuid")
    facts |= {"domains": list(domains), **domains}
    return facts | ({"domain": next(iter(domains.values()))} if len(domains) == 1 else {})


def _blocks(text: str) -> dict[str, object]:
    """The domain's own row by its words, memory blocks and virtual CPUs as rows, single values under their title."""
    facts: dict[str, object] = {}
    for block in ldm.parse_blocks(text):
        name = block.name.lower()
        if name == "vcpu" and block.titles:
            cells = [row({title: cell.replace("---", "-") for title, cell in one.items()}) for one in block.cells()]
            facts["vcpus"] = cells if block.titles[0] == "VID" else len(cells)
            if "%FREE" in block.titles:
                facts["free"] = [one["pid"] for one in cells if one["%free"]]
                facts["free_vcpus"] = len([one for one in cells if one["%free"]])
                facts["power_managed"] = [one["pid"] for one in cells if one.get("pm") == "yes"]
        elif name == "core" and block.titles:
            facts["cores"] = len(block.rows)
        elif name == "mau" and "BOUND" in block.titles:
            facts["mau_bound"] = {one["ID"]: one["BOUND"] for one in block.cells()}
        elif name == "memory" and block.titles:
            cells = [row(one) for one in block.cells()]
            bound = [one for one in cells if one.get("bound") != "_sys_"]
            facts |= {"memory": bound, "free_memory": cells, "blocks": len(cells), "memory_sys_blocks": len(cells) - len(bound)}
        elif name == "io" and block.titles:
            facts["io"] = Table(
                [row(one) | {"bound": one["BOUND"] == "yes"} if "BOUND" in one else row(one) for one in block.cells()], "device"
            )
        elif name == "name" and len(block.rows) == 1 and len(block.rows[0].split()) == 1:
            facts["domain"] = block.rows[0]
        elif not block.titles and len(block.rows) == 1:
            key, equals, value = block.rows[0].partition("=")
            facts[key.replace("-", "_") if equals else name] = value if equals else block.rows[0]
    return facts


def _detailed(text: str) -> object:
    first, _, rest = text.strip("\n").partition("\n")
    if not ldm.is_header(first):
        return _blocks(text)
    line, _, below = rest.partition("\n")
    one = ldm.parse_row(line, "NORM" in first.split())
    facts = _domain(one) | {"domain": one.name, "flags_columns": len(one.flags)}
    return facts | _blocks(below) if below.strip() else facts


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:1] != ["ldm"] or len(words) < 2:
        return virtinfo.parsed(command, os, text)
    if words[1] in ("list-spconfig", "ls-spconfig", "list-config", "ls-config"):
        names, current, following = ldm.parse_configurations(text)
        return {"configs": list(names), "current": current, "next": following}
    if words[1] in _LISTS and "-p" in words:
        return _parsable(text)
    if words[1] in _LISTS and not {"-l", "-o", "-e"} & set(words):
        return _table(text)
    if words[1] in (*_LISTS, "list-bindings", "ls-bindings", "list-devices", "ls-devices", "list-devs", "ls-devs") and "-p" not in words:
        return _detailed(text)
    return None
