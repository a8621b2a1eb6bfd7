# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sysidcfg files."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import sysidcfg

from ..shapes import TextOrFacts


def parsed(command: str, os: str, text: str) -> object | None:
    if "sysidcfg" not in command:
        return None
    found = sysidcfg.parse(text)
    return {"kind": "sysidcfg", **{one.name: TextOrFacts(one.value, one.options) if one.options else one.value for one in found}}
