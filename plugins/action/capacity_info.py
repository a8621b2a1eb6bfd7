# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capacity, and who has a home if a node is lost. Talks to no node."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.capacity import CapacityReport


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {
        "levels": {"type": "list", "elements": "str"},
        "names": {"type": "list", "elements": "str"},
        "gate": {"type": "bool", "default": False},
        "category": {"type": "str", "choices": ["critical", "important", "normal", "best_effort"], "default": "best_effort"},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args) as repository:
            return CapacityReport(self, args, repository).answer()
