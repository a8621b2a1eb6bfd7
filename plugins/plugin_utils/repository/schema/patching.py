# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References of patches, archives, patch sets, patch targets, what nodes have and how it came to that.

A patch is its number and revision: what else there is to say of it stands in a reference and in its archive.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Bytes, Key, Moment, Name, Words


class PatchReference(Base):
    """A cross-reference as it was imported. ``digest`` is the SHA-256 of the file, ``content`` the file, compressed, in base 64."""

    __tablename__ = "patch_reference"

    digest: Mapped[Name] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    file: Mapped[Words]
    revisions: Mapped[int]
    recommended: Mapped[int]
    security: Mapped[int]
    withdrawn: Mapped[int]
    malformed: Mapped[int]
    imported: Mapped[Moment]
    content: Mapped[Words]


class PatchArchive(Base):
    """A patch in a depot, and how it goes in. ``problem``: why it cannot be used, or ''. ``properties``: where they were read, or ''."""

    __tablename__ = "patch_archive"

    number: Mapped[Name] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    depot: Mapped[Words]
    file: Mapped[Words]
    size: Mapped[Bytes]
    checksum: Mapped[Words]
    problem: Mapped[Words]
    properties: Mapped[Name]
    reboot: Mapped[Name]
    reconfigure: Mapped[bool] = mapped_column(Boolean)
    single_user: Mapped[bool] = mapped_column(Boolean)
    deferred: Mapped[bool] = mapped_column(Boolean)
    all_zones: Mapped[bool] = mapped_column(Boolean)


class PatchSet(Base):
    """One version of a set. ``baseline`` is the youngest date that was let in, ``reference`` a digest or ''."""

    __tablename__ = "patch_set"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Key]
    name: Mapped[Name]
    version: Mapped[int]
    release: Mapped[Words]
    frozen: Mapped[bool] = mapped_column(Boolean)
    baseline: Mapped[date | None]
    reference: Mapped[Name]
    description: Mapped[Words]


class PatchSetGone(Base):
    """The highest version of a set that was taken away."""

    __tablename__ = "patch_set_gone"

    name: Mapped[Name] = mapped_column(primary_key=True)
    version: Mapped[int]


class PatchSetPatch(Base):
    """A patch of a set, in the order of installation."""

    __tablename__ = "patch_set_patch"
    __table_args__ = (UniqueConstraint("patch_set_id", "number", "revision"),)

    patch_set_id: Mapped[int] = mapped_column(ForeignKey("patch_set.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[Name]
    revision: Mapped[int]


class PatchTarget(Base):
    """Nodes and the patch sets that they are to get."""

    __tablename__ = "patch_target"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[Name]
    description: Mapped[Words]


class PatchTargetNode(Base):
    """A node of a patch target."""

    __tablename__ = "patch_target_node"

    patch_target_id: Mapped[int] = mapped_column(ForeignKey("patch_target.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)


class PatchTargetSet(Base):
    """A patch set of a patch target, as it was given."""

    __tablename__ = "patch_target_set"

    patch_target_id: Mapped[int] = mapped_column(ForeignKey("patch_target.id", ondelete="CASCADE"), primary_key=True)
    patch_set_id: Mapped[int] = mapped_column(ForeignKey("patch_set.id"), primary_key=True)
    position: Mapped[int]


class NodePatch(Base):
    """A patch that was found on a node. ``since``: when it was first."""

    __tablename__ = "node_patch"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[Name] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[Moment]


class PatchResult(Base):
    """How a patch ended on a node, the last time it was tried, the set that had asked for it, when the node had booted (seconds).
    ``global_only``: it was asked for in the global zone only."""

    __tablename__ = "patch_result"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[Name] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[Name]
    reason: Mapped[Words]
    log: Mapped[Words]
    at: Mapped[Moment]
    booted: Mapped[int] = mapped_column(BigInteger)
    journal_id: Mapped[int | None] = mapped_column(BigInteger)
    patch_set_id: Mapped[int | None] = mapped_column(ForeignKey("patch_set.id"))
    global_only: Mapped[bool] = mapped_column(Boolean, server_default=false())
