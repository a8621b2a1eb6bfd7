# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones that exist, as the inventory variables that would declare them: adoption of what somebody else made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from netaddr import IPAddress

from ..commands import ifconfig, zfs, zlogin, zoneadm, zonecfg, zpool
from ..model.command import Command, Output
from ..model.errors import CommandFailed
from ..model.network import Address, Network
from ..model.storage import Pool, Zfs
from ..model.zone import ZoneConfig, ZoneResource, ZoneStatus
from . import dataset, filesystem
from .actual import NodeActual


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen. ``inside`` are the addresses that only a running exclusive-IP zone of Solaris 10 knows itself."""

    zones: Mapping[str, ZoneStatus]
    pools: Mapping[str, Pool]
    zfs: Mapping[str, Zfs]
    configs: Mapping[str, ZoneConfig] = field(default_factory=dict)
    inside: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)


def first_look() -> dict[str, Command]:
    return {"zones": zoneadm.list_zones(), "pools": zpool.status(), "zfs": zfs.get(filesystem.PROPERTIES)}


def read_first(outputs: Mapping[str, Output]) -> Found:
    return Found(
        zones={status.name: status for status in zoneadm.parse_list(outputs["zones"].stdout) if status.name != "global"},
        pools={pool.name: pool for pool in zpool.parse_status(outputs["pools"].stdout)},
        zfs=zfs.parse_get(outputs["zfs"].stdout),
    )


def second_look(found: Found, names: frozenset[str] | None, solaris10: bool) -> dict[str, Command]:
    """The configurations of the zones asked for (None: of all), and what only the zones know."""
    probes = {}
    for name, status in found.zones.items():
        if names is None or name in names:
            probes[f"config {name}"] = zonecfg.export(name)
            if solaris10 and status.state == "running" and status.ip_type == "exclusive":
                probes[f"inside {name}"] = zlogin.run_in(name, ifconfig.probes()["ifconfig"])
    return probes


def read_second(found: Found, outputs: Mapping[str, Output]) -> Found:
    """Raises CommandFailed where a zone's configuration could not be read."""
    configs = {}
    inside = {}
    for key, output in outputs.items():
        kind, _, name = key.partition(" ")
        if kind == "config":
            if output.rc != 0:
                raise CommandFailed(f"zone {name}: its configuration cannot be read (exit {output.rc}: {output.stderr.strip()})")
            configs[name] = zonecfg.parse_export(output.stdout, zone=name)
        elif output.rc == 0:
            inside[name] = ifconfig.addresses(ifconfig.parse_interfaces(output.stdout))
    return replace(found, configs=configs, inside=inside)


def variables(name: str, found: Found, networks: Mapping[str, Network]) -> tuple[dict[str, Any], list[str]]:
    """``heliostat_vserver`` for a zone, and what could not be expressed (empty: the variables describe it fully).

    compute_pool is the operator's to choose and therefore missing.
    """
    config = found.configs[name]
    status = found.zones[name]
    problems: list[str] = []
    declared: dict[str, Any] = {
        "brand": config.properties.get("brand", status.brand),
        "ip_type": status.ip_type,
        "autoboot": config.properties.get("autoboot") == "true",
    }
    root = next((entry.name for entry in found.zfs.values() if entry.properties["mountpoint"].value == status.path), None)
    filesystems: list[dict[str, Any]] = []
    if root is None or "/" not in root:
        problems.append(f"zone path {status.path} is no ZFS file system of its own")
    else:
        filesystems.append(_zfs_entry("root", root, found.zfs[root], "zone"))
    for resource in config.of_kind("fs"):
        filesystems.append(_fs_entry(resource, found, problems))
    declared["filesystems"] = filesystems
    pools = sorted({entry["dataset"] for entry in filesystems if "dataset" in entry})
    declared["datasets"] = [_dataset_entry(found.pools[pool]) for pool in pools]
    legs = (*config.of_kind("net"), *config.of_kind("anet"))
    declared["networks"] = [_network_entry(resource, networks, found.inside.get(name, ()), problems) for resource in legs]
    declared |= _resources(config)
    handled = {"fs", "net", "anet", "capped-memory", "capped-cpu", "rctl"}
    problems += [f"resource {resource.kind}" for resource in config.resources if resource.kind not in handled]
    if status.path != f"/zones/{name}":
        problems.append(f"zone path {status.path} (ours is /zones/{name})")
    return declared, problems


def _zfs_entry(kind: str, name: str, have: Zfs, default: str) -> dict[str, Any]:
    pool, _, rest = name.partition("/")
    entry: dict[str, Any] = {"type": kind, "dataset": pool}
    if rest != default:
        entry["name"] = rest
    quota = filesystem.quota_bytes(have.properties["quota"].value)
    if quota:
        entry["size"] = quota
    return entry


def _fs_entry(resource: ZoneResource, found: Found, problems: list[str]) -> dict[str, Any]:
    directory, special = str(resource.properties["dir"]), str(resource.properties["special"])
    options = list(resource.properties.get("options", ()))
    if resource.properties.get("type") == "zfs" and special in found.zfs:
        entry = _zfs_entry("data", special, found.zfs[special], directory.strip("/").replace("/", "_")) | {"mountpoint": directory}
    else:
        entry = {"type": "lofs", "source": special, "mountpoint": directory}
        if resource.properties.get("type") != "lofs":
            problems.append(f"file system {directory} of type {resource.properties.get('type')}")
    return entry | ({"options": options} if options else {})


def _dataset_entry(pool: Pool) -> dict[str, Any]:
    nothing = NodeActual(zones={}, pools={})
    return {"name": pool.name, "layout": dataset.layout(pool), "luns": dataset.members(pool.vdevs, nothing)}


def _network_entry(
    resource: ZoneResource, networks: Mapping[str, Network], inside: Sequence[Address], problems: list[str]
) -> dict[str, Any]:
    value = resource.properties.get("address") or resource.properties.get("allowed-address") or ""
    address = value if isinstance(value, str) else next(iter(value), "")
    leg = str(resource.properties.get("linkname") or resource.properties.get("physical"))
    own = {} if address else {"link": leg}
    address = address or next((known.address for known in inside if known.interface == leg), "")
    if not address:
        problems.append(f"address of {leg} (it is kept inside the zone)")
        return own
    host = IPAddress(address.split("/")[0])
    network = next((candidate.name for candidate in networks.values() if host in candidate.subnet), None)
    if network is None:
        problems.append(f"address {address} of {leg} (in no network of heliostat_networks)")
        return {"address": str(host), **own}
    return {"network": network, "address": str(host), **own}


def _resources(config: ZoneConfig) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for resource in config.resources:
        if resource.kind == "capped-memory":
            names = {"physical": "memory", "swap": "swap", "locked": "locked"}
            found |= {names[key]: value for key, value in resource.properties.items() if key in names}
        elif resource.kind == "capped-cpu":
            found["cpu_cap"] = float(str(resource.properties["ncpus"]))
        elif resource.kind == "rctl":
            found |= _rctl(str(resource.properties["name"]), resource.properties["value"])
    return {"resources": found} if found else {}


def _rctl(name: str, values: str | tuple[str, ...]) -> dict[str, Any]:
    value = values if isinstance(values, str) else values[0]
    limit = value.partition("limit=")[2].partition(",")[0].rstrip(")")
    known = {
        "zone.cpu-shares": ("cpu_shares", 1),
        "zone.max-swap": ("swap", 1),
        "zone.max-locked-memory": ("locked", 1),
        "zone.cpu-cap": ("cpu_cap", 100),
    }
    if name not in known:
        return {}
    key, divisor = known[name]
    return {key: int(limit) / divisor if divisor > 1 else int(limit)}
