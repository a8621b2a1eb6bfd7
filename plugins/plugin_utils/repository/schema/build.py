# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds, installed packages and patches, patch sets and patch targets."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Moment, Name, Words


class Build(Base):
    """A named and versioned package set: nodes of one build have the same level."""

    __tablename__ = "build"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Key]
    name: Mapped[Name]
    version: Mapped[Name]
    release: Mapped[Words]
    architecture: Mapped[Words]
    source: Mapped[Words]
    description: Mapped[Words]


class BuildPackage(Base):
    """A package that belongs to a build."""

    __tablename__ = "build_package"

    build_id: Mapped[int] = mapped_column(ForeignKey("build.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    version: Mapped[Words]


class NodePackage(Base):
    """A package that was found on a node."""

    __tablename__ = "node_package"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    version: Mapped[Words]


class Patch(Base):
    """A Solaris 10 patch: ``119254-42`` is number and revision. ``standard`` needs neither single user nor reboot."""

    __tablename__ = "patch"
    __table_args__ = (UniqueConstraint("number", "revision"),)

    id: Mapped[Key]
    number: Mapped[Name]
    revision: Mapped[int]
    synopsis: Mapped[Words]
    released: Mapped[date | None]
    standard: Mapped[bool | None] = mapped_column(Boolean)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    obsoleted_by: Mapped[Words]


class NodePatch(Base):
    """A patch that was found on a node."""

    __tablename__ = "node_patch"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    patch_id: Mapped[int] = mapped_column(ForeignKey("patch.id"), primary_key=True)


class PatchSet(Base):
    """Patches chosen together; ``baseline`` is the youngest date that was let in."""

    __tablename__ = "patch_set"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[Name]
    release: Mapped[Words]
    architecture: Mapped[Words]
    baseline: Mapped[date | None]
    description: Mapped[Words]


class PatchSetPatch(Base):
    """A patch of a set, in the order of installation."""

    __tablename__ = "patch_set_patch"
    __table_args__ = (UniqueConstraint("patch_set_id", "patch_id"),)

    patch_set_id: Mapped[int] = mapped_column(ForeignKey("patch_set.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    patch_id: Mapped[int] = mapped_column(ForeignKey("patch.id"))


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
    """A patch set of a patch target."""

    __tablename__ = "patch_target_set"

    patch_target_id: Mapped[int] = mapped_column(ForeignKey("patch_target.id", ondelete="CASCADE"), primary_key=True)
    patch_set_id: Mapped[int] = mapped_column(ForeignKey("patch_set.id"), primary_key=True)


class PatchResult(Base):
    """How one patch of one set ended on one node, the last time it was tried."""

    __tablename__ = "patch_result"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    patch_set_id: Mapped[int] = mapped_column(ForeignKey("patch_set.id"), primary_key=True)
    patch_id: Mapped[int] = mapped_column(ForeignKey("patch.id"), primary_key=True)
    outcome: Mapped[Name]
    message: Mapped[Words]
    at: Mapped[Moment]
