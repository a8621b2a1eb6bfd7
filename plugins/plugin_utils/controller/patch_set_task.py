# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task of module patch_set: systems looked at, the set made, what came of it told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ansible.utils.display import Display

from ..model.errors import InvalidDefinition, Refused
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet
from ..model.patching.reference import UNDATED, Revision
from ..patching.versions import difference, since
from . import patch_filters, patch_systems
from .action import HeliostatAction
from .patch_choosing import RELEASES, Choosing, Made
from .patch_sources import Sources
from .tables import table

if TYPE_CHECKING:
    from ..model.patching.system import System
    from ..repository.store import Repository

_SELECTION: dict[str, Any] = {"wanted": {"type": "list", "elements": "str", "default": ["missingrs"]}, **patch_filters.OPTIONS}
OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "frozen", "absent"], "default": "present"},
    "version": {"type": "int"},
    "release": {"type": "str", "choices": list(RELEASES)},
    "patches": {"type": "list", "elements": "str"},
    "nodes": {"type": "list", "elements": "str"},
    "files": {"type": "list", "elements": "path"},
    "analysis": {"type": "dict", "default": {}, "options": _SELECTION},
    "baseline": {"type": "str"},
    "older_than": {"type": "int"},
    "add_requirements": {"type": "bool", "default": False},
    "reference": {"type": "str"},
    "description": {"type": "str"},
    "compared_to": {"type": "int"},
}
_CHOICE = ("patches", "nodes", "files")


class PatchSetTask:
    """One task."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._sources = Sources(repository)
        self._warnings: list[str] = []

    def run(self) -> dict[str, Any]:
        args = self._args
        chosen = any(args[name] for name in _CHOICE)
        if chosen and args["version"] is not None:
            raise InvalidDefinition("version goes with what is there already: leave it out where a set is made, its next version is made.")
        given = any(args[name] is not None for name in _CHOICE) and args["state"] != "absent"
        if not chosen and (given or args["state"] == "present"):
            raise InvalidDefinition(f"patch set {args['name']}: say what is to be in it: patches, nodes or files. Nothing is changed.")
        with self._action.locked([f"patch set {args['name']}"], self._repository, f"patch set {args['state']}") as warnings:
            self._warnings += warnings
            compared = self._compared()
            choosing = Choosing(self._repository, self._sources, args)
            if args["state"] == "absent":
                made = choosing.absent(self._action.check)
            elif chosen:
                made = choosing.made(self._systems(), patch_filters.selection(args["analysis"]), self._action.check)
            else:
                made = choosing.frozen(self._action.check)
        return self._told(made, compared or made.before)

    def _compared(self) -> PatchSet | None:
        """The version that is asked for as it is before anything is written, or is taken away; None where none is."""
        version = self._args["compared_to"]
        found = self._repository.patching.set(self._args["name"], version) if version is not None else None
        if version is not None and found is None:
            raise Refused(f"there is no version {version} of patch set {self._args['name']} to compare with. Nothing is changed.")
        return found

    def _systems(self) -> dict[str, System]:
        """Of one that tells nothing the set would lack what only that one needs: it is refused."""
        names, left = patch_systems.named(self._action, self._repository, self._args["nodes"] or ())
        self._warnings += left
        systems, silent = patch_systems.ask(self._action, names)
        if silent:
            raise Refused("; ".join(silent.values()) + ". A set made without it would lack what only it needs. Leave it out by name.")
        for folder in self._args["files"] or ():
            systems[folder] = patch_systems.from_folder(folder)
        return systems

    def _told(self, made: Made, against: PatchSet | None) -> dict[str, Any]:
        after = made.after
        differs = difference(against, after)
        result: dict[str, Any] = {
            "changed": made.changed,
            "set": self._described(after) if after else {},
            "difference": {
                "from": against.version if against else None,
                "added": _names(differs.added),
                "removed": _names(differs.removed),
                "raised": _pairs(differs.raised),
                "lowered": _pairs(differs.lowered),
            },
            "requirements": _pairs(made.choice.added),
            "left_out": _pairs(made.choice.left_out),
            "since": self._since(after) if after else {},
            "warnings": [*self._warnings, *made.choice.warnings],
        }
        if self._action._task.diff and made.changed:
            result["diff"] = {"before": self._text(made.before), "after": self._text(after)}
        self._show(made, result)
        return result

    def _since(self, held: PatchSet) -> dict[str, Any]:
        _record, newest = self._sources.newest()
        found = since(held, newest)
        self._warnings += found.warnings(held)
        return {
            "withdrawn": _pairs(found.withdrawn),
            "obsoleted": _pairs(found.obsoleted),
            "newer": _pairs(found.newer),
            "unknown": _names(found.unknown),
        }

    def _revisions(self, held: PatchSet) -> list[tuple[PatchId, Revision | None]]:
        _record, own = self._sources.reference(held.reference)
        return [(patch, own.of(patch)) for patch in held.patches]

    def _described(self, held: PatchSet) -> dict[str, Any]:
        values = asdict(held)
        patches = [
            {
                "patch": str(patch),
                "released": _day(revision),
                "recommended": bool(revision and revision.recommended),
                "security": bool(revision and revision.security),
                "synopsis": revision.synopsis if revision else "",
            }
            for patch, revision in self._revisions(held)
        ]
        return {**values, "baseline": held.baseline.isoformat() if held.baseline else None, "patches": patches}

    def _text(self, held: PatchSet | None) -> str:
        if held is None:
            return ""
        state = "frozen" if held.frozen else "not frozen"
        lines = [f"{held.key}, for {held.release}, {state}"]
        lines += [f"{patch} {revision.synopsis if revision else ''}".rstrip() for patch, revision in self._revisions(held)]
        return "\n".join(lines) + "\n"

    def _show(self, made: Made, result: Mapping[str, Any]) -> None:
        show = Display().display
        for one in made.gone:
            show(f"\npatch set {one.key} is gone")
        if made.after is None:
            return
        held, differs = made.after, result["difference"]
        news = {**dict.fromkeys(differs["added"], "new"), **{new: f"was {old[-2:]}" for old, new in differs["raised"].items()}}
        news |= {new: f"was {old[-2:]}" for old, new in differs["lowered"].items()}
        rows = [
            (
                one["patch"],
                one["released"],
                ("R" if one["recommended"] else "") + ("S" if one["security"] else ""),
                news.get(one["patch"], "") if made.before else "",
                one["synopsis"],
            )
            for one in result["set"]["patches"]
        ]
        state = "frozen" if held.frozen else "not frozen"
        baseline = f", nothing younger than {held.baseline}" if held.baseline else ""
        show(f"\npatch set {held.key}, for {held.release}{baseline}, {state}: {len(rows)} patches")
        show("\n".join(table(("PATCH", "RELEASED", "FLAGS", "NEWS", "SYNOPSIS"), rows)))
        out = [(patch, f"left out: {why}") for patch, why in result["left_out"].items()]
        out += [(patch, "removed") for patch in differs["removed"]]
        if out:
            show("\n" + "\n".join(table(("PATCH", "NOT IN"), out)))


def _day(revision: Revision | None) -> str:
    return revision.released.isoformat() if revision and revision.released != UNDATED else ""


def _names(patches: Any) -> list[str]:
    return [str(one) for one in patches]


def _pairs(found: Mapping[PatchId, Any]) -> dict[str, str]:
    return {str(one): str(other) for one, other in found.items()}
