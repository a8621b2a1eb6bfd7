# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets remember that they were made, so that one whose LUNs are out of sight is not made anew and empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset", sa.Column("created", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE dataset SET created = (SELECT v.changed FROM vserver v WHERE v.id = dataset.vserver_id) "
        "WHERE vserver_id IN (SELECT id FROM vserver WHERE state IN ('installed', 'activated', 'detached'))"
    )
