# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metaset."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import svm

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("metaset") or " -a" in command or " -d" in command:
        return None
    rows = [
        {
            "set": one.name,
            "number": one.number,
            "hosts": {host: {"owner": owner} for host, owner in one.hosts.items()},
            "drives": {drive: {"dbase": replica} for drive, replica in one.drives.items()},
        }
        for one in svm.parse_sets(text)
    ]
    return Table(rows, "set")
