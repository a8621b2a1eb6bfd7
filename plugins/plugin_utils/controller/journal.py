# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's journal and progress, kept in the repository and shown to the operator."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..commands import zoneadm
from ..engine import progress, shell
from ..engine.operation import Report
from ..model.command import Output
from ..model.errors import HeliostatError
from ..model.plan import Step

if TYPE_CHECKING:
    from ..repository.store import Repository

#: How much of a step's output is kept, in characters.
TAIL = 2000


def operator() -> str:
    """Who runs this, as locks and the journal name it. An execution environment may run under a number that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


class RepositoryJournal:
    """One entry an operation and object, opened at its first step, so that a killed run leaves an unfinished one."""

    def __init__(self, repository: Repository | None, operation: str, node: str) -> None:
        self._repository = repository
        self._operation = operation
        self._node = node
        self._entries: dict[str, int] = {}
        self._began: dict[str, datetime] = {}

    @property
    def entries(self) -> dict[str, int]:
        """Object → journal id."""
        return dict(self._entries)

    def started(self, step: Step) -> None:
        if self._repository is None:
            return
        if step.object not in self._entries:
            node = self._node or step.node or None
            self._entries[step.object] = self._repository.journal_begin(self._operation, step.object, node, operator())
        self._began[step.object] = datetime.now(UTC)

    def ended(self, step: Step, output: Output, seconds: float) -> None:
        if self._repository is None:
            return
        tail = shell.masked(output.stdout + output.stderr, step.command.secrets)[-TAIL:]
        self._repository.journal_step(
            self._entries[step.object],
            step.object,
            f"{step.what} (node {step.node})" if step.node else step.what,
            shell.show(step.command),
            output.rc,
            seconds,
            tail,
            started=self._began[step.object],
            ended=datetime.now(UTC),
        )

    def close(self, report: Report[Any]) -> None:
        if self._repository is None:
            return
        for name, entry in self._entries.items():
            message = report.failures.get(name)
            self._repository.journal_end(entry, "failed" if message else "done", True)


class RepositoryProgress:
    """Percent where the job's log tells it, the state or elapsed time where not."""

    def __init__(self, node: str) -> None:
        self._node = node

    def __call__(self, name: str, what: str, log: str, seconds: float) -> None:
        try:
            detail, percent = zoneadm.install_progress(log)
        except HeliostatError:
            detail, percent = "", None
        progress.report(self._node, name, what, detail, percent, seconds)
