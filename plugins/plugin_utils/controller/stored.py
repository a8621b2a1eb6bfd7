# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository as actions reach it: found, opened, and a missing library said plainly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..model.errors import RepositoryError

if TYPE_CHECKING:
    from ..repository.store import Repository

# Ansible loads an action once and then forks a worker for every host: what is loaded here, each of them has at once. Where a
# library is missing, ``opened`` says so.
with suppress(ImportError):
    import_module("..repository.store", __package__)


@contextmanager
def opened(
    args: Mapping[str, Any], task_vars: Mapping[str, Any], template: Callable[[Any], Any], *, missing_ok: bool = False
) -> Iterator[Repository | None]:
    """The repository that option, variable or environment name; closed afterwards. ``missing_ok``: None where there is none yet."""
    try:
        from ..repository import location, opening
    except ImportError as error:
        raise RepositoryError(
            f"the configuration repository needs a Python library that is not installed on the controller: {error}. "
            "Install SQLAlchemy, alembic and psycopg for the Python that runs ansible."
        ) from error
    url = location.resolve(args, task_vars, template)
    found = opening.open_repository(url) if not missing_ok or opening.repository_exists(url) else nullcontext()
    with found as repository:
        yield repository
