# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers: the declaration, where they live, networks, dependencies, resource controls."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Listing, Mapping, Moment, Name, Words


class VServer(Base):
    """A vServer. ``declared`` is the whole declaration; ``state`` is the life-cycle state, never the run state.

    Its name is unique over all pools: a vServer may be evacuated to any node, and cluster and monitoring know it by name.
    """

    __tablename__ = "vserver"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("state IN ('defined', 'installed', 'activated', 'detached', 'error')", name="state"),
        Index(None, "compute_pool_id"),
        Index(None, "node_id"),
    )

    id: Mapped[Key]
    name: Mapped[Name]
    compute_pool_id: Mapped[int] = mapped_column(ForeignKey("compute_pool.id"))
    node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    build_id: Mapped[int | None] = mapped_column(ForeignKey("build.id"))
    brand: Mapped[Name]
    ip_type: Mapped[Name]
    state: Mapped[Name]
    category: Mapped[Name]
    priority: Mapped[int]
    autoboot: Mapped[bool] = mapped_column(Boolean)
    base_units: Mapped[int | None]
    declared: Mapped[Mapping]
    maintenance: Mapped[bool] = mapped_column(Boolean, default=False)
    quarantine: Mapped[bool] = mapped_column(Boolean, default=False)
    flag_reason: Mapped[Words]
    created: Mapped[Moment]
    changed: Mapped[Moment]


class VServerNetwork(Base):
    """A vServer's leg in a network. ``address`` has no prefix, so that an address is used once in a network."""

    __tablename__ = "vserver_network"
    __table_args__ = (UniqueConstraint("network_id", "address"),)

    vserver_id: Mapped[int] = mapped_column(ForeignKey("vserver.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    address: Mapped[Name]
    prefix: Mapped[int]


class VServerDependency(Base):
    """``slave`` runs only while ``master`` runs."""

    __tablename__ = "vserver_dependency"
    __table_args__ = (CheckConstraint("slave_id <> master_id", name="not_itself"), Index(None, "master_id"))

    slave_id: Mapped[int] = mapped_column(ForeignKey("vserver.id", ondelete="CASCADE"), primary_key=True)
    master_id: Mapped[int] = mapped_column(ForeignKey("vserver.id"), primary_key=True)


class VServerMove(Base):
    """A vServer on its way from one node to another, until it has arrived. ``running``: it is to run there.

    ``proof`` says why the source is known to be dead, when it did not take part.
    """

    __tablename__ = "vserver_move"
    __table_args__ = (Index(None, "source_id"), Index(None, "target_id"))

    vserver_id: Mapped[int] = mapped_column(ForeignKey("vserver.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    running: Mapped[bool] = mapped_column(Boolean)
    proof: Mapped[Words]
    begun_by: Mapped[Name]
    began: Mapped[Moment]


class Evacuation(Base):
    """A node that is emptied for maintenance, until what left it has returned.

    ``homes``: vServer → the node that it returns to. ``ran``: those that are to run when all is done.
    """

    __tablename__ = "evacuation"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    begun_by: Mapped[Name]
    began: Mapped[Moment]
    homes: Mapped[Mapping]
    ran: Mapped[Listing]


class ResourceControl(Base):
    """A resource control that is set: bytes for memory, swap and locked, CPUs for cpu_cap, a number for the others."""

    __tablename__ = "resource_control"

    vserver_id: Mapped[int] = mapped_column(ForeignKey("vserver.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Double)
