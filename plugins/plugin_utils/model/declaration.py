# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory variables turned into typed, validated objects. What is wrong is said with the object's and the option's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netaddr import AddrFormatError, IPAddress, IPNetwork

from . import installation, names
from .brands import brand
from .errors import InvalidDefinition
from .network import NETWORK_TYPES, Network
from .options import Options
from .resource_controls import resources
from .storage_declaration import check, dataset, filesystem, luns
from .vserver import CATEGORIES, Attachment, Brand, Dataset, Filesystem, IpType, VServer

__all__ = ["dataset", "luns", "networks", "vserver"]

_IP_TYPES: tuple[IpType, ...] = ("shared", "exclusive")
_VSERVER = frozenset({
    "compute_pool", "brand", "datasets", "filesystems", "networks", "ip_type", "resources", "autoboot", "category", "priority",
    "timezone", "nameservers", "domain", "depends_on", *installation.OPTIONS,
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


def vserver(name: str, declared: Mapping[str, Any], known_networks: Mapping[str, Network], known_luns: Mapping[str, str]) -> VServer:
    """One vServer from its variable ``heliostat_vserver``."""
    names.zone_name(name)
    where = f"vServer {name}"
    options = Options.of(declared, where, _VSERVER)
    if not options.has("compute_pool"):
        raise options.refuse("compute_pool", "is not set. Name the compute pool whose nodes may carry it.")
    datasets = tuple(dataset(entry, where, known_luns) for entry in options.items("datasets", needed=True))
    filesystems = tuple(filesystem(entry, where, datasets) for entry in options.items("filesystems", needed=True))
    attachments = tuple(_attachment(entry, where, known_networks) for entry in options.items("networks", needed=True))
    _check_whole(where, datasets, filesystems, attachments)
    priority = options.whole("priority", 0, 100)
    found = VServer(
        name=name,
        compute_pool=options.checked("compute_pool", names.plain_name),
        brand=_brand(options),
        datasets=datasets,
        filesystems=filesystems,
        networks=attachments,
        ip_type=options.choice("ip_type", _IP_TYPES, "exclusive"),
        resources=resources(declared.get("resources") or {}, where),
        autoboot=options.flag("autoboot", False),
        category=options.choice("category", CATEGORIES, "normal"),
        priority=50 if priority is None else priority,
        depends_on=_depends_on(options, name),
        timezone=options.checked("timezone", names.timezone) if options.has("timezone") else "UTC",
        nameservers=_nameservers(options),
        domain=options.checked("domain", names.domain_name) if options.has("domain") else "",
        **installation.read(options),
    )
    check(found)
    installation.check(found)
    return found


def _brand(options: Options) -> Brand:
    given = options.text("brand", "solaris")
    try:
        return brand(given)
    except InvalidDefinition as error:
        raise InvalidDefinition(f"{options.where}: {error}") from None


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
    if sum(one.type == "root" for one in filesystems) != 1:
        raise InvalidDefinition(f"{where}: filesystems needs exactly one file system of type root.")
    for what, values in (
        ("dataset", [one.name for one in datasets]),
        ("LUN", [guid for one in datasets for guid in one.luns]),
        ("mount point", [one.mountpoint for one in filesystems if one.mountpoint]),
        ("file system", [one.zfs for one in filesystems if one.name]),
        ("address", [str(attachment.address.ip) for attachment in attachments]),
    ):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise InvalidDefinition(f"{where}: {what} {twice[0]} is declared twice.")
