# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer on a node whose link is an IPMP group, or in one: which interface its configuration names, and when another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ifconfig
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import multipathing, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Address, IpmpGroup
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .estate import S10, S11, context, nothing, vserver

PUBLIC = [{"network": "public", "address": "10.41.0.51"}]
ELEVEN = IpmpGroup("prod", ("net1", "net2"), "ipmp0")
TEN = IpmpGroup("prod0", ("igb1", "igb2", "igb3"))


def shared(release: Release, link: str = "", **changes: Any) -> Any:
    leg = PUBLIC[0] | ({"link": link} if link else {})
    return vserver(brand="native" if release is S10 else "solaris", ip_type="shared", networks=[leg], **changes)


def physical(release: Release, where: NodeContext, actual: NodeActual | None = None, link: str = "") -> str:
    want = zone_definition.wanted_of(shared(release, link), actual or nothing(), where)
    (leg,) = want.of_kind("net")
    return str(leg.properties["physical"])


def flags(**members: str) -> tuple[Address, ...]:
    return tuple(Address(name, "", name=name, group="prod0", flags=tuple(words.split())) for name, words in members.items())


@pytest.mark.parametrize("link", ["ipmp0", "net1", "net2"])
def test_solaris_11_puts_the_address_on_the_ipmp_interface(link: str) -> None:
    assert physical(S11, context(groups=(ELEVEN,)), link=link) == "ipmp0"
    assert physical(S11, context(groups=(ELEVEN,)), link="net3") == "net3"


def test_solaris_10_takes_the_declared_member_or_one_that_works() -> None:
    assert physical(S10, context(S10, groups=(TEN,))) == "igb1"
    assert physical(S10, context(S10, groups=(TEN,)), link="prod0") == "igb1"
    broken = replace(TEN, unusable=("igb1",))
    assert physical(S10, context(S10, groups=(broken,))) == "igb2"
    assert physical(S10, context(S10, groups=(replace(TEN, unusable=TEN.members),))) == "igb1", "nothing is better"
    declared = shared(S10, "prod0")
    assert zone_definition.zone_link(declared, declared.networks[0], 0, context(S10, groups=(broken,))) == "igb2"


def test_what_ifconfig_shows_now_counts_before_what_is_remembered() -> None:
    now = nothing(addresses=flags(igb1="UP RUNNING FAILED", igb2="UP RUNNING OFFLINE", igb3="UP RUNNING"))
    assert physical(S10, context(S10, groups=(TEN,)), now) == "igb3"
    repaired = nothing(addresses=flags(igb1="UP RUNNING", igb2="UP"))
    assert physical(S10, context(S10, groups=(replace(TEN, unusable=("igb1",)),)), repaired) == "igb1"
    (group,) = multipathing.measured((TEN,), repaired.addresses)
    assert group.unusable == ("igb2",), "no link; of igb3 nothing is said, and nothing was known"


@pytest.mark.parametrize(
    ("state", "addresses", "becomes"),
    [
        ("installed", flags(igb1="UP RUNNING", igb2="UP RUNNING"), "igb2"),
        ("installed", flags(igb1="UP RUNNING", igb2="FAILED"), "igb1"),
        ("running", flags(igb1="UP RUNNING", igb2="FAILED"), "igb2"),
    ],
    ids=["it works", "it has failed", "in.mpathd has moved it"],
)
def test_a_configuration_stays_on_its_member(state: str, addresses: tuple[Address, ...], becomes: str) -> None:
    where = context(S10, groups=(TEN,))
    have = zone_definition.wanted(shared(S10, "igb2"), where)
    zones = {"web1": ZoneStatus("web1", state, "/zones/web1")}
    assert physical(S10, where, nothing(zones=zones, configs={"web1": have}, addresses=addresses)) == becomes


def test_an_exclusive_zone_cannot_use_one() -> None:
    with pytest.raises(Refused, match=r"vServer web1: ipmp0 of node t8a is of its IPMP group prod, which an exclusive-IP zone cannot use"):
        zone_definition.wanted(vserver(networks=[PUBLIC[0] | {"link": "ipmp0"}]), context(groups=(ELEVEN,)))
    over = zone_definition.wanted(vserver(networks=[PUBLIC[0] | {"link": "net1"}]), context(groups=(ELEVEN,)))
    assert over.of_kind("anet")[0].properties["lower-link"] == "net1", "a VNIC lies over the link, whoever has IP on it"
    with pytest.raises(Refused, match="igb1 of node t8a is of its IPMP group prod0"):
        zone_definition.wanted(vserver(brand="native", ip_type="exclusive", networks=PUBLIC), context(S10, groups=(TEN,)))


def test_warnings() -> None:
    groups = (
        ELEVEN,
        replace(ELEVEN, name="b", state="degraded", unusable=("net2",)),
        replace(TEN, state="failed", unusable=TEN.members),
    )
    said = multipathing.warnings("t8a", groups)
    assert [text.partition(":")[2].split(".")[0].split(" so ")[0] for text in said] == [
        " IPMP group b is degraded: net2 cannot be used",
        " IPMP group prod0 has failed: none of its interfaces (igb1, igb2, igb3) can be used,",
    ]


def test_groups_of_an_ipmp_interface_are_its_own() -> None:
    """What Solaris 11's ifconfig shows of the IPMP interface is no member of it."""
    text = "ipmp0: flags=108000000843<UP,BROADCAST,RUNNING,MULTICAST,IPMP,PHYSRUNNING> mtu 1500\n        groupname ipmp0\n"
    assert ifconfig.groups(ifconfig.parse_interfaces(text)) == ()
