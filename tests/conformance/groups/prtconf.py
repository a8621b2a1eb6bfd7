# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prtconf: its head and the PROM's tree."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import prtdiag


def parsed(command: str, os: str, text: str) -> object | None:
    if "^Memory" in command:
        return {"memory_mb": prtdiag.parse_memory(text) >> 20}
    if command not in ("prtconf", "prtconf -v", "prtconf -vp", "prtconf -pv", "prtconf -b", "prtconf -p"):
        return None
    machine, banner = prtdiag.parse_openprom(text)
    facts = {"vendor": machine.vendor, "arch": machine.architecture, "memory": machine.memory_text}
    if machine.memory is not None:
        facts["memory_mb"] = machine.memory >> 20
    return {**facts, "banner": banner} if banner else facts
