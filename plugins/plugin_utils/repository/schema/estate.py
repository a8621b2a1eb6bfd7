# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute pools, nodes and what belongs to one node: profile, service processors, configurations."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Bytes, Key, Listing, Mapping, Moment, Name, Words


class ComputePool(Base):
    """Nodes among which vServers and guest domains may move."""

    __tablename__ = "compute_pool"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[Name]
    description: Mapped[Words]


class NodeProfile(Base):
    """Which disks and links a server model uses for what; ``model_pattern`` is matched against the node's model."""

    __tablename__ = "node_profile"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[Name]
    model_pattern: Mapped[Words]
    disks: Mapped[Mapping]
    links: Mapped[Mapping]


class Node(Base):
    """A machine with a global zone: physical, a control domain, or a guest domain (then ``carried_by_id`` is its CDom).

    ``facts`` is the whole of the last discovery; the columns beside it are those that queries and placement need.
    ``memory`` is bytes. ``base_units`` is the node's rating.
    """

    __tablename__ = "node"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("kind IN ('physical', 'cdom', 'gdom')", name="kind"),
        CheckConstraint("carried_by_id <> id", name="not_carried_by_itself"),
        CheckConstraint("state IN ('defined', 'registered', 'error')", name="state"),
        Index(None, "compute_pool_id"),
        Index(None, "carried_by_id"),
        Index(None, "hostid"),
    )

    id: Mapped[Key]
    name: Mapped[Name]
    kind: Mapped[Name] = mapped_column(default="physical")
    state: Mapped[Name] = mapped_column(default="registered")
    compute_pool_id: Mapped[int | None] = mapped_column(ForeignKey("compute_pool.id"))
    carried_by_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    build_id: Mapped[int | None] = mapped_column(ForeignKey("build.id"))
    node_profile_id: Mapped[int | None] = mapped_column(ForeignKey("node_profile.id"))
    address: Mapped[Words]
    hostname: Mapped[Words]
    release: Mapped[Words]
    release_description: Mapped[Words]
    release_update: Mapped[int] = mapped_column(default=0)
    release_version: Mapped[Words]
    architecture: Mapped[Words]
    model: Mapped[Words]
    cpus: Mapped[int] = mapped_column(default=0)
    cores: Mapped[int | None]
    chips: Mapped[int | None]
    memory: Mapped[Bytes] = mapped_column(default=0)
    hostid: Mapped[Words]
    brands: Mapped[Listing]
    facts: Mapped[Mapping]
    base_units: Mapped[int | None]
    maintenance: Mapped[bool] = mapped_column(Boolean, default=False)
    quarantine: Mapped[bool] = mapped_column(Boolean, default=False)
    flag_reason: Mapped[Words]
    created: Mapped[Moment]
    changed: Mapped[Moment]
    discovered: Mapped[Moment | None]


class ServiceProcessor(Base):
    """How to reach a node's service processor. ``account`` is a user name; its password never enters the repository."""

    __tablename__ = "service_processor"
    __table_args__ = (UniqueConstraint("node_id", "address"),)

    id: Mapped[Key]
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"))
    kind: Mapped[Name]
    address: Mapped[Name]
    account: Mapped[Words]
    domain: Mapped[Words]
    firmware: Mapped[Words]


class Config(Base):
    """A base config (values) or a server config (a base config bound to servers)."""

    __tablename__ = "config"
    __table_args__ = (UniqueConstraint("name"), CheckConstraint("kind IN ('base', 'server')", name="kind"))

    id: Mapped[Key]
    name: Mapped[Name]
    kind: Mapped[Name]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("config.id"))
    content: Mapped[Mapping]


class NodeConfig(Base):
    """A config that belongs to a node, and how its last application ended."""

    __tablename__ = "node_config"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    config_id: Mapped[int] = mapped_column(ForeignKey("config.id"), primary_key=True)
    applied: Mapped[Moment | None]
    outcome: Mapped[Words]
