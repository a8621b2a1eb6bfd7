# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the data centre: what the repository remembers, joined with what the nodes said just now."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.overview import node_rows, vserver_rows
from ..plugin_utils.controller.tables import table


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {"seen": {"type": "dict", "default": {}}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.repository(args) as repository:
            nodes = node_rows(repository, args["seen"]) if repository else []
            vservers = vserver_rows(repository, args["seen"]) if repository else []
        for rows in (nodes, vservers):
            if rows:
                lines = table([key.upper() for key in rows[0]], [list(row.values()) for row in rows])
                Display().display("\n" + "\n".join(lines))
        return {"changed": False, "nodes": nodes, "vservers": vservers}
