# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that are emptied for maintenance, with what returns to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "evacuation",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.String(length=255), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("homes", DOCUMENT, nullable=False),
        sa.Column("ran", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_evacuation_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", name="pk_evacuation"),
    )
