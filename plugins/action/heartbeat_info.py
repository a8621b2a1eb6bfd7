# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the monitors of the heartbeat say of themselves and of the nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils.controller import judgements
from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.model.errors import InvalidDefinition
from ..plugin_utils.model.judgement import Judgement


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {"nodes": {"type": "list", "elements": "str"}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        told = judgements.asked(self)
        if not told:
            raise InvalidDefinition("no host of the inventory has heliostat_monitor, so there is no monitor to ask.")
        said = {host: one for host, one in told.items() if isinstance(one, Judgement)}
        monitors = {
            host: {"answers": False, "said": one} if isinstance(one, str) else {"answers": True, "said": "", **one.shown}
            for host, one in told.items()
        }
        silent = [f"monitor {host} does not tell: {one}" for host, one in told.items() if isinstance(one, str)]
        nodes = _by_node(said, args["nodes"])
        fenced = [name for name, by in nodes.items() if any(one["state"] == "fenced" for one in by.values())]
        return {"changed": False, "monitors": monitors, "nodes": nodes, "fenced": fenced, "warnings": silent}


def _by_node(said: Mapping[str, Judgement], wanted: list[str] | None) -> dict[str, dict[str, Any]]:
    names = sorted({name for judgement in said.values() for name in judgement.nodes if wanted is None or name in wanted})
    return {name: {host: one.nodes[name].shown for host, one in said.items() if name in one.nodes} for name in names}
