# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory variables turned into typed, validated objects. What is wrong is said with the object's and the option's name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from netaddr import AddrFormatError, IPAddress, IPNetwork

from . import names
from .errors import InvalidDefinition
from .network import NETWORK_TYPES, Network
from .vserver import CATEGORIES, Attachment, Dataset, Filesystem, Resources, VServer

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
_LAYOUTS = {"single": (1, 1), "mirror": (2, 4), "stripe": (2, 64), "stripe_of_mirrors": (4, 64)}


def size(value: str | int) -> int:
    """Bytes of ``5G``, ``1.5T``, ``512m`` or a plain number of bytes."""
    match = re.match(r"(\d+(?:\.\d+)?)\s*([KMGTP]?)(?:i?B)?\Z", str(value).strip(), re.IGNORECASE)
    if not match:
        raise InvalidDefinition(f"size {value!r}: write a number with one of the units K, M, G, T, P, such as 5G.")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def networks(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Network]:
    """The data centre's networks, ``heliostat_networks``: name → {type, subnet, gateway, vlan}."""
    found = {}
    for name, options in declared.items():
        where = f"network {name}"
        _only(options, {"type", "subnet", "gateway", "vlan"}, where)
        if options.get("type") not in NETWORK_TYPES:
            raise InvalidDefinition(f"{where}: type {options.get('type')!r} is none of {', '.join(NETWORK_TYPES)}.")
        try:
            subnet = IPNetwork(str(options.get("subnet", "")))
            gateway = IPAddress(str(options["gateway"])) if options.get("gateway") else None
        except (AddrFormatError, ValueError) as error:
            raise InvalidDefinition(f"{where}: {error}. Write subnet as ADDRESS/PREFIX and gateway as an address.") from None
        if subnet.ip != subnet.network:
            raise InvalidDefinition(f"{where}: subnet {subnet} has host bits set; did you mean {subnet.cidr}?")
        if gateway is not None and gateway not in subnet:
            raise InvalidDefinition(f"{where}: gateway {gateway} is outside subnet {subnet}.")
        vlan = options.get("vlan")
        if vlan is not None and not (isinstance(vlan, int) and 1 <= vlan <= 4094):
            raise InvalidDefinition(f"{where}: vlan {vlan!r} is not a number from 1 to 4094.")
        found[name] = Network(name, options["type"], subnet, gateway, vlan)
    return found


def luns(declared: Mapping[str, str]) -> dict[str, str]:
    """``heliostat_luns``: short names for GUIDs; one GUID has one name."""
    found: dict[str, str] = {}
    for name, guid in declared.items():
        canonical = names.lun_guid(guid)
        if canonical in found.values():
            other = next(key for key, value in found.items() if value == canonical)
            raise InvalidDefinition(f"LUN {name}: GUID {canonical} already has the name {other}.")
        found[name] = canonical
    return found


def vserver(name: str, declared: Mapping[str, Any], known_networks: Mapping[str, Network], known_luns: Mapping[str, str]) -> VServer:
    """One vServer from its variable ``heliostat_vserver``."""
    names.zone_name(name)
    where = f"vServer {name}"
    options = {"compute_pool", "brand", "datasets", "filesystems", "networks", "ip_type", "resources", "autoboot", "category", "priority"}
    _only(declared, options | {"archive", "timezone", "nameservers", "domain"}, where)
    brand = declared.get("brand", "solaris")
    if brand not in ("native", "solaris", "solaris10"):
        raise InvalidDefinition(f"{where}: brand {brand!r} is none of native, solaris, solaris10.")
    if not declared.get("compute_pool"):
        raise InvalidDefinition(f"{where}: compute_pool is not set. Name the compute pool whose nodes may carry it.")
    category = declared.get("category", "normal")
    if category not in CATEGORIES:
        raise InvalidDefinition(f"{where}: category {category!r} is none of {', '.join(CATEGORIES)}.")
    ip_type = declared.get("ip_type", "exclusive")
    if ip_type not in ("shared", "exclusive"):
        raise InvalidDefinition(f"{where}: ip_type {ip_type!r} is neither shared nor exclusive.")
    datasets = tuple(dataset(entry, where, known_luns) for entry in _list(declared, "datasets", where))
    filesystems = tuple(_filesystem(entry, where, datasets) for entry in _list(declared, "filesystems", where))
    attachments = tuple(_attachment(entry, where, known_networks) for entry in _list(declared, "networks", where))
    _check_whole(where, datasets, filesystems, attachments)
    return VServer(
        name=name,
        compute_pool=str(declared["compute_pool"]),
        brand=brand,
        datasets=datasets,
        filesystems=filesystems,
        networks=attachments,
        ip_type=ip_type,
        resources=_resources(declared.get("resources") or {}, where),
        autoboot=bool(declared.get("autoboot", False)),
        category=category,
        priority=int(declared.get("priority", 50)),
        archive=names.mount_point(declared["archive"]) if declared.get("archive") else "",
        timezone=str(declared.get("timezone", "UTC")),
        nameservers=tuple(str(server) for server in declared.get("nameservers") or ()),
        domain=str(declared.get("domain", "")),
    )


def dataset(entry: Mapping[str, Any], where: str, known: Mapping[str, str]) -> Dataset:
    _only(entry, {"name", "luns", "layout", "manager"}, f"{where}, dataset {entry.get('name')}")
    name = names.zpool_name(str(entry.get("name", "")))
    where = f"{where}, dataset {name}"
    if entry.get("manager", "zfs") != "zfs":
        raise InvalidDefinition(f"{where}: volume manager {entry['manager']!r} is not supported; use zfs.")
    guids = []
    for lun in entry.get("luns") or ():
        if lun not in known and not re.match(r"(naa\.)?[0-9A-Fa-f]{16,32}\Z", str(lun)):
            raise InvalidDefinition(f"{where}: LUN {lun!r} is not in heliostat_luns. Add it there with its GUID.")
        guids.append(known.get(lun) or names.lun_guid(str(lun)))
    layout = entry.get("layout", "single")
    if layout not in _LAYOUTS:
        raise InvalidDefinition(f"{where}: layout {layout!r} is none of {', '.join(_LAYOUTS)}.")
    least, most = _LAYOUTS[layout]
    if not least <= len(guids) <= most or (layout == "stripe_of_mirrors" and len(guids) % 2):
        pairs = ", in pairs" if layout == "stripe_of_mirrors" else ""
        raise InvalidDefinition(f"{where}: layout {layout} with {len(guids)} LUNs; it takes {least} to {most}{pairs}.")
    if len(set(guids)) < len(guids):
        raise InvalidDefinition(f"{where}: a LUN is named twice.")
    return Dataset(name, tuple(guids), layout)


def _filesystem(entry: Mapping[str, Any], where: str, datasets: Sequence[Dataset]) -> Filesystem:
    kind = entry.get("type")
    label = f"{where}, file system {entry.get('mountpoint') or kind}"
    _only(entry, {"type", "dataset", "name", "mountpoint", "source", "size", "options"}, label)
    if kind not in ("root", "data", "lofs"):
        raise InvalidDefinition(f"{label}: type {kind!r} is none of root, data, lofs.")
    dataset = str(entry.get("dataset") or "")
    if kind != "lofs" and dataset not in {known.name for known in datasets}:
        raise InvalidDefinition(f"{label}: dataset {dataset!r} is not among the vServer's datasets.")
    if kind == "lofs" and not entry.get("source"):
        raise InvalidDefinition(f"{label}: a lofs file system needs source, the node's directory.")
    mountpoint = "" if kind == "root" else names.mount_point(str(entry.get("mountpoint", "")))
    name = "" if kind == "lofs" else str(entry.get("name") or ("zone" if kind == "root" else mountpoint.strip("/").replace("/", "_")))
    if name and not re.match(r"[A-Za-z0-9][-_.:A-Za-z0-9]*\Z", name):
        raise InvalidDefinition(f"{label}: name {name!r} is no ZFS file system name; set name to letters, digits, '-', '_', '.', ':'.")
    options = tuple(str(option) for option in entry.get("options") or ())
    if any(not re.match(r"[a-z]+(=[-_.:A-Za-z0-9]+)?\Z", option) for option in options):
        raise InvalidDefinition(f"{label}: options {list(options)} hold something that is no mount option.")
    return Filesystem(
        type=kind,
        dataset="" if kind == "lofs" else dataset,
        name=name,
        mountpoint=mountpoint,
        source=names.mount_point(str(entry["source"])) if kind == "lofs" else "",
        size=size(entry["size"]) if entry.get("size") is not None else None,
        options=options,
    )


def _attachment(entry: Mapping[str, Any], where: str, known: Mapping[str, Network]) -> Attachment:
    _only(entry, {"network", "address", "link"}, f"{where}, network {entry.get('network')}")
    network = known.get(str(entry.get("network")))
    if network is None:
        raise InvalidDefinition(
            f"{where}: network {entry.get('network')!r} is not in heliostat_networks, which has {', '.join(known) or 'none'}."
        )
    try:
        address = network.interface(str(entry.get("address", "")))
    except (AddrFormatError, ValueError) as error:
        raise InvalidDefinition(f"{where}, network {network.name}: {error}") from None
    except InvalidDefinition as error:
        raise InvalidDefinition(f"{where}: {error}") from None
    return Attachment(network.name, address, names.link_name(entry["link"]) if entry.get("link") else "")


def _resources(entry: Mapping[str, Any], where: str) -> Resources:
    _only(entry, {"memory", "swap", "locked", "cpu_cap", "cpu_shares"}, f"{where}, resources")
    sizes = {key: size(entry[key]) if entry.get(key) is not None else None for key in ("memory", "swap", "locked")}
    cap = entry.get("cpu_cap")
    shares = entry.get("cpu_shares")
    if cap is not None and float(cap) < 0.01:
        raise InvalidDefinition(f"{where}: cpu_cap {cap} is below 0.01 CPUs, zonecfg's least.")
    return Resources(cpu_cap=float(cap) if cap is not None else None, cpu_shares=int(shares) if shares is not None else None, **sizes)


def _check_whole(where: str, datasets: Sequence[Dataset], filesystems: Sequence[Filesystem], attachments: Sequence[Attachment]) -> None:
    if not datasets or not attachments:
        raise InvalidDefinition(f"{where}: it needs at least one dataset and one network.")
    if sum(filesystem.type == "root" for filesystem in filesystems) != 1:
        raise InvalidDefinition(f"{where}: it needs exactly one file system of type root.")
    for what, values in (
        ("dataset", [dataset.name for dataset in datasets]),
        ("LUN", [guid for dataset in datasets for guid in dataset.luns]),
        ("mount point", [filesystem.mountpoint for filesystem in filesystems if filesystem.mountpoint]),
        ("ZFS file system", [filesystem.zfs for filesystem in filesystems if filesystem.name]),
        ("address", [str(attachment.address.ip) for attachment in attachments]),
    ):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise InvalidDefinition(f"{where}: {what} {twice[0]} is declared twice.")


def _list(declared: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    value = declared.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise InvalidDefinition(f"{where}: {key} must be a list of mappings.")
    return value


def _only(options: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(options) - known)
    if unknown:
        raise InvalidDefinition(f"{where}: unknown option {unknown[0]!r}; known are {', '.join(sorted(known))}.")
