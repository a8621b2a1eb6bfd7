# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before, foreseen, and after: a diff that says what then comes true, and plans that end where they were to end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.describe import described
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import VServers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource

from .declared import Case, cases, converged, without_zone
from .estate import context, deployed, nothing, vserver
from .simulated import Node

STATES = ("defined", "installed", "running", "halted")


def start(case: Case, how: str) -> NodeActual:
    """The node before: with nothing, with the storage only, or with the zone in a state, its configuration changed or not."""
    name = case.vserver.name
    if how == "nothing":
        return nothing()
    have = converged(case, "running" if how == "changed" else how if how != "storage" else "running")
    if how == "storage":
        return replace(nothing(), pools=have.pools, zfs=have.zfs, zonepaths={name: ZonePath("drwxr-xr-x", True)})
    if how == "configured":
        have = replace(have, zonepaths={name: ZonePath("drwx------", True)})
    if how != "changed":
        return have
    config = have.configs[name]
    other = {**config.properties, "autoboot": "false" if config.properties["autoboot"] == "true" else "true", "bootargs": "-m verbose"}
    kept = tuple(one for one in config.resources if one.kind not in ("anet", "net", "rctl"))
    return replace(have, configs={name: ZoneConfig(other, (*kept, ZoneResource("dataset", {"name": "tank/x", "alias": "x"})))})


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from(STATES), st.sampled_from(["nothing", "storage", "configured", "installed", "ready", "running", "changed"]))
def test_what_is_foreseen_comes_true_and_the_second_plan_is_empty(case: Case, state: str, how: str) -> None:
    operation = VServers([Wanted(case.vserver, state)], case.context)  # type: ignore[arg-type]
    before = start(case, how)
    foreseen = operation.predict(before)
    assert operation.refusals(before) == {}
    node = Node(before)
    after = node.run(operation.plan(before))
    assert operation.describe(after) == foreseen
    assert [plan.steps for plan in operation.plan(after)] == [()]
    assert operation.predict(after) == operation.describe(after)


@settings(max_examples=100, deadline=None)
@given(
    cases(), st.sampled_from(["absent", "detached"]), st.sampled_from(["nothing", "configured", "installed", "incomplete"]), st.booleans()
)
def test_what_goes_away_is_gone_and_data_only_by_name(case: Case, state: str, how: str, named: bool) -> None:
    datasets = frozenset(dataset.name for dataset in case.vserver.datasets) if named and state == "absent" else frozenset()
    operation = VServers([Wanted(case.vserver, state, destroy=datasets)], case.context)  # type: ignore[arg-type]
    before = start(case, how)
    node = Node(before)
    after = node.run(operation.plan(before))
    assert operation.describe(after) == operation.predict(before)
    assert [plan.steps for plan in operation.plan(after)] == [()]
    assert any(words[:2] == ("zpool", "destroy") for words in node.ran) is (bool(datasets) and how != "nothing")


@settings(max_examples=100, deadline=None)
@given(cases())
def test_a_vserver_that_was_detached_comes_back_elsewhere_with_its_data(case: Case) -> None:
    there = converged(case, "installed")
    offered = tuple(replace(pool, pool_id="42") for pool in there.pools.values())
    node = Node(
        nothing(importable=offered),
        {name: {key: one for key, one in there.zfs.items() if key.startswith(f"{name}/")} for name in there.pools},
    )
    operation = VServers([Wanted(case.vserver, "running")], case.context)
    foreseen = operation.predict(node.actual)
    (plan,) = operation.plan(node.actual)
    assert plan.again
    node.run([plan])
    node.actual = replace(node.actual, zonepaths={case.vserver.name: ZonePath("drwx------", False)})
    (plan,) = operation.plan(node.actual)
    assert not plan.again
    # its directory holds a zone: it is configured here and attached, never installed over
    assert [step.command.argv[3] for step in plan.steps if step.command.argv[0] == "zoneadm"] == ["attach", "boot"]
    assert foreseen[case.vserver.name]["datasets"] == operation.describe(node.actual)[case.vserver.name]["datasets"]


def test_the_shape_of_a_description() -> None:
    assert described(Wanted(vserver(), "running"), deployed()) == {
        "state": "running",
        "datasets": {"web1": {"layout": "mirror", "luns": list(vserver().datasets[0].luns), "state": "ONLINE"}},
        "filesystems": {
            "web1/zone": {"mountpoint": "/zones/web1", "quota": 0},
            "web1/srv_www": {"mountpoint": "legacy", "quota": 5 << 30},
        },
        "configuration": [
            *["autoboot=false", "brand=solaris", "ip-type=exclusive", "zonepath=/zones/web1", "capped-memory.physical=4294967296"],
            "anet: allowed-address=10.40.0.51/24 linkname=net0 lower-link=net0",
            "anet: allowed-address=10.41.0.51/24 defrouter=10.41.0.1 linkname=net1 lower-link=net1",
            "fs: dir=/srv/www special=web1/srv_www type=zfs",
        ],
    }
    assert described(Wanted(vserver(), "running"), without_zone(nothing())) == {
        "state": "absent",
        "datasets": {},
        "filesystems": {},
        "configuration": [],
    }


def test_what_we_would_never_write_is_still_shown() -> None:
    config = deployed().configs["web1"]
    odd = (ZoneResource("attr", {"name": "a", "value": 'say "x"'}), ZoneResource("anet", {"linkname": "net9", "mac": ("(mac-slot=1)",)}))
    shown = described(Wanted(vserver(), "running"), deployed(configs={"web1": ZoneConfig(config.properties, (*config.resources, *odd))}))
    assert 'attr: name=a value=say "x"' in shown["configuration"]
    assert "anet: linkname=net9 mac=(mac-slot=1)" in shown["configuration"]
    twice = ZoneConfig(config.properties, (odd[0], odd[0]))
    shown = described(Wanted(vserver(), "running"), deployed(configs={"web1": twice}))
    assert shown["configuration"].count('attr: name=a value=say "x"') == 2


def test_what_is_refused_stays_as_it_is() -> None:
    refused = deployed("unavailable")
    operation = VServers([Wanted(vserver(), "running")], context())
    assert operation.plan(refused) == []
    assert "zone is unavailable" in operation.refusals(refused)["web1"]
    assert operation.predict(refused) == operation.describe(refused)


@pytest.mark.parametrize("state", ["DEGRADED", "ONLINE"])
def test_an_import_is_foreseen_with_the_state_that_was_offered(state: str) -> None:
    have = deployed().pools["web1"]
    operation = VServers([Wanted(vserver(), "running")], context())
    foreseen = operation.predict(nothing(importable=(replace(have, state=state),)))
    assert foreseen["web1"]["datasets"]["web1"]["state"] == state
