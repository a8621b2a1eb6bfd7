# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places vServers on nodes of their compute pools and remembers it. Talks to no node."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.placing import place


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {"names": {"type": "list", "elements": "str", "required": True}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.repository(args) as repository:
            return place(self, args["names"], repository)
