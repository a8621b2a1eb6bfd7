# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the vServers of a lost node up on others, after proof that it is dead, and puts it into quarantine."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller import death
from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.migrating import Migrating
from ..plugin_utils.controller.promised import homes_after_loss
from ..plugin_utils.controller.ways import Orders
from ..plugin_utils.model.vserver import CATEGORIES


class ActionModule(HeliostatAction):
    OPTIONS = {
        "node": {"type": "str", "required": True},
        "names": {"type": "list", "elements": "str"},
        "target": {"type": "str"},
        "state": {"type": "str", "choices": ["as_it_is", "running", "halted"], "default": "as_it_is"},
        "upgrade": {"type": "str", "choices": ["no", "minimal", "all"], "default": "no"},
        "acknowledge": {"type": "str", "default": ""},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "so nobody knows what lived on the node", "Restore it first.") as repository:
            node = args["node"]
            with self.locked([node], repository, "node recovery") as warnings:  # to the end: nobody releases it meanwhile
                living = self._living(repository, node)
                names = [name for name in living if not args["names"] or name in args["names"]]
                strangers = sorted(set(args["names"] or ()) - set(living))
                told = [*warnings, *(f"vServer {name} does not live on node {node}: nothing of it is to recover" for name in strangers)]
                reason = death.proof(self, node, args["acknowledge"], repository)
                flagged = repository.flag_node(node, quarantine=True, reason=reason, check=self.check)
                if not names:
                    empty: dict[str, Any] = {"plan": [], "before": {}, "after": {}, "journal": {}, "targets": {}}
                    return empty | {"changed": flagged, "proof": reason, "warnings": told}
                homes, doubts = ({}, []) if args["target"] else homes_after_loss(self, repository, node, names, args["upgrade"])
                result = Migrating(self, {**args, "force": False}, repository, {node: reason}, Orders(homes)).run(names)
            warnings = [*told, *doubts, *result.get("warnings", [])]
            return result | {"changed": flagged or result["changed"], "proof": reason, "warnings": warnings}

    def _living(self, repository: Any, node: str) -> list[str]:
        """What lived there, or was on its way from or to it, what matters most first. What was detached or never deployed did not."""
        records = {record.name: record for record in repository.vservers()}
        moving = {name for name, move in repository.moves().items() if node in (move.source, move.target)}
        names = {name for name, record in records.items() if record.node == node and record.state in ("installed", "activated")} | moving
        return sorted(names, key=lambda name: (CATEGORIES.index(records[name].declared.category), -records[name].declared.priority, name))
