# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves vServers to other nodes."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.migrating import Migrating


class ActionModule(HeliostatAction):
    OPTIONS = {
        "names": {"type": "list", "elements": "str", "required": True},
        "target": {"type": "str"},
        "state": {"type": "str", "choices": ["as_it_is", "running", "halted"], "default": "as_it_is"},
        "upgrade": {"type": "str", "choices": ["no", "minimal", "all"], "default": "no"},
        "boot_environment": {"type": "str"},
        "force": {"type": "bool", "default": False},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args) as repository:
            return Migrating(self, args, repository).run(sorted(set(args["names"])))
