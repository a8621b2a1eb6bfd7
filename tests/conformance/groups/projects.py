# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""projects -l."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import rights

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("projects -l"):
        return None
    rows: list[dict[str, object]] = [
        {"name": name, **facts, "users": facts.get("users", "").split(), "groups": facts.get("groups", "").split()}
        for name, facts in rights.parse_projects(text).items()
    ]
    return Table(rows, "name")
