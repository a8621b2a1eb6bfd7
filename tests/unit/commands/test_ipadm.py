# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import addresses, ipadm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

IPADM = "lo0/v4:static:ok:127.0.0.1/8\nnet0/v4:static:ok:10.0.0.5/24\nnet0/dhcp:dhcp:down:?\nnet0/v6:addrconf:ok:fe80\\:\\:8\\:20ff/10\n"
IFCONFIG = """lo0: flags=2001000849<UP,LOOPBACK,RUNNING,MULTICAST,IPv4,VIRTUAL> mtu 8232 index 1
\tinet 127.0.0.1 netmask ff000000
net0: flags=100001000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4,PHYSRUNNING> mtu 1500 index 2
\tinet 10.0.0.5 netmask ffffff00 broadcast 10.0.0.255
\tgroupname ipmp0
\tether 0:14:4f:1:2:3
net0:1: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 2
\tzone web1
\tinet 10.0.0.9 netmask ffffff00 broadcast 10.0.0.255
"""


def test_parsable_addresses() -> None:
    _, static, lease, v6 = ipadm.parse({"ipadm-addr": Output(0, IPADM)})
    assert (static.interface, static.name, static.address) == ("net0", "net0/v4", "10.0.0.5/24")
    assert (lease.kind, lease.address) == ("dhcp", "")
    assert v6.address == "fe80::8:20ff/10"


@pytest.mark.parametrize(
    "row", ["net0/v4:static:odd:1.2.3.4/8", "net0/v4:magic:ok:1.2.3.4/8", "net0:static:ok:1.2.3.4/8", "net0/v4:static:ok"]
)
def test_unknown_words_are_refused(row: str) -> None:
    with pytest.raises(ParseError):
        ipadm.parse({"ipadm-addr": Output(0, row + "\n")})


def test_both_views_together() -> None:
    found = addresses.parse({"ipadm-addr": Output(0, IPADM), "ifconfig": Output(0, IFCONFIG)})
    by_address = {one.address: one for one in found if one.address}
    assert by_address["10.0.0.5/24"].name == "net0/v4"
    assert (by_address["10.0.0.5/24"].group, by_address["10.0.0.5/24"].mac) == ("ipmp0", "0:14:4f:1:2:3")
    assert (by_address["10.0.0.9/24"].zone, by_address["10.0.0.9/24"].name) == ("web1", "net0:1")
    assert {"net0/dhcp", "net0/v6"} <= {one.name for one in found}


def test_solaris_10_has_ifconfig_only_but_a_failing_ipadm_is_no_solaris_10() -> None:
    assert len(addresses.parse({"ipadm-addr": Output(127), "ifconfig": Output(0, IFCONFIG)})) == 3
    with pytest.raises(ParseError):
        addresses.parse({"ipadm-addr": Output(1, "", "ipadm: cannot"), "ifconfig": Output(0, IFCONFIG)})


def test_interfaces() -> None:
    (ipmp,) = ipadm.parse_interfaces("IFNAME     CLASS    STATE    ACTIVE OVER\nipmp0      ipmp     ok       yes    net1 net2\n")
    assert (ipmp.kind, ipmp.active, ipmp.over) == ("ipmp", True, ("net1", "net2"))
    (old,) = ipadm.parse_interfaces("IFNAME     STATE    CURRENT      PERSISTENT\nnet0       ok       bm--------46 -46\n")
    assert (old.kind, old.active, old.persistent) == ("", None, "-46")


def test_interfaces_with_their_addresses() -> None:
    text = (
        "NAME              CLASS/TYPE STATE        UNDER      ADDR\nnet0              ip         ok           --         --\n"
        "   net0/v4        dhcp       ok           --         10.0.2.15/24\nipmp0             ipmp       ok           --         --\n"
        "net1              ip         ok           ipmp0      --\n"
    )
    net, address, group, member = ipadm.parse_tree(text)
    assert (net["interface"], address["interface"], address["address"], address["kind"]) == ("", "net0", "10.0.2.15/24", "dhcp")
    assert (group["kind"], member["under"], member["address"]) == ("ipmp", "ipmp0", "")
    with pytest.raises(ParseError):
        ipadm.parse_tree(text.replace("dhcp", "magic"))
