# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fmadm faulty, fmdump, and what fmd writes to the console."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import faults

from ..facts import Table
from ..shapes import row


def _fault(one: faults.Fault) -> dict[str, object]:
    labels = row({label: " ".join(lines) for label, lines in one.values.items()})
    return {
        **labels,
        "time": one.time,
        "uuid": one.uuid,
        "event_id": one.uuid,
        "msgid": one.message,
        "severity": one.severity,
        "host": one.said("Host"),
        "platform": one.said("Platform").partition("  ")[0].strip(),
        "class": one.said("Problem class", "Fault class"),
        "affects": one.said("Affects"),
        "fru": one.said("FRU"),
        "problem_in": one.said("Problem in"),
        "url": one.url,
    }


def parsed(command: str, os: str, text: str) -> object | None:
    if command.startswith("fmadm faulty"):
        found = faults.parse_faulty(text)
    elif command == "fmdump":
        found = faults.parse_log(text)
    else:
        return None
    return Table([_fault(one) for one in found], "uuid", {"faults": len(found)})
