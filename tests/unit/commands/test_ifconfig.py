# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ifconfig, ipmp
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

HEAD = "bge0: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 2\n"


@given(st.integers(0, 32))
def test_every_netmask(prefix: int) -> None:
    assert ifconfig.prefix_of(format((0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF, "x")) == prefix


def test_a_netmask_with_holes_is_refused() -> None:
    with pytest.raises(ParseError):
        ifconfig.prefix_of("ff00ff00")


def test_zone_and_group() -> None:
    text = HEAD + "\tinet 10.0.0.1 netmask ffffff00 broadcast 10.0.0.255\n\tgroupname g\n\tether 0:3:ba:1:2:3\n"
    text += HEAD.replace("bge0", "bge0:1") + "\tzone web1\n\tinet 10.0.0.2 netmask ffffff00 broadcast 10.0.0.255\n"
    first, second = ifconfig.addresses(ifconfig.parse_interfaces(text))
    assert (first.interface, first.name, first.address, first.zone) == ("bge0", "bge0", "10.0.0.1/24", None)
    assert (second.interface, second.name, second.zone, second.group, second.mac) == ("bge0", "bge0:1", "web1", "g", "0:3:ba:1:2:3")


def test_both_families_and_no_address() -> None:
    text = HEAD + "\tinet 0.0.0.0 netmask 0\n" + HEAD.replace("IPv4", "IPv6") + "\tinet6 fe80::1/10\n"
    assert [one.address for one in ifconfig.addresses(ifconfig.parse_interfaces(text))] == ["", "fe80::1/10"]


@pytest.mark.parametrize(
    "text",
    ["ifconfig: no such interface\n", HEAD + "\tinet eleven netmask 0\n", HEAD + "\tzone a\n\tzone b\n", "\tinet 1.2.3.4 netmask 0\n"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        ifconfig.parse_interfaces(text)


def test_ipmp_brackets_hold_lists() -> None:
    (group,) = ipmp.parse_groups("GROUP GROUPNAME STATE FDT INTERFACES\ng1    g1        degraded 10.00s a0 (b0 b1) [c0]\n")
    assert (group.active, group.inactive, group.unusable) == (("a0",), ("b0", "b1"), ("c0",))
    with pytest.raises(ParseError):
        ipmp.parse_groups("GROUP GROUPNAME STATE FDT INTERFACES\ng1 g1 ok -- a0 (b0\n")
