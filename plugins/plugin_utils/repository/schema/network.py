# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network types, networks, and the links and addresses that nodes show."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Listing, Name, Words


class NetworkType(Base):
    """What a network is for: management, public, backup."""

    __tablename__ = "network_type"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)


class Network(Base):
    """A declared network; type and subnet are unknown while only a vServer's declaration has named it."""

    __tablename__ = "network"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[Name]
    type: Mapped[str | None] = mapped_column(ForeignKey("network_type.name"))
    subnet: Mapped[Words]
    gateway: Mapped[Words]
    vlan: Mapped[int | None]


class NodeNetwork(Base):
    """The link that carries a network type on a node."""

    __tablename__ = "node_network"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    type: Mapped[str] = mapped_column(ForeignKey("network_type.name"), primary_key=True)
    link: Mapped[Name]


class Link(Base):
    """A data link as last discovered; ``zone`` names the vServer that has it."""

    __tablename__ = "link"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    kind: Mapped[Words]
    mtu: Mapped[int | None]
    state: Mapped[Words]
    over: Mapped[Listing]
    device: Mapped[Words]
    speed: Mapped[int | None]
    mac: Mapped[Words]
    vlan: Mapped[int | None]
    zone: Mapped[Name | None]


class Address(Base):
    """An address as last discovered on a node, in the node's order."""

    __tablename__ = "address"
    __table_args__ = (Index(None, "address"),)

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    interface: Mapped[Name]
    address: Mapped[Name]
    name: Mapped[Words]
    state: Mapped[Words]
    kind: Mapped[Words]
    zone: Mapped[Name | None]
    ipmp_group: Mapped[Name | None]
    mac: Mapped[Words]
    flags: Mapped[Listing]
