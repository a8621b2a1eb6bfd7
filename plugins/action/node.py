# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers, discovers or forgets the task's host as a node. Nothing on the node is changed."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.lifecycle import discovery, multipathing
from ..plugin_utils.model.errors import Refused
from ..plugin_utils.model.release import SUPPORTED


class ActionModule(HeliostatAction):
    OPTIONS = {"state": {"type": "str", "choices": ["present", "registered", "absent"], "default": "present"}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        name = self.node.name
        with self.repository(args) as repository:
            known = repository.node(name) if repository else None
            if args["state"] == "absent":
                return {"changed": known is not None and repository.forget_node(name, check=self.check)}
            if args["state"] == "registered" and known is not None:
                return {"changed": False, "node": discovery.shown(known.facts)}
            return self._discovered(name, repository, known)

    def _discovered(self, name: str, repository: Any, known: Any) -> dict[str, Any]:
        facts = discovery.read(self.node.ask(discovery.probes()))
        if facts.release.family not in SUPPORTED:
            raise Refused(f"node {name} runs {facts.release.description}, which is not managed; known are {', '.join(SUPPORTED)}.")
        declared = self.inventory.node(name)
        links = self.inventory.links(name)
        usable = [*(found.name for found in facts.links), *(group.interface or group.name for group in facts.groups)]
        missing = [link for link in links.values() if link not in usable]
        if missing:
            have = ", ".join(usable)
            raise Refused(f"node {name}: heliostat_node names link {missing[0]}, which it does not have; it has {have}.")
        before = discovery.shown(known.facts) if known else {}
        after = discovery.shown(facts)
        pool = declared.get("compute_pool")
        rating = self.inventory.rating(name)
        address = str(self.templated("ansible_host") or name)
        changed = True
        if repository is not None:
            with nullcontext() if self.check else repository.lock(name, owner=self.operator, reason="node discovery"):
                changed = repository.record_node(
                    name, facts, compute_pool=pool, networks=links, address=address, base_units=rating, check=self.check
                )
        result: dict[str, Any] = {"changed": changed, "node": after, "warnings": multipathing.warnings(name, facts.groups)}
        if self._task.diff and changed and before != after:
            result["diff"] = {"before": before, "after": after}
        return result
