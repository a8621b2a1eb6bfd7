# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A daemon of the heartbeat on the task's host: installed as declared, upgraded, its keys rotated, or removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..plugin_utils.commands import cksum
from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.heartbeat import Freight, SendingShell, estate_of
from ..plugin_utils.lifecycle.heartbeat.deployment import Deployment
from ..plugin_utils.lifecycle.heartbeat.places import Places
from ..plugin_utils.lifecycle.heartbeat.removal import Removal
from ..plugin_utils.lifecycle.heartbeat.wanted import Wanted
from ..plugin_utils.model.errors import InvalidDefinition


class ActionModule(HeliostatAction):
    OPTIONS = {
        "daemon": {"type": "str", "choices": ["agent", "monitor"], "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "binaries": {"type": "path"},
        "keys": {"type": "str", "choices": ["accept", "use", "only"], "default": "only"},
        "ready": {"type": "list", "elements": "str", "default": []},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        places = Places(args["daemon"])
        lock = f"{places.name} on {self.node.name}"
        with self.repository(args) as repository, self.locked([lock], repository, f"heartbeat {args['state']}"):
            if args["state"] == "absent":
                removal = self.operate(Removal(places), repository, "heartbeat absent")
                return self.result(removal) | {"keys": [], "newest": 0}
            estate = estate_of(self)
            files = [Path(args["binaries"]) / name for name in places.programs] if args["binaries"] else []
            programs = {file.name: self._sum(file) for file in files}
            wanted = Wanted(estate, self.node.name, args["daemon"], args["keys"], frozenset(args["ready"]), programs)
            with Freight(self) as freight:
                shell = SendingShell(self, freight, files)
                report = self.operate_on(shell, Deployment(wanted, freight.folder), repository, "heartbeat present")
            shown = report.after.get(places.name, {})
            return self.result(report) | {"keys": shown.get("keys", []), "newest": estate.keys[0].id}

    def _sum(self, path: Path) -> str:
        """Of a program on the controller. In check mode one that was not built yet differs from all that is on any host."""
        if self.check and not path.exists():
            return "not built yet"
        try:
            return cksum.of(path.read_bytes())
        except OSError as error:
            problem = error.strerror
        raise InvalidDefinition(f"binaries: {path} cannot be read ({problem}). Build them with heliostat.vdc.heartbeat_build.")
