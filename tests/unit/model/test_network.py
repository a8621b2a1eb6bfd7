# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: which addresses a host may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netaddr import IPAddress, IPNetwork

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Network


def network(subnet: str, gateway: str | None = None) -> Network:
    return Network("public", "public", IPNetwork(subnet), IPAddress(gateway) if gateway else None)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("10.41.0.0", "is the network, broadcast or gateway address of network public"),
        ("10.41.0.127", "is the network, broadcast or gateway address of network public"),
        ("10.41.0.9", "is the network, broadcast or gateway address of network public"),
        ("10.41.0.128", "is outside network public"),
        ("10.40.255.255", "is outside network public"),
        ("fd00::1", "is outside network public"),
    ],
)
def test_what_no_host_may_have(address: str, problem: str) -> None:
    with pytest.raises(InvalidDefinition, match=f"address {address} {problem}"):
        network("10.41.0.0/25", "10.41.0.9").interface(address)


@pytest.mark.parametrize(
    ("subnet", "address"), [("10.41.0.0/25", "10.41.0.126"), ("10.41.0.0/31", "10.41.0.0"), ("10.41.0.4/32", "10.41.0.4")]
)
def test_what_a_host_may_have(subnet: str, address: str) -> None:
    interface = network(subnet).interface(address)
    assert (str(interface.ip), interface.prefixlen) == (address, int(subnet.partition("/")[2]))


@given(st.integers(0, 2**32 - 1), st.integers(8, 30), st.integers(0, 2**32 - 1))
def test_exactly_the_hosts_of_a_subnet_are_taken(base: int, prefix: int, offset: int) -> None:
    subnet = IPNetwork(f"{IPAddress(base, 4)}/{prefix}").cidr
    public = network(str(subnet))
    host = IPAddress((int(subnet.network) + offset % (2 * subnet.size)) % 2**32, 4)
    inside = int(subnet.network) < int(host) < int(subnet.broadcast)
    try:
        interface = public.interface(str(host))
    except InvalidDefinition:
        assert not inside
    else:
        assert inside
        assert interface.cidr == subnet


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"type": "storage"}, "network public: type 'storage' is none of management, public, backup."),
        ({"type": None}, "network public: type None is none of"),
        ({"subnet": None}, "network public: subnet '' is no subnet: write ADDRESS/PREFIX"),
        ({"subnet": "10.41.0.0"}, "network public: subnet '10.41.0.0' is no subnet"),
        ({"subnet": "10.41.0.0/33"}, "network public: subnet '10.41.0.0/33' is no subnet"),
        ({"subnet": "10.41.0.5/24"}, "network public: subnet 10.41.0.5/24 has host bits set; did you mean 10.41.0.0/24?"),
        ({"subnet": ["10.41.0.0/24"]}, "network public: subnet ['10.41.0.0/24'] is no text."),
        ({"gateway": "router"}, "network public: gateway 'router' is no IP address."),
        ({"gateway": "10.42.0.1"}, "network public: gateway 10.42.0.1 is outside subnet 10.41.0.0/24."),
        ({"gateway": "10.41.0.0"}, "network public: gateway 10.41.0.0 is the network or broadcast address of subnet"),
        ({"gateway": "10.41.0.255"}, "network public: gateway 10.41.0.255 is the network or broadcast address of subnet"),
        ({"vlan": 0}, "network public: vlan 0 is not a whole number from 1 to 4094."),
        ({"vlan": 4095}, "network public: vlan 4095 is not"),
        ({"vlan": True}, "network public: vlan True is not"),
        ({"vlan": "12a"}, "network public: vlan '12a' is not"),
        ({"mtu": 9000}, "network public: unknown option 'mtu'; known are gateway, subnet, type, vlan."),
    ],
)
def test_a_network_that_cannot_be_is_refused_by_name(options: dict[str, object], message: str) -> None:
    declared = {"type": "public", "subnet": "10.41.0.0/24"} | options
    with pytest.raises(InvalidDefinition) as refusal:
        declaration.networks({"public": declared})
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(("name", "given"), [("a'b", {}), ("", {}), ("-x", {}), ("public", None), ("public", "10.41.0.0/24")])
def test_names_and_shapes_of_networks_are_checked(name: str, given: object) -> None:
    with pytest.raises(InvalidDefinition, match=f"^network {name}: "):
        declaration.networks({name: given})  # type: ignore[dict-item]


def test_a_network_as_it_is_declared() -> None:
    found = declaration.networks({"customers": {"type": "public", "subnet": "10.43.20.0/24", "gateway": "10.43.20.1", "vlan": "120"}})
    assert found == {"customers": Network("customers", "public", IPNetwork("10.43.20.0/24"), IPAddress("10.43.20.1"), 120)}
