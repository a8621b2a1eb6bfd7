# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""auths: names of authorizations."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import rights

from ..facts import Table


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:1] != ["auths"] or words[1:2] in (["check"], ["info"]):
        return None
    return Table([{"name": name} for name in rights.parse_authorizations(text)], "name")
