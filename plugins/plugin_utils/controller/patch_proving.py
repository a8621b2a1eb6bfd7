# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of targets: nodes asked side by side, held against their patch sets and what the repository remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..lifecycle.patching import proving
from ..model.command import At
from ..model.errors import HeliostatError, InvalidDefinition, Refused
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchTarget, SetVersion
from ..model.patching.result import PatchResult
from ..model.patching.system import System
from ..patching import report
from ..patching.proof import Remembered, Row, Seen, rows, totals
from . import patch_dues, patch_silence, patch_systems, report_files
from .action import HeliostatAction
from .patch_dues import Dues
from .patch_sources import Sources
from .tables import table

if TYPE_CHECKING:
    from ..repository.store import Repository

OPTIONS: dict[str, Any] = {
    "targets": {"type": "list", "elements": "str"},
    "nodes": {"type": "list", "elements": "str"},
    "into": {"type": "path"},
    "formats": {"type": "list", "elements": "str", "choices": ["html", "csv", "json"], "default": ["html", "csv", "json"]},
    "fail_on": {"type": "str", "choices": ["never", "open"], "default": "never"},
}


class Proving:
    """One task's proof. It changes nothing on nodes."""

    def __init__(self, action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> None:
        self._action = action
        self._args = args
        self._repository = repository
        self._sources = Sources(repository)

    def run(self) -> dict[str, Any]:
        wanted = self._wanted()
        systems, seen = self._look(sorted(wanted))
        found, warnings = self._rows(wanted, systems, seen)
        now = datetime.now(UTC)
        warnings += [said for name in sorted(wanted) if (said := patch_silence.overdue(self._repository, name, now))]
        counted = totals(found, self._groups(wanted))
        left = [row for row in found if not row.settled]
        lines = table(*report.summary(counted)) + (["", *table(*report.attention(found))] if left else [])
        result: dict[str, Any] = {
            "rows": [report.record(row) for row in found],
            "totals": report.counted(counted),
            "open": len(left),
            "clean": not left,
            "unknown": {name: one.unknown for name, one in sorted(seen.items()) if one.unknown},
            "table": "\n".join(lines),
            "warnings": warnings,
            "changed": False,
        }
        if self._args["into"]:
            result |= self._written(found, Path(self._args["into"]))
        if left and self._args["fail_on"] == "open":
            result |= {"failed": True, "msg": f"{len(left)} of {len(found)} rows are not settled.\n" + result["table"]}
        return result

    def _wanted(self) -> dict[str, list[SetVersion]]:
        """Node → its set versions, in the order of targets. Raises InvalidDefinition, Refused: a proof of nothing would be a clean one."""
        names = self._args["targets"]
        empty = [option for option in ("targets", "nodes") if self._args[option] is not None and not self._args[option]]
        if empty:
            raise InvalidDefinition(f"{empty[0]} is an empty list, so nothing would be proven. Name some, or leave it out for all.")
        targets: Sequence[PatchTarget] = (
            self._repository.patching.targets() if names is None else [patch_dues.target(self._repository, name) for name in names]
        )
        bare = [one.name for one in targets if not one.nodes]
        if bare or not targets:
            what = f"patch target {', '.join(bare)} has no node" if bare else "there is no patch target"
            raise Refused(f"{what}, so nothing would be proven. Declare it with heliostat.vdc.patch_target.")
        wanted: dict[str, dict[SetVersion, None]] = {}
        for one in targets:
            for node in one.nodes:
                wanted.setdefault(node, {}).update(dict.fromkeys(one.sets))
        asked = self._args["nodes"]
        unknown = sorted(set(asked or ()) - wanted.keys())
        if unknown:
            raise InvalidDefinition(f"node {unknown[0]} is in none of the patch targets. Its patches cannot be proven without a set.")
        return {node: list(sets) for node, sets in wanted.items() if asked is None or node in asked}

    def _groups(self, wanted: Mapping[str, object]) -> dict[str, list[str]]:
        """Groups of the inventory that have one of the nodes; not those that our playbooks make."""
        groups: Mapping[str, Sequence[str]] = self._action.vars.get("groups") or {}
        own = {name: hosts for name, hosts in groups.items() if name not in ("all", "ungrouped") and not name.startswith("heliostat_")}
        members = {name: [node for node in hosts if node in wanted] for name, hosts in own.items()}
        return {name: nodes for name, nodes in members.items() if nodes}

    def _look(self, names: Sequence[str]) -> tuple[dict[str, System], dict[str, Seen]]:
        asked = patch_systems.ask_more(self._action, names, proving.LOOK)
        systems = asked.systems
        seen = {name: Seen(unknown=why.rstrip(".")) for name, why in asked.silent.items()}
        zones = {}
        for name in list(systems):
            try:
                zones[name] = proving.zones(asked.answers[name])
            except HeliostatError as error:
                seen[name] = _unknown(error)
                del systems[name]
        second = {At(name, probe): one for name, found in zones.items() for probe, one in proving.inside(found).items()}
        told = asked.nodes.ask(second) if second else {}
        for name in list(systems):
            inside = {key.probe: answer for key, answer in told.items() if key.node == name}
            try:
                seen[name] = proving.read(systems[name], asked.answers[name], zones[name], inside)
            except HeliostatError as error:
                seen[name] = _unknown(error)
                del systems[name]
        return systems, seen

    def _rows(
        self, wanted: Mapping[str, list[SetVersion]], systems: Mapping[str, System], seen: Mapping[str, Seen]
    ) -> tuple[list[Row], list[str]]:
        results: dict[str, dict[PatchId, PatchResult]] = {}
        for one in self._repository.patching.results(frozenset(wanted)):
            results.setdefault(one.node, {})[one.patch] = one
        noted = self._repository.patching.installed(frozenset(wanted))
        found: list[Row] = []
        warnings: dict[str, None] = {}
        by_sets: dict[tuple[SetVersion, ...], list[str]] = {}
        for node in sorted(wanted):
            by_sets.setdefault(tuple(wanted[node]), []).append(node)
        for versions, names in by_sets.items():
            dues = Dues(self._repository, self._sources, versions)
            warnings |= dict.fromkeys(dues.warnings)
            due = dues.of({name: systems[name] for name in names if name in systems})
            for name in names:
                kept = frozenset(noted[name]) if name in noted else None
                own = rows(name, dues.sets, due.get(name), seen[name], Remembered(results.get(name, {}), kept))
                found += [row.named(_synopsis(dues, row.patch)) for row in own]
        return sorted(found, key=lambda row: row.node), list(warnings)

    def _written(self, found: Sequence[Row], folder: Path) -> dict[str, Any]:
        counted = totals(found, self._groups({row.node: None for row in found}))
        made = {
            "html": partial(report.as_html, found, counted),
            "csv": partial(report.as_csv, found),
            "json": partial(report.as_json, found, counted),
        }
        files = {f"patches.{kind}": made[kind]() for kind in sorted(set(self._args["formats"]))}
        written = [name for name, content in files.items() if report_files.write(folder, name, content, check=self._action.check)]
        return {"changed": bool(written), "into": str(folder), "files": list(files), "written": written}


def _synopsis(dues: Dues, patch: PatchId) -> str:
    revision = dues.reference.of(patch)
    return revision.synopsis if revision else ""


def _unknown(error: HeliostatError) -> Seen:
    return Seen(unknown=patch_systems.line(error).rstrip("."))
