# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift: nothing where all agree, exactly one finding for what was changed, and what is offered for it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import variables
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.drift import estate as drift
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.drift.finding import Finding, Known, Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.drift.look import planned
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.live_resources import NodeLive, ZoneLive
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import VServers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .declared import Case, cases, converged
from .estate import LUNS, S10, context, deployed, pool, vserver, zfs

NOWHERE = Seen("t8b", context(), NodeActual(zones={}, pools={}, complete=True))


def findings(known: Known, actual: NodeActual | None, where: NodeContext | None = None, **others: Seen) -> tuple[Finding, ...]:
    """Of one vServer at home on t8a."""
    where = where or context()
    part = VServers([known.wanted] if known.wanted else [], where)
    home = planned(Seen("t8a", where, actual, "" if actual else "it does not answer"), part)
    return drift.findings([known], {"t8a": home, **others})


def known(**changes: Any) -> Known:
    return replace(Known("web1", vserver(), vserver(), "t8a", "activated"), **changes)


def short(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.property, one.kind) for one in found]


@settings(max_examples=200, deadline=None)
@given(cases())
def test_nothing_where_all_agree(case: Case) -> None:
    one = Known(case.vserver.name, case.vserver, case.vserver, "t8a", "activated")
    assert findings(one, converged(case), case.context) == ()


@settings(max_examples=100, deadline=None)
@given(cases())
def test_a_halted_zone_is_one_finding_unless_we_halted_it(case: Case) -> None:
    one = Known(case.vserver.name, case.vserver, case.vserver, "t8a", "activated")
    found = findings(one, converged(case, "installed"), case.context)
    assert short(found) == [("state", "run state")]
    assert found[0].repair == (f"boot zone {case.vserver.name}",)
    assert findings(replace(one, stopped=True), converged(case, "installed"), case.context) == ()


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_variables_of_a_declaration_declare_it(case: Case) -> None:
    again = declaration.vserver(case.vserver.name, variables.variables(case.vserver), case.context.networks, {})
    assert again == case.vserver
    named = variables.variables(case.vserver, {guid: name for name, guid in LUNS.items()})
    assert declaration.vserver(case.vserver.name, named, case.context.networks, LUNS) == case.vserver


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_a_declaration_that_was_changed_is_told_of_and_the_node_is_not(case: Case, data: st.DataObject) -> None:
    one = Known(case.vserver.name, case.vserver, case.vserver, "t8a", "activated")
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"category": "critical" if case.vserver.category != "critical" else "normal"},
                {"autoboot": not case.vserver.autoboot},
                {"depends_on": ("other",)},
            ]
        )
    )
    found = findings(replace(one, declared=replace(case.vserver, **change)), converged(case), case.context)
    assert [(each.property, each.where, each.kind) for each in found] == [(next(iter(change)), "inventory", "not deployed yet")]


def test_what_the_parts_of_a_change_are() -> None:
    before = {"a": 1, "resources": {"memory": 1, "swap": 2}, "networks": [1], "gone": 1}
    after = {"a": 1, "resources": {"memory": 3, "pool": "p"}, "networks": [1, 2]}
    part = variables.changed(before, after)
    assert part == {"resources": {"memory": 3, "pool": "p", "swap": None}, "networks": [1, 2], "gone": None}


def _config(*resources: ZoneResource, without: str = "", **properties: str) -> NodeActual:
    actual = deployed()
    have = actual.configs["web1"]
    kept = tuple(resource for resource in have.resources if resource.kind != without)
    config = ZoneConfig({**have.properties, **{key.replace("_", "-"): value for key, value in properties.items()}}, (*kept, *resources))
    return replace(actual, configs={"web1": config})


ATTR = ZoneResource("attr", {"name": "owner", "type": "string", "value": "me"})
LOFS = ZoneResource("fs", {"dir": "/tools", "special": "/export/tools", "type": "lofs"})
TOOLS = {"type": "lofs", "source": "/export/tools", "mountpoint": "/tools"}
PRCTL = NodeLive({"web1": ZoneLive({"zone.cpu-shares": (30,)})})
LARGER = deployed(zfs={"web1/zone": zfs("web1/zone", "/zones/web1"), "web1/srv_www": zfs("web1/srv_www", "legacy", 8 << 30, "no")})
SMALLER = deployed(zfs={"web1/zone": zfs("web1/zone", "/zones/web1"), "web1/srv_www": zfs("web1/srv_www", "legacy", 3 << 30, "no")})
QUOTA = deployed(zfs={"web1/zone": zfs("web1/zone", "/zones/web1", 9 << 30), "web1/srv_www": zfs("web1/srv_www", "legacy", 5 << 30, "no")})
LOST_FS = deployed(zfs={"web1/zone": zfs("web1/zone", "/zones/web1")})
MOVED_FS = deployed(zfs={"web1/zone": zfs("web1/zone", "/zones/web1"), "web1/srv_www": zfs("web1/srv_www", "/srv", 5 << 30, "no")})
MORE = deployed(
    held={
        "web1": zfs("web1", "none"),
        "web1/zone": zfs("web1/zone", "/zones/web1"),
        "web1/zone/rpool": zfs("web1/zone/rpool", "/"),
        "web1/old": zfs("web1/old", "legacy"),
        "web1/old@now": zfs("web1/old@now", "-"),
    }
)


@pytest.mark.parametrize(
    ("actual", "path", "kind", "repair", "adopt"),
    [
        (_config(autoboot="true"), "autoboot", "configuration differs", "change configuration of zone web1", {"autoboot": True}),
        (_config(ATTR), "attr[name=owner]", "configuration differs", "change configuration of zone web1", None),
        (_config(bootargs="-m verbose"), "bootargs", "configuration differs", "change configuration of zone web1", None),
        (
            _config(without="capped-memory"),
            "capped-memory.physical",
            "configuration differs",
            "change configuration of zone web1",
            {"resources": None},
        ),
        (
            _config(ZoneResource("capped-memory", {"physical": "5G"}), without="capped-memory"),
            "capped-memory.physical",
            "configuration differs",
            "change configuration of zone web1",
            {"resources": {"memory": 5 << 30}},
        ),
        (
            _config(cpu_shares="7"),
            "cpu-shares",
            "configuration differs",
            "change configuration of zone web1",
            {"resources": {"cpu_shares": 7}},
        ),
        (
            _config(LOFS),
            "fs[dir=/tools]",
            "configuration differs",
            "change configuration of zone web1",
            {"filesystems": [*variables.variables(vserver())["filesystems"], TOOLS]},
        ),
        (LARGER, "filesystems.web1/srv_www.size", "file system larger", None, "8589934592"),
        (SMALLER, "filesystems.web1/srv_www.size", "file system smaller", "set quota of web1/srv_www to 5368709120", "3221225472"),
        (QUOTA, "filesystems.web1/zone.size", "file system has a quota", None, "9663676416"),
        (LOST_FS, "filesystems.web1/srv_www", "file system missing", None, None),
        (MOVED_FS, "filesystems.web1/srv_www.mountpoint", "mount point differs", None, None),
        (MORE, "filesystems.web1/old", "file system undeclared", None, None),
        (deployed("ready"), "state", "run state", "boot zone web1", None),
        (deployed("shutting_down"), "state", "run state", None, None),
        (deployed(milestones={"web1": "maintenance"}), "milestone", "services not up", None, None),
        (
            deployed(pools={"web1": pool("web1", "lun1", "lun3")}),
            "datasets.web1.luns",
            "dataset's LUNs differ",
            None,
            {"datasets": [{"name": "web1", "layout": "mirror", "luns": [LUNS["lun1"], LUNS["lun3"]]}]},
        ),
        (
            deployed(pools={"web1": pool("web1", "lun1", "lun2", layout="stripe")}),
            "datasets.web1.layout",
            "dataset's layout differs",
            None,
            {"datasets": [{"name": "web1", "layout": "stripe", "luns": [LUNS["lun1"], LUNS["lun2"]]}]},
        ),
        (deployed(pools={"web1": pool("web1", "lun1", "lun2", state="DEGRADED")}), "datasets.web1.state", "dataset not well", None, None),
        (deployed(resources=PRCTL), "cpu-shares", "live differs from stored", None, None),
    ],
)
def test_one_thing_that_was_changed_is_one_finding(actual: NodeActual, path: str, kind: str, repair: str | None, adopt: Any) -> None:
    found = findings(known(), actual)
    assert short(found) == [(path, kind)]
    (one,) = found
    assert one.where == "node" and one.node == "t8a"
    assert one.repair == ((repair,) if repair else ())
    assert one.repair or one.adopt or one.by_hand
    if isinstance(adopt, str):
        assert adopt in str(one.adopt)
    else:
        assert dict(one.adopt) == (adopt or {})


@pytest.mark.parametrize("actual", [_config(autoboot="true"), _config(cpu_shares="7"), _config(LOFS), LARGER, QUOTA])
def test_what_was_adopted_is_no_drift_any_more(actual: NodeActual) -> None:
    one = known()
    home = planned(Seen("t8a", context(), actual), VServers([one.wanted] if one.wanted else [], context()))
    made = drift.adopted(one, home, drift.findings([one], {"t8a": home}))
    assert made is not None
    after = findings(known(declared=made), actual)
    assert {(each.where, each.kind) for each in after} == {("repository", "record out of date")}
    assert findings(known(declared=made, remembered=made), actual) == ()


def _gone(**more: Any) -> NodeActual:
    empty = replace(deployed(), zones={}, configs={}, milestones={}, importable=(), disks={}, zonepaths={})
    return replace(empty, **more)


RUNNING = {"web1": ZoneStatus("web1", "running", "/zones/web1", brand="solaris", ip_type="exclusive")}
LEFT = {"web1": ZoneStatus("web1", "installed", "/zones/web1", brand="solaris", ip_type="exclusive")}


def test_a_zone_that_is_gone() -> None:
    (one,) = findings(known(), _gone())
    assert (one.property, one.kind, one.severity) == ("zone", "zone missing", "error")
    assert "configure zone web1" in one.repair


def test_a_zone_on_another_node() -> None:
    there = Seen("t8b", context(), replace(deployed(), zones=RUNNING))
    (one,) = findings(known(), _gone(pools={}), t8b=there)
    assert (one.property, one.kind, one.where, one.remembered) == ("node", "zone on another node", "repository", "t8a")
    assert "heliostat_target t8b" in one.by_hand


def test_a_zone_whose_home_was_not_asked() -> None:
    there = {"t8b": Seen("t8b", context(), replace(deployed(), zones=RUNNING))}
    assert short(drift.findings([known()], there, whole=False)) == [("node", "zone on another node")]
    assert drift.findings([known(declared=vserver(autoboot=True))], {"t8b": NOWHERE}, whole=False) == ()


def test_a_zone_on_two_nodes_and_what_was_left_behind() -> None:
    twice = Seen("t8b", context(), NodeActual(zones=RUNNING, pools={}, complete=True))
    assert [(one.kind, one.severity) for one in findings(known(), deployed(), t8b=twice)] == [("zone on two nodes", "error")]
    left = Seen("t8b", context(), NodeActual(zones=LEFT, pools={}, complete=True))
    assert [(one.kind, one.severity) for one in findings(known(), deployed(), t8b=left)] == [("zone left behind", "info")]
    empty = replace(LEFT["web1"], state="configured")
    detached = Seen("t8b", context(), NodeActual(zones={"web1": empty}, pools={}, complete=True))
    assert findings(known(), deployed(), t8b=detached) == ()


def test_a_dataset_on_another_node() -> None:
    halted = deployed("installed", pools={}, zfs={}, importable=(), disks={}, zonepaths={})
    thief = Seen("t8b", context(), NodeActual(zones={}, pools={"web1": pool("web1", "lun1", "lun2")}, complete=True))
    found = findings(known(stopped=True), halted, t8b=thief)
    assert short(found) == [("datasets.web1", "dataset elsewhere")]
    assert found[0].found == "imported on node t8b"


def test_a_node_that_does_not_answer_says_nothing_of_what_is_there() -> None:
    (one,) = findings(known(), None, t8b=NOWHERE)
    assert (one.kind, one.vserver, one.node, one.remembered) == ("unknown", "", "t8a", "web1")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (known(declared=None), [("heliostat_vserver", "not declared")]),
        (known(declared=None, wrong="vServer web1: bad"), [("heliostat_vserver", "declaration invalid")]),
        (known(moving="t8b"), [("node", "move not ended")]),
        (known(state="detached", node=""), [("node", "zone on another node")]),
        (Known("web1", vserver()), [("node", "not recorded")]),
        (known(declared=vserver(timezone="Europe/Bern")), [("timezone", "not deployed yet")]),
        (known(declared=vserver(resources={"memory": "6G"})), [("capped-memory.physical", "not deployed yet")]),
        (known(remembered=vserver(resources={"memory": "6G"})), [("capped-memory.physical", "record out of date")]),
        (known(declared=vserver(brand="native")), []),
    ],
)
def test_what_is_said_otherwise(one: Known, expected: list[tuple[str, str]]) -> None:
    found = findings(one, deployed())
    if expected:
        assert short(found) == expected
    assert found


def test_a_vserver_that_was_placed_or_only_declared() -> None:
    assert short(findings(known(state="defined"), _gone(pools={}))) == [("zone", "not deployed")]
    nothing = NodeActual(zones={}, pools={}, complete=True)
    assert short(findings(Known("web1", vserver()), nothing)) == [("node", "not deployed")]
    assert drift.findings([Known("web1", vserver())], {"t8a": Seen("t8a", context(), nothing)}, whole=False) == ()


def test_zones_that_nobody_knows() -> None:
    foreign = Seen("t8a", context(), NodeActual(zones={"old1": replace(LEFT["web1"], name="old1")}, pools={}, complete=True))
    told = {("t8a", "old1"): ({"compute_pool": "production"}, ["resource attr"])}
    (one,) = drift.findings([], {"t8a": foreign}, told)
    assert (one.vserver, one.kind, one.where, dict(one.adopt)) == ("old1", "zone unknown", "inventory", {"compute_pool": "production"})
    assert "resource attr" in one.by_hand
    assert drift.findings([], {"t8a": foreign}, told, frozenset({"web1"})) == ()


def test_addresses_that_an_exclusive_zone_of_solaris_10_keeps_inside() -> None:
    where, legs = context(S10), [{"network": "public", "address": "10.41.0.51", "link": "igb3"}]
    old = vserver(brand="native", networks=legs)
    new = vserver(brand="native", networks=[{**legs[0], "address": "10.41.0.52"}])
    case = Case({}, old, where)
    found = findings(known(declared=new, remembered=old), converged(case), where)
    assert [(one.property, one.declared, one.remembered) for one in found] == [("networks", "10.41.0.52/24", "10.41.0.51/24")]
