# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""arp."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import routes

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command not in ("arp -an", "arp -a", "arp -na"):
        return None
    rows = [
        {"address": one.address, "device": one.device, "mask": one.mask, "flags": one.flags, "mac": one.mac}
        for one in routes.parse_neighbours(text)
    ]
    return Table(rows, "address")
