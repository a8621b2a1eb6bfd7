# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mpathadm and stmsboot."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import multipath

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "mpathadm list lu":
        rows = [{"lu": one.name, "total": one.total, "operational": one.operational} for one in multipath.parse_list(text)]
        return Table(rows, "lu")
    if command.startswith("mpathadm show lu"):
        return Table([_unit(unit) for unit in multipath.parse_show(text)], "lu")
    if command == "stmsboot -L":
        names = multipath.parse_boot_names(text)
        return {**names, "rows": len(names)}
    return None


def _unit(unit: multipath.ShownUnit) -> dict[str, object]:
    words = {label.lower().replace(" ", "_"): value for label, value in unit.head.items()}
    return {
        **words,
        "lu": unit.name,
        "asymmetric": {"yes": True, "no": False}.get(words.get("asymmetric", "")),
        "paths": len(unit.paths),
        "paths_ok": sum(path.get("Path State") == "OK" for path in unit.paths),
    }
