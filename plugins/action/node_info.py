# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the task's node is, asked of it now; nothing is recorded."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.lifecycle import discovery, multipathing


class ActionModule(HeliostatAction):
    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        facts = discovery.read(self.node.ask(discovery.probes()))
        return {"changed": False, "node": discovery.shown(facts), "warnings": multipathing.warnings(self.node.name, facts.groups)}
