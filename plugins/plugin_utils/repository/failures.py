# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a database error means to the operator."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from ..model.errors import RepositoryError

_SIGNS = {
    "readonly": "it cannot be written to (file, directory or file system is read-only). Give the user who runs Ansible write access.",
    "read-only": "it cannot be written to. Give this database user write access, or use the primary server.",
    "not a database": "it is damaged: the file is not a SQLite database. Restore a backup with heliostat.vdc.repository state=restored.",
    "malformed": "it is damaged. Restore a backup with heliostat.vdc.repository state=restored.",
    "disk i/o error": "reading or writing its file failed. Check the disk, then restore a backup if it is damaged.",
    "disk is full": "its file system is full. Make room and run again.",
    "locked": "another process has been writing to it for half a minute. Find that process, or run again.",
    "unable to open": "its file cannot be opened. Check that the path exists and that the user who runs Ansible may read it.",
    "permission denied": "this user may not do that. Grant the rights on its tables.",
}


def explained(error: SQLAlchemyError, where: str) -> RepositoryError:
    """``error`` as a message about the repository at ``where`` (a masked URL)."""
    original = error.orig if isinstance(error, DBAPIError) else error
    text = " ".join(str(original).split())
    for sign, meaning in _SIGNS.items():
        if sign in text.lower():
            return RepositoryError(f"repository {where}: {meaning} ({text})")
    if isinstance(error, IntegrityError):
        return RepositoryError(f"repository {where}: another run has recorded something that excludes this. Run again. ({text})")
    if isinstance(error, OperationalError):
        return RepositoryError(f"repository {where}: its server does not answer or refuses us. Check server, user and password. ({text})")
    return RepositoryError(f"repository {where}: {text}")
