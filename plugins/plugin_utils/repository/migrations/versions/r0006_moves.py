# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers that are on their way from one node to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vserver_move",
        sa.Column("vserver_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.String(length=255), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["vserver_id"], ["vserver.id"], name="fk_vserver_move_vserver_id_vserver", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["node.id"], name="fk_vserver_move_source_id_node"),
        sa.ForeignKeyConstraint(["target_id"], ["node.id"], name="fk_vserver_move_target_id_node"),
        sa.PrimaryKeyConstraint("vserver_id", name="pk_vserver_move"),
    )
    op.create_index("ix_vserver_move_source_id", "vserver_move", ["source_id"], unique=False)
    op.create_index("ix_vserver_move_target_id", "vserver_move", ["target_id"], unique=False)
