# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical domains. A control domain and a guest domain are nodes too; these rows hold what only domains have."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Bytes, Key, Mapping, Name, Words


class Cdom(Base):
    """A control domain: the node it is, its Logical Domains Manager, and the SP configuration it boots with."""

    __tablename__ = "cdom"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    manager_version: Mapped[Words]
    spconfig: Mapped[Words]
    services: Mapped[Mapping]


class Gdom(Base):
    """A guest domain: defined for a compute pool, carried by one CDom at a time, a node once it is installed."""

    __tablename__ = "gdom"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("node_id"),
        CheckConstraint("state IN ('defined', 'installed', 'activated', 'detached', 'error')", name="state"),
        Index(None, "cdom_id"),
    )

    id: Mapped[Key]
    name: Mapped[Name]
    compute_pool_id: Mapped[int] = mapped_column(ForeignKey("compute_pool.id"))
    cdom_id: Mapped[int | None] = mapped_column(ForeignKey("cdom.node_id"))
    node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id", ondelete="SET NULL"))
    build_id: Mapped[int | None] = mapped_column(ForeignKey("build.id"))
    state: Mapped[Name]
    uuid: Mapped[Words]
    cpus: Mapped[int] = mapped_column(default=0)
    memory: Mapped[Bytes] = mapped_column(default=0)
    category: Mapped[Name] = mapped_column(default="normal")
    priority: Mapped[int] = mapped_column(default=50)
    declared: Mapped[Mapping]
    quarantine: Mapped[bool] = mapped_column(Boolean, default=False)


class GdomLun(Base):
    """A LUN that a guest domain has as a virtual disk."""

    __tablename__ = "gdom_lun"
    __table_args__ = (UniqueConstraint("lun_id"),)

    gdom_id: Mapped[int] = mapped_column(ForeignKey("gdom.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lun_id: Mapped[int] = mapped_column(ForeignKey("lun.id"))
    volume: Mapped[Name]
    mpgroup: Mapped[Words]


class GdomNetwork(Base):
    """A virtual network device of a guest domain."""

    __tablename__ = "gdom_network"
    __table_args__ = (UniqueConstraint("network_id", "address"),)

    gdom_id: Mapped[int] = mapped_column(ForeignKey("gdom.id", ondelete="CASCADE"), primary_key=True)
    vnet: Mapped[Name] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    address: Mapped[Name | None]
    mac: Mapped[Words]
