# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in. The database libraries are loaded here and not before, so that a missing one is a sentence, not a traceback."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.errors import RepositoryError
from .location import masked, normalised

if TYPE_CHECKING:
    from .records import RestoreReport
    from .store import Repository

_LIBRARIES = {"sqlalchemy": "SQLAlchemy>=2.0", "alembic": "alembic>=1.12", "psycopg": "psycopg[binary]>=3.1", "netaddr": "netaddr"}


def open_repository(url: str, *, create: bool = False, read_only: bool = False) -> Repository:
    """The repository at ``url``, to be used in a ``with`` statement.

    ``create`` makes an empty repository where there is none; ``read_only`` is enough to look. Raises RepositoryError, with
    what to do next, when the repository is missing, of an older or a newer schema, read-only, damaged, or its server does
    not answer; and when a Python library is missing.
    """
    where = normalised(url)
    try:
        from .store import opened

        return opened(where, create=create, read_only=read_only)
    except ModuleNotFoundError as error:
        raise RepositoryError(missing_library(error, where)) from error


def repository_exists(url: str) -> bool:
    """Whether there is a repository, of whatever schema. Raises RepositoryError when something else is there, or no answer."""
    where = normalised(url)
    try:
        from .examination import exists

        return exists(where)
    except ModuleNotFoundError as error:
        raise RepositoryError(missing_library(error, where)) from error


def upgrade_repository(url: str, *, check: bool = False) -> tuple[str, str]:
    """Bring an existing repository to the present schema in one transaction; its revisions before and after."""
    where = normalised(url)
    try:
        from .examination import upgrade

        return upgrade(where, check=check)
    except ModuleNotFoundError as error:
        raise RepositoryError(missing_library(error, where)) from error


def restore_repository(url: str, path: str | Path, *, force: bool = False, check: bool = False) -> tuple[RestoreReport, bool]:
    """Replace the repository's content by a backup's; what is lost and returned, and whether anything changes.

    Raises Refused, unless ``force``, when objects would be lost, when a run holds a lock, or when the repository is damaged.
    """
    where = normalised(url)
    try:
        from .examination import restore

        return restore(where, Path(path).expanduser(), force=force, check=check)
    except ModuleNotFoundError as error:
        raise RepositoryError(missing_library(error, where)) from error


def missing_library(error: ModuleNotFoundError, url: str) -> str:
    """The message for a library that the controller's Python lacks."""
    name = (error.name or "").split(".")[0]
    if name not in _LIBRARIES:
        raise error
    return (
        f"repository {masked(url)}: failed to import the required Python library ({name}) on {platform.node()}'s Python "
        f"{sys.executable}. Install {_LIBRARIES[name]} for this Python (pip install '{_LIBRARIES[name]}')."
    )
