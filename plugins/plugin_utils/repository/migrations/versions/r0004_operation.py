# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks, the append-only journal, events and usage history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

#: A step is written and never touched again; an operation may be closed once.
_APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER journal_step_no_update BEFORE UPDATE ON journal_step BEGIN SELECT RAISE(ABORT, 'journal_step is append-only'); END",
        "CREATE TRIGGER journal_step_no_delete BEFORE DELETE ON journal_step BEGIN SELECT RAISE(ABORT, 'journal_step is append-only'); END",
        (
            "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal WHEN OLD.ended IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
        ),
        "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END",
    ),
    "postgresql": (
        (
            "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        ),
        "CREATE TRIGGER journal_step_no_change BEFORE UPDATE OR DELETE ON journal_step FOR EACH ROW EXECUTE FUNCTION append_only()",
        (
            "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal FOR EACH ROW WHEN (OLD.ended IS NOT NULL) "
            "EXECUTE FUNCTION append_only()"
        ),
        "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION append_only()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("severity", sa.String(length=255), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False)
    op.create_index("ix_event_object", "event", ["object"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("operation", sa.String(length=255), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("node", sa.String(length=255), nullable=True),
        sa.Column("run_by", sa.String(length=255), nullable=False),
        sa.Column("controller", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_object", "journal", ["object"], unique=False)
    op.create_index("ix_journal_started", "journal", ["started"], unique=False)
    op.create_table(
        "object_lock",
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("host_identity", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("process_started", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=255), nullable=False),
        sa.Column("taken", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("object", name="pk_object_lock"),
    )
    op.create_table(
        "usage_day",
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("metric", sa.String(length=255), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Double(), nullable=False),
        sa.Column("average", sa.Double(), nullable=False),
        sa.Column("maximum", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "metric", "start", name="pk_usage_day"),
    )
    op.create_table(
        "usage_hour",
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("metric", sa.String(length=255), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Double(), nullable=False),
        sa.Column("average", sa.Double(), nullable=False),
        sa.Column("maximum", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "metric", "start", name="pk_usage_hour"),
    )
    op.create_table(
        "usage_sample",
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("metric", sa.String(length=255), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "metric", "at", name="pk_usage_sample"),
    )
    op.create_table(
        "journal_step",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("journal_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("rc", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("output_tail", sa.Text(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name="fk_journal_step_journal_id_journal"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_step"),
        sa.UniqueConstraint("journal_id", "position", name="uq_journal_step_journal_id_position"),
    )
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
