# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""route."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import routes


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "route -p show":
        return [{destination: gateway} for destination, gateway in routes.parse_persistent(text)]
    if " get " not in command:
        return None
    found = routes.parse_get(text)
    facts: dict[str, object] = dict(found)
    interface = re.fullmatch(r"(\S+)(?: index ([0-9]+))?", found.get("interface", ""))
    if interface:
        facts |= {"interface": interface[1], "index": interface[2]}
    if "flags" in found:
        facts["flags"] = found["flags"].strip("<>").split(",")
    return facts
