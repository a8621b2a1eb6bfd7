# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute pools, nodes, networks, LUNs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "build",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=255), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("architecture", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_build"),
        sa.UniqueConstraint("name", "version", name="uq_build_name_version"),
    )
    op.create_table(
        "compute_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_compute_pool"),
        sa.UniqueConstraint("name", name="uq_compute_pool_name"),
    )
    op.create_table(
        "config",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.CheckConstraint("kind IN ('base', 'server')", name="ck_config_kind"),
        sa.ForeignKeyConstraint(["base_id"], ["config.id"], name="fk_config_base_id_config"),
        sa.PrimaryKeyConstraint("id", name="pk_config"),
        sa.UniqueConstraint("name", name="uq_config_name"),
    )
    op.create_table(
        "lun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("array", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lun"),
        sa.UniqueConstraint("guid", name="uq_lun_guid"),
    )
    op.create_table(
        "network_type", sa.Column("name", sa.String(length=255), nullable=False), sa.PrimaryKeyConstraint("name", name="pk_network_type")
    )
    op.create_table(
        "node_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("model_pattern", sa.Text(), nullable=False),
        sa.Column("disks", DOCUMENT, nullable=False),
        sa.Column("links", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_node_profile"),
        sa.UniqueConstraint("name", name="uq_node_profile_name"),
    )
    op.create_table(
        "network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=True),
        sa.Column("subnet", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("vlan", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["type"], ["network_type.name"], name="fk_network_type_network_type"),
        sa.PrimaryKeyConstraint("id", name="pk_network"),
        sa.UniqueConstraint("name", name="uq_network_name"),
    )
    op.create_table(
        "node",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("compute_pool_id", sa.Integer(), nullable=True),
        sa.Column("carried_by_id", sa.Integer(), nullable=True),
        sa.Column("build_id", sa.Integer(), nullable=True),
        sa.Column("node_profile_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hostname", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("release_description", sa.Text(), nullable=False),
        sa.Column("release_update", sa.Integer(), nullable=False),
        sa.Column("release_version", sa.Text(), nullable=False),
        sa.Column("architecture", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("cpus", sa.Integer(), nullable=False),
        sa.Column("cores", sa.Integer(), nullable=True),
        sa.Column("chips", sa.Integer(), nullable=True),
        sa.Column("memory", sa.BigInteger(), nullable=False),
        sa.Column("hostid", sa.Text(), nullable=False),
        sa.Column("brands", DOCUMENT, nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("base_units", sa.Integer(), nullable=True),
        sa.Column("maintenance", sa.Boolean(), nullable=False),
        sa.Column("quarantine", sa.Boolean(), nullable=False),
        sa.Column("flag_reason", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("discovered", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('physical', 'cdom', 'gdom')", name="ck_node_kind"),
        sa.CheckConstraint("state IN ('defined', 'registered', 'error')", name="ck_node_state"),
        sa.CheckConstraint("carried_by_id <> id", name="ck_node_not_carried_by_itself"),
        sa.ForeignKeyConstraint(["build_id"], ["build.id"], name="fk_node_build_id_build"),
        sa.ForeignKeyConstraint(["carried_by_id"], ["node.id"], name="fk_node_carried_by_id_node"),
        sa.ForeignKeyConstraint(["compute_pool_id"], ["compute_pool.id"], name="fk_node_compute_pool_id_compute_pool"),
        sa.ForeignKeyConstraint(["node_profile_id"], ["node_profile.id"], name="fk_node_node_profile_id_node_profile"),
        sa.PrimaryKeyConstraint("id", name="pk_node"),
        sa.UniqueConstraint("name", name="uq_node_name"),
    )
    op.create_index("ix_node_carried_by_id", "node", ["carried_by_id"], unique=False)
    op.create_index("ix_node_compute_pool_id", "node", ["compute_pool_id"], unique=False)
    op.create_index("ix_node_hostid", "node", ["hostid"], unique=False)
    op.create_table(
        "address",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("interface", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=255), nullable=True),
        sa.Column("ipmp_group", sa.String(length=255), nullable=True),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("flags", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_address_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "position", name="pk_address"),
    )
    op.create_index("ix_address_address", "address", ["address"], unique=False)
    op.create_table(
        "disk",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_disk_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "device", name="pk_disk"),
    )
    op.create_table(
        "link",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mtu", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("over", DOCUMENT, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("speed", sa.Integer(), nullable=True),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("vlan", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_link_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "name", name="pk_link"),
    )
    op.create_table(
        "lun_visibility",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("lun_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=255), nullable=False),
        sa.Column("paths", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lun_id"], ["lun.id"], name="fk_lun_visibility_lun_id_lun"),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_lun_visibility_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "lun_id", name="pk_lun_visibility"),
    )
    op.create_index("ix_lun_visibility_lun_id", "lun_visibility", ["lun_id"], unique=False)
    op.create_table(
        "node_config",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("config_id", sa.Integer(), nullable=False),
        sa.Column("applied", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["config_id"], ["config.id"], name="fk_node_config_config_id_config"),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_node_config_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", "config_id", name="pk_node_config"),
    )
    op.create_table(
        "node_network",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("link", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_node_network_node_id_node", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["type"], ["network_type.name"], name="fk_node_network_type_network_type"),
        sa.PrimaryKeyConstraint("node_id", "type", name="pk_node_network"),
    )
    op.create_table(
        "service_processor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("firmware", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_service_processor_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_service_processor"),
        sa.UniqueConstraint("node_id", "address", name="uq_service_processor_node_id_address"),
    )
    types = sa.table("network_type", sa.column("name", sa.String))
    op.bulk_insert(types, [{"name": name} for name in ("management", "public", "backup")])
