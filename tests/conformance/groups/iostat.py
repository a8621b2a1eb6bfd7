# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iostat."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import iostat, iostat_extended

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.partition("|")[0].split()
    flags = "".join(word[1:] for word in words[1:] if word.startswith("-"))
    if words[:1] == ["iostat"] and "x" in flags and not set(flags) - set("xnzdmMlr") and "r" not in flags:
        samples = iostat_extended.parse(text)
        extended: list[dict[str, object]] = [{"device": name, **cells} for name, cells in samples[0].items()]
        return Table(extended, "device", {"samples": len(samples), "devices": len(extended)})
    if command not in ("iostat -En", "iostat -E -n", "iostat -nE", "iostat -E"):
        return None
    rows = [
        {
            "device": one.name,
            **one.errors,
            "vendor": one.vendor,
            "product": one.product,
            "revision": one.revision,
            "serial": one.serial,
            "bytes": one.size,
        }
        for one in iostat.parse(text)
    ]
    return Table(rows, "device")
