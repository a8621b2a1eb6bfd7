# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base of the action plugins: arguments checked, our errors as failed tasks, the operation run under locks and journalled."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..engine.apply import Clock
from ..engine.node_shell import NodeShell
from ..engine.nodes import Shells
from ..engine.operation import Operation, Report, run
from ..model.errors import HeliostatError, RepositoryError
from .connection import AnsibleConnection
from .declared import Inventory
from .journal import RepositoryJournal, RepositoryProgress, operator
from .report import shaped
from .stored import opened

if TYPE_CHECKING:
    from ..repository.store import Repository

CLOCK = Clock(time.monotonic, time.sleep)

#: The option every module has, so that module_defaults of the whole group can set it.
COMMON: dict[str, Any] = {"repository": {"type": "str"}}


class HeliostatAction(ActionBase):  # type: ignore[misc]
    """A subclass names its options and does its work in ``act``, returning the result."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    OPTIONS: ClassVar[dict[str, Any]] = {}
    RULES: ClassVar[dict[str, Any]] = {}

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, args = self.validate_argument_spec(argument_spec=COMMON | self.OPTIONS, **self.RULES)
        self.vars = task_vars or {}
        self.inventory = Inventory(self.vars, self._templar.template)
        try:
            result.update(self.act(args))
        except HeliostatError as error:
            raise AnsibleActionFail(str(error)) from None
        return result

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        """Does the work. HeliostatError becomes a failed task with its message."""
        raise AssertionError("a subclass acts")

    @property
    def check(self) -> bool:
        return bool(self._task.check_mode)

    @property
    def operator(self) -> str:
        """Who runs this, as locks and the journal name it."""
        return operator()

    def templated(self, name: str) -> Any:
        """The task variable ``name``, resolved; None where it is not set."""
        return self.resolved(self.vars.get(name))

    def resolved(self, value: Any) -> Any:
        """A variable's value with its templates filled in."""
        return self._templar.template(value)

    @property
    def node(self) -> NodeShell:
        """The task's host (or the one it is delegated to) as a node to ask."""
        return NodeShell(self._task.delegate_to or self.vars["inventory_hostname"], AnsibleConnection(self))

    def repository(self, args: Mapping[str, Any]) -> AbstractContextManager[Repository | None]:
        """The configuration repository, opened; None in check mode as long as there is none."""
        return opened(args, self.vars, self._templar.template, missing_ok=self.check)

    @contextmanager
    def known_repository(
        self,
        args: Mapping[str, Any],
        lacking: str = "so nobody knows what lives where",
        remedy: str = "Make it first (role heliostat.vdc.management_server).",
    ) -> Iterator[Repository]:
        """The configuration repository, opened, for who cannot do without it, in check mode either.

        Raises RepositoryError where there is none, saying what is ``lacking`` then and the ``remedy``.
        """
        with self.repository(args) as repository:
            if repository is None:
                raise RepositoryError(f"there is no configuration repository, {lacking}. {remedy}")
            yield repository

    @contextmanager
    def locked(self, objects: Sequence[str], repository: Repository | None, reason: str) -> Iterator[list[str]]:
        """Holds the objects' locks (not in check mode). Yields warnings: a lock taken over, an earlier run that did not finish.

        Raises Locked naming the owner of a lock that another run holds.
        """
        if repository is None or self.check:
            yield []
            return
        reason += f" on node {self.node.name}" if self.inventory.is_node(self.node.name) else ""
        with repository.lock_all(objects, owner=self.operator, reason=reason) as locks:
            warnings = [lock.warning for lock in locks if lock.warning]
            for entry in repository.unfinished():
                if entry.object in objects:
                    repository.journal_end(entry.id, "interrupted", True)
                    warnings.append(f"{entry.object}: an earlier run did not finish ({entry.operation}, journal {entry.id})")
            yield warnings

    def operate(self, operation: Operation[Any], repository: Repository | None, name: str) -> Report[Any]:
        """Runs an operation on this node, every step journalled. The caller holds the locks."""
        return self.operate_on(self.node, operation, repository, name)

    def operate_on(
        self, nodes: Shells, operation: Operation[Any], repository: Repository | None, name: str, seen: Any = None
    ) -> Report[Any]:
        """Runs an operation on one node or several; what it does on other nodes than its own is journalled with their names.

        ``seen``: the first look, where the caller has had it just now.
        """
        own = self.node.name if self.inventory.is_node(self.node.name) else ""
        journal = RepositoryJournal(None if self.check else repository, name, own)
        report = run(operation, nodes, CLOCK, journal, RepositoryProgress(self.node.name), check=self.check, seen=seen)
        journal.close(report)
        return replace(report, journal=journal.entries)

    def result(self, report: Report[Any]) -> dict[str, Any]:
        return shaped(report, bool(self._task.diff))
