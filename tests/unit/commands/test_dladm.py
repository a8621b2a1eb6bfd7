# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import dladm, dladm_s10, tables
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

REFUSED = Output(1, "", "dladm: unknown output field: `vid'")
S11 = {
    "dladm-link": Output(0, "net0:phys:1500:up:\naggr0:aggr:1500:up:net1 net2\nvnic1:vnic:9000:up:aggr0\nweb1/net0:vnic:1500:up:net0\n"),
    "dladm-phys": Output(0, "net0:1000:igb0\n"),
    "dladm-address": Output(0, "net0:0\\:14\\:4f\\:1\\:2\\:3\n"),
    "dladm-vnic": Output(0, "vnic1:1000:2\\:8\\:20\\:d\\:b\\:3b\nweb1/net0:1000:2\\:8\\:20\\:1\\:1\\:1\n"),
    "dladm-vnic-vid": Output(0, "vnic1:12\nweb1/net0:0\n"),
    "dladm-vlan": Output(0, ""),
    "dladm-link-s10": Output(0, "LINK                CLASS     MTU    STATE    OVER\n"),
    "dladm-dev-s10": Output(1, "", "dladm: unknown subcommand 'show-dev'"),
    "dladm-aggr-s10": Output(0, ""),
}
S10 = {name: Output(1, "", "dladm: illegal option -- o") for name in S11} | {
    "dladm-link-s10": Output(
        0,
        "bge0            type: non-vlan  mtu: 1500       device: bge0\n"
        "bge1001         type: vlan 1    mtu: 1500       device: bge1\n"
        "aggr1           type: non-vlan  mtu: 1500       aggregation: key 1\n",
    ),
    "dladm-dev-s10": Output(
        0,
        "bge0            link: up        speed: 1000  Mbps       duplex: full\n"
        "bge1            link: down      speed: 0     Mbps       duplex: unknown\n",
    ),
    "dladm-aggr-s10": Output(
        0,
        "key: 1 (0x0001) policy: L4      address: 0:14:4f:1:2:3 (auto)\n"
        "           device       address           speed         duplex  link    state\n"
        "           bge2         0:14:4f:1:2:3     1000  Mbps    full    up      attached\n",
    ),
}


def test_every_answer_was_asked_for() -> None:
    assert set(dladm.probes()) == set(S11)


def test_links_of_solaris_11() -> None:
    net0, aggr0, vnic1, zoned = dladm.parse_links(S11)
    assert (net0.kind, net0.mtu, net0.state, net0.over, net0.device, net0.speed, net0.mac) == (
        "phys",
        1500,
        "up",
        (),
        "igb0",
        1000,
        "0:14:4f:1:2:3",
    )
    assert aggr0.over == ("net1", "net2")
    assert (vnic1.vlan, vnic1.mac, vnic1.zone) == (12, "2:8:20:d:b:3b", None)
    assert (zoned.vlan, zoned.zone) == (None, "web1")


def test_a_field_that_a_release_does_not_know_adds_nothing() -> None:
    assert dladm.parse_links(S11 | {"dladm-vnic-vid": REFUSED})[2].vlan is None


def test_links_of_solaris_10() -> None:
    bge0, vlan, aggr = dladm.parse_links(S10)
    assert (bge0.kind, bge0.state, bge0.speed, bge0.device) == ("phys", "up", 1000, "bge0")
    assert (vlan.kind, vlan.vlan, vlan.over, vlan.state) == ("vlan", 1, ("bge1",), "down")
    assert (aggr.kind, aggr.over) == ("aggr", ("bge2",))


def test_neither_dialect_answers() -> None:
    with pytest.raises(ParseError, match="dladm show-link failed with exit code 1: dladm: no privilege"):
        dladm.parse_links({name: Output(1, "", "dladm: no privilege") for name in S11})


@given(
    st.lists(
        st.lists(
            st.text(st.characters(blacklist_characters="\n\r", blacklist_categories=("Cs", "Cc", "Zl", "Zp"))), min_size=2, max_size=5
        ),
        max_size=5,
    )
)
def test_escaped_fields_come_back(rows: list[list[str]]) -> None:
    for row in rows:
        printed = ":".join(field.replace("\\", "\\\\").replace(":", "\\:") for field in row)
        assert tables.split_escaped(printed) == row


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{2,20}[0-9]", fullmatch=True), st.sampled_from(["phys", "vnic", "etherstub"]), st.integers(68, 9000)
        ),
        max_size=6,
    )
)
def test_long_names_may_push_columns(links: list[tuple[str, str, int]]) -> None:
    text = "LINK        CLASS     MTU    STATE    OVER\n" + "".join(
        f"{name:<11} {kind:<9} {mtu:<6} up       --\n" for name, kind, mtu in links
    )
    assert [(row["LINK"], row["CLASS"], int(row["MTU"]), row["OVER"]) for row in dladm.parse_table(text)] == [(*link, "") for link in links]


def test_too_few_fields_are_refused() -> None:
    with pytest.raises(ParseError, match="has 2 fields, expected 5"):
        dladm.parse_links(S11 | {"dladm-link": Output(0, "net0:phys\n")})


def test_show_dev_refuses_other_words() -> None:
    with pytest.raises(ParseError):
        dladm_s10.parse_devices("bge0 link: sideways speed: 10 Mbps duplex: full\n")
