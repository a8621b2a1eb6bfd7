# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""luxadm."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import luxadm

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "luxadm -e port":
        ports = luxadm.parse_ports(text)
        return {
            "ports": len(ports),
            "connected": [path for path, connected in ports.items() if connected],
            "not_connected": [path for path, connected in ports.items() if not connected],
        }
    if command.startswith("luxadm display"):
        return Table([_display(one) for one in luxadm.parse_display(text)], "disk")
    return None


def _display(one: luxadm.Display) -> dict[str, object]:
    facts: dict[str, object] = {
        "disk": one.disk,
        "vendor": one.properties.get("Vendor"),
        "product": one.properties.get("Product ID"),
        "revision": one.properties.get("Revision"),
        "serial": one.properties.get("Serial Num"),
        "paths": len(one.paths),
    }
    capacity = re.fullmatch(r"([0-9.]+) MBytes", one.properties.get("Unformatted capacity", ""))
    if capacity:
        facts["capacity_mb"] = float(capacity[1])
    if one.paths:
        path = one.paths[0]
        target, _, lun = path.get("Device Address", "").partition(",")
        facts |= {"controller": path.get("Controller"), "target_wwn": target, "hba_wwn": path.get("Host controller port WWN")}
        facts["lun"] = int(lun, 16) if lun else None
    return facts
