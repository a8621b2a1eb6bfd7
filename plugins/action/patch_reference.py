# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cross-reference of patches and the depot: read from files of the controller, kept in the repository."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..plugin_utils.commands import patchdiag
from ..plugin_utils.controller import patch_depot
from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.model.errors import InvalidDefinition, ParseError
from ..plugin_utils.model.patching.patch import PatchId
from ..plugin_utils.model.patching.reference import Reference

if TYPE_CHECKING:
    from ..plugin_utils.repository.records import ReferenceRecord
    from ..plugin_utils.repository.store import Repository

#: Malformed lines and faulty archives that a warning names; the result has more of them.
NAMED, LISTED = 3, 200
#: Oracle's file grows. One with less than this part of the lines of the last one was probably not transferred whole.
FEWER = 0.9


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "file": {"type": "path"},
        "digest": {"type": "str"},
        "depot": {"type": "path"},
        "checksums": {"type": "path"},
        "warn_after": {"type": "int", "default": 90},
    }
    RULES = {
        "required_if": [("state", "absent", ("digest",))],
        "required_by": {"checksums": "depot"},
        "mutually_exclusive": [("file", "digest"), ("depot", "digest")],
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        self._warnings: list[str] = []
        remedy = "Make it first (role heliostat.vdc.management_server)."
        with self.known_repository(args, "so no reference can be kept", remedy) as repository:
            if args["state"] == "absent":
                return self._absent(repository, args["digest"])
            read = self._file(args["file"]) if args["file"] else None
            depot = patch_depot.read(args["depot"], args["checksums"]) if args["depot"] else None
            result: dict[str, Any] = {"changed": False}
            if read:
                result |= self._imported(repository, *read)
            if depot:
                result |= self._kept(repository, args["depot"], depot, result["changed"])
            kept = repository.patching.references()
        if read and result["changed"] and self.check and not any(one.digest == read[0].digest for one in kept):
            kept = sorted([read[0], *kept], key=lambda one: (one.as_of, one.revisions), reverse=True)
        newest = kept[0] if kept else None
        if newest:
            self._age(newest.as_of, args["warn_after"])
        if read and newest and newest.digest != read[0].digest:
            own, other = (
                f"{one.as_of}" if newest.as_of > read[0].as_of else f"{one.as_of} with {one.revisions} revisions"
                for one in (read[0], newest)
            )
            self._warnings.append(
                f"{args['file']} is of {own}. It is kept, but the one of {other} stays the default. "
                f"Say {read[0].digest[:12]} where it is meant."
            )
        return result | {
            "default": _shown(newest) if newest else {},
            "references": [_shown(one) for one in kept],
            "warnings": self._warnings,
        }

    def _file(self, path: str) -> tuple[ReferenceRecord, bytes, Reference]:
        from ..plugin_utils.repository.records import ReferenceRecord

        try:
            content = Path(path).read_bytes()
            reference = patchdiag.parse(content)
        except OSError as error:
            raise InvalidDefinition(f"cross-reference {path}: {error.strerror}.") from None
        except ParseError as error:
            raise InvalidDefinition(f"cross-reference {path}: {error}") from None
        lines = [one for many in reference.revisions.values() for one in many]
        counts = (sum(getattr(one, flag) for one in lines) for flag in ("recommended", "security", "withdrawn"))
        record = ReferenceRecord(
            hashlib.sha256(content).hexdigest(), reference.as_of, Path(path).name, len(lines), *counts, reference.unread
        )
        return record, content, reference

    def _imported(self, repository: Repository, record: ReferenceRecord, content: bytes, reference: Reference) -> dict[str, Any]:
        newest = repository.patching.reference()
        changed = repository.patching.keep_reference(record, content, check=self.check)
        if changed and newest and record.revisions < newest.revisions * FEWER and record.as_of >= newest.as_of:
            self._warnings.append(
                f"{record.file} has {record.revisions} revisions, the one of {newest.as_of} has {newest.revisions}: was it cut off? "
                f"If so, forget it (state: absent, digest: {record.digest[:12]})."
            )
        if changed and not self.check:
            said = f"imported by {self.operator}: as of {record.as_of}, {record.revisions} revisions, {record.malformed} lines malformed"
            repository.record_event("patch_reference", "info", record.file, said, {"digest": record.digest})
        if reference.unread:
            first = "; ".join(f"line {one.line}: {one.why}" for one in reference.malformed[:NAMED])
            more = f" and {reference.unread - NAMED} more" if reference.unread > NAMED else ""
            self._warnings.append(
                f"{record.file}: {reference.unread} lines could not be read ({first}{more}). These patches are not known."
            )
        malformed = [{"line": one.line, "why": one.why, "text": one.text} for one in reference.malformed[:LISTED]]
        return {"changed": changed, "reference": _shown(record), "malformed": malformed}

    def _kept(self, repository: Repository, folder: str, depot: patch_depot.Depot, changed: bool) -> dict[str, Any]:
        news, gone = repository.patching.keep_archives(folder, depot.archives, check=self.check)
        problems = {str(one.id): f"{one.file}: {one.problem}" for one in depot.archives if one.problem}
        if problems:
            first = "; ".join(list(problems.values())[:NAMED])
            more = f" and {len(problems) - NAMED} more" if len(problems) > NAMED else ""
            self._warnings.append(f"patch depot {folder}: {len(problems)} patches cannot be used ({first}{more}).")
        signed = [one.id for one in depot.archives if not one.problem and one.file.endswith(patch_depot.SIGNED)]
        if signed:
            self._warnings.append(
                f"patch depot {folder}: {_first(signed)} {'is' if len(signed) == 1 else 'are'} signed, and nobody has verified that here "
                "(jarsigner -verify does). Unpack what nodes are to install into a folder without the jar file."
            )
        unknown = [one.id for one in depot.archives if not one.problem and not one.properties.source]
        if unknown:
            self._warnings.append(
                f"patch depot {folder}: how {_first(unknown)} goes in is not known: there is no patchinfo, and no README that says it in "
                "words known here. It counts as a patch for single user with a reboot."
            )
        archives = {
            "known": len(depot.archives),
            "news": _ids(news),
            "gone": _ids(gone),
            "problems": problems,
            "unknown": _ids(unknown),
            "others": list(depot.others),
        }
        return {"changed": changed or bool(news or gone), "archives": archives}

    def _absent(self, repository: Repository, digest: str) -> dict[str, Any]:
        found = repository.patching.reference(digest) if digest else None
        changed = found is not None and repository.patching.forget_reference(found.digest, check=self.check)
        return {"changed": changed, "reference": _shown(found) if found else {}}

    def _age(self, as_of: date, limit: int) -> None:
        days = (datetime.now(UTC).date() - as_of).days
        if days > limit:
            self._warnings.append(f"The newest cross-reference is of {as_of}, {days} days old: what came out since then is not known.")
        if days < -1:
            self._warnings.append(f"The newest cross-reference is of {as_of}, which is yet to come: look at this controller's clock.")


def _first(patches: list[PatchId]) -> str:
    """Those that a message names, and how many more there are."""
    return ", ".join(_ids(patches[:NAMED])) + (f" and {len(patches) - NAMED} more" if len(patches) > NAMED else "")


def _ids(patches: list[PatchId]) -> list[str]:
    return [str(one) for one in patches]


def _shown(record: ReferenceRecord) -> dict[str, Any]:
    names = ("digest", "file", "revisions", "recommended", "security", "withdrawn", "malformed")
    imported = record.imported.isoformat() if record.imported else ""
    return {name: getattr(record, name) for name in names} | {"as_of": record.as_of.isoformat(), "imported": imported}
