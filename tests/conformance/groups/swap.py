# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""swap."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import swap

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "swap -l":
        rows = [
            {"file": one.path, "dev": one.device, "swaplo": one.low, "blocks": one.blocks, "free": one.free}
            for one in swap.parse_devices(text)
        ]
        total = sum(one.blocks for one in swap.parse_devices(text))
        return Table(rows, "file", {"total_blocks": total})
    if command == "swap -s":
        found = swap.parse_summary(text)
        return {"allocated_k": found.allocated, "reserved_k": found.reserved, "used_k": found.used, "available_k": found.available}
    if command.startswith("swap -a"):
        refusal = swap.refusal(text)
        return {"ok": refusal is None, "device": refusal[0] if refusal else None, "reason": refusal[1] if refusal else None}
    return None
