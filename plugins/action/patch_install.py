# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs what the task's node is due of patch sets, or patches by name; or takes them out again, or leaves what Live Upgrade made."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller import backing_out, leaving, patch_due
from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.rolling_out import OPTIONS, RollingOut, awaited
from ..plugin_utils.model.errors import InvalidDefinition


class ActionModule(HeliostatAction):
    OPTIONS = {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "patches": {"type": "list", "elements": "str"},
        "sets": {"type": "list", "elements": "str"},
        "target": {"type": "str"},
        **OPTIONS,
    }
    RULES = {
        "required_one_of": [["patches", "sets", "target", "environment"]],
        "mutually_exclusive": [["patches", "sets", "target"]],
        "required_if": [["state", "present", ["depot"]]],
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "which keeps what became of patches") as repository:
            empty = [name for name in ("patches", "sets") if args[name] is not None and not args[name]]
            if empty:
                raise InvalidDefinition(f"{empty[0]} is an empty list: say what is meant. Nothing was done.")
            awaited(self, args, repository)
            if args["state"] == "absent" and args["method"] == "live_upgrade":
                return leaving.Leaving(self, args, repository, leaving.nothing_due(self), ()).run()
            if args["patches"] is None and args["sets"] is None and args["target"] is None:
                raise InvalidDefinition("One of patches, sets and target is needed. Nothing was done.")
            if args["state"] == "absent":
                return backing_out.BackingOut(self, args, repository, backing_out.due(self, args, repository), ()).run()
            due, warnings = patch_due.of(self, args, repository)
            return RollingOut(self, args, repository, due, warnings).run()
