# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declaration as a zone's configuration: per release and IP type, and through zonecfg's own language and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release

from .declared import Case, cases, converged
from .estate import S10, S11, context, vserver

PUBLIC = {"network": "public", "address": "10.41.0.51"}
TAGGED = {"network": "customers", "address": "10.43.20.51"}
MANAGEMENT = {"network": "management", "address": "10.40.0.51"}


def script(release: Release, **declared: Any) -> list[str]:
    """The lines between create and verify."""
    text = zonecfg.render(zone_definition.wanted(vserver(**declared), context(release)))
    return text.splitlines()[1:-3]


def test_solaris_11_exclusive_with_vlan() -> None:
    assert script(S11, networks=[PUBLIC, TAGGED], resources={"cpu_cap": 0.53, "cpu_shares": 20}) == [
        "set brand=solaris",
        "set zonepath=/zones/web1",
        "set autoboot=false",
        "set ip-type=exclusive",
        *["add fs", "set dir=/srv/www", "set special=web1/srv_www", "set type=zfs", "end"],
        *["add anet", "set linkname=net0", "set lower-link=net1", "set allowed-address=10.41.0.51/24"],
        *["set configure-allowed-address=true", "set defrouter=10.41.0.1", "end"],
        *["add anet", "set linkname=net1", "set lower-link=net1", "set allowed-address=10.43.20.51/24"],
        *["set configure-allowed-address=true", "set vlan-id=120", "end"],
        *["add capped-cpu", "set ncpus=0.535", "end"],
        *["add rctl", "set name=zone.cpu-shares", "add value (priv=privileged,limit=20,action=none)", "end"],
    ]


def test_solaris_10_shared() -> None:
    assert script(S10, brand="native", ip_type="shared", networks=[MANAGEMENT, PUBLIC, TAGGED], autoboot=True, filesystems=[
        {"type": "root", "dataset": "web1"},
        {"type": "lofs", "source": "/export/pub", "mountpoint": "/pub", "options": ["ro", "nodevices"]},
    ], resources={"memory": "4G", "swap": "6G", "locked": "1G", "cpu_cap": 2}) == [
        "set zonepath=/zones/web1",
        "set autoboot=true",
        "set ip-type=shared",
        *["add fs", "set dir=/pub", "set special=/export/pub", "set type=lofs", "add options ro", "add options nodevices", "end"],
        *["add net", "set address=10.40.0.51/24", "set physical=igb0", "end"],
        *["add net", "set address=10.41.0.51/24", "set physical=igb1", "set defrouter=10.41.0.1", "end"],
        *["add net", "set address=10.43.20.51/24", "set physical=igb120001", "end"],
        *["add capped-memory", "set physical=4294967296", "set swap=6442450944", "set locked=1073741824", "end"],
        *["add capped-cpu", "set ncpus=2.00", "end"],
    ]  # fmt: skip


def test_solaris_10_exclusive_takes_links_and_tells_no_addresses() -> None:
    lines = script(S10, brand="native", networks=[PUBLIC | {"link": "igb3"}, TAGGED], resources=None)
    assert lines[3:] == [
        *["add fs", "set dir=/srv/www", "set special=web1/srv_www", "set type=zfs", "end"],
        *["add net", "set physical=igb3", "end", "add net", "set physical=igb120001", "end"],
    ]


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_is_rendered_is_read_back_as_it_was_wanted(case: Case) -> None:
    want = zone_definition.wanted(case.vserver, case.context)
    have = zonecfg.parse_export(zonecfg.render(want))
    assert dict(have.properties) == dict(want.properties)
    assert have.resources == want.resources
    assert zonecfg.differences(have, want) == ()


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_the_release_makes_of_it_is_no_difference(case: Case) -> None:
    have = converged(case).configs[case.vserver.name]
    assert zonecfg.differences(have, zone_definition.wanted(case.vserver, case.context)) == ()


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        ([MANAGEMENT, PUBLIC], "public"),
        ([PUBLIC, MANAGEMENT], "public"),
        ([MANAGEMENT, TAGGED], "management"),
        ([TAGGED], None),
    ],
    ids=["public-second", "public-first", "public-has-no-gateway", "no-gateway"],
)
def test_the_default_route_goes_through_the_public_network(networks: list[dict[str, str]], expected: str | None) -> None:
    found = zone_definition.default_attachment(vserver(networks=networks), context().networks)
    assert (found.network if found else None) == expected


@pytest.mark.parametrize(
    ("release", "declared", "message"),
    [
        (
            S11,
            {"brand": "native"},
            r"vServer web1: brand native does not run on node t8a, which runs Oracle Solaris 11\.4 SPARC, .*; that takes Solaris 10\.",
        ),
        (S10, {"brand": "solaris10"}, "vServer web1: brand solaris10 does not run on node t8a"),
        (S11, {"ip_type": "shared", "networks": [TAGGED]}, r"vServer web1: shared IP on tagged network customers \(VLAN 120\)"),
    ],
)
def test_what_the_release_cannot_carry_is_refused(release: Release, declared: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        zone_definition.wanted(vserver(**declared), context(release))


def test_a_node_without_the_link_is_refused() -> None:
    where = context()
    lacking = type(where)(where.node, where.release, where.networks, {"management": "net0"})
    with pytest.raises(Refused, match=r"vServer web1: node t8a has no link for network type public \(network public\)"):
        zone_definition.wanted(vserver(), lacking)
    odd = type(where)(where.node, S10, where.networks, {"management": "igb0", "public": "igb"})
    with pytest.raises(Refused, match="link igb ends with no instance number, so its VLAN 120 has no name"):
        zone_definition.wanted(vserver(brand="native", networks=[TAGGED]), odd)


def test_the_link_as_the_zone_sees_it() -> None:
    declared = vserver(networks=[PUBLIC, TAGGED])
    assert [zone_definition.zone_link(declared, leg, index, context()) for index, leg in enumerate(declared.networks)] == ["net0", "net1"]
    ten = [zone_definition.zone_link(declared, leg, index, context(S10)) for index, leg in enumerate(declared.networks)]
    assert ten == ["igb1", "igb120001"]
