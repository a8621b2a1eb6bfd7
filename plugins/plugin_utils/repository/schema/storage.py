# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs and who sees them, local disks, datasets, file systems. Sizes are bytes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Bytes, Key, Listing, Moment, Name, Words


class Lun(Base):
    """A LUN by its GUID in capitals; ``size`` is unknown while no node has shown it."""

    __tablename__ = "lun"
    __table_args__ = (UniqueConstraint("guid"),)

    id: Mapped[Key]
    guid: Mapped[Name]
    size: Mapped[Bytes | None]
    vendor: Mapped[Words]
    product: Mapped[Words]
    array: Mapped[Words]


class LunVisibility(Base):
    """A node sees a LUN under this device name, over ``paths`` operational paths."""

    __tablename__ = "lun_visibility"
    __table_args__ = (Index(None, "lun_id"),)

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    lun_id: Mapped[int] = mapped_column(ForeignKey("lun.id"), primary_key=True)
    device: Mapped[Name]
    paths: Mapped[int | None]


class Disk(Base):
    """A disk that shows no GUID: it belongs to its node alone."""

    __tablename__ = "disk"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    device: Mapped[Name] = mapped_column(primary_key=True)
    size: Mapped[Bytes | None]
    vendor: Mapped[Words]
    product: Mapped[Words]


class Dataset(Base):
    """LUNs under one volume manager. Its name is unique in the compute pool: two vServers may meet on one node.

    ``created`` is when it was first seen (None: not yet).
    """

    __tablename__ = "dataset"
    __table_args__ = (
        UniqueConstraint("compute_pool_id", "name"),
        CheckConstraint("manager IN ('zfs', 'svm', 'vxvm')", name="manager"),
        Index(None, "vserver_id"),
    )

    id: Mapped[Key]
    name: Mapped[Name]
    compute_pool_id: Mapped[int] = mapped_column(ForeignKey("compute_pool.id"))
    vserver_id: Mapped[int] = mapped_column(ForeignKey("vserver.id", ondelete="CASCADE"))
    manager: Mapped[Name]
    layout: Mapped[Name]
    created: Mapped[Moment | None]


class DatasetLun(Base):
    """A LUN's place in a dataset. A LUN belongs to one dataset only."""

    __tablename__ = "dataset_lun"
    __table_args__ = (UniqueConstraint("lun_id"),)

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lun_id: Mapped[int] = mapped_column(ForeignKey("lun.id"))


class Filesystem(Base):
    """A vServer's root, data or lofs file system in the order declared."""

    __tablename__ = "filesystem"
    __table_args__ = (CheckConstraint("type IN ('root', 'data', 'lofs')", name="type"), Index(None, "dataset_id"))

    vserver_id: Mapped[int] = mapped_column(ForeignKey("vserver.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[Name]
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    name: Mapped[Words]
    mountpoint: Mapped[Words]
    source: Mapped[Words]
    size: Mapped[Bytes | None]
    options: Mapped[Listing]
