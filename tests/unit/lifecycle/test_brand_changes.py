# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a brand's settings can be changed in a zone that exists, and what adoption reads back of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import brand_variables, changing, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.change import WAITS, Impossible
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .estate import S10, S11, context, deployed, vserver

OLD: dict[str, Any] = {"ip_type": "shared", "archive": "/export/s8.flar"}


def on_s10(have: VServer, state: str) -> NodeActual:
    status = ZoneStatus("web1", state, "/zones/web1", brand=have.brand, ip_type=have.ip_type)
    return replace(deployed(state), zones={"web1": status}, configs={"web1": zone_definition.wanted(have, context(S10))})


def change(want: VServer, have: VServer, state: str = "installed") -> changing.Change:
    return changing.change(want, "next_boot", on_s10(have, state), context(S10), stops=False, force=False)


@pytest.mark.parametrize("sparse", [True, False])
def test_an_installed_zone_keeps_the_kind_of_its_root(sparse: bool) -> None:
    have, want = vserver(brand="native", sparse=not sparse), vserver(brand="native", sparse=sparse)
    with pytest.raises(Impossible) as refusal:
        change(want, have)
    is_there = "missing" if sparse else "there"
    assert f"inherit-pkg-dir[dir=/usr] is {is_there}, declared is sparse: {'true' if sparse else 'false'}" in str(refusal.value)
    assert "remove and deploy it anew" in str(refusal.value)
    assert set(refusal.value.outcomes) == {f"inherit-pkg-dir[dir={path}]" for path in zone_definition.INHERITED}
    assert change(want, have, "configured").steps, "nothing was installed into it yet"
    assert change(want, want).steps == []


def test_a_hostid_waits_for_the_next_boot() -> None:
    for old, new, path in (
        (vserver(brand="native"), vserver(brand="native", hostid="80f0c086"), "hostid"),
        (vserver(brand="solaris8", **OLD), vserver(brand="solaris8", **OLD, hostid="80f0c086"), "attr[name=hostid]"),
        (vserver(brand="solaris8", **OLD, hostid="1"), vserver(brand="solaris8", **OLD, hostid="2"), "attr[name=hostid].value"),
    ):
        found = change(new, old, "running")
        assert found.outcomes == {path: WAITS}
        assert len(found.steps) == 1
    eleven = changing.change(vserver(hostid="1"), "now", deployed(live={"web1": deployed().configs["web1"]}), context(S11),
                             stops=False, force=False)  # fmt: skip
    assert eleven.outcomes == {"hostid": WAITS}, "apply brings none"


def test_the_same_hostid_in_another_spelling_is_no_change() -> None:
    want = zone_definition.wanted(vserver(hostid="80f0c086"), context())
    for text in ("0x80f0c086", "80F0C086", "0X80F0C086"):
        assert zonecfg.differences(ZoneConfig({**want.properties, "hostid": text}, want.resources), want) == ()
    assert zonecfg.differences(ZoneConfig({**want.properties, "hostid": "80f0c087"}, want.resources), want)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"brand": "native", "sparse": True}, {"brand": "native", "sparse": True}),
        ({"brand": "native", "hostid": "1"}, {"brand": "native", "hostid": "00000001"}),
        ({"brand": "solaris9", **OLD, "hostid": "80F0C086"}, {"brand": "solaris9", "hostid": "80f0c086"}),
        ({"brand": "native"}, {"brand": "native"}),
    ],
)
def test_what_was_declared_is_read_back(declared: dict[str, Any], expected: dict[str, Any]) -> None:
    problems: list[str] = []
    config = zonecfg.parse_export(zonecfg.render(zone_definition.wanted(vserver(**declared), context(S10))))
    assert brand_variables.variables(declared["brand"], config, problems) == expected
    assert problems == []


def _inherits(*paths: str) -> tuple[ZoneResource, ...]:
    return tuple(ZoneResource("inherit-pkg-dir", {"dir": path}) for path in paths)


@pytest.mark.parametrize(
    ("brand", "resources", "sparse", "problems"),
    [
        ("native", _inherits(*zone_definition.INHERITED, "/opt"), True, ["inherit-pkg-dir /opt"]),
        ("native", _inherits("/usr"), False, ["inherit-pkg-dir /usr"]),
        ("native", (ZoneResource("attr", {"name": "hostid", "type": "string", "value": "1"}),), False, ["attr hostid"]),
        ("solaris8", (ZoneResource("attr", {"name": "machine", "type": "string", "value": "sun4u"}),), False, ["attr machine"]),
        ("solaris-kz", (), False, ["brand solaris-kz"]),
    ],
)
def test_what_cannot_be_said_is_told(brand: str, resources: tuple[ZoneResource, ...], sparse: bool, problems: list[str]) -> None:
    told: list[str] = []
    found = brand_variables.variables(brand, ZoneConfig({}, resources), told)
    assert ("sparse" in found, told) == (sparse, problems)
