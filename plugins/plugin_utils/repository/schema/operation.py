# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to objects and what happens to them: locks, journal, events."""

from __future__ import annotations

from sqlalchemy import Boolean, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, LongInteger, LongKey, Mapping, Moment, Name, Words


class ObjectLock(Base):
    """Who works on an object. ``token`` is new for every lock: a lock that was broken is not released by its old owner.

    ``host_identity`` and ``process_started`` tell this process from any other that has its host name and number.
    """

    __tablename__ = "object_lock"

    object: Mapped[Name] = mapped_column(primary_key=True)
    owner: Mapped[Name]
    host: Mapped[Name]
    host_identity: Mapped[Name]
    pid: Mapped[int]
    process_started: Mapped[Name]
    reason: Mapped[Words]
    token: Mapped[Name]
    taken: Mapped[Moment]


class Journal(Base):
    """One operation on one object. It is written once and closed once; nothing else may change it."""

    __tablename__ = "journal"
    __table_args__ = (Index(None, "object"), Index(None, "started"))

    id: Mapped[LongKey]
    operation: Mapped[Name]
    object: Mapped[Name]
    node: Mapped[Name | None]
    run_by: Mapped[Name]
    controller: Mapped[Name]
    pid: Mapped[int]
    started: Mapped[Moment]
    ended: Mapped[Moment | None]
    outcome: Mapped[Words]
    changed: Mapped[bool | None] = mapped_column(Boolean)


class JournalStep(Base):
    """One command that was run. ``command`` and ``output_tail`` come with secrets masked."""

    __tablename__ = "journal_step"
    __table_args__ = (UniqueConstraint("journal_id", "position"),)

    id: Mapped[LongKey]
    journal_id: Mapped[int] = mapped_column(LongInteger, ForeignKey("journal.id"))
    position: Mapped[int]
    object: Mapped[Name]
    what: Mapped[Words]
    command: Mapped[Words]
    rc: Mapped[int | None]
    seconds: Mapped[float] = mapped_column(Double)
    output_tail: Mapped[Words]
    started: Mapped[Moment]
    ended: Mapped[Moment]


class Event(Base):
    """Something that was seen or decided: a taken-over lock, a LUN that grew, a node that was forgotten."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "at"), Index(None, "object"))

    id: Mapped[LongKey]
    at: Mapped[Moment]
    source: Mapped[Name]
    severity: Mapped[Name]
    object: Mapped[Name]
    message: Mapped[Words]
    details: Mapped[Mapping]
