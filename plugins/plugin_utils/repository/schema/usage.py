# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes, vServers and guest domains used. History outlives the object, so nothing refers to it; times are UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, Index
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Listing, Moment, Name, Words


class UsageLast(Base):
    """What the next sample of a node is joined to. ``broken``: why it cannot be."""

    __tablename__ = "usage_last"

    node: Mapped[Name] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    boot: Mapped[int] = mapped_column(BigInteger)
    uptime: Mapped[float] = mapped_column(Double)
    cpus: Mapped[int]
    busy: Mapped[float] = mapped_column(Double)
    zones: Mapped[Listing]
    domains: Mapped[Listing]
    broken: Mapped[Words]


class UsageSample(Base):
    """What was used between two samples. Time without a row is a gap, not a zero."""

    __tablename__ = "usage_sample"
    __table_args__ = (Index(None, "ended"),)

    kind: Mapped[Name] = mapped_column(primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    metric: Mapped[Name] = mapped_column(primary_key=True)
    start: Mapped[Moment] = mapped_column(primary_key=True)
    ended: Mapped[Moment]
    value: Mapped[float] = mapped_column(Double)


class UsageBucket(Base):
    """A roll-up: an hour, day, month or year (``level``). ``covered`` are milliseconds, ``bins`` pairs of bin and milliseconds."""

    __tablename__ = "usage_bucket"
    __table_args__ = (Index(None, "level", "start"),)

    level: Mapped[Name] = mapped_column(primary_key=True)
    kind: Mapped[Name] = mapped_column(primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    metric: Mapped[Name] = mapped_column(primary_key=True)
    start: Mapped[Moment] = mapped_column(primary_key=True)
    samples: Mapped[int]
    covered: Mapped[int] = mapped_column(BigInteger)
    minimum: Mapped[float] = mapped_column(Double)
    average: Mapped[float] = mapped_column(Double)
    maximum: Mapped[float] = mapped_column(Double)
    p95: Mapped[float] = mapped_column(Double)
    last: Mapped[Moment]
    bins: Mapped[Listing]


class UsageGap(Base):
    """Time between two samples that could not be joined, with the reason."""

    __tablename__ = "usage_gap"
    __table_args__ = (Index(None, "ended"),)

    kind: Mapped[Name] = mapped_column(primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    start: Mapped[Moment] = mapped_column(primary_key=True)
    ended: Mapped[Moment]
    reason: Mapped[Words]


class UsageDue(Base):
    """A roll-up that has to be made anew: what it is made of changed. It goes in the transaction that makes it."""

    __tablename__ = "usage_due"

    level: Mapped[Name] = mapped_column(primary_key=True)
    kind: Mapped[Name] = mapped_column(primary_key=True)
    start: Mapped[Moment] = mapped_column(primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)


class UsagePruned(Base):
    """Up to when a level was pruned: roll-ups that began before are not made anew."""

    __tablename__ = "usage_pruned"

    level: Mapped[Name] = mapped_column(primary_key=True)
    until: Mapped[Moment]
