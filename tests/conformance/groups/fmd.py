# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fmd writes to the console and to syslog."""

from __future__ import annotations

import re

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import faults


def parsed(command: str, os: str, text: str) -> object | None:
    if "fmd" not in command:
        return None
    found = faults.parse_console(text)
    url = re.search(r"https?://\S+?(?=[.,]?(?:\s|\Z))", " ".join(found.values()))
    return {
        **{name.lower().replace("-", "_"): value for name, value in found.items()},
        "msgid": found["SUNW-MSG-ID"],
        "severity": found.get("SEVERITY"),
        "platform": found.get("PLATFORM"),
        "host": found.get("HOSTNAME"),
        "uuid": found.get("EVENT-ID"),
        "url": url[0] if url else None,
    }
