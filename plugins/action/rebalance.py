# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves vServers off nodes that stay too full."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.rebalancing import RebalancingPool


class ActionModule(HeliostatAction):
    OPTIONS = {"compute_pool": {"type": "str", "required": True}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args) as repository:
            done, decided = RebalancingPool(self, repository, args["compute_pool"]).run()
            return done.result() | {"rebalancing": asdict(decided)}
