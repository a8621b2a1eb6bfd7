# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm: lists of zones, install logs, attach reports, and what it says when a zone's run state is changed."""

from __future__ import annotations

import re
from dataclasses import asdict

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zoneadm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from ..facts import Table

_RUN = ("boot", "halt", "ready", "reboot", "shutdown", "move", "verify", "uninstall", "detach", "clone", "mark", "suspend")


def _zones(zones: tuple[ZoneStatus, ...]) -> Table:
    rows = [
        {
            "id": zone.zone_id,
            "name": zone.name,
            "status": zone.state,
            "path": zone.path,
            "uuid": zone.uuid,
            "brand": zone.brand,
            "ip": "excl" if zone.ip_type == "exclusive" else zone.ip_type,
            **({"rw": zone.writable, "file_mac_profile": zone.file_mac_profile} if zone.writable else {}),
        }
        for zone in zones
    ]
    about = {
        "brands": {zone.name: zone.brand for zone in zones},
        "running": sum(zone.state == "running" for zone in zones),
        "not_running": [zone.name for zone in zones if zone.state != "running"],
    }
    return Table(rows, "name", about)


def _messages(text: str) -> dict[str, object]:
    messages = zoneadm.parse_messages(text)
    if text.strip() and not messages:
        raise ParseError(f"zoneadm: no line of it speaks of a zone: {text[:80]!r}")
    errors = [message for message in messages if message.level == "error"]
    return {
        "ok": not errors,
        "zone": messages[0].zone if messages else None,
        "error": errors[0].text if errors else None,
        "signal": next((found[1] for one in errors if (found := re.search(r"terminated by signal (SIG[A-Z]+)", one.text))), None),
        "cleaned_up": "Clean-up successful." in text.splitlines(),
        "warnings": sum(message.level == "warning" for message in messages),
    }


def _attach(text: str) -> dict[str, object]:
    report = asdict(zoneadm.parse_attach_report(text))
    return {
        name.replace("inconsistent", "source_inconsistent"): Table([{"name": one} for one in entries], "name", entries)
        for name, entries in report.items()
    }


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.partition("(")[0].split()
    flags = "".join(word for word in words if word.startswith("-") and word not in ("-z", "-a"))
    if words[-2:] == ["zoneadm", "list"] or (words[-2:-1] == ["list"] and words[-1] in ("-c", "-i", "-n")):
        return Table([{"name": line.strip()} for line in text.splitlines() if line.strip()], "name")
    if "list" in words and "p" in flags:
        return _zones(zoneadm.parse_list(text))
    if "list" in words and "v" in flags:
        return _zones(zoneadm.parse_list_verbose(text))
    if "install" in words:
        log = zoneadm.parse_install(text)
        return {**asdict(log), "failed": log.error, "dataset": log.datasets[0] if log.datasets else None}
    if "attach" in words:
        return _attach(text)
    if any(word in words for word in _RUN):
        return _messages(text)
    return None
