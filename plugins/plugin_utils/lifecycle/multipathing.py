# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interface a vServer gets where the node's is in an IPMP group.

Solaris 11: addresses belong to the IPMP interface, which is no data link (ipadm(1M)). Solaris 10: they lie on a member, and in.mpathd moves
them to another when it fails (in.mpathd(1M)), so that any member will do that works now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..model.network import Address, IpmpGroup
from ..model.zone import ZoneResource

#: What ifconfig says of a member that carries nothing now, ifconfig(1M).
BROKEN = frozenset({"FAILED", "OFFLINE"})


def broken(flags: Sequence[str]) -> bool:
    return bool(BROKEN & set(flags)) or "RUNNING" not in flags


def measured(groups: Sequence[IpmpGroup], addresses: Sequence[Address] | None) -> tuple[IpmpGroup, ...]:
    """The groups as remembered, their members as ifconfig shows them now; as remembered where nobody asked."""
    if addresses is None:
        return tuple(groups)
    shown = {address.interface: address.flags for address in addresses if address.name == address.interface and address.zone is None}
    return tuple(
        replace(group, unusable=tuple(name for name in group.members if (broken(shown[name]) if name in shown else name in group.unusable)))
        for group in groups
    )


def of(groups: Sequence[IpmpGroup], link: str) -> IpmpGroup | None:
    """The group that the name means: its own, its interface's, or a member's."""
    return next((group for group in groups if link in (group.name, group.interface, *group.members)), None)


def interface(groups: Sequence[IpmpGroup], link: str) -> str:
    """Where a shared-IP zone's address goes when ``link`` is declared; a declared member that works stays."""
    group = of(groups, link)
    if group is None:
        return link
    if group.interface:
        return group.interface
    working = [name for name in group.members if name not in group.unusable]
    if link in working:
        return link
    return next(iter(working), link if link in group.members else group.members[0])


def kept(want: ZoneResource, have: Sequence[ZoneResource], groups: Sequence[IpmpGroup], *, runs: bool) -> ZoneResource:
    """A shared-IP leg as it is wanted, on the member that its configuration names, as long as that works or the zone runs."""
    physical = str(want.properties.get("physical", ""))
    group = of(groups, physical)
    stored = next((one for one in have if one.properties.get("address") == want.properties.get("address")), None)
    if group is None or group.interface or stored is None or "address" not in want.properties:
        return want
    there = str(stored.properties.get("physical", ""))
    if there not in group.members or (there in group.unusable and not runs):
        return want
    return replace(want, properties={**want.properties, "physical": there})


def warnings(node: str, groups: Sequence[IpmpGroup]) -> list[str]:
    """What is to be told of a node's groups."""
    said: Mapping[str, str] = {
        "degraded": "is degraded: {bad} cannot be used. Look at the link, and at 'ipmpstat -i' or 'ifconfig -a' there",
        "failed": "has failed: none of its interfaces ({bad}) can be used, so its addresses do not answer",
        "addrless": "has no address, so nothing finds out whether it works",
    }
    return [
        f"node {node}: IPMP group {group.name} {said[group.state].format(bad=', '.join(group.unusable) or ', '.join(group.members))}"
        for group in groups
        if group.state in said
    ]
