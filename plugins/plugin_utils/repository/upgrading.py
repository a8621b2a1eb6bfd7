# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alembic without its files: revisions are found beside this package, so an installed collection upgrades itself.

It is loaded when a schema is made or upgraded, not by every task that opens a repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from . import migrations

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory


def scripts() -> ScriptDirectory:
    """The revisions of this collection."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(migrations.DIRECTORY))


def run_migrations(connection: Connection, to: str = "head") -> None:
    """Bring the schema up to revision ``to`` within the caller's transaction: all of it or nothing, on both engines."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    directory = scripts()

    def steps(current: tuple[str, ...], context: MigrationContext) -> list[RevisionStep]:
        return list(directory._upgrade_revs(to, current))  # type: ignore[arg-type]

    with EnvironmentContext(Config(), directory, fn=steps, destination_rev=to) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
