# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vServer needs which."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.depending import Depending


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {"names": {"type": "list", "elements": "str"}, "measured": {"type": "bool", "default": False}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.repository(args) as repository:
            return Depending(self, repository).answer(args["names"], args["measured"])
