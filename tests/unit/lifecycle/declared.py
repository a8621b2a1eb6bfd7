# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations of every kind made by hypothesis, and the node on which one of them is exactly as declared."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import completed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset, VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .estate import LUNS, NETWORKS, S10, S11, context, zfs

GUIDS = list(LUNS)
# Strategies that are always the same are made once: making and checking them takes longer than drawing from them.
NAMES = st.from_regex(r"[A-Za-z0-9][-_.A-Za-z0-9]{0,12}", fullmatch=True)
ZONE_NAMES = NAMES.filter(lambda name: name != "global" and not name.startswith(("SYS", "SUNW")))
POOLS = st.from_regex(r"[a-b][-_.:A-Za-z0-9]{0,12}", fullmatch=True)
PARTS = st.from_regex(r"[A-Za-z0-9][-_.A-Za-z0-9]{0,8}", fullmatch=True)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
SOME_PATHS = st.lists(PATHS, max_size=4, unique=True)
SOME_POOLS = st.lists(POOLS, min_size=1, max_size=2, unique=True)
OPTIONS = st.lists(st.sampled_from(["ro", "nodevices", "nosetuid"]), unique=True, max_size=2)
ORDERS = st.permutations(GUIDS)
RATING = 400
SIZES = st.none() | st.integers(1 << 20, 1 << 40)
MEMORY = st.none() | st.integers(1 << 20, 1 << 42)
SWAP = st.none() | st.integers(50 << 20, 1 << 42)
TASKS = st.none() | st.integers(100, 1 << 30)
SHARED_MEMORY = st.none() | st.integers(1, 1 << 42)
IDS = st.none() | st.integers(1, 1 << 24)
IMPORTANCE = st.none() | st.integers(1, 1000)
CAPS = st.none() | st.integers(1, 6400).map(lambda hundredths: hundredths / 100)
LEAST = {"single": 1, "mirror": 2, "stripe": 2, "stripe_of_mirrors": 4}


@dataclass(frozen=True)
class Case:
    """A vServer, the variables that declare it, and where it is to be."""

    declared: dict[str, Any]
    vserver: VServer
    context: NodeContext


@st.composite
def _datasets(draw: st.DrawFn) -> list[dict[str, Any]]:
    luns = draw(ORDERS)
    found = []
    for name in draw(SOME_POOLS):
        layout = draw(st.sampled_from(sorted(LEAST)))
        if LEAST[layout] <= len(luns):
            found.append({"name": name, "layout": layout, "luns": luns[: LEAST[layout]]})
            luns = luns[LEAST[layout] :]
    return found


@st.composite
def _filesystems(draw: st.DrawFn, datasets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pool = st.sampled_from([entry["name"] for entry in datasets])
    root: dict[str, Any] = {"type": "root", "dataset": draw(pool), "size": draw(SIZES)}
    if draw(st.booleans()):
        root["name"] = f"r{draw(PARTS)}"
    found = [root]
    for number, path in enumerate(draw(SOME_PATHS)):
        options = draw(OPTIONS)
        if draw(st.booleans()):
            found.append({"type": "lofs", "source": f"/export{path}", "mountpoint": path, "options": options})
        else:
            entry = {"type": "data", "dataset": draw(pool), "name": f"d{number}", "mountpoint": path, "options": options}
            found.append(entry | {"size": draw(SIZES)})
    return found


@st.composite
def _cpus(draw: st.DrawFn) -> dict[str, Any]:
    """CPUs of its own, or a part of all of them, in one of the ways that do not exclude each other."""
    if draw(st.integers(0, 3)) == 0:
        least = draw(st.integers(1, 64))
        most = draw(st.none() | st.integers(least, 65))
        importance = draw(IMPORTANCE)
        return {"dedicated_cpus": str(least) if most is None else f"{least}-{most}", "importance": importance}
    part = draw(st.sampled_from(["cpu_shares", "base_units", "none"]))
    most = {"cpu_shares": 65535, "base_units": RATING}.get(part, 1)
    return {
        "cpu_cap": draw(CAPS),
        "pool": draw(st.sampled_from(["", "web_pool", "pool_default"])),
        "scheduling_class": draw(st.sampled_from(["", "FSS"] if part != "none" else ["", "FSS", "TS", "FX", "IA", "RT"])),
    } | ({part: draw(st.integers(1, most))} if part != "none" else {})


@st.composite
def _resources(draw: st.DrawFn, solaris10: bool) -> dict[str, Any]:
    memory = draw(MEMORY)
    return {
        "memory": memory,
        "swap": draw(SWAP),
        "locked": draw(st.none() | st.integers(1, memory or 1 << 40)),
        "max_lwps": draw(TASKS),
        "max_processes": None if solaris10 else draw(TASKS),
        "max_shm_memory": draw(SHARED_MEMORY),
        **{name: draw(IDS) for name in ("max_shm_ids", "max_sem_ids", "max_msg_ids")},
        **draw(_cpus()),
    }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any vServer that a node can carry: Solaris 10 and 11, shared and exclusive IP, tagged or not."""
    where = context(draw(st.sampled_from([S10, S11])), base_units=RATING)
    ip_type = draw(st.sampled_from(["shared", "exclusive"]))
    tagged = ip_type == "exclusive" or where.release.is_solaris10
    names = draw(st.lists(st.sampled_from([name for name in NETWORKS if tagged or "vlan" not in NETWORKS[name]]), min_size=1, unique=True))
    legs = []
    for name in names:
        subnet = str(NETWORKS[name]["subnet"]).rpartition(".")[0]
        legs.append({"network": name, "address": f"{subnet}.{draw(st.integers(2, 254))}"})
    datasets = draw(_datasets())
    brand = "native" if where.release.is_solaris10 else draw(st.sampled_from(["solaris", "solaris10"]))
    declared = {
        "compute_pool": "production",
        "brand": brand,
        "archive": "/export/s10.flar" if brand == "solaris10" else "",
        "ip_type": ip_type,
        "autoboot": draw(st.booleans()),
        "datasets": datasets,
        "filesystems": draw(_filesystems(datasets)),
        "networks": legs,
        "resources": draw(_resources(where.release.is_solaris10)),
        "sparse": brand == "native" and draw(st.booleans()),
        "hostid": draw(st.sampled_from(["", "80f0c086", "0x86d2a10c", "1F"])),
    }
    name = draw(ZONE_NAMES)
    return Case(declared, declaration.vserver(name, declared, where.networks, LUNS), where)


def pool_of(dataset: Dataset) -> Pool:
    """The pool that a dataset is."""
    disks = [Vdev(f"c0t{guid}d0", "disk", "ONLINE") for guid in dataset.luns]
    if dataset.layout in ("single", "stripe"):
        return Pool(dataset.name, "ONLINE", tuple(disks))
    width = 2 if dataset.layout == "stripe_of_mirrors" else len(disks)
    mirrors = [tuple(disks[first : first + width]) for first in range(0, len(disks), width)]
    return Pool(dataset.name, "ONLINE", tuple(Vdev(f"mirror-{number}", "mirror", "ONLINE", pair) for number, pair in enumerate(mirrors)))


def _single(number: float) -> float:
    return float(struct.unpack("f", struct.pack("f", number))[0])


def _hundredths(ncpus: str) -> int:
    """As zonecfg reckons: in single precision, cut off."""
    return int(_single(_single(float(ncpus)) * 100))


def exported(config: ZoneConfig, status: ZoneStatus) -> ZoneConfig:
    """The configuration as an export of it is read: limits as resource controls, what is the release's default added or left out."""
    resources = []
    for resource in config.resources:
        properties = dict(resource.properties)
        if resource.kind == "capped-memory":
            for alias, control in (("swap", "zone.max-swap"), ("locked", "zone.max-locked-memory")):
                if alias in properties:
                    value = f"(priv=privileged,limit={properties.pop(alias)},action=deny)"
                    resources.append(ZoneResource("rctl", {"name": control, "value": (value,)}))
        elif resource.kind == "capped-cpu":
            limit = f"(priv=privileged,limit={_hundredths(str(properties.pop('ncpus')))},action=deny)"
            resources.append(ZoneResource("rctl", {"name": "zone.cpu-cap", "value": (limit,)}))
        elif resource.kind == "anet":
            properties |= {"link-protection": "mac-nospoof", "mac-address": "auto"}
        if properties:
            resources.append(ZoneResource(resource.kind, properties))
    properties_left = {key: value for key, value in config.properties.items() if key != "ip-type"}
    return completed(ZoneConfig(properties_left, tuple(resources)), status)


def converged(case: Case, state: str = "running") -> NodeActual:
    """The node on which everything is as declared."""
    vserver = case.vserver
    brand = "native" if case.context.release.is_solaris10 else vserver.brand
    status = ZoneStatus(vserver.name, state, vserver.zonepath, brand=brand, ip_type=vserver.ip_type)
    want = zone_definition.wanted(vserver, case.context)
    filesystems = [
        zfs(declared.zfs, vserver.zonepath if declared.type == "root" else "legacy", declared.size or 0)
        for declared in vserver.filesystems
        if declared.type != "lofs"
    ]
    return NodeActual(
        zones={vserver.name: status},
        pools={dataset.name: pool_of(dataset) for dataset in vserver.datasets},
        configs={vserver.name: exported(want, status)},
        zfs={entry.name: entry for entry in filesystems},
        milestones={vserver.name: "online"} if state == "running" else {},
        complete=True,
    )


def without_zone(actual: NodeActual) -> NodeActual:
    return replace(actual, zones={}, configs={}, milestones={})
