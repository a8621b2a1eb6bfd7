# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory variables turned into typed, validated objects. What is wrong is said with the object's and the option's name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from netaddr import AddrFormatError, IPAddress, IPNetwork

from . import names
from .errors import InvalidDefinition
from .network import NETWORK_TYPES, Network
from .options import Options
from .resource_controls import resources
from .vserver import CATEGORIES, Attachment, Brand, Dataset, Filesystem, IpType, Layout, VServer

_LAYOUTS: dict[Layout, tuple[int, int]] = {"single": (1, 1), "mirror": (2, 4), "stripe": (2, 64), "stripe_of_mirrors": (4, 64)}
_BRANDS: tuple[Brand, ...] = ("native", "solaris", "solaris10")
_FILESYSTEMS: tuple[Literal["root", "data", "lofs"], ...] = ("root", "data", "lofs")
_IP_TYPES: tuple[IpType, ...] = ("shared", "exclusive")
_VSERVER = frozenset({
    "compute_pool", "brand", "datasets", "filesystems", "networks", "ip_type", "resources", "autoboot", "category", "priority", "archive",
    "timezone", "nameservers", "domain", "depends_on",
})  # fmt: skip

#: What resolv.conf(4) and sysidcfg(4) take.
_MOST_NAMESERVERS = 3


def networks(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Network]:
    """The data centre's networks, ``heliostat_networks``: name → {type, subnet, gateway, vlan}."""
    return {str(name): _network(str(name), given) for name, given in declared.items()}


def _network(name: str, given: object) -> Network:
    where = f"network {name}"
    _own_name(where, name)
    options = Options.of(given, where, ("type", "subnet", "gateway", "vlan"))
    kind = options.choice("type", NETWORK_TYPES)
    text = options.text("subnet")
    try:
        subnet = IPNetwork(text) if "/" in text else None
    except (AddrFormatError, ValueError):
        subnet = None
    if subnet is None:
        raise options.refuse("subnet", f"{text!r} is no subnet: write ADDRESS/PREFIX, such as 10.40.0.0/24.")
    if subnet.ip != subnet.network:
        raise options.refuse("subnet", f"{subnet} has host bits set; did you mean {subnet.cidr}?")
    gateway = _address(options, "gateway", options.text("gateway")) if options.has("gateway") else None
    if gateway is not None and gateway not in subnet:
        raise options.refuse("gateway", f"{gateway} is outside subnet {subnet}.")
    network = Network(name, kind, subnet, gateway, options.whole("vlan", 1, 4094))
    if gateway in network.edges:
        raise options.refuse("gateway", f"{gateway} is the network or broadcast address of subnet {subnet}.")
    return network


def luns(declared: Mapping[str, str]) -> dict[str, str]:
    """``heliostat_luns``: short names for GUIDs; one GUID has one name."""
    found: dict[str, str] = {}
    names_of: dict[str, str] = {}
    for given, guid in declared.items():
        name = str(given)
        _own_name(f"LUN {name}", name)
        canonical = Options(f"LUN {name}", {"guid": guid}).checked("guid", names.lun_guid)
        if canonical in names_of:
            raise InvalidDefinition(f"LUN {name}: GUID {canonical} already has the name {names_of[canonical]}.")
        found[name] = canonical
        names_of[canonical] = name
    return found


def vserver(name: str, declared: Mapping[str, Any], known_networks: Mapping[str, Network], known_luns: Mapping[str, str]) -> VServer:
    """One vServer from its variable ``heliostat_vserver``."""
    names.zone_name(name)
    where = f"vServer {name}"
    options = Options.of(declared, where, _VSERVER)
    if not options.has("compute_pool"):
        raise options.refuse("compute_pool", "is not set. Name the compute pool whose nodes may carry it.")
    datasets = tuple(dataset(entry, where, known_luns) for entry in options.items("datasets", needed=True))
    filesystems = tuple(_filesystem(entry, where, datasets) for entry in options.items("filesystems", needed=True))
    attachments = tuple(_attachment(entry, where, known_networks) for entry in options.items("networks", needed=True))
    _check_whole(where, datasets, filesystems, attachments)
    priority = options.whole("priority", 0, 100)
    return VServer(
        name=name,
        compute_pool=options.checked("compute_pool", names.plain_name),
        brand=options.choice("brand", _BRANDS, "solaris"),
        datasets=datasets,
        filesystems=filesystems,
        networks=attachments,
        ip_type=options.choice("ip_type", _IP_TYPES, "exclusive"),
        resources=resources(declared.get("resources") or {}, where),
        autoboot=options.flag("autoboot", False),
        category=options.choice("category", CATEGORIES, "normal"),
        priority=50 if priority is None else priority,
        depends_on=_depends_on(options, name),
        archive=options.checked("archive", names.mount_point) if options.has("archive") else "",
        timezone=options.checked("timezone", names.timezone) if options.has("timezone") else "UTC",
        nameservers=_nameservers(options),
        domain=options.checked("domain", names.domain_name) if options.has("domain") else "",
    )


def dataset(entry: object, where: str, known: Mapping[str, str]) -> Dataset:
    """A dataset of ``where``, a vServer or (by itself) a node."""
    label = f"{where}, dataset {entry.get('name')}" if isinstance(entry, Mapping) else f"{where}, datasets"
    options = Options.of(entry, label, ("name", "luns", "layout", "manager"))
    name = options.checked("name", names.zpool_name)
    if name == "rpool":
        raise options.refuse("name", "is the node's own root pool, which is exported or destroyed with no vServer. Take LUNs of its own.")
    if options.text("manager", "zfs") != "zfs":
        raise options.refuse("manager", f"{options.text('manager')!r} is not a supported volume manager; use zfs.")
    guids = []
    for lun in options.words("luns"):
        if lun not in known and not re.match(r"(naa\.)?[0-9A-Fa-f]{16,32}\Z", lun):
            raise options.refuse("luns", f"names LUN {lun!r}, which is not in heliostat_luns. Add it there with its GUID.")
        guids.append(known.get(lun) or Options(label, {"luns": lun}).checked("luns", names.lun_guid))
    layout = options.choice("layout", _LAYOUTS, "single")
    least, most = _LAYOUTS[layout]
    if not least <= len(guids) <= most or (layout == "stripe_of_mirrors" and len(guids) % 2):
        takes = f"{least}" if least == most else f"{least} to {most}"
        pairs = ", in pairs" if layout == "stripe_of_mirrors" else ""
        raise options.refuse("luns", f"has {len(guids)} LUNs; layout {layout} takes {takes}{pairs}.")
    if len(set(guids)) < len(guids):
        raise options.refuse("luns", "names a LUN twice.")
    return Dataset(name, tuple(guids), layout)


def _filesystem(entry: object, where: str, datasets: Sequence[Dataset]) -> Filesystem:
    label = f"{where}, filesystems"
    if isinstance(entry, Mapping):
        label = f"{where}, file system {entry.get('mountpoint') or entry.get('type')}"
    options = Options.of(entry, label, ("type", "dataset", "name", "mountpoint", "source", "size", "options"))
    kind = options.choice("type", _FILESYSTEMS)
    words = tuple(options.words("options"))
    if any(not re.match(r"[a-z]+(=[-_.:A-Za-z0-9]+)?\Z", word) for word in words):
        raise options.refuse("options", f"{list(words)} hold something that is no mount option.")
    _check_meant(options, kind)
    mountpoint = "" if kind == "root" else options.checked("mountpoint", names.mount_point)
    if kind == "lofs":
        return Filesystem(kind, mountpoint=mountpoint, source=options.checked("source", names.mount_point), options=words)
    name = options.text("name") or ("zone" if kind == "root" else mountpoint.strip("/").replace("/", "_"))
    if options.text("dataset") not in {known.name for known in datasets}:
        raise options.refuse("dataset", f"{options.text('dataset')!r} is not among the vServer's datasets.")
    return Filesystem(
        type=kind,
        dataset=options.text("dataset"),
        name=Options(label, {"name": name}).checked("name", names.filesystem_name),
        mountpoint=mountpoint,
        size=options.size("size"),
        options=words,
    )


def _check_meant(options: Options, kind: str) -> None:
    """An option that this type of file system has no use for is a misunderstanding, not to be passed over."""
    if kind == "lofs" and not options.has("source"):
        raise options.refuse("source", "is not set: a lofs file system needs source, the node's directory.")
    useless = {"root": ("mountpoint", "source", "options"), "data": ("source",), "lofs": ("dataset", "name", "size")}
    for key in useless[kind]:
        if options.has(key) and options.given[key] != []:
            raise options.refuse(key, f"has no meaning for a file system of type {kind}. Remove it.")


def _attachment(entry: object, where: str, known: Mapping[str, Network]) -> Attachment:
    label = f"{where}, network {entry.get('network')}" if isinstance(entry, Mapping) else f"{where}, networks"
    options = Options.of(entry, label, ("network", "address", "link"))
    network = known.get(options.text("network"))
    if network is None:
        have = ", ".join(known) or "none"
        raise options.refuse("network", f"{options.text('network')!r} is not in heliostat_networks, which has {have}.")
    text = options.text("address")
    host = _address(options, "address", text.partition("/")[0])
    if "/" in text and text.partition("/")[2] != str(network.subnet.prefixlen):
        raise options.refuse("address", f"{text} has another prefix than network {network.name} ({network.subnet}). Leave it out.")
    try:
        address = network.interface(str(host))
    except InvalidDefinition as error:
        raise InvalidDefinition(f"{label}: {error}") from None
    return Attachment(network.name, address, options.checked("link", names.link_name) if options.has("link") else "")


def _depends_on(options: Options, name: str) -> tuple[str, ...]:
    given = options.words("depends_on")
    masters = tuple(Options(options.where, {"depends_on": master}).checked("depends_on", names.zone_name) for master in given)
    if name in masters or len(set(masters)) < len(masters):
        raise options.refuse("depends_on", f"has {', '.join(masters)}: it takes different vServers, and not {name} itself.")
    return masters


def _nameservers(options: Options) -> tuple[str, ...]:
    found = tuple(str(_address(options, "nameservers", server)) for server in options.words("nameservers"))
    if len(found) > _MOST_NAMESERVERS or len(set(found)) < len(found):
        raise options.refuse("nameservers", f"has {', '.join(found)}: it takes at most {_MOST_NAMESERVERS} different addresses.")
    return found


def _address(options: Options, key: str, text: str) -> IPAddress:
    try:
        return IPAddress(text)
    except (AddrFormatError, ValueError):
        raise options.refuse(key, f"{text!r} is no IP address.") from None


def _own_name(where: str, name: str) -> None:
    try:
        names.plain_name(name)
    except InvalidDefinition as error:
        raise InvalidDefinition(f"{where}: {error}") from None


def _check_whole(where: str, datasets: Sequence[Dataset], filesystems: Sequence[Filesystem], attachments: Sequence[Attachment]) -> None:
    if sum(filesystem.type == "root" for filesystem in filesystems) != 1:
        raise InvalidDefinition(f"{where}: filesystems needs exactly one file system of type root.")
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
