# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task of module patch_target: nodes and sets resolved, the target kept, what each node would get told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible.utils.display import Display

from ..model.errors import InvalidDefinition, Refused
from ..model.names import plain_name
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchTarget
from ..patching.targets import totals
from . import patch_systems
from .action import HeliostatAction
from .patch_dues import Dues, frozen
from .patch_sources import Sources
from .tables import table

if TYPE_CHECKING:
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "nodes": {"type": "list", "elements": "str"},
    "sets": {
        "type": "list",
        "elements": "dict",
        "options": {"name": {"type": "str", "required": True}, "version": {"type": "int"}},
    },
    "description": {"type": "str", "default": ""},
    "look": {"type": "bool", "default": True},
}
RULES: dict[str, Any] = {"required_if": [("state", "present", ("nodes", "sets"))]}
#: Of a reason a table shows so many patches.
_SHOWN = 3


class PatchTargetTask:
    """One task."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._warnings: list[str] = []

    def run(self) -> dict[str, Any]:
        name = plain_name(self._args["name"])
        before = self._repository.patching.target(name)
        with self._action.locked([f"patch target {name}"], self._repository, f"patch target {self._args['state']}") as warnings:
            self._warnings += warnings
            if self._args["state"] == "absent":
                changed = self._repository.patching.forget_target(name, check=self._action.check)
                return {"changed": changed, "target": {}, "warnings": self._warnings} | self._diff(before, None)
            wanted = self._wanted(name)
            changed = self._repository.patching.record_target(wanted, check=self._action.check)
        dues = Dues(self._repository, Sources(self._repository), wanted.sets)
        result = {"changed": changed, "target": _described(wanted)} | self._looked(wanted, dues)
        self._warnings += dues.warnings
        return result | {"warnings": self._warnings} | (self._diff(before, wanted) if changed else {})

    def _wanted(self, name: str) -> PatchTarget:
        if not self._args["nodes"] or not self._args["sets"]:
            raise InvalidDefinition(f"patch target {name}: name at least one node and one patch set.")
        nodes, left = patch_systems.named(self._action, self._repository, self._args["nodes"])
        if not nodes:
            raise Refused(f"patch target {name}: none of its nodes runs Solaris 10.")
        sets = [frozen(self._repository, one["name"], one["version"]) for one in self._args["sets"]]
        twice = sorted({str(one) for one in sets if sets.count(one) > 1})
        self._warnings += [*left, *(f"patch target {name}: patch set {one} is named twice: once is enough" for one in twice)]
        return PatchTarget(name, tuple(nodes), tuple(dict.fromkeys(sets)), self._args["description"])

    def _looked(self, target: PatchTarget, dues: Dues) -> dict[str, Any]:
        if not self._args["look"]:
            return {}
        systems, silent = patch_systems.ask(self._action, target.nodes)
        found = dues.of(systems)
        for node, why in silent.items():
            self._warnings.append(f"{why.rstrip('.')}: nothing is known of what node {node} is due")
        _show(target, found, silent)
        return {
            "due": {node: described(one) for node, one in found.items()},
            "unknown": silent,
            "totals": totals(found.values()) | {"unknown": len(silent)},
        }

    def _diff(self, before: PatchTarget | None, after: PatchTarget | None) -> dict[str, Any]:
        if not self._action._task.diff or before == after:
            return {}
        return {"diff": {"before": _text(before), "after": _text(after)}}


def described(due: Due) -> dict[str, Any]:
    """A node's due as a module returns it."""
    return {
        "install": _names(due.install),
        "installed": _names(due.installed),
        "obsoleted": _pairs(due.obsoleted),
        "not_applicable": _pairs(due.not_applicable),
        "refused": _pairs(due.refused),
        "notes": _pairs(due.notes),
        "single_user": due.single_user,
        "reboot": due.reboot,
        "reconfigure": due.reconfigure,
        "single_user_for": _names(due.single_user_for),
        "reboot_for": _names(due.reboot_for),
        "unknown": _names(due.unknown),
        "asked_by": {str(patch): [str(one) for one in sets] for patch, sets in due.asked_by.items()},
    }


def _described(target: PatchTarget) -> dict[str, Any]:
    sets = [{"name": one.name, "version": one.version} for one in target.sets]
    return {"name": target.name, "nodes": list(target.nodes), "sets": sets, "description": target.description}


def _text(target: PatchTarget | None) -> str:
    if target is None:
        return ""
    lines = [f"patch target {target.name}", *(f"node {one}" for one in target.nodes), *(f"patch set {one}" for one in target.sets)]
    return "\n".join(lines) + "\n"


def _show(target: PatchTarget, dues: Mapping[str, Due], silent: Mapping[str, str]) -> None:
    heads = ("NODE", "INSTALL", "INSTALLED", "OBSOLETED", "NOT APPLICABLE", "REFUSED", "SINGLE USER", "REBOOT", "BECAUSE OF")
    rows: list[tuple[object, ...]] = []
    for node in target.nodes:
        if node not in dues:
            rows.append((node, "unknown", *[""] * 7))
            continue
        one = dues[node]
        counts = (len(one.install), len(one.installed), len(one.obsoleted), len(one.not_applicable), len(one.refused))
        reboot = f"{one.reboot}, reconfigure" if one.reconfigure else one.reboot
        because = tuple(dict.fromkeys((*one.reboot_for, *one.single_user_for)))
        rows.append((node, *counts, "yes" if one.single_user else "no", reboot, _some(because)))
    show = Display().display
    show(f"\npatch target {target.name}: {', '.join(str(one) for one in target.sets)}")
    show("\n".join(table(heads, rows)))
    details: list[tuple[object, ...]] = []
    for node, one in dues.items():
        details += [(node, "install", number, patch, _remark(one, patch)) for number, patch in enumerate(one.install, 1)]
        details += [(node, "refused", "", patch, why) for patch, why in one.refused.items()]
    if details:
        show("\n" + "\n".join(table(("NODE", "WHAT", "NR", "PATCH", "REMARK"), details)))


def _remark(due: Due, patch: PatchId) -> str:
    known = due.properties[patch]
    said = []
    if patch in due.unknown:
        said.append("nothing is known of it: taken for one that needs single user and a reboot")
    elif known.standard:
        said.append("standard")
    else:
        said += ["single user"] if known.single_user else []
        said += ["deferred activation"] if known.deferred else []
        said += [f"reboot {known.reboot}"] if known.reboot != "none" else []
    if patch in due.notes:
        said.append(due.notes[patch])
    return "; ".join(said)


def _some(patches: tuple[PatchId, ...]) -> str:
    more = f" and {len(patches) - _SHOWN} more" if len(patches) > _SHOWN else ""
    return ", ".join(str(one) for one in patches[:_SHOWN]) + more


def _names(patches: tuple[PatchId, ...]) -> list[str]:
    return [str(one) for one in patches]


def _pairs(found: Mapping[PatchId, Any]) -> dict[str, str]:
    return {str(one): str(other) for one, other in found.items()}
