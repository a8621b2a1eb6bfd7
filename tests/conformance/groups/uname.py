# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uname -a and -X."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import release


def parsed(command: str, os: str, text: str) -> object | None:
    if command == "uname -X":
        return release.parse_uname_x(text)
    if command != "uname -a":
        return None
    found = release.parse_uname(text)
    return {
        "sysname": found.system,
        "node": found.node,
        "release": found.release,
        "version": found.version,
        "machine": found.machine,
        "arch": found.processor,
        "platform": found.platform,
    }
