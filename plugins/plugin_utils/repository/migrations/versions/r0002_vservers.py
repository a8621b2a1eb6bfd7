# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, vServers, their datasets, file systems and networks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cdom",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("manager_version", sa.Text(), nullable=False),
        sa.Column("spconfig", sa.Text(), nullable=False),
        sa.Column("services", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_cdom_node_id_node", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("node_id", name="pk_cdom"),
    )
    op.create_table(
        "vserver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("compute_pool_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("build_id", sa.Integer(), nullable=True),
        sa.Column("brand", sa.String(length=255), nullable=False),
        sa.Column("ip_type", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("category", sa.String(length=255), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("autoboot", sa.Boolean(), nullable=False),
        sa.Column("base_units", sa.Integer(), nullable=True),
        sa.Column("declared", DOCUMENT, nullable=False),
        sa.Column("maintenance", sa.Boolean(), nullable=False),
        sa.Column("quarantine", sa.Boolean(), nullable=False),
        sa.Column("flag_reason", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('defined', 'installed', 'activated', 'detached', 'error')", name="ck_vserver_state"),
        sa.ForeignKeyConstraint(["build_id"], ["build.id"], name="fk_vserver_build_id_build"),
        sa.ForeignKeyConstraint(["compute_pool_id"], ["compute_pool.id"], name="fk_vserver_compute_pool_id_compute_pool"),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_vserver_node_id_node"),
        sa.PrimaryKeyConstraint("id", name="pk_vserver"),
        sa.UniqueConstraint("name", name="uq_vserver_name"),
    )
    op.create_index("ix_vserver_compute_pool_id", "vserver", ["compute_pool_id"], unique=False)
    op.create_index("ix_vserver_node_id", "vserver", ["node_id"], unique=False)
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("compute_pool_id", sa.Integer(), nullable=False),
        sa.Column("vserver_id", sa.Integer(), nullable=False),
        sa.Column("manager", sa.String(length=255), nullable=False),
        sa.Column("layout", sa.String(length=255), nullable=False),
        sa.CheckConstraint("manager IN ('zfs', 'svm', 'vxvm')", name="ck_dataset_manager"),
        sa.ForeignKeyConstraint(["compute_pool_id"], ["compute_pool.id"], name="fk_dataset_compute_pool_id_compute_pool"),
        sa.ForeignKeyConstraint(["vserver_id"], ["vserver.id"], name="fk_dataset_vserver_id_vserver", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
        sa.UniqueConstraint("compute_pool_id", "name", name="uq_dataset_compute_pool_id_name"),
    )
    op.create_index("ix_dataset_vserver_id", "dataset", ["vserver_id"], unique=False)
    op.create_table(
        "gdom",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("compute_pool_id", sa.Integer(), nullable=False),
        sa.Column("cdom_id", sa.Integer(), nullable=True),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("build_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("cpus", sa.Integer(), nullable=False),
        sa.Column("memory", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=255), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("declared", DOCUMENT, nullable=False),
        sa.Column("quarantine", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('defined', 'installed', 'activated', 'detached', 'error')", name="ck_gdom_state"),
        sa.ForeignKeyConstraint(["build_id"], ["build.id"], name="fk_gdom_build_id_build"),
        sa.ForeignKeyConstraint(["cdom_id"], ["cdom.node_id"], name="fk_gdom_cdom_id_cdom"),
        sa.ForeignKeyConstraint(["compute_pool_id"], ["compute_pool.id"], name="fk_gdom_compute_pool_id_compute_pool"),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name="fk_gdom_node_id_node", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_gdom"),
        sa.UniqueConstraint("name", name="uq_gdom_name"),
        sa.UniqueConstraint("node_id", name="uq_gdom_node_id"),
    )
    op.create_index("ix_gdom_cdom_id", "gdom", ["cdom_id"], unique=False)
    op.create_table(
        "resource_control",
        sa.Column("vserver_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["vserver_id"], ["vserver.id"], name="fk_resource_control_vserver_id_vserver", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vserver_id", "name", name="pk_resource_control"),
    )
    op.create_table(
        "vserver_dependency",
        sa.Column("slave_id", sa.Integer(), nullable=False),
        sa.Column("master_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("slave_id <> master_id", name="ck_vserver_dependency_not_itself"),
        sa.ForeignKeyConstraint(["master_id"], ["vserver.id"], name="fk_vserver_dependency_master_id_vserver"),
        sa.ForeignKeyConstraint(["slave_id"], ["vserver.id"], name="fk_vserver_dependency_slave_id_vserver", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slave_id", "master_id", name="pk_vserver_dependency"),
    )
    op.create_index("ix_vserver_dependency_master_id", "vserver_dependency", ["master_id"], unique=False)
    op.create_table(
        "vserver_network",
        sa.Column("vserver_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("prefix", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_vserver_network_network_id_network"),
        sa.ForeignKeyConstraint(["vserver_id"], ["vserver.id"], name="fk_vserver_network_vserver_id_vserver", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vserver_id", "position", name="pk_vserver_network"),
        sa.UniqueConstraint("network_id", "address", name="uq_vserver_network_network_id_address"),
    )
    op.create_table(
        "dataset_lun",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lun_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_dataset_lun_dataset_id_dataset", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lun_id"], ["lun.id"], name="fk_dataset_lun_lun_id_lun"),
        sa.PrimaryKeyConstraint("dataset_id", "position", name="pk_dataset_lun"),
        sa.UniqueConstraint("lun_id", name="uq_dataset_lun_lun_id"),
    )
    op.create_table(
        "filesystem",
        sa.Column("vserver_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mountpoint", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("options", DOCUMENT, nullable=False),
        sa.CheckConstraint("type IN ('root', 'data', 'lofs')", name="ck_filesystem_type"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_filesystem_dataset_id_dataset", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["vserver_id"], ["vserver.id"], name="fk_filesystem_vserver_id_vserver", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vserver_id", "position", name="pk_filesystem"),
    )
    op.create_index("ix_filesystem_dataset_id", "filesystem", ["dataset_id"], unique=False)
    op.create_table(
        "gdom_lun",
        sa.Column("gdom_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lun_id", sa.Integer(), nullable=False),
        sa.Column("volume", sa.String(length=255), nullable=False),
        sa.Column("mpgroup", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["gdom_id"], ["gdom.id"], name="fk_gdom_lun_gdom_id_gdom", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lun_id"], ["lun.id"], name="fk_gdom_lun_lun_id_lun"),
        sa.PrimaryKeyConstraint("gdom_id", "position", name="pk_gdom_lun"),
        sa.UniqueConstraint("lun_id", name="uq_gdom_lun_lun_id"),
    )
    op.create_table(
        "gdom_network",
        sa.Column("gdom_id", sa.Integer(), nullable=False),
        sa.Column("vnet", sa.String(length=255), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=True),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["gdom_id"], ["gdom.id"], name="fk_gdom_network_gdom_id_gdom", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_gdom_network_network_id_network"),
        sa.PrimaryKeyConstraint("gdom_id", "vnet", name="pk_gdom_network"),
        sa.UniqueConstraint("network_id", "address", name="uq_gdom_network_network_id_address"),
    )
