# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fcinfo."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import fibre_channel

from ..facts import Table

_NAMES = {
    "OS Device Name": "device",
    "Current Speed": "current",
    "Driver Name": "driver",
    "Supported Speeds": "supported",
    "Node WWN": "node_wwn",
}


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("fcinfo hba-port"):
        return None
    rows: list[dict[str, object]] = [
        {"wwn": wwn, **{_NAMES.get(label, label.lower().replace(" ", "_")): value for label, value in facts.items()}}
        for wwn, facts in fibre_channel.parse_ports(text).items()
    ]
    return Table(rows, "wwn", {"ports": len(rows)})
