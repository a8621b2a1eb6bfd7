# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones that exist, as the inventory variables that would declare them: adoption of what somebody else made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from netaddr import AddrFormatError, IPAddress

from ..commands import ifconfig, virtual_disks, zfs, zlogin, zoneadm, zonecfg, zpool
from ..commands.zonecfg_canonical import same_property
from ..model import declaration
from ..model.command import Command, Output
from ..model.errors import CommandFailed, HeliostatError
from ..model.names import device_guid
from ..model.network import Address, Network
from ..model.storage import Pool, Zfs
from ..model.vserver import Dataset
from ..model.zone import ZoneConfig, ZoneResource, ZoneStatus
from . import brand_variables, gathered_rootzpool, gathered_volumes, live_resources, resource_variables
from .actual import NodeActual
from .context import NodeContext
from .storage import luns, zfs_filesystem
from .storage import zfs as pool_driver
from .storage.replacement import volume_name
from .vserver import Wanted, plan
from .vservers import completed


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen. ``inside`` are the addresses that only a running exclusive-IP zone of Solaris 10 knows itself, ``volumes`` the
    node's disk sets and groups, ``node`` what they hold, ``virtual`` the GUIDs of a guest domain's disks."""

    zones: Mapping[str, ZoneStatus]
    pools: Mapping[str, Pool]
    zfs: Mapping[str, Zfs]
    configs: Mapping[str, ZoneConfig] = field(default_factory=dict)
    inside: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    live: live_resources.NodeLive = field(default_factory=live_resources.NodeLive)
    volumes: tuple[Dataset, ...] = ()
    node: NodeActual | None = None
    virtual: Mapping[str, str] = field(default_factory=dict)


def first_look(*, solaris10: bool = False) -> dict[str, Command]:
    probes = {"zones": zoneadm.list_zones(), "pools": zpool.status(), "zfs": zfs.get(zfs_filesystem.PROPERTIES)}
    probes["virtual disks"] = virtual_disks.probe()
    return probes | (gathered_volumes.first_look() if solaris10 else {})


def read_first(outputs: Mapping[str, Output]) -> Found:
    """Raises CommandFailed where one of them failed: a list that could not be made is no empty list."""
    for name in ("zones", "pools", "zfs"):
        output = outputs[name]
        if output.rc != 0 and not (name == "zfs" and "no datasets available" in output.stderr):
            raise CommandFailed(f"looking at {name} failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return Found(
        zones={status.name: status for status in zoneadm.parse_list(outputs["zones"].stdout) if status.name != "global"},
        pools={pool.name: pool for pool in zpool.parse_status(outputs["pools"].stdout)},
        zfs=zfs.parse_get(outputs["zfs"].stdout),
        volumes=gathered_volumes.datasets(outputs),
        virtual=virtual_disks.by_device(virtual_disks.parse(outputs["virtual disks"])),
    )


def second_look(found: Found, names: frozenset[str] | None, solaris10: bool) -> dict[str, Command]:
    """The configurations of the zones asked for (None: of all), and what only the zones know."""
    probes = {}
    for name, status in found.zones.items():
        if names is None or name in names:
            probes[f"config {name}"] = zonecfg.export(name)
            if solaris10 and status.state == "running" and status.ip_type == "exclusive":
                probes[f"inside {name}"] = zlogin.run_in(name, ifconfig.probes()["ifconfig"])
    asked = [name for name, status in found.zones.items() if status.state == "running" and f"config {name}" in probes]
    return probes | live_resources.probes_of_zones(asked) | gathered_volumes.second_look(found.volumes)


def read_second(found: Found, outputs: Mapping[str, Output]) -> Found:
    """Raises CommandFailed where a zone's configuration could not be read."""
    configs = {}
    inside = {}
    for key, output in outputs.items():
        kind, _blank, name = key.partition(" ")
        if kind == "config":
            if output.rc != 0:
                raise CommandFailed(f"zone {name}: its configuration cannot be read (exit {output.rc}: {output.stderr.strip()})")
            configs[name] = completed(zonecfg.parse_export(output.stdout, zone=name), found.zones[name])
        elif kind == "inside" and output.rc == 0:
            inside[name] = ifconfig.addresses(ifconfig.parse_interfaces(output.stdout))
    node = gathered_volumes.read_second(found.volumes, outputs) if found.volumes else None
    return replace(found, configs=configs, inside=inside, live=live_resources.read(outputs), node=node)


def third_look(found: Found) -> dict[str, Command]:
    """What lies on volumes; nothing where there are none."""
    return gathered_volumes.third_look(found.volumes, found.node) if found.node else {}


def read_third(found: Found, outputs: Mapping[str, Output]) -> Found:
    return replace(found, node=gathered_volumes.read_third(found.node, outputs)) if found.node else found


def variables(name: str, found: Found, networks: Mapping[str, Network]) -> tuple[dict[str, Any], list[str]]:
    """``heliostat_vserver`` for a zone, and what could not be expressed (empty: the variables describe it fully).

    compute_pool is the operator's to choose and therefore missing. ``changes`` tells the rest: what these variables would do.
    """
    config = found.configs[name]
    status = found.zones[name]
    problems: list[str] = []
    declared: dict[str, Any] = {
        **brand_variables.variables(config.properties.get("brand", status.brand), config, problems),
        "ip_type": status.ip_type,
        "autoboot": config.properties.get("autoboot") == "true",
    }
    root = next((entry.name for entry in found.zfs.values() if entry.properties["mountpoint"].value == status.path), None)
    filesystems: list[dict[str, Any]] = []
    own = gathered_rootzpool.name_of(name, config)
    if own:
        filesystems.append({"type": "root", "dataset": own})
    elif found.node and (volume := gathered_volumes.at(status.path, found.node)):
        filesystems.append(gathered_volumes.filesystem("root", volume, found.node, problems))
    elif root is None or "/" not in root:
        problems.append(f"zone path {status.path} is no ZFS file system of its own")
    else:
        filesystems.append(_zfs_entry("root", root, found.zfs[root], "zone", problems))
    for resource in config.of_kind("fs"):
        filesystems.append(_fs_entry(resource, found, problems))
    declared["filesystems"] = filesystems
    pools = sorted({entry["dataset"] for entry in filesystems if "dataset" in entry})
    volumes = {one.name: one for one in found.volumes}
    declared["datasets"] = [
        gathered_rootzpool.dataset(name, config, found.pools, problems)
        if pool == own
        else gathered_volumes.dataset(volumes[pool], found.node, problems)
        if found.node and pool in volumes
        else _dataset_entry(pool, found, problems)
        for pool in pools
    ]
    legs = (*config.of_kind("net"), *config.of_kind("anet"))
    declared["networks"] = [_network_entry(resource, networks, found.inside.get(name, ()), problems) for resource in legs]
    declared |= resource_variables.variables(config, problems)
    problems += [f"{key} {value}" for key, value in config.properties.items() if not _said(key, value)]
    handled = {"fs", "net", "anet", *resource_variables.KINDS, *brand_variables.KINDS, *gathered_rootzpool.KINDS}
    problems += [f"resource {resource.kind}" for resource in config.resources if resource.kind not in handled]
    if status.path != f"/zones/{name}":
        problems.append(f"zone path {status.path} (ours is /zones/{name})")
    return declared, problems


def resource_states(name: str, found: Found) -> dict[str, str]:
    """For each resource control of a running zone how its live value stands to the stored one."""
    return live_resources.states(name, found.configs[name], found.live)


def changes(name: str, declared: Mapping[str, Any], found: Found, context: NodeContext) -> list[str]:
    """What deploying the gathered variables would change or be refused for; empty: adopting the zone changes nothing."""
    actual = gathered_volumes.seen(
        found.node, zones=found.zones, pools=found.pools, zfs=found.zfs, configs=found.configs, virtual=found.virtual
    )
    try:
        vserver = declaration.vserver(name, {"compute_pool": "any", **declared}, context.networks, {})
        steps = plan(Wanted(vserver, "defined"), actual, context).steps
    except HeliostatError as error:
        return [str(error)]
    return [f"{step.what} ({step.why})" for step in steps]


def _said(key: str, value: str) -> bool:
    known = resource_variables.PROPERTIES | brand_variables.PROPERTIES
    return key == "autoboot" or key in known or same_property("", key, value, None)


def _zfs_entry(kind: str, name: str, have: Zfs, default: str, problems: list[str]) -> dict[str, Any]:
    pool, _slash, rest = name.partition("/")
    if not rest or "/" in rest:
        problems.append(f"file system {name} (ours are POOL/NAME)")
    entry: dict[str, Any] = {"type": kind, "dataset": pool}
    if rest != default:
        entry["name"] = rest
    quota = zfs_filesystem.quota_bytes(have.properties["quota"].value)
    if quota:
        entry["size"] = quota
    return entry


def _fs_entry(resource: ZoneResource, found: Found, problems: list[str]) -> dict[str, Any]:
    directory, special = str(resource.properties["dir"]), str(resource.properties["special"])
    options = list(resource.properties.get("options", ()))
    if resource.properties.get("type") == "zfs" and special in found.zfs:
        default = directory.strip("/").replace("/", "_")
        entry = _zfs_entry("data", special, found.zfs[special], default, problems) | {"mountpoint": directory}
    elif found.node and volume_name(special):
        entry = gathered_volumes.filesystem("data", special, found.node, problems) | {"mountpoint": directory}
    else:
        entry = {"type": "lofs", "source": special, "mountpoint": directory}
        if resource.properties.get("type") != "lofs":
            problems.append(f"file system {directory} of type {resource.properties.get('type')}")
    return entry | ({"options": options} if options else {})


def _dataset_entry(name: str, found: Found, problems: list[str]) -> dict[str, Any]:
    pools = found.pools
    if name not in pools:
        problems.append(f"dataset {name} (zpool status does not show it)")
        return {"name": name}
    data = [vdev for vdev in pools[name].vdevs if vdev.kind not in ("spares", "logs", "cache")]
    disks = luns.members(data, NodeActual(zones={}, pools={}, virtual=found.virtual))
    problems += [f"dataset {name} on {disk}, which tells no GUID" for disk in disks if not device_guid(f"c0t{disk}d0")]
    layout = pool_driver.layout(pools[name])
    if layout not in ("single", "mirror", "stripe", "stripe_of_mirrors"):
        problems.append(f"dataset {name} of layout {layout}")
    return {"name": name, "layout": layout, "luns": disks}


def _network_entry(
    resource: ZoneResource, networks: Mapping[str, Network], inside: Sequence[Address], problems: list[str]
) -> dict[str, Any]:
    value = resource.properties.get("address") or resource.properties.get("allowed-address") or ""
    several = (value,) if isinstance(value, str) else value
    leg = str(resource.properties.get("linkname") or resource.properties.get("physical"))
    link, vlan = _untagged(resource, leg)
    own = {} if value else {"link": link}
    address = several[0] or next((known.address for known in inside if known.interface == leg and known.address), "")
    if not address:
        problems.append(f"address of {leg} (it is kept inside the zone)")
        return own
    problems += [f"further address {other} of {leg}" for other in several[1:]]
    try:
        host = IPAddress(address.split("/")[0])
    except (AddrFormatError, ValueError):
        problems.append(f"address {address} of {leg} (it is a name)")
        return own
    around = [candidate for candidate in networks.values() if host in candidate.subnet]
    network = next((candidate for candidate in around if candidate.vlan == vlan), None)
    if network is None:
        tagged = f" with VLAN {vlan}" if vlan else " without VLAN"
        problems.append(f"address {address} of {leg} (in no network of heliostat_networks{tagged if around else ''})")
        return {"address": str(host), **own}
    return {"network": network.name, "address": str(host), **own}


def _untagged(resource: ZoneResource, leg: str) -> tuple[str, int | None]:
    """The node's link without its VLAN, and the VLAN: an anet's own property, else Solaris 10's name, e1000g120001 for e1000g1."""
    if resource.kind == "anet":
        vlan = resource.properties.get("vlan-id")
        return leg, int(vlan) if isinstance(vlan, str) and vlan.isdecimal() else None
    found = re.match(r"(.*?[A-Za-z_.])([0-9]{4,7})\Z", leg)
    if not found or int(found[2]) < 1000:
        return leg, None
    return f"{found[1]}{int(found[2]) % 1000}", int(found[2]) // 1000
