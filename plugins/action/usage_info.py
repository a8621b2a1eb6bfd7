# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes, vServers and guest domains used, as lists and summaries."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.used import OPTIONS, asked, histories


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = OPTIONS

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "so nothing is known of what was used") as repository:
            since, until = asked(args, repository.usage.latest(args["level"]))
            found = histories(repository, args, since, until)
        return {"changed": False, "since": since.isoformat(), "until": until.isoformat(), "usage": found}
