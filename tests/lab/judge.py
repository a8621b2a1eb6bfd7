# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: looks at the truth after every command and raises an alarm for what must never happen."""

from __future__ import annotations

from collections.abc import Iterator

from . import membership
from .filesystem import mountpoint_of
from .truth import Alarm, DataCentre, Machine, Zone


def live(machine: Machine) -> bool:
    """Whether the machine's kernel may write to disks: a hung one still may."""
    return machine.powered and machine.running


def findings(centre: DataCentre) -> Iterator[tuple[str, str]]:
    """(kind, text) of everything that is wrong at this moment."""
    importers: dict[str, list[str]] = {}
    takers: dict[str, list[str]] = {}
    mounters: dict[str, list[str]] = {}
    by_uuid: dict[str, list[tuple[Machine, Zone]]] = {}
    by_name: dict[str, list[tuple[Machine, Zone]]] = {}
    for machine in centre.machines.values():
        if not live(machine):
            continue
        for guid in [*machine.imported, *(machine.vxvm.groups if machine.vxvm else ())]:
            importers.setdefault(guid, []).append(machine.name)
        for key in machine.disksets:
            takers.setdefault(key, []).append(machine.name)
        for device in {mount.device for mount in machine.mounts}:
            mounters.setdefault(device, []).append(machine.name)
        for zone in machine.zones.values():
            if zone.state in ("running", "shutting_down", "ready"):
                by_name.setdefault(zone.name, []).append((machine, zone))
                if zone.uuid:
                    by_uuid.setdefault(zone.uuid, []).append((machine, zone))
    for guid, machines in importers.items():
        if len(machines) > 1:
            pool, group = centre.pools.get(guid), centre.diskgroups.get(guid)
            what = f"disk group {group.name}" if group else f"pool {pool.name if pool else '?'}"
            yield "double_import", f"{what} ({guid}) is imported by {' and '.join(sorted(machines))}"
    for key, machines in takers.items():
        if len(machines) > 1:
            known = centre.disksets.get(key)
            yield "double_take", f"disk set {known.name if known else '?'} ({key}) is taken by {' and '.join(sorted(machines))}"
    for device, machines in mounters.items():
        if len(machines) > 1:
            yield "double_mount", f"the file system of {device} is mounted by {' and '.join(sorted(machines))}"
    for places in by_uuid.values():
        if len(places) > 1:
            yield "double_run", double_run(places)
    for places in by_name.values():
        same = {zone.uuid for _, zone in places}
        if len(places) > 1 and (len(same) > 1 or same == {""}):
            pools = [device_of(machine, zone) or pool_of(centre, machine, zone) for machine, zone in places]
            if None not in pools and len(set(pools)) < len(pools):
                yield "double_run", double_run(places)
    for cluster in centre.clusters.values():
        if len(gone := membership.down(cluster)) > 1:
            yield "nodes_down", f"{' and '.join(gone)} of cluster {cluster.name} are down at once"


def double_run(places: list[tuple[Machine, Zone]]) -> str:
    return f"zone {places[0][1].name} runs on {' and '.join(sorted(machine.name for machine, _ in places))}"


def pool_of(centre: DataCentre, machine: Machine, zone: Zone) -> str | None:
    """guid of the imported pool that holds the zone's path: the longest mount point that leads there."""
    best: tuple[int, str] | None = None
    for guid in machine.imported:
        pool = centre.pools.get(guid)
        for name in pool.datasets if pool else ():
            point = mountpoint_of(pool, name) if pool else None
            if point and (zone.zonepath + "/").startswith(point.rstrip("/") + "/") and (best is None or len(point) > best[0]):
                best = (len(point), guid)
    return best[1] if best else None


def device_of(machine: Machine, zone: Zone) -> str | None:
    """The UFS device that holds the zone's path."""
    inside = [mount for mount in machine.mounts if (zone.zonepath + "/").startswith(mount.point.rstrip("/") + "/")]
    return max(inside, key=lambda mount: len(mount.point)).device if inside else None


def judge(centre: DataCentre, now: int) -> list[Alarm]:
    """Adds an alarm for each finding not yet reported; returns the new ones."""
    membership.settle(centre, now)
    known = {(alarm.kind, alarm.text) for alarm in centre.alarms}
    new = [Alarm(kind, text, now) for kind, text in [*events(centre), *findings(centre)] if (kind, text) not in known]
    centre.alarms += new
    return new


def events(centre: DataCentre) -> list[tuple[str, str]]:
    """What happened to clusters since the judge looked last."""
    found = []
    for cluster in centre.clusters.values():
        found += [(kind, text) for kind, text in cluster.events]
        cluster.events = []
    return found
