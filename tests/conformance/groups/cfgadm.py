# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cfgadm."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import fibre_channel

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("cfgadm"):
        return None
    return Table([{name.lower(): cell for name, cell in row.items()} for row in fibre_channel.parse_attachments(text)], "ap_id")
