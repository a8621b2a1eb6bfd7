# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonecfg: parse(render(x)) == x, differences by value, and update scripts line by line."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource

EXPORT_S11 = """create -b
set brand=solaris
set zonepath=/system/zones/%{zonename}
set autoboot=false
set autoshutdown=shutdown
set bootargs=-m verbose
set ip-type=exclusive
add anet
set linkname=net0
set lower-link=auto
set configure-allowed-address=true
set link-protection=mac-nospoof
set mac-address=auto
end
add rctl
set name=zone.max-swap
add value (priv=privileged,limit=2147483648,action=deny)
end
add capped-memory
set physical=1G
end
"""

INFO_S114 = """zonename: web1
zonepath.template: /system/zones/%{zonename}
zonepath: /system/zones/web1
brand: solaris
bootargs:
ip-type: exclusive
anet 0:
        linkname: net0
        allowed-address: 192.0.2.10/24
        defrouter not specified
capped-memory:
        physical: 1G
        [swap: 2G]
attr:
        name: note
        type: string
        value: "a b"
rctl:
        name: zone.max-swap
        value: (priv=privileged,limit=2147483648,action=deny)
"""


def config(properties: Mapping[str, str] | None = None, *resources: tuple[str, Mapping[str, str | tuple[str, ...]]]) -> ZoneConfig:
    return ZoneConfig(properties or {}, tuple(ZoneResource(kind, given) for kind, given in resources))


def test_export() -> None:
    found = zonecfg.parse_export(EXPORT_S11, zone="web1")
    assert found.properties["zonepath"] == "/system/zones/web1"
    assert found.properties["bootargs"] == "-m verbose"
    assert found.of_kind("rctl")[0].properties["value"] == ("(priv=privileged,limit=2147483648,action=deny)",)


def test_nested_resource_is_read_and_not_written() -> None:
    text = "create -b\nadd anet\nset linkname=net0\nadd mac\nset mac-address=auto\nset id=0\nend\nend\n"
    found = zonecfg.parse_export(text)
    assert found.resources[0].properties["mac"] == ("(mac-address=auto,id=0)",)
    assert zonecfg.differences(found, found) == ()
    with pytest.raises(InvalidDefinition):
        zonecfg.render(found)


@pytest.mark.parametrize(
    "line", ["set autoboot", "banana", "add net\nset physical=a\nset physical=b\nend", "add net", "end", "select net a=b"]
)
def test_export_refuses(line: str) -> None:
    with pytest.raises(ParseError):
        zonecfg.parse_export(f"create -b\n{line}\n")


def test_export_needs_create() -> None:
    with pytest.raises(ParseError):
        zonecfg.parse_export("web1: No such zone configured\n")


def test_info_is_as_export() -> None:
    found = zonecfg.parse_info(INFO_S114)
    assert found.properties == {"zonename": "web1", "zonepath": "/system/zones/web1", "brand": "solaris", "ip-type": "exclusive"}
    assert found.of_kind("anet")[0].properties == {"linkname": "net0", "allowed-address": ("192.0.2.10/24",)}
    assert found.of_kind("capped-memory")[0].properties == {"physical": "1G"}
    assert found.of_kind("attr")[0].properties["value"] == "a b"
    assert zonecfg.info_aliases(INFO_S114) == {"capped-memory.swap": "2G"}


@pytest.mark.parametrize("text", ["", "web1: No such zone configured\n", INFO_S114 + "(truncated)\n", INFO_S114 + "brand: solaris\n"])
def test_info_refuses(text: str) -> None:
    with pytest.raises(ParseError):
        zonecfg.parse_info(text)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters='"'), min_size=1, max_size=20
).filter(lambda text: text == text.strip() and not text.startswith(("(", "[")))
NUMBERS = st.integers(1, 10**12).map(str)


@st.composite
def configs(draw: st.DrawFn) -> ZoneConfig:
    properties = {"zonepath": draw(WORDS), "autoboot": draw(st.sampled_from(["true", "false"])), "bootargs": draw(WORDS)}
    resources: list[tuple[str, Mapping[str, str | tuple[str, ...]]]] = []
    for name in draw(st.lists(WORDS, unique=True, max_size=3)):
        resources.append(("attr", {"name": name, "type": "string", "value": draw(WORDS)}))
    for name in draw(st.lists(WORDS, unique=True, max_size=2)):
        options = draw(st.lists(WORDS, unique=True, min_size=1, max_size=3).map(tuple))
        resources.append(("fs", {"dir": name, "special": draw(WORDS), "type": "lofs", "options": options}))
    for name in draw(st.lists(st.sampled_from(["zone.max-lwps", "zone.cpu-shares", "zone.max-swap", "zone.new"]), unique=True)):
        value = f"(priv=privileged,limit={draw(NUMBERS)},action={draw(st.sampled_from(['deny', 'none']))})"
        resources.append(("rctl", {"name": name, "value": (value,)}))
    return config(properties, *resources)


@given(configs())
def test_render_and_parse_round_trip(wanted: ZoneConfig) -> None:
    assert zonecfg.parse_export(zonecfg.render(wanted)) == wanted
    assert zonecfg.differences(wanted, wanted) == ()
    assert zonecfg.update_script(wanted, wanted) == ""


@given(configs(), configs())
def test_update_says_something_exactly_when_there_is_a_difference(have: ZoneConfig, want: ZoneConfig) -> None:
    assert bool(zonecfg.update_script(have, want)) == bool(zonecfg.differences(have, want))


@given(WORDS, st.sampled_from(['"', "\n", "\r", "\0", "\x1b"]), WORDS)
def test_render_refuses_what_the_lexer_cannot_carry(before: str, evil: str, after: str) -> None:
    with pytest.raises(InvalidDefinition):
        zonecfg.render(config({"zonepath": before + evil + after}))
    with pytest.raises(InvalidDefinition):
        zonecfg.render(config({}, ("attr", {"name": before + evil + after})))


@pytest.mark.parametrize("name", ["a b", "x;delete -F", "$(id)", "x\nexit", "", "x="])
def test_render_refuses_names(name: str) -> None:
    with pytest.raises(InvalidDefinition):
        zonecfg.render(config({name: "1"}))
    with pytest.raises(InvalidDefinition):
        zonecfg.render(config({}, (name, {})))


@pytest.mark.parametrize("value", ["; rm -rf /", "$(reboot)", "a;b", "[x]", "a b", "net", "remove", "-m verbose", "a=b", "Zürich"])
def test_values_that_need_quotes_get_them(value: str) -> None:
    assert f'set bootargs="{value}"\n' in zonecfg.render(config({"bootargs": value}))


@pytest.mark.parametrize(
    "value", ["(priv=privileged,limit=10)", "(priv=a,priv=b,limit=1)", "(priv=privileged,limit=1,action=deny)\nexit", "10"]
)
def test_render_refuses_malformed_controls(value: str) -> None:
    with pytest.raises(InvalidDefinition):
        zonecfg.render(config({}, ("rctl", {"name": "zone.x", "value": (value,)})))


def test_swap_before_capped_memory_is_folded_into_it() -> None:
    script = zonecfg.render(zonecfg.parse_export(EXPORT_S11, zone="web1"))
    assert "add capped-memory\nset physical=1G\nset swap=2147483648\nend\n" in script
    assert "rctl" not in script
    assert script.startswith("create -b\nset brand=solaris\nset zonepath=/system/zones/web1\n")
    assert script.endswith("verify\ncommit\nexit\n")


WANT = config(
    {"brand": "solaris", "zonepath": "/system/zones/web1", "ip-type": "exclusive", "autoboot": "false", "bootargs": "-m verbose"},
    ("anet", {"linkname": "net0"}),
    ("capped-memory", {"physical": "1024M", "swap": "2g"}),
)


def test_defaults_and_spellings_are_no_differences() -> None:
    assert zonecfg.differences(zonecfg.parse_export(EXPORT_S11, zone="web1"), WANT) == ()


@pytest.mark.parametrize(
    ("have", "want"),
    [
        (("capped-cpu", {"ncpus": "1.50"}), ("rctl", {"name": "zone.cpu-cap", "value": ("(priv=privileged,limit=150,action=deny)",)})),
        (
            ("capped-memory", {"locked": "4G"}),
            ("rctl", {"name": "zone.max-locked-memory", "value": ("(limit=4294967296,priv=privileged,action=deny)",)}),
        ),
        (("capped-cpu", {"ncpus": "1.5"}), ("capped-cpu", {"ncpus": "1.50"})),
        (("fs", {"dir": "/a", "options": ("ro", "nosuid")}), ("fs", {"dir": "/a", "options": ("nosuid", "ro")})),
        (("dataset", {"name": "p/data", "alias": "data"}), ("dataset", {"name": "p/data"})),
        (("net", {"physical": "n0", "allowed-address": ("a", "b")}), ("net", {"physical": "n0", "allowed-address": "b,a"})),
    ],
)
def test_equal_in_other_words(have: tuple[str, Mapping[str, str]], want: tuple[str, Mapping[str, str]]) -> None:
    assert zonecfg.differences(config({}, have), config({}, want)) == ()
    assert zonecfg.differences(config({}, want), config({}, have)) == ()


def test_cpu_shares_is_its_control() -> None:
    control = config({}, ("rctl", {"name": "zone.cpu-shares", "value": ("(priv=privileged,limit=10,action=none)",)}))
    assert zonecfg.differences(config({"cpu-shares": "10"}), control) == ()
    (found,) = zonecfg.differences(config({"cpu-shares": "20"}), control)
    assert (found.path, found.have, found.want) == ("cpu-shares", "20", "10")


def test_differences_name_the_property() -> None:
    have = zonecfg.parse_export(EXPORT_S11, zone="web1")
    want = config(
        {**WANT.properties, "autoboot": "true"},
        ("anet", {"linkname": "net0", "lower-link": "net3"}),
        ("dataset", {"name": "web1/data"}),
        ("capped-memory", {"physical": "2G"}),
    )
    assert [(one.path, one.have, one.want) for one in zonecfg.differences(have, want)] == [
        ("autoboot", "false", "true"),
        ("capped-memory.swap", "2147483648", None),
        ("capped-memory.physical", "1G", "2G"),
        ("anet[linkname=net0].lower-link", "auto", "net3"),
        ("dataset[name=web1/data]", None, ("name=web1/data",)),
    ]
    assert zonecfg.update_script(have, want).splitlines() == [
        "set autoboot=true",
        "select capped-memory",
        "clear swap",
        "set physical=2G",
        "end",
        "select anet linkname=net0",
        "set lower-link=net3",
        "end",
        "add dataset",
        "set name=web1/data",
        "end",
        "verify",
        "commit",
        "exit",
    ]


def test_update_removes_and_changes_lists() -> None:
    have = config(
        {"bootargs": "-v", "cpu-shares": "5"},
        ("net", {"physical": "e1000g0", "address": "192.0.2.10/24"}),
        ("fs", {"dir": "/a", "special": "/b", "type": "lofs", "options": ("ro",)}),
        ("capped-cpu", {"ncpus": "1"}),
    )
    want = config({}, ("fs", {"dir": "/a", "special": "/b", "type": "lofs", "options": ("nodevices",)}))
    assert zonecfg.update_script(have, want).splitlines()[:-3] == [
        "clear bootargs",
        "remove capped-cpu",
        "clear cpu-shares",
        "remove net physical=e1000g0 address=192.0.2.10/24",
        "select fs dir=/a",
        "remove options ro",
        "add options nodevices",
        "end",
    ]


def test_update_never_changes_the_brand() -> None:
    with pytest.raises(InvalidDefinition, match="brand"):
        zonecfg.update_script(config({"brand": "solaris"}), config({"brand": "solaris10"}))


def test_one_thing_said_twice_is_refused() -> None:
    twice = config({"cpu-shares": "5"}, ("rctl", {"name": "zone.cpu-shares", "value": ("(priv=privileged,limit=6,action=none)",)}))
    with pytest.raises(InvalidDefinition, match="twice"):
        zonecfg.differences(twice, config())


def test_commands() -> None:
    assert zonecfg.export("z").argv == ("zonecfg", "-z", "z", "export")
    assert zonecfg.delete("z").argv == ("zonecfg", "-z", "z", "delete", "-F")
    assert zonecfg.configure("z", "create\n").argv == ("zonecfg", "-z", "z", "-f", File("zonecfg", "create\n"))


def test_failed_is_not_absent() -> None:
    assert zonecfg.parse_not_configured(Output(1, stderr="z: No such zone configured\n"))
    assert not zonecfg.parse_not_configured(Output(1, stderr="zonecfg: out of memory\n"))
    assert not zonecfg.parse_not_configured(Output(0, stdout="create -b\n"))


@pytest.mark.parametrize(("one", "other"), [("37e12", "37000000000000"), ("1.0", "1"), ("1" * 40, "1" * 39 + "2"), ("NaN", "nan")])
def test_text_that_looks_like_numbers_is_compared_as_text(one: str, other: str) -> None:
    assert zonecfg.differences(config({"hostid": one}), config({"hostid": other}))
    assert zonecfg.differences(config({}, ("attr", {"name": "a", "value": one})), config({}, ("attr", {"name": "a", "value": other})))


def test_a_net_without_its_router_is_made_anew() -> None:
    """clear_property() of zonecfg.c knows fs, dedicated-cpu and capped-memory only."""
    net = {"address": "10.0.0.5/24", "physical": "igb0"}
    script = zonecfg.update_script(config({}, ("net", {**net, "defrouter": "10.0.0.1"})), config({}, ("net", net)))
    assert script.splitlines()[:5] == [
        "remove net physical=igb0 address=10.0.0.5/24",
        "add net",
        "set address=10.0.0.5/24",
        "set physical=igb0",
        "end",
    ]
    script = zonecfg.update_script(config({}, ("net", net)), config({}, ("net", {**net, "defrouter": "10.0.0.1"})))
    assert script.splitlines()[:3] == ["select net physical=igb0 address=10.0.0.5/24", "set defrouter=10.0.0.1", "end"]
