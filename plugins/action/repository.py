# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration repository itself: made, upgraded, backed up, restored, exported, unlocked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.model.errors import Refused, RepositoryError
from ..plugin_utils.repository import location, opening
from ..plugin_utils.repository.migrations import REVISIONS


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {
        "state": {
            "type": "str",
            "choices": ["present", "upgraded", "backed_up", "restored", "exported", "unlocked"],
            "default": "present",
        },
        "path": {"type": "path"},
        "object": {"type": "str"},
        "force": {"type": "bool", "default": False},
    }
    RULES = {
        "required_if": [
            ("state", "backed_up", ("path",)),
            ("state", "restored", ("path",)),
            ("state", "exported", ("path",)),
            ("state", "unlocked", ("object",)),
        ]
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        url = location.resolve(args, self.vars, self._templar.template)
        result = {"repository": location.masked(url), "revision": REVISIONS[-1], "changed": False}
        result |= getattr(self, f"_{args['state']}")(url, args)
        diff = result.pop("diff", None)
        return result | {"diff": diff} if self._task.diff and diff and result["changed"] else result

    def _present(self, url: str, args: dict[str, Any]) -> dict[str, Any]:
        if opening.repository_exists(url):
            with opening.open_repository(url):
                return {"changed": False}
        if not self.check:
            opening.open_repository(url, create=True).close()
        return {"changed": True, "diff": _lines("", f"schema {REVISIONS[-1]}\n", location.masked(url))}

    def _upgraded(self, url: str, args: dict[str, Any]) -> dict[str, Any]:
        before, after = opening.upgrade_repository(url, check=self.check)
        return {"changed": before != after, "diff": _lines(f"schema {before}\n", f"schema {after}\n", location.masked(url))}

    def _backed_up(self, url: str, args: dict[str, Any]) -> dict[str, Any]:
        path = Path(args["path"])
        if path.exists() and not args["force"]:
            raise Refused(f"backup {path} exists. Choose another path, or replace it with force=true.")
        if not path.parent.is_dir():
            raise RepositoryError(
                f"backup {path}: directory {path.parent} does not exist. Make it, for its owner alone, or choose another path."
            )
        with opening.open_repository(url) as repository:
            if not self.check:
                repository.backup(path)
        return {"changed": True, "path": str(path), "diff": _lines("", "a backup\n", str(path))}

    def _restored(self, url: str, args: dict[str, Any]) -> dict[str, Any]:
        report, changed = opening.restore_repository(url, args["path"], force=args["force"], check=self.check)
        return {
            "changed": changed,
            "path": args["path"],
            "lost": list(report.lost),
            "returned": list(report.returned),
            "warnings": list(report.warnings),
            "diff": _lines(
                "".join(f"{name}\n" for name in report.lost), "".join(f"{name}\n" for name in report.returned), location.masked(url)
            ),
        }

    def _exported(self, url: str, args: dict[str, Any]) -> dict[str, Any]:
        path = Path(args["path"])
        with opening.open_repository(url, read_only=True) as repository:
            after = repository.export_text()
        try:
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if before != after and not self.check:
                _write_private(path, after)
        except (OSError, UnicodeDecodeError) as error:
            raise RepositoryError(f"export {path}: {error}. Choose another path.") from None
        return {"changed": before != after, "path": str(path), "diff": _lines(before, after, str(path))}

    def _unlocked(self, url: str, args: dict[str, Any]) -> dict[str, Any]:
        with opening.open_repository(url) as repository:
            lock = repository.break_lock(args["object"], check=self.check)
        if lock is None:
            return {"changed": False}
        shown = {"object": lock.object, "owner": lock.owner, "host": lock.host, "pid": lock.pid, "reason": lock.reason}
        return {
            "changed": True,
            "lock": shown,
            "diff": _lines(f"locked by {lock.owner} (process {lock.pid} on {lock.host})\n", "", lock.object),
        }


def _lines(before: str, after: str, what: str) -> dict[str, str]:
    return {"before": before, "after": after, "before_header": what, "after_header": what}


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and for its owner alone."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
