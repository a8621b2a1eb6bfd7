# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer's declaration as the zone configuration of a certain node."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..commands import svm_sets, vxvm_groups
from ..model import brands
from ..model.errors import Refused
from ..model.network import Network
from ..model.vserver import Attachment, Filesystem, VServer
from ..model.zone import ZoneConfig, ZoneResource
from . import multipathing, resources
from .actual import NodeActual
from .chain import DOWN
from .context import NodeContext
from .storage import rootzpool

#: What a sparse root has of its node, read-only: the directories of Solaris 10's SUNWdefault.
INHERITED = ("/lib", "/platform", "/sbin", "/usr")
#: solaris8(5), solaris9(5) know no property for it.
_HOSTID_IN_ATTR = ("solaris8", "solaris9")
#: Update of Solaris 10 that is called 9/10.
_HOSTID_SINCE = 9


def wanted(vserver: VServer, context: NodeContext) -> ZoneConfig:
    """The whole configuration. Raises Refused for what this node's release cannot carry."""
    _check_brand(vserver, context)
    properties = {"zonepath": vserver.zonepath, "autoboot": "true" if vserver.autoboot else "false", "ip-type": vserver.ip_type}
    if vserver.brand != "native":
        properties["brand"] = vserver.brand
    if vserver.hostid and vserver.brand not in _HOSTID_IN_ATTR:
        properties["hostid"] = _hostid(vserver, context)
    properties |= resources.properties(vserver, context)
    found = [rootzpool.resource(dataset) for dataset in vserver.datasets if dataset.rootzpool]
    found += [_fs(filesystem, vserver) for filesystem in vserver.filesystems if filesystem.type != "root"]
    found += [ZoneResource("inherit-pkg-dir", {"dir": path}) for path in INHERITED if vserver.sparse]
    found += [_leg(vserver, attachment, index, context) for index, attachment in enumerate(vserver.networks)]
    if vserver.hostid and vserver.brand in _HOSTID_IN_ATTR:
        found.append(ZoneResource("attr", {"name": "hostid", "type": "string", "value": vserver.hostid}))
    return ZoneConfig(properties, (*found, *resources.controls(vserver, context)))


def wanted_of(vserver: VServer, actual: NodeActual, context: NodeContext) -> ZoneConfig:
    """``wanted``, with the link names that the installed zone knows its networks by: they are in its files, and renaming one live
    would give it another network under the old address."""
    have, status = actual.configs.get(vserver.name), actual.zones.get(vserver.name)
    context = replace(context, groups=multipathing.measured(context.groups, actual.addresses))
    want = rootzpool.as_written(wanted(vserver, context), have)
    if have is not None and context.groups:
        runs = status is not None and status.state not in DOWN
        legs = (multipathing.kept(one, have.of_kind("net"), context.groups, runs=runs) for one in want.resources)
        want = ZoneConfig(want.properties, tuple(legs))
    if have is None or status is None or status.state in ("configured", "incomplete"):
        return want
    names = _link_names(want.of_kind("anet"), have.of_kind("anet"))
    resources = [
        replace(one, properties={**one.properties, "linkname": names[str(one.properties["linkname"])]}) if one.kind == "anet" else one
        for one in want.resources
    ]
    return ZoneConfig(want.properties, tuple(resources))


def _link_names(want: Sequence[ZoneResource], have: Sequence[ZoneResource]) -> dict[str, str]:
    """Name by number → name that the same leg has: by its address, else by its place (link and VLAN), else one that is free."""
    names: dict[str, str] = {}
    rest = list(have)
    for same in (_addresses, _place):
        for leg in want:
            found = next((one for one in rest if same(one) == same(leg)), None)
            if str(leg.properties["linkname"]) not in names and found is not None:
                names[str(leg.properties["linkname"])] = str(found.properties.get("linkname"))
                rest.remove(found)
    taken = {str(one.properties.get("linkname")) for one in have}
    free = (f"net{number}" for number in range(len(want) + len(have)) if f"net{number}" not in taken)
    return {own: names.get(own) or next(free) for leg in want if (own := str(leg.properties["linkname"]))}


def _addresses(leg: ZoneResource) -> frozenset[str]:
    given = leg.properties.get("allowed-address", ())
    texts = [given] if isinstance(given, str) else given
    return frozenset(part.strip() for text in texts for part in text.split(","))


def _place(leg: ZoneResource) -> tuple[object, object]:
    return leg.properties.get("lower-link"), leg.properties.get("vlan-id")


def default_attachment(vserver: VServer, networks: Mapping[str, Network]) -> Attachment | None:
    """The leg that has the default route: the public network's if it has a gateway, else the first that has one."""
    routed = [attachment for attachment in vserver.networks if networks[attachment.network].gateway]
    public = [attachment for attachment in routed if networks[attachment.network].type == "public"]
    return next(iter(public + routed), None)


def node_link(vserver: VServer, attachment: Attachment, context: NodeContext) -> str:
    """The node's link for a leg, without VLAN."""
    network = context.networks[attachment.network]
    link = attachment.link or context.links.get(network.type)
    if not link:
        raise Refused(
            f"vServer {vserver.name}: node {context.node} has no link for network type {network.type} (network {network.name}). "
            f"Add it to the node's networks, or choose another node."
        )
    return link


def zone_link(vserver: VServer, attachment: Attachment, index: int, context: NodeContext) -> str:
    """The link's name as the zone sees it: netN for an anet, the node's own link (with VLAN) on Solaris 10."""
    if context.release.is_solaris10:
        link = _tagged(node_link(vserver, attachment, context), context.networks[attachment.network].vlan)
        return multipathing.interface(context.groups, link) if vserver.ip_type == "shared" else link
    return f"net{index}"


def _check_brand(vserver: VServer, context: NodeContext) -> None:
    missing = brands.shortfall(vserver.brand, context.release, context.brands)
    if missing:
        raise Refused(
            f"vServer {vserver.name}: brand {vserver.brand} does not run on node {context.node}, which {missing}. "
            "Choose another node; a brand that was added there is seen when the node is discovered again."
        )


def _hostid(vserver: VServer, context: NodeContext) -> str:
    if context.release.is_solaris10 and context.release.update < _HOSTID_SINCE:
        raise Refused(
            f"vServer {vserver.name}: node {context.node} runs {context.release.description}; native zones have a hostid of their own "
            "since Solaris 10 9/10. Remove hostid, or choose a node with a later update."
        )
    return vserver.hostid


def _fs(filesystem: Filesystem, vserver: VServer) -> ZoneResource:
    properties: dict[str, str | tuple[str, ...]] = {"dir": filesystem.mountpoint}
    if filesystem.type == "lofs":
        properties |= {"special": filesystem.source, "type": "lofs"}
    elif filesystem.fstype:
        files = svm_sets if vserver.dataset(filesystem.dataset).manager == "svm" else vxvm_groups
        special, raw = files.block_device(filesystem.dataset, filesystem.name), files.raw_device(filesystem.dataset, filesystem.name)
        properties |= {"special": special, "raw": raw, "type": filesystem.fstype}
    else:
        properties |= {"special": filesystem.zfs, "type": "zfs"}
    if filesystem.options:
        properties["options"] = filesystem.options
    return ZoneResource("fs", properties)


def _leg(vserver: VServer, attachment: Attachment, index: int, context: NodeContext) -> ZoneResource:
    network = context.networks[attachment.network]
    link = node_link(vserver, attachment, context)
    routed = attachment == default_attachment(vserver, context.networks)
    if vserver.ip_type == "exclusive":
        _check_own(vserver, link if not context.release.is_solaris10 else _own_name(link, network.vlan, context), context)
    if vserver.ip_type == "exclusive" and context.release.is_solaris10:
        return ZoneResource("net", {"physical": _tagged(link, network.vlan)})
    if vserver.ip_type == "exclusive":
        properties: dict[str, str | tuple[str, ...]] = {
            "linkname": f"net{index}",
            "lower-link": link,
            "allowed-address": (str(attachment.address),),
            "configure-allowed-address": "true",
        }
        if routed:
            properties["defrouter"] = str(network.gateway)
        if network.vlan is not None:
            properties["vlan-id"] = str(network.vlan)
        return ZoneResource("anet", properties)
    if network.vlan is not None and not context.release.is_solaris10:
        raise Refused(
            f"vServer {vserver.name}: shared IP on tagged network {network.name} (VLAN {network.vlan}) needs a VLAN link "
            f"on node {context.node}. "
            "Declare ip_type exclusive, which makes its own."
        )
    physical = multipathing.interface(context.groups, _own_name(link, network.vlan, context))
    if context.plumbed is not None and physical not in context.plumbed:
        raise Refused(
            f"vServer {vserver.name}: interface {physical} of node {context.node} is not plumbed, so a shared-IP zone would boot without "
            f"network {network.name} and say so only in syslog. Plumb it there, make /etc/hostname.{physical}, and discover the node again."
        )
    shared: dict[str, str | tuple[str, ...]] = {"address": str(attachment.address), "physical": physical}
    if routed:
        shared["defrouter"] = str(network.gateway)
    return ZoneResource("net", shared)


def _own_name(link: str, vlan: int | None, context: NodeContext) -> str:
    """With the VLAN, but for an IPMP group: its members lie on the VLAN already."""
    named = any(link in (group.name, group.interface) for group in context.groups)
    return link if named else _tagged(link, vlan)


def _check_own(vserver: VServer, link: str, context: NodeContext) -> None:
    """An exclusive-IP zone takes or builds on a data link; IPMP is of the stack that has the addresses, which is then its own."""
    group = multipathing.of(context.groups, link)
    if group is not None and (context.release.is_solaris10 or link in (group.name, group.interface)):
        raise Refused(
            f"vServer {vserver.name}: {link} of node {context.node} is of its IPMP group {group.name}, which an exclusive-IP zone cannot "
            "use. Declare ip_type shared, or name a link of its own (a port, VLAN or aggregation) in the network's option link."
        )


def _tagged(link: str, vlan: int | None) -> str:
    """Solaris 10's name of a VLAN on a link, dladm(1M): e1000g1 with VLAN 120 is e1000g120001."""
    if vlan is None:
        return link
    match = re.match(r"(.*?)([0-9]+)\Z", link)
    if not match:
        raise Refused(f"link {link} ends with no instance number, so its VLAN {vlan} has no name.")
    return f"{match[1]}{vlan * 1000 + int(match[2])}"
