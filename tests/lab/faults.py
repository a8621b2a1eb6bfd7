# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: which of them strikes now.

Kinds that strike a command (``match`` is searched in the joined command line): fail, slow, cut. Kinds that last until they are
cleared: hang (the machine accepts connections and answers nothing), sp_dead (``machine`` names the node whose service processor is
dead), disk_full (``text`` names the pool; machine ``*`` is usual), lun_gone (``text`` is the LUN's guid), link_down (``text`` names a
port), path_cut (``text`` names a way of the data centre, or ``*`` for all: its datagrams are lost, and the machine's ssh where its
address is one of the way's), zone_stuck (``text`` names a zone), service_fails (``text`` is a zone and the FMRI of a service that goes
to maintenance at every boot of it), boot_fails (``text`` names a boot environment of Live Upgrade that does not come up), quorum_gone
(``text`` names a quorum device, machine ``*`` is usual), patch_fails (``text`` is a zone, or ``global``, and a patch whose last
package pkgadd cannot install there), never_up (a boot never ends), boots_single (a boot ends in single user). Kinds that happen at
once and are not kept: power_cut, panic, clock_jump (``seconds``).
"""

from __future__ import annotations

import re
from fnmatch import fnmatch

from .clusters import QuorumDevice
from .truth import DataCentre, Fault, Nic

STRIKING = ("fail", "slow", "cut")
LASTING = ("hang", "sp_dead", "disk_full", "lun_gone", "link_down", "path_cut", "zone_stuck", "service_fails", "boot_fails")
LASTING += ("quorum_gone", "patch_fails", "never_up", "boots_single")
IMMEDIATE = ("power_cut", "panic", "clock_jump")
#: Kinds that a data-centre file may declare: nothing has to happen when they are added.
FROM_THE_START = (*STRIKING, "disk_full", "zone_stuck", "service_fails", "patch_fails", "never_up", "boots_single")
KINDS = STRIKING + LASTING + IMMEDIATE


def check(centre: DataCentre, fault: Fault) -> None:
    """Raises ValueError on a fault that could never strike."""
    if fault.kind not in KINDS:
        raise ValueError(f"fault kind {fault.kind!r}: not one of {', '.join(KINDS)}")
    try:
        re.compile(fault.match)
    except re.error as error:
        raise ValueError(f"fault match {fault.match!r}: {error}") from error
    if fault.kind == "lun_gone":
        if fault.text not in centre.luns:
            raise ValueError(f"fault lun_gone: no LUN {fault.text!r}")
    elif fault.kind == "link_down":
        if not nics(centre, fault):
            raise ValueError(f"fault link_down: no port {fault.text!r} on machine {fault.machine!r}")
    elif fault.kind == "path_cut":
        if fault.text != "*" and fault.text not in centre.ways:
            raise ValueError(f"fault path_cut: no way {fault.text!r}")
    elif fault.kind == "disk_full":
        if not fault.text:
            raise ValueError("fault disk_full: text must name the pool")
    elif fault.kind == "quorum_gone":
        if not quorum_devices(centre, fault):
            raise ValueError(f"fault quorum_gone: no quorum device {fault.text!r}")
    elif fault.kind == "boot_fails":
        if not fault.text:
            raise ValueError("fault boot_fails: text must name the boot environment")
    elif fault.kind == "zone_stuck" and not fault.text:
        raise ValueError("fault zone_stuck: text must name the zone")
    elif fault.kind == "service_fails" and len(fault.text.split()) != 2:
        raise ValueError("fault service_fails: text must name zone and service")
    elif fault.kind == "patch_fails" and len(fault.text.split()) != 2:
        raise ValueError("fault patch_fails: text must name zone (or global) and patch")
    elif fault.kind != "clock_jump" and not any(fnmatch(name, fault.machine) for name in centre.machines):
        raise ValueError(f"fault {fault.kind}: no machine {fault.machine!r}")


def nics(centre: DataCentre, fault: Fault) -> list[Nic]:
    """The ports that a link_down strikes, by device or vanity name."""
    machines = [machine for name, machine in centre.machines.items() if fnmatch(name, fault.machine)]
    return [nic for machine in machines for nic in machine.nics if fault.text and fault.text in (nic.device, nic.vanity)]


def quorum_devices(centre: DataCentre, fault: Fault) -> list[QuorumDevice]:
    """The devices that a quorum_gone strikes: of clusters that the machine is a node of."""
    hit = [cluster for cluster in centre.clusters.values() if any(fnmatch(node, fault.machine) for node in cluster.nodes)]
    return [device for cluster in hit for device in cluster.devices if device.name == fault.text]


def strike(centre: DataCentre, machine: str, line: str, kind: str) -> Fault | None:
    """The first fault of this kind that strikes the command line; counts its skips and strikes."""
    for fault in list(centre.faults):
        if fault.kind != kind or not fnmatch(machine, fault.machine) or not re.search(fault.match, line):
            continue
        if fault.skip > 0:
            fault.skip -= 1
            continue
        if fault.times > 0:
            fault.times -= 1
            if fault.times == 0:
                centre.faults.remove(fault)
        return fault
    return None


def lasting(centre: DataCentre, machine: str, kind: str) -> Fault | None:
    """The lasting fault of this kind on a machine."""
    return next((fault for fault in centre.faults if fault.kind == kind and fnmatch(machine, fault.machine)), None)


def disk_full(centre: DataCentre, machine: str, pool: str) -> bool:
    """Whether a pool (by name or guid) has no space left on this machine; command families ask before they write."""
    guids = {guid for guid, known in centre.pools.items() if pool in (guid, known.name)}
    return any(fault.kind == "disk_full" and fnmatch(machine, fault.machine) and fault.text in {pool, *guids} for fault in centre.faults)


def zone_stuck(centre: DataCentre, machine: str, zone: str) -> bool:
    """Whether a zone that is told to halt hangs in shutting_down."""
    return any(fault.kind == "zone_stuck" and fnmatch(machine, fault.machine) and fault.text == zone for fault in centre.faults)


def failing(centre: DataCentre, machine: str, zone: str) -> list[str]:
    """The services (FMRIs) of a zone that go to maintenance when it boots."""
    lasting = [fault.text.split() for fault in centre.faults if fault.kind == "service_fails" and fnmatch(machine, fault.machine)]
    return [service for name, service in lasting if name == zone]


def patch_fails(centre: DataCentre, machine: str, zone: str, patch: str) -> bool:
    """Whether a patch cannot be installed in a zone."""
    lasting = [fault.text.split() for fault in centre.faults if fault.kind == "patch_fails" and fnmatch(machine, fault.machine)]
    return [zone, patch] in lasting


def boot_fails(centre: DataCentre, machine: str, environment: str) -> bool:
    """Whether a boot environment does not come up."""
    return any(fault.kind == "boot_fails" and fnmatch(machine, fault.machine) and fault.text == environment for fault in centre.faults)


def path_cut(centre: DataCentre, machine: str, way: str) -> bool:
    """Whether nothing gets through between a machine and the other end of a way."""
    return any(fault.kind == "path_cut" and fnmatch(machine, fault.machine) and fault.text in (way, "*") for fault in centre.faults)


def unreachable(centre: DataCentre, machine: str) -> bool:
    """Whether the way that leads to the machine's own address is cut."""
    address = centre.machines[machine].address
    return any(way.members.get(machine) == address and path_cut(centre, machine, name) for name, way in centre.ways.items())
