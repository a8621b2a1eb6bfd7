# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples what nodes, their vServers and guest domains use, into the repository."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.measuring import OPTIONS, Sampling


class ActionModule(HeliostatAction):
    OPTIONS = OPTIONS

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "so there is nowhere to keep samples") as repository:
            return Sampling(self, args, repository).run()
