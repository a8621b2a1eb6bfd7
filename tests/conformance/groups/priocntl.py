# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""priocntl."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import dispadmin


def parsed(command: str, os: str, text: str) -> object | None:
    return {"classes": dispadmin.parse_classes(text)} if command == "priocntl -l" else None
