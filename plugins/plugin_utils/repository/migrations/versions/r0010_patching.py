# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patching: references, archives, versions of sets, the last result of each patch. The tables of before were never written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NAME = sa.String(length=255)
VIEWS = {
    "v_patches": """
        SELECT n.name AS node, k.number, k.revision,
               (a.properties <> '' AND a.reboot = 'none' AND NOT a.single_user AND NOT a.deferred) AS standard, k.since
        FROM node_patch k JOIN node n ON n.id = k.node_id
        LEFT JOIN patch_archive a ON a.number = k.number AND a.revision = k.revision""",
    "v_patch_references": """
        SELECT digest, as_of, file, revisions, recommended, security, withdrawn, malformed, imported FROM patch_reference""",
    "v_patch_archives": """
        SELECT a.number, a.revision, a.depot, a.file, a.size, a.checksum, a.problem, a.properties, a.reboot, a.reconfigure, a.single_user,
               a.deferred, a.all_zones,
               (a.properties <> '' AND a.reboot = 'none' AND NOT a.single_user AND NOT a.deferred) AS standard
        FROM patch_archive a""",
    "v_patch_sets": """
        SELECT s.name, s.version, s.release, s.frozen, s.baseline, s.reference, s.description,
               (SELECT count(*) FROM patch_set_patch p WHERE p.patch_set_id = s.id) AS patches
        FROM patch_set s""",
    "v_patch_set_patches": """
        SELECT s.name AS patch_set, s.version, p.position, p.number, p.revision
        FROM patch_set_patch p JOIN patch_set s ON s.id = p.patch_set_id""",
    "v_patch_targets": """
        SELECT t.name, t.description, (SELECT count(*) FROM patch_target_node n WHERE n.patch_target_id = t.id) AS nodes,
               (SELECT count(*) FROM patch_target_set s WHERE s.patch_target_id = t.id) AS sets
        FROM patch_target t""",
    "v_patch_target_nodes": """
        SELECT t.name AS target, n.name AS node
        FROM patch_target_node k JOIN patch_target t ON t.id = k.patch_target_id JOIN node n ON n.id = k.node_id""",
    "v_patch_target_sets": """
        SELECT t.name AS target, k.position, s.name AS patch_set, s.version
        FROM patch_target_set k JOIN patch_target t ON t.id = k.patch_target_id JOIN patch_set s ON s.id = k.patch_set_id""",
    "v_patch_results": """
        SELECT n.name AS node, r.number, r.revision, r.state AS outcome, r.reason AS message, r.at, s.name AS patch_set, s.version,
               r.journal_id, r.log
        FROM patch_result r JOIN node n ON n.id = r.node_id LEFT JOIN patch_set s ON s.id = r.patch_set_id""",
}


def upgrade() -> None:
    for view in ("v_patches", "v_patch_results"):
        op.execute(f"DROP VIEW {view}")
    for table in ("patch_result", "node_patch", "patch_target_set", "patch_target_node", "patch_target", "patch_set_patch"):
        op.drop_table(table)
    for table in ("patch_set", "patch"):
        op.drop_table(table)
    _what_there_is()
    _what_is_wanted()
    _what_nodes_have()
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def _what_there_is() -> None:
    op.create_table(
        "patch_reference",
        sa.Column("digest", NAME, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("recommended", sa.Integer(), nullable=False),
        sa.Column("security", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("malformed", sa.Integer(), nullable=False),
        sa.Column("imported", MOMENT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_patch_reference"),
    )
    op.create_table(
        "patch_archive",
        sa.Column("number", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("depot", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("properties", NAME, nullable=False),
        sa.Column("reboot", NAME, nullable=False),
        sa.Column("reconfigure", sa.Boolean(), nullable=False),
        sa.Column("single_user", sa.Boolean(), nullable=False),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        sa.Column("all_zones", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_patch_archive"),
    )


def _what_is_wanted() -> None:
    op.create_table(
        "patch_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("baseline", sa.Date(), nullable=True),
        sa.Column("reference", NAME, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patch_set"),
        sa.UniqueConstraint("name", "version", name="uq_patch_set_name_version"),
    )
    op.create_table(
        "patch_set_patch",
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patch_set_id"], ["patch_set.id"], name="fk_patch_set_patch_patch_set_id_patch_set", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("patch_set_id", "position", name="pk_patch_set_patch"),
        sa.UniqueConstraint("patch_set_id", "number", "revision", name="uq_patch_set_patch_patch_set_id_number_revision"),
    )
    op.create_table(
        "patch_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patch_target"),
        sa.UniqueConstraint("name", name="uq_patch_target_name"),
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
    op.create_table(
        "patch_target_set",
        sa.Column("patch_target_id", sa.Integer(), nullable=False),
        sa.Column("patch_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patch_set_id"], ["patch_set.id"], name="fk_patch_target_set_patch_set_id_patch_set"),
        sa.ForeignKeyConstraint(
            ["patch_target_id"], ["patch_target.id"], name="fk_patch_target_set_patch_target_id_patch_target", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patch_target_id", "patch_set_id", name="pk_patch_target_set"),
    )


def _what_nodes_have() -> None:
    op.create_table(
        "node_patch",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("number", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_node_patch_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "number", "revision", name="pk_node_patch"),
    )
    op.create_table(
        "patch_result",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("number", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("booted", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=True),
        sa.Column("patch_set_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_patch_result_node_id_node", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["patch_set_id"], ["patch_set.id"], name="fk_patch_result_patch_set_id_patch_set"),
        sa.PrimaryKeyConstraint("node_id", "number", "revision", name="pk_patch_result"),
    )
