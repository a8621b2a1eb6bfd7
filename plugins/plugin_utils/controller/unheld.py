# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before pools of a lost node are taken: who else may have them. A pool in use tells only that another system uses it, not which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ..commands import zpool
from ..engine.nodes import Nodes
from ..lifecycle.migration import Move
from ..model.command import At, Output
from ..model.errors import HeliostatError
from . import death
from .action import HeliostatAction
from .other_nodes import impatient

if TYPE_CHECKING:
    from ..repository.records import NodeRecord
    from ..repository.store import Repository


@dataclass(slots=True)
class Others:
    """``held``: vServer → why it is not taken: a node has its pool. ``without``: LUN → the nodes that could use it and do not, or are
    dead. ``unknown``: LUN → a node that could use it and of which nothing is known. ``warnings`` tell of other silent nodes."""

    held: dict[str, str] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def look(action: HeliostatAction, repository: Repository, moves: Sequence[Move], proofs: Mapping[str, str]) -> Others:
    """Asks every registered node that may see a LUN of the lost moves' pools, but the dead ones (``proofs``).

    Over connections of its own: one that hangs may hang in a shared connection for ever.
    """
    found = Others()
    lost = [move for move in moves if move.lost]
    if not lost:
        return found
    records = {record.name: record for record in repository.nodes()}
    pools = {move.vserver.compute_pool for move in lost}
    luns = {guid: move for move in lost for guid in _luns(move)}
    seers = {guid: _seers(guid, move, records) for guid, move in luns.items()}
    asked = [
        name
        for name, record in records.items()
        if name not in proofs and (record.compute_pool in pools or any(name in names for names in seers.values()))
    ]
    known = action.vars.get("hostvars", {})
    answers = Nodes(partial(impatient, action)).ask({At(name, "pools"): zpool.list_pools() for name in asked if name in known})
    for name in asked:
        output = answers.get(At(name, "pools"))
        mine = [guid for guid in luns if name in seers[guid]]
        if output is not None and output.rc == 0:
            found.held |= {move.name: message for move in lost if (message := _held(move, name, output))}
            for guid in mine:
                found.without.setdefault(guid, []).append(name)
        elif not mine:
            found.warnings.append(f"node {name} does not answer: whether it uses a pool of node {', '.join(proofs)} is not known")
        elif why := _unproven(action, records[name], output, repository):
            found.unknown |= dict.fromkeys(mine, f"node {name} {why}")
        else:
            for guid in mine:
                found.without.setdefault(guid, []).append(f"{name} (dead)")
    return found


def _luns(move: Move) -> list[str]:
    return [guid for dataset in move.vserver.datasets if dataset.manager not in ("svm", "vxvm") for guid in dataset.luns]


def _seers(guid: str, move: Move, records: Mapping[str, NodeRecord]) -> set[str]:
    """The nodes that could use the LUN. A discovery that had not seen it where it was used is older than it, and says nothing of others."""
    saw = {name for name, record in records.items() if any(disk.guid == guid for disk in record.facts.disks)}
    if move.source in saw:
        return saw
    return saw | {name for name, record in records.items() if record.compute_pool == move.vserver.compute_pool}


def _held(move: Move, node: str, output: Output) -> str:
    mine = {dataset.name for dataset in move.vserver.datasets if dataset.manager not in ("svm", "vxvm")}
    held = sorted({pool.name for pool in zpool.parse_list(output.stdout)} & mine)
    if not held or node in (move.target, move.source):
        return ""
    return (
        f"vServer {move.name}: pool {held[0]} is imported on node {node}, so it does not live on node {move.source}. "
        f"Register node {node} anew and find out how it came there. Nothing was done."
    )


def _unproven(action: HeliostatAction, record: NodeRecord, output: Output | None, repository: Repository) -> str:
    """Why nobody knows whether a node that did not tell its pools is dead; '' where it is. What a person said of it holds while it is
    in quarantine."""
    if output is not None:
        return f"answers, and 'zpool list' failed there with exit code {output.rc} ({output.stderr.strip()})"
    if record.quarantine and death.acknowledged(record.flag_reason):
        return ""
    try:
        death.proof(action, record.name, "", repository)
    except HeliostatError as error:
        return f"does not answer ({error})"
    return ""
