# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new zone is told of itself: well-formed, complete, and nothing in it that a declaration did not mean."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import first_boot
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, Refused

from .declared import Case, cases
from .estate import NETWORKS, S10, S11, WEB1, context, vserver

HASH = "$5$rounds=8000$abcDEF./$x1YZ"
NAMED = {"timezone": "Europe/Berlin", "nameservers": ["10.40.0.2", "10.40.0.3"], "domain": "example.org"}


def profile(**declared: Any) -> ElementTree.Element:
    return ElementTree.fromstring(first_boot.sc_profile(vserver(**declared), context(S11, root_password_hash=HASH)))


def values(root: ElementTree.Element, service: str) -> dict[str, str]:
    found = root.findall(f"service[@name='{service}']")
    assert len(found) <= 1
    return {entry.attrib["name"]: entry.attrib["value"] for one in found for entry in one.iter("propval")}


def test_the_profile_names_every_service_once_and_enables_its_instance() -> None:
    root = profile(**NAMED)
    assert (root.tag, root.attrib) == ("service_bundle", {"type": "profile", "name": "sysconfig"})
    services = [service.attrib["name"] for service in root]
    assert services == [
        "system/identity",
        "system/timezone",
        "system/config-user",
        "network/dns/client",
        "system/name-service/switch",
    ]
    assert all(service.attrib["type"] == "service" and service.attrib["version"] == "1" for service in root)
    assert [instance.attrib for service in root for instance in service.iter("instance")] == [
        {"enabled": "true", "name": "node" if name == "system/identity" else "default"} for name in services
    ]


def test_the_profile_says_what_was_declared() -> None:
    root = profile(**NAMED)
    assert values(root, "system/identity") == {"nodename": "web1"}
    assert values(root, "system/timezone") == {"localtime": "Europe/Berlin"}
    assert values(root, "system/config-user") == {"password": HASH, "type": "normal"}
    assert values(root, "network/dns/client") == {"domain": "example.org"}
    assert [node.attrib["value"] for node in root.iter("value_node")] == ["10.40.0.2", "10.40.0.3"]
    assert values(root, "system/name-service/switch") == {"default": "files", "host": "files dns"}


def test_without_name_servers_there_is_no_dns() -> None:
    assert [service.attrib["name"] for service in profile()] == ["system/identity", "system/timezone", "system/config-user"]
    assert values(profile(nameservers=["10.40.0.2"]), "network/dns/client") == {}


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_whatever_is_written_into_a_profile_comes_out_as_it_was(text: str) -> None:
    odd = replace(vserver(), timezone=text)
    root = ElementTree.fromstring(first_boot.sc_profile(odd, context(root_password_hash=text)))
    assert values(root, "system/timezone") == {"localtime": text}
    assert values(root, "system/config-user")["password"] == text


@given(
    st.sampled_from(["timezone", "domain", "nameservers"]),
    st.text(max_size=40),
    st.sampled_from(list("\n\r\"'<>{}=; \t")),
    st.text(max_size=9),
)
def test_nothing_that_could_break_out_is_ever_declared(option: str, before: str, evil: str, after: str) -> None:
    text = before + evil + after
    declared = WEB1 | {option: [text] if option == "nameservers" else text}
    with pytest.raises(InvalidDefinition):
        declaration.vserver(
            "web1", declared, declaration.networks(NETWORKS), {f"lun{n}": f"60060E8007C3F2000030C3F20000010{n}" for n in (1, 2)}
        )


def lines(**declared: Any) -> list[str]:
    made = first_boot.sysidcfg(vserver(**{"brand": "native"} | declared), context(S10, root_password_hash=HASH))
    assert made.endswith("\n")
    return made.splitlines()


def test_sysidcfg_of_a_shared_ip_zone() -> None:
    assert lines(ip_type="shared", **NAMED) == [
        "system_locale=C",
        "terminal=vt100",
        "timezone=Europe/Berlin",
        "security_policy=NONE",
        "nfs4_domain=dynamic",
        f"root_password={HASH}",
        "name_service=DNS {domain_name=example.org name_server=10.40.0.2,10.40.0.3}",
        "network_interface=PRIMARY {hostname=web1 protocol_ipv6=no}",
    ]


def test_sysidcfg_of_an_exclusive_ip_zone() -> None:
    assert lines()[-3:] == [
        "name_service=NONE",
        "network_interface=igb0 {primary hostname=web1 ip_address=10.40.0.51 netmask=255.255.255.0 protocol_ipv6=no default_route=NONE}",
        "network_interface=igb1 {hostname=web1-igb1 ip_address=10.41.0.51 netmask=255.255.255.0 protocol_ipv6=no default_route=10.41.0.1}",
    ]


def test_a_solaris10_zone_on_solaris_11_knows_its_links_by_the_zones_names() -> None:
    made = first_boot.sysidcfg(vserver(brand="solaris10", archive="/a.flar"), context(S11))
    assert re.findall(r"^network_interface=(\S+) ", made, re.MULTILINE) == ["net0", "net1"]


@given(cases())
def test_every_sysidcfg_is_a_list_of_settings_each_on_its_line(case: Case) -> None:
    made = first_boot.sysidcfg(case.vserver, case.context)
    keys = [line.partition("=")[0] for line in made.splitlines()]
    legs = 1 if case.vserver.ip_type == "shared" else len(case.vserver.networks)
    fixed = ["system_locale", "terminal", "timezone", "security_policy", "nfs4_domain", "root_password", "name_service"]
    assert keys == [*fixed, *["network_interface"] * legs]
    assert all(line.count("{") == line.count("}") <= 1 for line in made.splitlines())


def test_what_the_first_boot_would_ask_for_is_refused() -> None:
    with pytest.raises(Refused, match="vServer web1: nameservers without domain"):
        lines(nameservers=["10.40.0.2"])
    six = declaration.networks({"public": {"type": "public", "subnet": "fd00::/64"}})
    declared = declaration.vserver(
        "web1",
        WEB1 | {"brand": "native", "networks": [{"network": "public", "address": "fd00::51"}]},
        six,
        {"lun1": "60060E8007C3F2000030C3F200000101", "lun2": "60060E8007C3F2000030C3F200000102"},
    )
    with pytest.raises(Refused, match="vServer web1: address fd00::51: sysidcfg tells an exclusive-IP zone IPv4 addresses only"):
        first_boot.sysidcfg(declared, replace(context(S10), networks=six))
