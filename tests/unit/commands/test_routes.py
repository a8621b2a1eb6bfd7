# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import fibre_channel, kstat, mount, routes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

NETSTAT = """
Routing Table: IPv4
  Destination           Gateway           Flags  Ref     Use     Interface
-------------------- -------------------- ----- ----- ---------- ---------
default              10.0.0.1             UG        2         46
10.0.0.0             10.0.0.5             U         3          4 net0
"""


def test_a_route_without_interface() -> None:
    default, local = routes.parse_table(NETSTAT)
    assert (default.destination, default.gateway, default.interface) == ("default", "10.0.0.1", "")
    assert (local.family, local.interface) == ("IPv4", "net0")
    with pytest.raises(ParseError):
        routes.parse_table(NETSTAT + "lonely\n")


def test_persistent_routes() -> None:
    assert routes.parse_persistent("persistent: route add default 10.0.0.1\n") == (("default", "10.0.0.1"),)
    assert routes.parse_persistent("No persistent routes are defined\n") == ()
    with pytest.raises(ParseError):
        routes.parse_persistent("persistent: route add -ifp net0 10.1.0.0/16 10.0.0.1\n")


def test_flags_of_arp_may_be_missing() -> None:
    text = (
        "Net to Media Table: IPv4\n"
        "Device   IP Address               Mask      Flags   Phys Addr\n"
        "------ -------------------- --------------- ----- ---------------\n"
        "net0   10.0.0.1             255.255.255.255       00:14:4f:01:02:03\n"
        "net0   10.0.0.5             255.255.255.255 SPLA  00:14:4f:0a:0b:0c\n"
    )
    plain, own = routes.parse_neighbours(text)
    assert (plain.flags, plain.mac, own.flags) == ("", "00:14:4f:01:02:03", "SPLA")
    with pytest.raises(ParseError):
        routes.parse_neighbours(text + "net0   10.0.0.7 nothing of the kind here at all\n")


def test_mounts() -> None:
    (one,) = mount.parse("/a on rpool/a read/write/mountpoint=/x/y//zone=z/dev=4bd0b7e on Fri Feb  2 16:27:36 2018\n")
    assert (one.path, one.device, one.date) == ("/a", "rpool/a", "Fri Feb  2 16:27:36 2018")
    with pytest.raises(ParseError):
        mount.parse("rpool/a on /a type zfs (rw)\n")


def test_kstat_puts_statistics_together() -> None:
    (one,) = kstat.parse_parsable("cpu_info:0:cpu_info0:brand\tSPARC-T5\ncpu_info:0:cpu_info0:core_id\t3\n")
    assert one.values == {"brand": "SPARC-T5", "core_id": "3"}
    with pytest.raises(ParseError):
        kstat.parse_parsable("cpu_info 0\n")


def test_fcinfo_values_hold_colons() -> None:
    ports = fibre_channel.parse_ports("HBA Port WWN: 2100\n        FCode/BIOS Version:  BIOS: 1.24; fcode: 1.24;\n        State: online\n")
    assert ports["2100"] == {"FCode/BIOS Version": "BIOS: 1.24; fcode: 1.24;", "State": "online"}
    assert fibre_channel.parse_ports("No Adapters Found.\n") == {}
    with pytest.raises(ParseError):
        fibre_channel.parse_ports("State: online\n")
