# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages, patches, patch sets and patch targets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "patch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("synopsis", sa.Text(), nullable=False),
        sa.Column("released", sa.Date(), nullable=True),
        sa.Column("standard", sa.Boolean(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("obsoleted_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patch"),
        sa.UniqueConstraint("number", "revision", name="uq_patch_number_revision"),
    )
    op.create_table(
        "patch_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("architecture", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Date(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patch_set"),
        sa.UniqueConstraint("name", name="uq_patch_set_name"),
    )
    op.create_table(
        "patch_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patch_target"),
        sa.UniqueConstraint("name", name="uq_patch_target_name"),
    )
    op.create_table(
        "build_package",
        sa.Column("build_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["build_id"], ["build.id"], name="fk_build_package_build_id_build", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("build_id", "name", name="pk_build_package"),
    )
    op.create_table(
        "patch_set_patch",
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("patch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patch_id"], ["patch.id"], name="fk_patch_set_patch_patch_id_patch"),
        sa.ForeignKeyConstraint(["patch_set_id"], ["patch_set.id"], name="fk_patch_set_patch_patch_set_id_patch_set", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("patch_set_id", "position", name="pk_patch_set_patch"),
        sa.UniqueConstraint("patch_set_id", "patch_id", name="uq_patch_set_patch_patch_set_id_patch_id"),
    )
    op.create_table(
        "patch_target_set",
        sa.Column("patch_target_id", sa.Integer(), nullable=False),
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patch_set_id"], ["patch_set.id"], name="fk_patch_target_set_patch_set_id_patch_set"),
        sa.ForeignKeyConstraint(
            ["patch_target_id"], ["patch_target.id"], name="fk_patch_target_set_patch_target_id_patch_target", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patch_target_id", "patch_set_id", name="pk_patch_target_set"),
    )
    op.create_table(
        "node_package",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_node_package_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "name", name="pk_node_package"),
    )
    op.create_table(
        "node_patch",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("patch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_node_patch_node_id_node", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["patch_id"], ["patch.id"], name="fk_node_patch_patch_id_patch"),
        sa.PrimaryKeyConstraint("node_id", "patch_id", name="pk_node_patch"),
    )
    op.create_table(
        "patch_result",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("patch_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=255), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_patch_result_node_id_node", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["patch_id"], ["patch.id"], name="fk_patch_result_patch_id_patch"),
        sa.ForeignKeyConstraint(["patch_set_id"], ["patch_set.id"], name="fk_patch_result_patch_set_id_patch_set"),
        sa.PrimaryKeyConstraint("node_id", "patch_set_id", "patch_id", name="pk_patch_result"),
    )
    op.create_table(
        "patch_target_node",
        sa.Column("patch_target_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_patch_target_node_node_id_node", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["patch_target_id"], ["patch_target.id"], name="fk_patch_target_node_patch_target_id_patch_target", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patch_target_id", "node_id", name="pk_patch_target_node"),
    )
