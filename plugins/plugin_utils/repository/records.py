# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the repository hands out: plain frozen values that know nothing of the database. All times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..model.node import NodeFacts
from ..model.vserver import VServer

#: Stored life-cycle states of a vServer. Run states are measured, never stored.
LIFECYCLE_STATES = ("defined", "installed", "activated", "detached", "error")
#: In these a vServer exists on no node: it may be given another one.
MOVABLE_STATES = ("defined", "detached")
#: Between the reasons for a node's flags.
LATER = "; later: "


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node as it is remembered. ``networks`` maps a network type to the link that carries it."""

    name: str
    kind: str
    state: str
    compute_pool: str | None
    carried_by: str | None
    address: str
    facts: NodeFacts
    networks: Mapping[str, str]
    build: str | None
    base_units: int | None
    maintenance: bool
    quarantine: bool
    flag_reason: str
    discovered: datetime | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Those for its flags, the earliest first."""
        return tuple(part for part in self.flag_reason.split(LATER) if part)


@dataclass(frozen=True, slots=True)
class VServerRecord:
    """A vServer as it is remembered: its declaration, where it lives, its life-cycle state."""

    name: str
    compute_pool: str
    node: str | None
    state: str
    declared: VServer
    base_units: int | None
    maintenance: bool
    quarantine: bool
    flag_reason: str
    created: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class MoveRecord:
    """A move that has begun and not ended. ``running``: the vServer is to run on its target. ``proof``: why the source is dead, or ''."""

    vserver: str
    source: str
    target: str
    running: bool
    proof: str
    begun_by: str
    began: datetime


@dataclass(frozen=True, slots=True)
class EvacuationRecord:
    """A node that is emptied: who returns to which node, and which vServers are to run when all is done."""

    node: str
    begun_by: str
    began: datetime
    homes: Mapping[str, str]
    ran: frozenset[str]


@dataclass(frozen=True, slots=True)
class LunRecord:
    """A LUN: who sees it (node to device), and what uses it (``vserver/dataset`` or ``gdom/volume``)."""

    guid: str
    size: int | None
    vendor: str
    product: str
    visible: Mapping[str, str]
    owner: str | None


@dataclass(frozen=True, slots=True)
class LockRecord:
    """Who works on an object. ``warning`` is set when the lock was taken over from a dead process."""

    object: str
    owner: str
    host: str
    pid: int
    reason: str
    taken: datetime
    token: str
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An operation of the journal; ``ended`` is None while it runs, and for ever when its run was killed."""

    id: int
    operation: str
    object: str
    node: str | None
    user: str
    controller: str
    pid: int
    started: datetime
    ended: datetime | None
    outcome: str
    changed: bool | None


@dataclass(frozen=True, slots=True)
class DoneRecord:
    """An operation that succeeded, and what it did on its object, the first first."""

    operation: str
    did: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JournalStepRecord:
    """A command that was run within an operation."""

    position: int
    object: str
    what: str
    command: str
    rc: int | None
    seconds: float
    output_tail: str
    started: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """A cross-reference of patches that was imported: ``digest`` is the SHA-256 of the file, ``file`` the name that it had.

    ``revisions`` are the lines that could be read: so many of them recommended, of security, withdrawn. ``malformed`` could not.
    """

    digest: str
    as_of: date
    file: str
    revisions: int
    recommended: int
    security: int
    withdrawn: int
    malformed: int
    imported: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Something that was seen or decided."""

    id: int
    at: datetime
    source: str
    severity: str
    object: str
    message: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What a restore changes: objects that only the present state knows (``lost``) or only the backup (``returned``).

    Names are ``node NAME``, ``vserver NAME``, ``patch set NAME version N``, ``patch target NAME``.
    ``revision`` is the schema of the backup.
    """

    lost: tuple[str, ...]
    returned: tuple[str, ...]
    revision: str
    warnings: tuple[str, ...] = ()
