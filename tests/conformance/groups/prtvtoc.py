# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prtvtoc."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import node_settings


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("prtvtoc"):
        return None
    vtoc = node_settings.parse_vtoc(text)
    dimensions = {
        ("bytes_per_sector" if name == "bytes/sector" else name.replace(" ", "_").replace("/", "_per_")): size
        for name, size in vtoc.dimensions.items()
    }
    return {**dimensions, "partitions": vtoc.partitions}
