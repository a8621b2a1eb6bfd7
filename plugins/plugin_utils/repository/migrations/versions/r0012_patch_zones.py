# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A patch that was asked for in the global zone only. Of earlier results nobody knows, and they count as asked for in all zones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("patch_result", sa.Column("global_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("DROP VIEW v_patch_results")
    op.execute(
        """CREATE VIEW v_patch_results AS
        SELECT n.name AS node, r.number, r.revision, r.state AS outcome, r.reason AS message, r.global_only, r.at, s.name AS patch_set,
               s.version, r.journal_id, r.log
        FROM patch_result r JOIN node n ON n.id = r.node_id LEFT JOIN patch_set s ON s.id = r.patch_set_id"""
    )
