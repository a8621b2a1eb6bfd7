# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says in which order everything starts after a blackout. Talks to no node."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.cold_starting import planned


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {"power_limits": {"type": "dict"}, "at_once": {"type": "int", "default": 4}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "so nobody knows what lived where", "Restore it from its backup first.") as repository:
            return {"changed": False, "cold_start": asdict(planned(self, args, repository))}
