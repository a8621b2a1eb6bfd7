# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository as the operations see it: one object, short transactions, plain records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection

from ..model.errors import RepositoryError
from ..model.network import Network
from ..model.node import NodeFacts
from ..model.vserver import VServer
from . import (
    backup,
    datasets,
    dependencies,
    evacuations,
    inventory,
    journal,
    journal_history,
    locks,
    luns,
    moves,
    nodes,
    queries,
    rows,
    vservers,
)
from .database import Database
from .examination import HEAD, examined
from .export import exported
from .patching import Patching
from .records import (
    DoneRecord,
    EvacuationRecord,
    EventRecord,
    JournalEntry,
    JournalStepRecord,
    LockRecord,
    LunRecord,
    MoveRecord,
    NodeRecord,
    VServerRecord,
)
from .usage_history import UsageHistory

T = TypeVar("T")


def opened(url: str, *, create: bool, read_only: bool) -> Repository:
    """See ``opening.open_repository``, which is the way in."""
    return Repository(examined(url, create=create, read_only=read_only))


class Repository:
    """An open repository of the present schema. Each method is one transaction.

    A method with ``check`` answers what it would do, with all its refusals, and does nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    @property
    def where(self) -> str:
        """The URL without a password."""
        return self._database.where

    @property
    def usage(self) -> UsageHistory:
        """What nodes, vServers and guest domains used."""
        return UsageHistory(self._database)

    @property
    def patching(self) -> Patching:
        """References, archives, patch sets and targets, and what became of patches on nodes."""
        return Patching(self._database)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._database.reading() as connection:
            return work(connection)

    # Nodes

    def record_node(
        self,
        name: str,
        facts: NodeFacts,
        *,
        compute_pool: str | None,
        networks: Mapping[str, str],
        address: str,
        base_units: int | None = None,
        check: bool = False,
    ) -> bool:
        """Add or update a node; True when it changed (see ``nodes.lasting``).

        ``networks`` maps network types to links, ``base_units`` is its rating.
        """
        return self._database.write(lambda c: nodes.record_node(c, name, facts, compute_pool, networks, address, base_units), check=check)

    def node(self, name: str) -> NodeRecord | None:
        return next(iter(self._read(lambda c: nodes.nodes(c, name=name))), None)

    def nodes(self, compute_pool: str | None = None) -> list[NodeRecord]:
        return self._read(lambda c: nodes.nodes(c, compute_pool))

    def forget_node(self, name: str, *, check: bool = False) -> bool:
        """Remove a node; False when it is not there. Raises Refused while something lives on it, or a patch target has it."""
        return self._database.write(lambda c: nodes.forget_node(c, name), check=check)

    def flag_node(
        self,
        name: str,
        *,
        maintenance: bool | None = None,
        quarantine: bool | None = None,
        reason: str = "",
        ended: str = "",
        check: bool = False,
    ) -> bool:
        """Set or clear the flags that keep work off a node; None leaves one as it is. ``ended``: a reason that holds no more."""
        return self._database.write(lambda c: nodes.flag_node(c, name, maintenance, quarantine, reason, ended), check=check)

    # vServers

    def place_vserver(self, vserver: VServer, node: str, *, check: bool = False) -> bool:
        """Give a vServer its node, keeping its state (``defined`` for a new one). Raises Refused on any clash."""
        return self._database.write(lambda c: vservers.record_vserver(c, vserver, node, None), check=check)

    def record_vserver(self, vserver: VServer, node: str | None, state: str, *, check: bool = False) -> bool:
        """Add or update a vServer; True when it changed. ``state`` is one of ``records.LIFECYCLE_STATES``."""
        return self._database.write(lambda c: vservers.record_vserver(c, vserver, node, state), check=check)

    def set_vserver_state(self, name: str, state: str, *, check: bool = False) -> bool:
        return self._database.write(lambda c: vservers.set_vserver_state(c, name, state), check=check)

    def vserver(self, name: str) -> VServerRecord | None:
        return next(iter(self.vservers(names=[name])), None)

    def vservers(self, node: str | None = None, compute_pool: str | None = None, names: Sequence[str] | None = None) -> list[VServerRecord]:
        return self._read(lambda c: vservers.vservers(c, node, compute_pool, names))

    def forget_vserver(self, name: str, *, check: bool = False) -> bool:
        """Remove a vServer; its LUNs and addresses are free then. False when it is not there."""
        return self._database.write(lambda c: vservers.forget_vserver(c, name), check=check)

    def made_datasets(self, names: Sequence[str]) -> dict[str, frozenset[str]]:
        """vServer → its datasets that are known to have been made."""
        return self._read(lambda c: datasets.made(c, names))

    def remember_datasets(self, name: str, seen: Iterable[str], destroyed: Iterable[str] = ()) -> bool:
        """Note which datasets of a vServer are there, and which were destroyed; True when that is news."""
        there, gone = frozenset(seen), frozenset(destroyed)
        return self._database.write(lambda c: datasets.remember(c, name, there, gone))

    def dependencies(self) -> dict[str, tuple[str, ...]]:
        """Every vServer that depends on others → its masters, by name."""
        return self._read(dependencies.masters)

    def moves(self, names: Sequence[str] | None = None) -> dict[str, MoveRecord]:
        """vServer → its move that has not ended: of the names, or all."""
        return self._read(lambda c: moves.moves(c, names))

    def begin_move(self, name: str, source: str, target: str, *, running: bool, proof: str, by: str, check: bool = False) -> bool:
        """Write down that a vServer goes to another node, before anything is done."""
        return self._database.write(lambda c: moves.begin(c, name, source, target, running, proof, by), check=check)

    def end_move(self, name: str, node: str, state: str) -> None:
        """It has arrived (or is back): it lives on ``node`` now, in this life-cycle state."""
        self._database.write(lambda c: moves.end(c, name, node, state))

    def evacuations(self) -> dict[str, EvacuationRecord]:
        """Node → its evacuation, until what left it has returned."""
        return self._read(evacuations.evacuations)

    def note_evacuation(self, node: str, by: str, homes: Mapping[str, str], ran: Iterable[str], *, check: bool = False) -> bool:
        """Write down what is about to leave a node, and where each vServer returns to; True when that is news."""
        there = dict(homes)
        names = frozenset(ran)
        return self._database.write(lambda c: evacuations.note(c, node, by, there, names), check=check)

    def settle_evacuation(self, node: str, ran: Iterable[str], *, check: bool = False) -> bool:
        """A run on this node has ended: only ``ran`` are still to be brought to run."""
        names = frozenset(ran)
        return self._database.write(lambda c: evacuations.settle(c, node, names), check=check)

    def end_evacuation(self, node: str, *, check: bool = False) -> bool:
        return self._database.write(lambda c: evacuations.end(c, node), check=check)

    def record_network(self, network: Network, *, check: bool = False) -> bool:
        """Add or update a declared network; True when it changed."""
        gateway = "" if network.gateway is None else str(network.gateway)
        return self._database.write(
            lambda c: vservers.record_network(c, network.name, network.type, str(network.subnet), gateway, network.vlan), check=check
        )

    def lun_owner(self, guid: str) -> str | None:
        """What uses a LUN: ``vserver/dataset`` or ``gdom/volume``; None when nothing does."""
        return self.lun_owners([guid]).get(guid)

    def lun_owners(self, guids: Sequence[str]) -> dict[str, str]:
        """What uses which of the LUNs, as ``lun_owner`` says it; free ones are left out."""
        return self._read(lambda c: luns.owners(c, guids))

    def luns(self) -> list[LunRecord]:
        return self._read(luns.luns)

    # Locks

    @contextmanager
    def lock(self, object: str, *, owner: str, reason: str) -> Iterator[LockRecord]:
        """Work on ``object`` alone. Raises Locked when somebody else does. ``warning`` of the record is to be shown."""
        with self.lock_all([object], owner=owner, reason=reason) as (held,):
            yield held

    @contextmanager
    def lock_all(self, objects: Iterable[str], *, owner: str, reason: str) -> Iterator[list[LockRecord]]:
        """The locks of several objects, all or none: two transactions, however many they are."""
        held = self._database.write(lambda c: [locks.take(c, object, owner, reason) for object in sorted(set(objects))])
        try:
            yield held
        finally:
            self._database.write(lambda c: [locks.release(c, lock) for lock in held])

    def break_lock(self, object: str, *, check: bool = False) -> LockRecord | None:
        """Remove a lock, whoever has it; None when there was none."""
        return self._database.write(lambda c: locks.break_lock(c, object), check=check)

    def locks(self) -> list[LockRecord]:
        return self._read(locks.locks)

    # Journal and events

    def journal_begin(self, operation: str, object: str, node: str | None, user: str) -> int:
        return self._database.write(lambda c: journal.begin(c, operation, object, node, user))

    def journal_step(
        self,
        journal_id: int,
        object: str,
        what: str,
        command: str,
        rc: int | None,
        seconds: float,
        output_tail: str,
        started: datetime | None = None,
        ended: datetime | None = None,
    ) -> None:
        """Add a command that was run; secrets are masked by the caller. Only the end of the output is kept."""
        self._database.write(lambda c: journal.step(c, journal_id, object, what, command, rc, seconds, output_tail, started, ended))

    def journal_end(self, journal_id: int, outcome: str, changed: bool) -> None:
        self._database.write(lambda c: journal.end(c, journal_id, outcome, changed))

    def unfinished(self, object: str | None = None) -> list[JournalEntry]:
        """Operations that were never closed: their run is alive, or was killed (certain for the holder of the lock)."""
        return self._read(lambda c: journal.unfinished(c, object))

    def journal(self, object: str | None = None, limit: int = 100) -> list[JournalEntry]:
        return self._read(lambda c: journal.entries(c, object, limit))

    def journal_steps(self, journal_id: int) -> list[JournalStepRecord]:
        return self._read(lambda c: journal.steps(c, journal_id))

    def done(self, objects: Sequence[str], limit: int, beginnings: Sequence[str]) -> dict[str, list[DoneRecord]]:
        """Object → the successful ones of its ``limit`` youngest operations, youngest first, with its steps that begin so."""
        return self._read(lambda c: journal.done(c, objects, limit, beginnings))

    def durations(self, objects: Sequence[str], beginnings: Sequence[str]) -> dict[str, dict[str, list[float]]]:
        """Object → step → seconds, the youngest first: steps that begin so, of operations that succeeded."""
        return self._read(lambda c: journal_history.durations(c, objects, beginnings))

    def moved_since(self, since: datetime) -> dict[str, datetime]:
        """vServer → when it last began to move from node to node, if that was since then."""
        return self._read(lambda c: journal_history.moved_since(c, since))

    def record_event(self, source: str, severity: str, object: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        if severity not in ("info", "warning", "error"):
            raise RepositoryError(f"event on {object}: severity {severity!r} is neither info, warning nor error.")
        self._database.write(lambda c: rows.add_event(c, source, severity, object, message, details))

    def events(self, object: str | None = None, severities: Sequence[str] = (), limit: int = 100) -> list[EventRecord]:
        return self._read(lambda c: journal.events(c, object, severities, limit))

    # The whole

    def rows(self, kind: str, filters: Mapping[str, Any] | None = None, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows of a stable view as JSON values; see ``queries.rows``."""
        return self._read(lambda c: queries.rows(c, kind, filters, limit))

    def inventory(self) -> dict[str, dict[str, dict[str, Any]]]:
        return self._read(inventory.hosts)

    def export(self) -> dict[str, Any]:
        """Everything as one JSON value; the same content gives the same value."""
        return self._read(lambda c: exported(c, HEAD))

    def export_text(self) -> str:
        """The export as text that ``restore`` takes."""
        return backup.json_text(self.export())

    def backup(self, path: str | Path) -> None:
        """Write a copy that ``restore`` takes: a SQLite file, for PostgreSQL the JSON export."""
        backup.write_backup(self._database, Path(path).expanduser(), HEAD)
