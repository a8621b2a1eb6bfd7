# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One dataset on the task's node: present, exported, or destroyed by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.contexts import release_of, storage_of
from ..plugin_utils.lifecycle.actual import NodeActual
from ..plugin_utils.lifecycle.context import NodeContext
from ..plugin_utils.lifecycle.storage import driver, whole
from ..plugin_utils.lifecycle.storage.datasets import Datasets
from ..plugin_utils.model import storage_declaration
from ..plugin_utils.model.errors import Refused
from ..plugin_utils.model.vserver import Dataset


class ActionModule(HeliostatAction):
    OPTIONS = {
        "name": {"type": "str", "required": True},
        "luns": {"type": "list", "elements": "str", "required": True},
        "layout": {"type": "str", "choices": ["single", "mirror", "stripe", "stripe_of_mirrors"], "default": "single"},
        "manager": {"type": "str", "choices": ["zfs", "svm", "vxvm"], "default": "zfs"},
        "state": {"type": "str", "choices": ["present", "exported", "absent"], "default": "present"},
        "vserver": {"type": "str"},
        "destroy": {"type": "str", "default": ""},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        entry = {key: args[key] for key in ("name", "luns", "layout", "manager")}
        wanted = storage_declaration.dataset(entry, f"node {self.node.name}", self.inventory.luns)
        owner = args["vserver"] or wanted.name
        with self.repository(args) as repository:
            holders = repository.lun_owners(wanted.luns) if repository else {}
            vserver = self.inventory.vserver(args["vserver"]) if args["vserver"] else None
            if vserver and any(one.rootzpool and one.name == wanted.name for one in vserver.datasets):
                raise Refused(
                    f"dataset {wanted.name} is the rootzpool of vServer {vserver.name}: zoneadm makes it, moves it and destroys it with "
                    "its zone. Use heliostat.vdc.vserver."
                )
            here = repository.node(self.node.name) if repository else None
            pool = vserver.compute_pool if vserver else here.compute_pool if here else None
            context = NodeContext(self.node.name, release_of(self.node, repository), {}, {})
            context = replace(
                context,
                lun_owners={guid: holder.partition("/")[0] for guid, holder in holders.items()},
                **storage_of(self, repository, {pool} if pool else (), [vserver.name] if vserver else []),
            )
            declared = whole.declared_on(wanted, vserver) if vserver else frozenset()
            known = self._holders(repository, wanted, holders)
            operation = Datasets(wanted, args["state"], owner, args["destroy"], context, declared, args["vserver"] or "", known)
            users = {owner, *known}
            with self.locked(sorted(users), repository, f"dataset {args['state']}"):
                self._check_open(repository, sorted(users))
                report = self.operate(operation, repository, f"dataset {args['state']}")
                if repository and not self.check and not report.failures:
                    self._remember(repository, wanted, args["state"], set(holders.values()), report.actual)
                return self.result(report)

    def _holders(self, repository: Any, wanted: Dataset, holders: Mapping[str, str]) -> dict[str, str]:
        """The vServers that have the LUNs, or live here and have a dataset of its name: name → where that is known from."""
        found = {
            holder.partition("/")[0]: f"it has LUN {guid} in its dataset {holder.partition('/')[2]}" for guid, holder in holders.items()
        }
        for record in repository.vservers(node=self.node.name) if repository else ():
            if record.name not in found and any(dataset.name == wanted.name for dataset in record.declared.datasets):
                found[record.name] = f"it lives on node {self.node.name} with a dataset of this name"
        return found

    def _check_open(self, repository: Any, users: Sequence[str]) -> None:
        """Raises Refused on a node in quarantine, and for a dataset that is on its way to another node."""
        node = repository.node(self.node.name) if repository else None
        if node is not None and node.quarantine:
            raise Refused(
                f"node {node.name} is in quarantine ({node.flag_reason}). No dataset is imported, given away or destroyed there before an "
                "operator has looked at it and released it (playbook heliostat.vdc.node_release)."
            )
        for move in (repository.moves(users) if repository else {}).values():
            raise Refused(
                f"vServer {move.vserver} is on its way from node {move.source} to {move.target}, its datasets with it. Let it arrive or "
                "send it back first (playbook heliostat.vdc.vserver_migrate)."
            )

    def _remember(self, repository: Any, wanted: Dataset, state: str, holders: Iterable[str], actual: NodeActual) -> None:
        """That the dataset is there or was destroyed, where it is one of a vServer."""
        seen = {wanted.name} if driver.of(wanted).here(wanted, actual) else set()
        for vserver, _slash, name in (holder.partition("/") for holder in holders):
            if name == wanted.name:
                repository.remember_datasets(vserver, seen, {wanted.name} if state == "absent" else ())
