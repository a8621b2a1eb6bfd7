# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and installed packages."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Name, Words


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
