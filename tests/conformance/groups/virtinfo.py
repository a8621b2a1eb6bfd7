# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""virtinfo: parsable, text and table."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import virtinfo


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("virtinfo"):
        return None
    first = text.strip().partition("\n")[0]
    if first.startswith("NAME"):
        return virtinfo.parse_table(text)
    domain = virtinfo.parse_parsable(text) if first.startswith("VERSION") else virtinfo.parse_text(text)
    return {
        **domain.flags,
        "impl": domain.implementation,
        "domain": domain.name,
        "uuid": domain.uuid,
        "control_domain": domain.control_domain,
        "chassis": domain.chassis,
    }
