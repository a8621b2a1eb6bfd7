# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer's storage as a whole: its datasets and file systems present, removed by name, and gone with the vServer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ...model.errors import Refused
from ...model.plan import Step
from ...model.storage import ZfsProperty
from ...model.vserver import Dataset, VServer
from ..actual import NodeActual
from ..context import NodeContext
from . import driver, replacement, sharing, vxvm_filesystem


def present(vserver: VServer, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str], str]:
    """Steps, warnings, and what has to be seen after them before more can be said ('' for nothing)."""
    steps: list[Step] = []
    warnings: list[str] = []
    importing = []
    returning = []
    for dataset in vserver.datasets:
        made, said = driver.present(dataset, vserver.name, actual, context)
        if dataset.rootzpool:
            returning += [dataset.name] if made else []
        elif driver.of(dataset).offers(dataset, actual):
            importing.append(dataset.name)
        elif not driver.of(dataset).here(dataset, actual):
            replacement.check_dataset(dataset, vserver, actual, context)
        steps += made
        warnings += said
    if not importing:
        for filesystem in vserver.filesystems:
            if filesystem.type != "lofs":
                using = driver.of(vserver.dataset(filesystem.dataset))
                made, said = using.filesystem_present(filesystem, vserver, actual, context)
                steps += made
                warnings += said
    if returning:
        return steps, warnings, f"dataset {returning[0]}; it is planned after the export"
    if importing:
        return steps, warnings, f"what dataset {', '.join(importing)} holds; it is planned after the import"
    return steps, warnings, _settling(vserver, steps, actual)


def _settling(vserver: VServer, steps: Collection[Step], actual: NodeActual) -> str:
    """A root that is mounted now, and was made long ago, may hold a zone that is to be attached, or one that has no identity yet."""
    status = actual.zones.get(vserver.name)
    undecided = status is None or status.state in ("configured", "installed")
    whats = {step.what for step in steps}
    root = vserver.root
    old = f"mount {root.zfs} on {vserver.zonepath}" in whats and f"make file system {root.zfs} ({root.fstype})" not in whats
    return "what its root holds; it is planned after it is mounted" if old and undecided else ""


def named(vserver: VServer, destroy: Collection[str], former: Collection[str]) -> list[tuple[Dataset, str]]:
    """The file systems that ``destroy`` names as DATASET/NAME. ``former``: datasets no longer declared, which may be named as well.

    Raises Refused for what is still declared, or is nothing of the vServer's.
    """
    found = []
    declared = {filesystem.zfs for filesystem in vserver.filesystems if filesystem.type != "lofs"}
    for one in sorted(set(destroy) - set(former)):
        name, slash, rest = one.partition("/")
        dataset = next((dataset for dataset in vserver.datasets if dataset.name == name), None)
        if dataset is None or "/" in rest:
            raise Refused(f"vServer {vserver.name}: destroy names {one}, which is none of its datasets and file systems. Nothing was done.")
        if not slash or not rest:
            raise Refused(
                f"vServer {vserver.name}: destroy names dataset {name}, which is still declared and destroyed by state absent only. "
                "A file system is named as DATASET/NAME. Nothing was done."
            )
        if one in declared:
            raise Refused(f"vServer {vserver.name}: destroy names {one}, which is still declared. Take it out of filesystems first.")
        found.append((dataset, rest))
    return found


def freed(zone: str, actual: NodeActual) -> NodeActual:
    """``actual`` after the zone has let go of what it mounted itself."""
    below = f"/zones/{zone}/root/"
    legacy = {
        name: replace(one, properties={**one.properties, "mounted": ZfsProperty("no")})
        for name, one in actual.zfs.items()
        if one.properties["mountpoint"].value == "legacy"
    }
    mounts = None if actual.mounts is None else tuple(entry for entry in actual.mounts if not entry.path.startswith(below))
    return replace(actual, zfs={**actual.zfs, **legacy}, mounts=mounts)


def before_boot(vserver: VServer, actual: NodeActual) -> list[Step]:
    """What file systems that the zone mounts itself need before it boots."""
    data = [filesystem for filesystem in vserver.filesystems if filesystem.type == "data" and filesystem.fstype]
    return [step for filesystem in data for step in vxvm_filesystem.replayed(filesystem, vserver, actual)]


def check_destroy(vserver: VServer, destroy: Collection[str]) -> None:
    """What state absent may be told to destroy: whole datasets of the vServer."""
    foreign = sorted(set(destroy) - {dataset.name for dataset in vserver.datasets})
    if foreign:
        one = " (with state absent whole datasets are destroyed)" if "/" in foreign[0] else ""
        raise Refused(f"vServer {vserver.name}: destroy names {foreign[0]}, which is none of its datasets{one}. Nothing was done.")


def gone(vserver: VServer, doomed: Collection[str], actual: NodeActual, context: NodeContext) -> list[Step]:
    """Gives all datasets away, the last first; those in ``doomed`` are destroyed."""
    steps = []
    for dataset in reversed(vserver.datasets):
        steps += one_gone(dataset, vserver, dataset.name in doomed, actual, context)
    return steps


def one_gone(dataset: Dataset, vserver: VServer, doomed: bool, actual: NodeActual, context: NodeContext) -> list[Step]:
    sharing.check(dataset, vserver.name, declared_on(dataset, vserver), actual, context, doomed=doomed)
    act = driver.destroyed if doomed else driver.exported
    return act(dataset, vserver.name, actual, context)


def declared_on(dataset: Dataset, vserver: VServer) -> frozenset[str]:
    """DATASET/NAME of all that the vServer declares, under old names too."""
    mine = [filesystem for filesystem in vserver.filesystems if filesystem.dataset == dataset.name]
    return frozenset(f"{filesystem.dataset}/{name}" for filesystem in mine for name in (filesystem.name, filesystem.renamed_from) if name)
