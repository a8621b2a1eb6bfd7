# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``zoneadm migrate`` of Solaris 11.4 in the place of detach and attach, for a zone whose storage is its own (rootzpool).

What it takes comes from the 11.4 zones guide, "Zone Migration Configuration Requirements": an installed zone, shared storage by URI, no
``fs`` or ``dataset`` resource, no ``device`` by path. Whether the nodes trust each other only ``zoneadm migrate -n`` can tell, which wants
the zone down. A zone that is configured on the target keeps that configuration, so the target's links are in it before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..commands import job, zoneadm
from ..model.command import Command, Output
from ..model.plan import Begin, Step, Wait
from ..model.vserver import Upgrade, VServer
from ..model.zone import ZoneConfig
from .actual import NodeActual
from .context import NodeContext
from .storage import driver, rootzpool

#: However it ended: what it left decides.
_ENDED = frozenset({"ended", "lost", "none"})
#: Seconds; an update of the zone's software takes as long as an installation.
_LONGEST = 4 * 3600.0
_FLAGS: Mapping[Upgrade, tuple[str, ...]] = {"": (), "minimal": ("-u",), "all": ("-U",)}


class Moving(Protocol):
    """What of a ``Move`` is asked here."""

    @property
    def vserver(self) -> VServer: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def upgrade(self) -> Upgrade: ...
    @property
    def boot_environment(self) -> str: ...
    @property
    def lost(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Way:
    """``steps`` of source and target in order. ``again``: what follows depends on the trial or on what the migration leaves."""

    steps: tuple[Step, ...]
    warnings: tuple[str, ...] = ()
    again: bool = False


def job_of(name: str) -> str:
    return f"{name}-migrate"


def goes_on(move: Moving, nodes: Mapping[str, NodeActual | None]) -> Step | None:
    """Waiting for the migration that an earlier run has begun and that still works on its node: nothing is planned before it has ended.

    It is not joined as a job: one that ends in this moment would be begun anew, by then from the wrong node.
    """
    name = move.vserver.name
    for node in (move.source, move.target):
        known = nodes.get(node)
        if known is not None and job_of(name) in known.jobs:
            probe = job.status(job_of(name))
            advice = f"It goes on there ({job.JOBS}/{job_of(name)}). Run this again to go on waiting."
            wait = Wait(probe, _word, _ENDED, frozenset({"running"}), 2.0, _LONGEST, advice=advice)
            why = "it was begun by an earlier run and is still working"
            return Step(name, f"wait for the migration of zone {name}", why, probe, wait=wait, node=node)
    return None


def _word(output: Output) -> str:
    return job.parse_status(output).state


def possible(move: Moving, contexts: Mapping[str, NodeContext], here: NodeActual | None, there: NodeActual | None) -> bool:
    """Whether zoneadm migrate could carry the zone from its source, where it and its pool are, to the target."""
    name, vserver = move.vserver.name, move.vserver
    if move.lost or move.source == move.target or here is None or there is None or move.boot_environment:
        return False
    if any(not dataset.rootzpool for dataset in vserver.datasets) or any(one.type != "root" for one in vserver.filesystems):
        return False
    if any(contexts[node].release.family != "s11.4" for node in (move.source, move.target)) or not contexts[move.target].host:
        return False
    status, left = here.zones.get(name), there.zones.get(name)
    return (
        status is not None
        and status.state in ("running", "ready", "installed", "shutting_down", "down")
        and all(driver.of(dataset).here(dataset, here) for dataset in vserver.datasets)
        and (left is None or left.state == "configured")
        and _movable(here.configs.get(name))
    )


def _movable(config: ZoneConfig | None) -> bool:
    """The configuration as it is, whoever made it."""
    if config is None or config.of_kind("fs") or config.of_kind("dataset"):
        return False
    return not any("match" in one.properties for one in config.of_kind("device"))


def trial(move: Moving, contexts: Mapping[str, NodeContext], here: NodeActual | None, there: NodeActual | None) -> Command | None:
    """``zoneadm migrate -n``, once the zone is down here and configured there; it changes nothing."""
    if here is None or there is None or not possible(move, contexts, here, there):
        return None
    name = move.vserver.name
    if here.zones[name].state != "installed" or name not in there.zones:
        return None
    return zoneadm.migrate(name, contexts[move.target].host, "-n", *_FLAGS[move.upgrade])


def way(
    move: Moving, leaving: Sequence[Step], coming: Sequence[Step], tried: Output | None, host: str, begin: Begin, *, settled: bool
) -> Way:
    """From the plans of detaching and attaching (each step with its node) the one that migrates, or these with a word why not.

    ``tried`` is the trial's answer, ``begin`` what is done about a job of the migration, ``settled`` whether the zone is down and nothing
    but the trial is awaited.
    """
    name = move.vserver.name
    attach = next((number for number, step in enumerate(coming) if step.what == f"attach zone {name}"), None)
    if attach is None:
        return Way((*leaving, *coming))
    before = tuple(step for step in leaving if step.what != f"detach zone {name}")
    if tried is None and not settled:
        said = f"vServer {name}: whether zoneadm migrate takes it to node {move.target} is tried when it is down and configured there"
        return Way((*before, *coming[:attach]), (f"{said}; if not, it is detached and attached",), again=True)
    if tried is None or tried.rc != 0:
        told = " ".join((tried.stderr or tried.stdout).split()) or f"exit code {tried.rc}" if tried else "it could not be tried"
        why = f"vServer {name}: zoneadm migrate was not used, it is detached and attached: {told}"
        return Way((*leaving, *coming), (why,))
    step = Step(
        name,
        f"migrate zone {name}",
        f"its storage is its own, and zoneadm migrate -n to node {move.target} succeeded",
        zoneadm.migrate(name, host, *_FLAGS[move.upgrade]),
        job=job_of(name),
        begin=begin,
        refused_by=zoneadm.REFUSED_BY,
        node=move.source,
    )
    said = f"vServer {name}: what follows is planned when zoneadm migrate has ended"  # what it leaves on either node is its own
    return Way((*before, *coming[:attach], step), (said,), again=True)


def without_target(move: Moving, there: NodeActual | None) -> bool:
    """Whether the target holds no configuration that a migration which did not come about has left."""
    return rootzpool.of(move.vserver) is None or there is None or move.vserver.name not in there.zones


def at_node(steps: Sequence[Step], node: str) -> tuple[Step, ...]:
    return tuple(replace(step, node=node) for step in steps)
