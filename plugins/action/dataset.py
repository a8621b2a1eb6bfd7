# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One dataset on the task's node: present, exported, or destroyed by name."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.contexts import release_of
from ..plugin_utils.lifecycle.context import NodeContext
from ..plugin_utils.lifecycle.storage.datasets import Datasets
from ..plugin_utils.model import declaration


class ActionModule(HeliostatAction):
    OPTIONS = {
        "name": {"type": "str", "required": True},
        "luns": {"type": "list", "elements": "str", "required": True},
        "layout": {"type": "str", "choices": ["single", "mirror", "stripe", "stripe_of_mirrors"], "default": "single"},
        "state": {"type": "str", "choices": ["present", "exported", "absent"], "default": "present"},
        "vserver": {"type": "str"},
        "destroy": {"type": "str", "default": ""},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        entry = {"name": args["name"], "luns": args["luns"], "layout": args["layout"]}
        wanted = declaration.dataset(entry, f"node {self.node.name}", self.inventory.luns)
        owner = args["vserver"] or wanted.name
        with self.repository(args) as repository:
            known = {guid: repository.lun_owner(guid) for guid in wanted.luns} if repository else {}
            owners = {guid: holder.partition("/")[0] for guid, holder in known.items() if holder}
            context = NodeContext(self.node.name, release_of(self.node, repository), {}, {}, owners)
            operation = Datasets(wanted, args["state"], owner, args["destroy"], context)
            with self.locked([owner], repository, f"dataset {args['state']}"):
                return self.result(self.operate(operation, repository, f"dataset {args['state']}"))
