# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources as a zone's configuration: by release, by the node's rating, and whether the node can give them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import live_resources, resources, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.live_resources import NodeLive, ZoneLive
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release

from .estate import S10, S11, context, vserver

S113 = Release("s11.3", "Oracle Solaris 11.3 SPARC", "sparc")

#: Option, value, the lines that say it, update of Solaris 10 that brought it (None: none did).
CONTROLS: list[tuple[str, Any, list[str], int | None]] = [
    ("memory", "4G", ["add capped-memory", "set physical=4294967296", "end"], 4),
    ("swap", "6G", ["add capped-memory", "set swap=6442450944", "end"], 4),
    ("locked", "1G", ["add capped-memory", "set locked=1073741824", "end"], 4),
    ("cpu_cap", 1.5, ["add capped-cpu", "set ncpus=1.50", "end"], 5),
    ("dedicated_cpus", "2", ["add dedicated-cpu", "set ncpus=2", "end"], 4),
    ("dedicated_cpus", "2-4", ["add dedicated-cpu", "set ncpus=2-4", "end"], 4),
    ("scheduling_class", "FSS", ["set scheduling-class=FSS"], 4),
    ("pool", "web_pool", ["set pool=web_pool"], 0),
    ("max_processes", 500, ["add rctl", "set name=zone.max-processes", "add value (priv=privileged,limit=500,action=deny)", "end"], None),
    *(
        (option, 500, ["add rctl", f"set name={control}", "add value (priv=privileged,limit=500,action=deny)", "end"], since)
        for option, control, since in (
            ("max_lwps", "zone.max-lwps", 0),
            ("max_shm_memory", "zone.max-shm-memory", 4),
            ("max_shm_ids", "zone.max-shm-ids", 4),
            ("max_sem_ids", "zone.max-sem-ids", 4),
            ("max_msg_ids", "zone.max-msg-ids", 4),
        )
    ),
    ("cpu_shares", 20, ["add rctl", "set name=zone.cpu-shares", "add value (priv=privileged,limit=20,action=none)", "end"], 0),
    ("base_units", 50, ["add rctl", "set name=zone.cpu-shares", "add value (priv=privileged,limit=1250,action=none)", "end"], 0),
]


@pytest.mark.parametrize(
    "release", [*(replace(S10, update=update) for update in (0, 3, 4, 5, 11)), S113, S11], ids=lambda one: f"{one.family}u{one.update}"
)
@pytest.mark.parametrize(("option", "value", "lines", "since"), CONTROLS, ids=[f"{row[0]}={row[1]}" for row in CONTROLS])
def test_every_control_on_every_release(release: Release, option: str, value: Any, lines: list[str], since: int | None) -> None:
    ten = {"brand": "native"} if release.is_solaris10 else {}
    declared = vserver(resources={option: value}, **ten)
    where = context(release, base_units=400)
    if release.is_solaris10 and (since is None or release.update < since):
        with pytest.raises(Refused, match=rf"vServer web1: Oracle Solaris 10.* of node t8a has no resource control {option}; "):
            zone_definition.wanted(declared, where)
        return
    script = zonecfg.render(zone_definition.wanted(declared, where)).splitlines()
    places = [place for place, line in enumerate(script) if line == lines[0]]
    assert any(script[place : place + len(lines)] == lines for place in places), script


@given(st.integers(1, 1_000_000), st.integers(1, 1_000_000))
def test_shares_are_the_part_of_the_node_and_never_none(units: int, rating: int) -> None:
    found = resources.shares_of(units, rating)
    assert found >= 1
    if found > 1:
        assert abs(found - resources.NODE_SHARES * units / rating) <= 0.5


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_nobody_gets_less_than_his_part_when_all_want_cpu(units: list[int]) -> None:
    """The rating is fully owned. The global zone's one share, and half a share of rounding each, is all that is lost."""
    rating = sum(units)
    shares = [resources.shares_of(one, rating) for one in units]
    for one, own in zip(units, shares, strict=True):
        assert own / (sum(shares) + 1) >= one / rating - (1.5 + len(units) / 2) / resources.NODE_SHARES


def test_the_same_part_of_every_node_is_the_same_shares() -> None:
    assert resources.shares_of(50, 400) == resources.shares_of(100, 800) == 1250
    assert resources.shares_of(50, 800) == 625
    assert resources.shares_of(400, 400) == resources.NODE_SHARES
    assert resources.shares_of(1, 1_000_000) == 1


def test_a_node_without_rating_has_nothing_to_own() -> None:
    with pytest.raises(Refused, match=r"owns 50 base units, and node t8a has no rating to be a part of\. Set base_units"):
        zone_definition.wanted(vserver(resources={"base_units": 50}), context())


@pytest.mark.parametrize(
    ("units", "rating", "others", "refused"),
    [
        (50, 400, {}, None),
        (50, 400, {"db1": 350}, None),
        (51, 400, {"db1": 350}, "is rated 400 base units, and 401 would be owned there: db1 350, web1 51."),
        (401, 400, {}, "and 401 would be owned there: web1 401."),
        (50, 400, {"web1": 399, "db1": 350}, None),
        (None, 400, {"db1": 900}, None),
        (50, None, {"db1": 900}, None),
    ],
)
def test_a_node_is_not_promised_twice(units: int | None, rating: int | None, others: dict[str, int], refused: str | None) -> None:
    declared = vserver(resources={"base_units": units})
    if refused is None:
        resources.check_units(declared, "t8a", rating, others)
        return
    with pytest.raises(Refused) as error:
        resources.check_units(declared, "t8a", rating, others)
    assert refused in str(error.value)


@pytest.mark.parametrize(
    ("wanted", "cpus", "dedicated", "sets", "left"),
    [
        ("2", 8, {}, {}, None),
        ("7", 8, {}, {}, None),
        ("8", 8, {}, {}, 7),
        ("4-12", 8, {}, {}, None),
        ("4", 8, {"db1": 4}, {}, 3),
        ("4", 8, {}, {"SUNWtmp_db1": 4}, 3),
        ("4", 8, {"db1": 4}, {"SUNWtmp_db1": 4}, 3),
        ("3", 8, {"db1": 2}, {"SUNWtmp_db1": 4}, None),
        ("4", 8, {"web1": 4}, {"SUNWtmp_web1": 4}, None),
        ("4", 8, {}, {"batch": 4}, 3),
        ("99", None, {}, {}, None),
    ],
)
def test_dedicated_cpus_must_be_there(
    wanted: str, cpus: int | None, dedicated: dict[str, int], sets: dict[str, int], left: int | None
) -> None:
    where = context(cpus=cpus, dedicated=dedicated)
    declared = vserver(resources={"dedicated_cpus": wanted})
    if left is None:
        resources.check_cpus(declared, where, sets)
        return
    with pytest.raises(Refused, match=rf"wants {wanted} dedicated CPUs: node t8a has {cpus}.* so {left} are left"):
        resources.check_cpus(declared, where, sets)


def test_what_a_zone_has_is_not_refused_anew() -> None:
    crowded = context(base_units=100, entitled={"db1": 80}, cpus=8, dedicated={"db1": 7})
    units = vserver(resources={"base_units": 40})
    have = zone_definition.wanted(units, crowded)
    assert live_resources.checked(units, have, NodeLive(), crowded) == []
    fewer = vserver(resources={"base_units": 30})
    assert live_resources.checked(fewer, have, NodeLive(), crowded) == [], "owning less is always allowed"
    for more, before in ((vserver(resources={"base_units": 41}), have), (units, None)):
        with pytest.raises(Refused, match="base units"):
            live_resources.checked(more, before, NodeLive(), crowded)
    own = vserver(resources={"dedicated_cpus": "2-4"})
    assert live_resources.checked(own, zone_definition.wanted(own, crowded), NodeLive(), crowded) == []
    with pytest.raises(Refused, match="dedicated CPUs"):
        live_resources.checked(own, None, NodeLive(), crowded)


RUNS = {"web1": ZoneLive({})}


@pytest.mark.parametrize(
    ("declared", "live", "warning"),
    [
        ({"memory": "4G"}, NodeLive(RUNS, rcapd=True), None),
        (
            {"memory": "4G"},
            NodeLive(RUNS, rcapd=False),
            "rcapd is disabled on node t8a, so its memory cap is not enforced. Enable it there: svcadm",
        ),
        ({"memory": "4G"}, NodeLive(rcapd=False), None),
        ({"swap": "4G"}, NodeLive(RUNS, rcapd=False), None),
        ({"memory": "4G", "swap": "2G"}, NodeLive(), "swap, 2147483648 bytes, is less than memory"),
        ({"memory": "4G", "swap": "4G"}, NodeLive(), None),
        ({"cpu_shares": 5}, NodeLive(default_class="FSS"), None),
        ({"cpu_shares": 5}, NodeLive(default_class=""), "the default scheduling class of node t8a is not set"),
        (
            {"base_units": 5},
            NodeLive(default_class="TS"),
            "is TS, so its CPU shares count among zones with shares alone. Set it there: dispadmin -d FSS",
        ),
        ({"cpu_cap": 5}, NodeLive(default_class="TS"), None),
    ],
)
def test_what_makes_a_resource_worth_less_is_a_warning(declared: dict[str, Any], live: NodeLive, warning: str | None) -> None:
    found = live_resources.checked(vserver(resources=declared), None, live, context(base_units=400))
    assert (found == []) if warning is None else (len(found) == 1 and warning in found[0])
