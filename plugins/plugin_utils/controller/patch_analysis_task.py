# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task of module patch_analysis: systems asked or read, analysed by one reference, shown by system, set and group."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.utils.display import Display

from ..commands import patchdiag
from ..model.errors import InvalidDefinition, ParseError, Refused
from ..model.patching.patch_set import SetVersion
from ..patching import summary
from ..patching.analysis import analyse
from ..patching.current import index
from ..patching.listing import listing
from ..patching.selection import Selection
from . import patch_filters, patch_systems
from .action import HeliostatAction
from .patch_dues import Dues, named
from .patch_sources import Sources
from .patch_target_task import described as described_due
from .side_by_side import mapped
from .tables import table

if TYPE_CHECKING:
    from ..model.patching.reference import Reference
    from ..model.patching.system import System
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "nodes": {"type": "list", "elements": "str", "default": []},
    "files": {"type": "list", "elements": "path", "default": []},
    "sets": {"type": "list", "elements": "raw", "default": []},
    "wanted": {"type": "list", "elements": "str", "default": ["missing"]},
    **patch_filters.OPTIONS,
    "at": {"type": "str"},
    "requirements": {"type": "bool", "default": True},
    "reference": {"type": "str"},
    "reference_file": {"type": "path"},
    "details": {"type": "bool", "default": True},
    "show": {"type": "str", "choices": ["systems", "patches", "nothing"], "default": "systems"},
}
RULES: dict[str, Any] = {"required_one_of": [("nodes", "files")], "mutually_exclusive": [("reference", "reference_file")]}


class PatchAnalysisTask:
    """One task. ``repository`` is None where there is none; then the reference comes from a file."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository | None) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._sources = Sources(repository) if repository else None
        self._warnings: list[str] = []

    def run(self) -> dict[str, Any]:
        selection, today = self._selection(), self._day()
        if not self._args["nodes"] and not self._args["files"]:
            raise InvalidDefinition("say which systems are to be analysed: nodes or files.")
        reference = self._reference()
        groups = self._groups()
        systems, silent = self._systems(groups)
        of = index(reference, selection.minimal)
        gc.freeze()  # the reference stays: its values need not be gone through again and again
        properties = patch_filters.properties(self._repository, selection)
        details, rows = self._args["details"], self._args["show"] == "patches"

        def told(name: str) -> summary.Told:
            one = analyse(of, systems[name])
            return summary.told(name, one, listing(one, selection, today, properties), details, rows)

        found = dict(zip(systems, mapped(told, list(systems)), strict=True))
        for name, one in found.items():
            self._warnings += summary.warnings(name, one.described, reference.as_of.isoformat())
        self._warnings += [f"{why.rstrip('.')}: nothing is known of what it lacks" for why in silent.values()]
        lacks = {name: one.lacks for name, one in found.items()}
        result = {
            "changed": False,
            "reference": reference.as_of.isoformat(),
            "at": today.isoformat(),
            "wanted": [str(one) for one in selection.wanted],
            "systems": {name: one.described for name, one in found.items()},
            "unknown": silent,
            "groups": {group: summary.together(members, lacks) for group, members in groups.items()},
            "sets": self._sets(systems, silent),
        }
        self._show(found, silent, result)
        return result | {"warnings": self._warnings}

    def _selection(self) -> Selection:
        found = patch_filters.selection(self._args, requirements=self._args["requirements"])
        if not found.wanted:
            raise InvalidDefinition("wanted is empty: name groups such as missing, or patches.")
        return found

    def _day(self) -> date:
        if self._args["at"] is None:
            return datetime.now(UTC).date()
        try:
            return date.fromisoformat(self._args["at"])
        except ValueError:
            raise InvalidDefinition(f"at: {self._args['at']!r} is no date such as 2026-01-31.") from None

    def _reference(self) -> Reference:
        path = self._args["reference_file"]
        if path is None:
            if self._sources is None:
                raise InvalidDefinition("there is no configuration repository to take a cross-reference from. Name one: reference_file.")
            return self._told(self._sources.reference(self._args["reference"] or "")[1])
        try:
            return self._told(patchdiag.parse(Path(path).read_bytes()))
        except OSError as error:
            raise InvalidDefinition(f"cross-reference {path}: {error.strerror}.") from None
        except ParseError as error:
            raise ParseError(f"cross-reference {path}: {error}") from None

    def _told(self, reference: Reference) -> Reference:
        if reference.unread:
            first = reference.malformed[0]
            self._warnings.append(
                f"the reference of {reference.as_of} has {reference.unread} lines that could not be read: of their patches nothing is "
                f"known. The first is line {first.line}: {first.why}"
            )
        return reference

    def _groups(self) -> dict[str, list[str]]:
        """The inventory groups among ``nodes``, with their members."""
        groups: Mapping[str, Iterable[str]] = self._action.vars.get("groups") or {}
        hosts = self._action.vars.get("hostvars") or {}
        return {word: sorted(groups[word]) for word in self._args["nodes"] if word not in hosts and word in groups}

    def _systems(self, groups: Mapping[str, list[str]]) -> tuple[dict[str, System], dict[str, str]]:
        names = [one for word in self._args["nodes"] for one in groups.get(word, [word])]
        hosts = self._action.vars.get("hostvars") or {}
        others = self._of_other_releases()
        for name in names:
            if name not in hosts:
                raise InvalidDefinition(f"{name} is neither a host nor a group of the inventory.")
            if name in others and name in self._args["nodes"]:
                raise Refused(f"node {name} runs {others[name]}: patches are for Solaris 10. Leave it out.")
        left = sorted({name for name in names if name in others})
        self._warnings += [f"node {name} runs {others[name]} and is left out: patches are for Solaris 10" for name in left]
        names = [name for name in names if name not in others]
        for members in groups.values():
            members[:] = [name for name in members if name not in others]
        empty = [f"inventory group {group} has no node of Solaris 10" for group, members in groups.items() if not members]
        if not names and not self._args["files"]:
            raise InvalidDefinition(f"{', '.join(empty)}: there is nothing to analyse.")
        self._warnings += empty
        systems, silent = patch_systems.ask(self._action, names)
        for folder in self._args["files"]:
            name = Path(folder).name
            if name in systems or name in silent:
                name = folder
            try:
                systems[name] = patch_systems.from_folder(folder)
            except ParseError as error:
                silent[name] = str(error)
        return systems, silent

    def _of_other_releases(self) -> dict[str, str]:
        """Registered nodes that are known to run something else. What nobody registered is asked."""
        nodes = self._repository.nodes() if self._repository and self._args["nodes"] else ()
        return {one.name: one.facts.release.description for one in nodes if not one.facts.release.is_solaris10}

    def _sets(self, systems: Mapping[str, System], silent: Mapping[str, str]) -> dict[str, Any]:
        """Set version → system → what it is due of it. Of what did not answer nothing is known."""
        if not self._args["sets"]:
            return {}
        if self._repository is None or self._sources is None:
            raise InvalidDefinition("there is no configuration repository, so there are no patch sets.")
        found: dict[str, Any] = {}
        for word in self._args["sets"]:
            name, number = _named(word)
            held = self._repository.patching.set(name, number)
            version = held.key if held else SetVersion(name, number or 1)
            dues = Dues(self._repository, self._sources, [version])
            self._warnings += [one for one in dues.warnings if one not in self._warnings]
            found[str(version)] = {
                "systems": {name: described_due(due) for name, due in dues.of(systems).items()},
                "unknown": sorted(silent),
            }
        return found

    def _show(self, found: Mapping[str, summary.Told], silent: Mapping[str, str], result: Mapping[str, Any]) -> None:
        if self._args["show"] == "nothing":
            return
        rows: list[tuple[object, ...]] = [summary.row(name, found[name].described) for name in sorted(found)]
        rows += [(name, "unknown", *[""] * (len(summary.HEADS) - 2)) for name in sorted(silent)]
        show = Display().display
        show(f"\n{' '.join(result['wanted'])}, by the reference of {result['reference']}, at {result['at']}")
        show("\n".join(table(summary.HEADS, rows)))
        if self._args["show"] == "patches":
            rows = [one for name in sorted(found) for one in found[name].rows]
            show("\n" + "\n".join(table(summary.PATCH_HEADS, rows)))
        for version, one in result["sets"].items():
            rows = [(name, *(len(due[key]) for key in _OF_SET)) for name, due in sorted(one["systems"].items())]
            rows += [(name, "unknown", *[""] * (len(_OF_SET) - 1)) for name in one["unknown"]]
            show(f"\npatch set {version}")
            show("\n".join(table(("SYSTEM", *(key.replace("_", " ").upper() for key in _OF_SET)), rows)))
        for group, of in result["groups"].items():
            known = f"{len(of['systems'])} systems, {len(of['complete'])} lack nothing, {len(of['unknown'])} unknown"
            show(f"\ngroup {group}: {known}, {len(of['missing'])} patches are missing somewhere")


def _named(given: Any) -> tuple[str, int | None]:
    """``name``, ``name:version``, or both as a mapping, as patch_target has them. Raises InvalidDefinition."""
    if not isinstance(given, Mapping):
        return named(str(given))
    if not given.get("name") or given.keys() - {"name", "version"}:
        raise InvalidDefinition(f"sets: {dict(given)!r} is neither a patch set's name nor its name and version.")
    return named(":".join(str(given[key]) for key in ("name", "version") if given.get(key) is not None))


#: What a table of a set counts of each system.
_OF_SET = ("install", "installed", "obsoleted", "not_applicable", "refused")
