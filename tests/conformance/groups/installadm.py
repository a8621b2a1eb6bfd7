# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""installadm list."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import install_service

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[1:2] != ["list"]:
        return None
    if "-m" in words or "-p" in words:
        found = install_service.parse_assigned(text)
        return {
            service: {one.name: {"status": one.status, **one.criteria} if one.criteria else one.status or None for one in parts}
            for service, parts in found.items()
        }
    rows: list[dict[str, object]] = [{**row, "mac": row.get("client")} for row in install_service.parse_table(text)]
    return Table(rows, "service" if "-c" in words else "name", {"clients" if "-c" in words else "services": Table(rows, "name")})
