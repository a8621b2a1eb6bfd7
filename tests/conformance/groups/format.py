# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""format."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import format

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if "format" not in command.split():
        return None
    rows = [
        {"n": one.number, "disk": one.disk, "label": one.label, "volname": one.volname, "path": one.path, "chassis": one.chassis}
        for one in format.parse(text)
    ]
    return Table(rows, "disk")
