# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: intervals between samples, roll-ups, gaps, retention. The tables of before were never written; their views keep their columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NAME = sa.String(length=255)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
ROLLED = """
        SELECT kind, name, metric, start, samples, minimum, average, maximum, p95, CAST(covered AS DOUBLE PRECISION) / 1000 AS covered, last
        FROM usage_bucket WHERE level = """
VIEWS = {
    "v_usage_samples": "SELECT kind, name, metric, start, ended, value FROM usage_sample",
    "v_usage_hours": ROLLED + "'hours'",
    "v_usage_days": ROLLED + "'days'",
    "v_usage_months": ROLLED + "'months'",
    "v_usage_years": ROLLED + "'years'",
    "v_usage_gaps": "SELECT kind, name, start, ended, reason FROM usage_gap",
}


def upgrade() -> None:
    for view in ("v_usage_hours", "v_usage_days"):
        op.execute(f"DROP VIEW {view}")
    for table in ("usage_hour", "usage_day", "usage_sample"):
        op.drop_table(table)
    op.create_table(
        "usage_last",
        sa.Column("node", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("uptime", sa.Double(), nullable=False),
        sa.Column("cpus", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Double(), nullable=False),
        sa.Column("zones", DOCUMENT, nullable=False),
        sa.Column("domains", DOCUMENT, nullable=False),
        sa.Column("broken", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node", name="pk_usage_last"),
    )
    op.create_table(
        "usage_sample",
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("metric", NAME, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "metric", "start", name="pk_usage_sample"),
    )
    op.create_index("ix_usage_sample_ended", "usage_sample", ["ended"], unique=False)
    op.create_table(
        "usage_bucket",
        sa.Column("level", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("metric", NAME, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("covered", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.Double(), nullable=False),
        sa.Column("average", sa.Double(), nullable=False),
        sa.Column("maximum", sa.Double(), nullable=False),
        sa.Column("p95", sa.Double(), nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.Column("bins", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("level", "kind", "name", "metric", "start", name="pk_usage_bucket"),
    )
    op.create_index("ix_usage_bucket_level_start", "usage_bucket", ["level", "start"], unique=False)
    op.create_table(
        "usage_gap",
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "start", name="pk_usage_gap"),
    )
    op.create_index("ix_usage_gap_ended", "usage_gap", ["ended"], unique=False)
    op.create_table(
        "usage_due",
        sa.Column("level", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.PrimaryKeyConstraint("level", "kind", "start", "name", name="pk_usage_due"),
    )
    op.create_table(
        "usage_pruned",
        sa.Column("level", NAME, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("level", name="pk_usage_pruned"),
    )
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")
