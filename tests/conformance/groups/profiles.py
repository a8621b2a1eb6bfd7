# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""profiles -l."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import rights


def parsed(command: str, os: str, text: str) -> object | None:
    if not command.startswith("profiles -l"):
        return None
    found = rights.parse_profiles(text)
    shaped = {
        user: {
            name: {key: value.split(",") if key in ("auths", "profiles") else value or None for key, value in entries.items()}
            for name, entries in profiles.items()
        }
        for user, profiles in found.items()
    }
    only = next(iter(shaped)) if len(shaped) == 1 else ""
    return {**shaped, "user": only, "profiles": shaped[only]} if only else shaped
