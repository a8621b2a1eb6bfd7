# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prtdiag."""

from __future__ import annotations

import contextlib

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import prtdiag
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError


def parsed(command: str, os: str, text: str) -> object | None:
    if command not in ("prtdiag", "prtdiag -v"):
        return None
    if not prtdiag.runs_here(text):
        return {"available": False}
    machine = prtdiag.parse_banner(text)
    facts: dict[str, object] = {"arch": machine.architecture, "memory": machine.memory_text, "clock_mhz": machine.clock}
    if machine.model:
        facts |= {"vendor": machine.vendor, "model": machine.model}
    if machine.memory is not None:
        facts["memory_bytes"] = machine.memory
    if machine.bios:
        facts |= {"bios": machine.bios, "bmc": machine.bmc.partition(" (")[0]}
    found = prtdiag.sections(text)
    if "Processor Sockets" in found:
        facts["cpu_sockets"] = len(prtdiag.sockets(text))
    if "Memory Device Sockets" in found:
        facts["dimms_in_use"] = prtdiag.dimms_in_use(text)
    if openboot := prtdiag.openboot(text):
        facts["obp"] = openboot
    if mode := prtdiag.processor_mode(text):
        facts["mode"] = mode
    with contextlib.suppress(ParseError):  # a table of another platform: its facts are not covered, the banner's are
        facts |= _processors(prtdiag.cpus(text))
    return facts


def _processors(rows: tuple[prtdiag.CpuRow, ...]) -> dict[str, object]:
    """Words of the samples: cpus for one a row, cpu_boards or chips with strands where a row has several."""
    facts: dict[str, object] = {"strands": sum(len(row.ids) for row in rows)}
    if len({row.mhz for row in rows}) == 1:
        facts |= {"mhz": rows[0].mhz, "cpu_mhz": rows[0].mhz}
    if len({row.implementation for row in rows}) == 1:
        facts["impl"] = rows[0].implementation
    if any(row.chip for row in rows):
        facts["chips"] = len(rows)
    elif any(row.board for row in rows):
        facts["cpu_boards"] = len(rows)
    elif rows:
        facts["cpus"] = len(rows)
    return facts if rows else {}
