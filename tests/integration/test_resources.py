# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources on the lab: controls of a running vServer changed, stored and live values compared, base units from rating to shares."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from .world import World

pytestmark = pytest.mark.campaign("file")

#: A vServer on Solaris 11.4, 11.3 and 10.
CASES = [("web1", "t8a"), ("mon1", "t5a"), ("ledger1", "t4a")]


def rate(world: World, ratings: dict[str, int]) -> None:
    """Nodes rated in the inventory, and the repository told."""
    for node, units in ratings.items():
        path = world.inventory / "host_vars" / f"{node}.yml"
        variables = yaml.safe_load(path.read_text())
        variables["heliostat_node"]["base_units"] = units
        path.write_text(yaml.safe_dump(variables))
    run = world.play(world.book(",".join(ratings), [{"heliostat.vdc.node": {}}]))
    assert run.rc == 0, run.output


def resources(world: World, name: str, **wanted: Any) -> None:
    world.declare(name, world.declared(name), resources=wanted)


def limits(world: World, node: str, name: str) -> dict[str, list[list[Any]]]:
    zone = world.zone(node, name)
    assert zone is not None
    return dict(zone["limits"])


@pytest.mark.parametrize(("name", "node"), CASES)
def test_a_cap_of_a_running_vserver_is_changed_at_once_or_at_its_next_boot(world: World, name: str, node: str) -> None:
    resources(world, name, memory="2G", cpu_cap=2, max_lwps=500)
    assert world.task(node, "vserver", name=name).status == "ok"
    assert limits(world, node, name)["zone.cpu-cap"] == [[200, "deny"]]
    resources(world, name, memory="3G", cpu_cap=3.5, max_msg_ids=64)
    stored, again, seen = world.many(
        node,
        [
            ("vserver", {"name": name, "apply": "next_boot"}),
            ("vserver", {"name": name, "apply": "next_boot"}),
            ("vserver_info", {}),
        ],
    )
    assert stored.changed and not again.changed
    assert limits(world, node, name)["zone.cpu-cap"] == [[200, "deny"]]
    states = seen.result["resources"][name]
    assert states["capped-cpu.ncpus"] == "differs live: 200"
    assert states["max-msg-ids"] == "waits for reboot"
    assert states["max-lwps"] == "differs live: 500", "it is live and no longer configured"
    assert states["capped-memory.physical"] == "differs live: 2048M"
    check = world.task(node, "vserver", "--check", name=name, apply="now")
    now, idle, seen = world.many(
        node, [("vserver", {"name": name, "apply": "now"}), ("vserver", {"name": name, "apply": "now"}), ("vserver_info", {})]
    )
    assert now.status == "ok", now.message
    assert check.plan == now.plan
    assert now.changed and not idle.changed
    assert set(seen.result["resources"][name].values()) == {"applied"}
    assert limits(world, node, name)["zone.cpu-cap"] == [[350, "deny"]]
    assert limits(world, node, name)["zone.max-msg-ids"] == [[64, "deny"]]
    assert seen.result["vservers"][name]["resources"] == {"memory": 3 << 30, "cpu_cap": 3.5, "max_msg_ids": 64}


def test_what_somebody_did_with_prctl_is_told_and_lasts_till_the_next_boot(world: World) -> None:
    resources(world, "web1", cpu_shares=20)
    assert world.task("t8a", "vserver", name="web1").status == "ok"
    done = world.lab.ssh("t8a", "prctl -n zone.cpu-shares -r -t privileged -v 30 -i zone web1")
    assert done.returncode == 0, done.stderr
    seen = world.task("t8a", "vserver_info")
    assert seen.result["resources"]["web1"] == {"cpu-shares": "differs live: 30"}
    assert seen.result["incomplete"] == {}
    world.many("t8a", [("vserver", {"name": "web1", "state": "halted", "force": True}), ("vserver", {"name": "web1"})])
    assert world.task("t8a", "vserver_info").result["resources"]["web1"] == {"cpu-shares": "applied"}


def test_base_units_become_shares_where_a_vserver_is_placed_and_again_where_it_moves(world: World) -> None:
    rate(world, {"t8a": 400, "t8b": 800})
    resources(world, "web1", memory="2G", base_units=50)
    placed = world.task("localhost", "placement", names=["web1"])
    assert placed.status == "ok", placed.message
    home = placed.result["placements"]["web1"]
    other = {"t8a": "t8b", "t8b": "t8a"}[home]
    shares = {"t8a": 1250, "t8b": 625}
    row = world.task(home, "vserver", name="web1")
    assert row.status == "ok", row.message
    assert limits(world, home, "web1")["zone.cpu-shares"] == [[shares[home], "none"]]
    assert any("default scheduling class" in text and "dispadmin -d FSS" in text for text in row.result["warnings"])
    info = world.task(home, "vserver_info").result
    rating = {"t8a": "400 base units (12.5 %)", "t8b": "800 base units (6.25 %)"}
    assert info["entitlements"] == {"web1": f"50 of {rating[home]}"}
    assert world.task(home, "vserver", name="web1", state="detached", force=True).status == "ok"
    world.lab.ssh(other, "dispadmin -d FSS")
    row = world.task(other, "vserver", name="web1")
    assert row.status == "ok", row.message
    assert limits(world, other, "web1")["zone.cpu-shares"] == [[shares[other], "none"]]
    assert not any("scheduling class" in text for text in row.result["warnings"])
    assert not world.task(other, "vserver", name="web1").changed


def test_another_rating_of_the_node_gives_other_shares(world: World) -> None:
    rate(world, {"t8a": 400})
    resources(world, "web1", base_units=50)
    assert world.task("t8a", "vserver", name="web1").status == "ok"
    rate(world, {"t8a": 500})
    row = world.task("t8a", "vserver", name="web1", apply="now")
    assert row.status == "ok", row.message
    assert limits(world, "t8a", "web1")["zone.cpu-shares"] == [[1000, "none"]]


def test_a_node_is_not_promised_twice(world: World) -> None:
    rate(world, {"t8a": 100})
    resources(world, "web1", base_units=70)
    resources(world, "web2", base_units=40)
    first, second = world.many(
        "t8a", [("vserver", {"name": "web1", "state": "defined"}), ("vserver", {"name": "web2", "state": "defined"})]
    )
    assert first.status == "ok", first.message
    assert second.status == "failed"
    assert "node t8a is rated 100 base units, and 110 would be owned there: web1 70, web2 40" in second.message
    with world.repository() as repository:
        assert repository.vserver("web2") is None, "what was refused is not at home there"
        assert repository.vserver("web1").base_units == 70
    resources(world, "web2", base_units=30)
    assert world.task("t8a", "vserver", name="web2", state="defined").status == "ok"
    both = world.task("t8a", "vservers", names=["web1", "web2"], state="defined")
    assert (both.status, both.changed) == ("ok", False)
    unrated = world.task("t8b", "vserver", name="db1", state="defined")
    assert unrated.status == "ok"
    resources(world, "app1", base_units=10)
    refused = world.task("t8b", "vserver", name="app1", state="defined")
    assert refused.status == "failed"
    assert "owns 10 base units, and node t8b has no rating" in refused.message


def test_placement_keeps_within_the_rating(world: World) -> None:
    rate(world, {"t8a": 100, "t8b": 60})
    for name in ("web1", "web2", "db1"):
        resources(world, name, memory="2G", base_units=60)
    row = world.task("localhost", "placement", names=["web1", "web2", "db1"])
    assert row.status == "failed"
    assert sorted(row.result["placements"].values()) == ["t8a", "t8b"]
    assert "t8a has 40 base units left, 60 base units are needed" in row.message
    assert "t8b has 0 base units left, 60 base units are needed" in row.message


def test_dedicated_cpus_are_the_zones_own_and_no_others(world: World) -> None:
    resources(world, "web1", dedicated_cpus="200-240")
    resources(world, "web2", dedicated_cpus="56")
    row = world.task("t8a", "vserver", name="web1")
    assert row.status == "ok", row.message
    zone = world.zone("t8a", "web1")
    assert zone is not None and len(zone["processor_set"]) == 240
    seen = world.task("t8a", "vserver_info").result
    assert seen["resources"]["web1"]["dedicated-cpu"] == "applied"
    assert seen["vservers"]["web1"]["resources"] == {"dedicated_cpus": "200-240"}
    refused = world.task("t8a", "vserver", name="web2")
    assert refused.status == "failed"
    assert "wants 56 dedicated CPUs: node t8a has 256, 200 are dedicated (web1 200), and one stays" in refused.message
    assert "so 55 are left" in refused.message


def test_a_memory_cap_that_nobody_enforces_is_a_warning(world: World) -> None:
    first, warned = world.many("t4a", [("vserver", {"name": "ledger1"}), ("vserver", {"name": "ledger1"})])
    assert not any("rcapd" in text for row in (first, warned) for text in row.result["warnings"]), "booting the zone enabled it"
    assert world.lab.ssh("t4a", "svcadm disable svc:/system/rcap:default").returncode == 0
    world.lab.clock(jump=60)
    row = world.task("t4a", "vserver", name="ledger1")
    assert not row.changed
    assert any(
        "rcapd is disabled on node t4a" in text and "svcadm enable svc:/system/rcap:default" in text for text in row.result["warnings"]
    )


@pytest.mark.parametrize(
    ("name", "node", "wanted", "message"),
    [
        ("ledger1", "t4a", {"max_processes": 500}, "has no resource control max_processes; Solaris 11 has it"),
        ("web1", "t8a", {"dedicated_cpus": "2", "cpu_cap": 1}, "dedicated_cpus and cpu_cap exclude each other"),
        ("web1", "t8a", {"cpu_shares": 5, "scheduling_class": "TS"}, "cpu_shares needs scheduling_class FSS, not TS"),
        ("web1", "t8a", {"base_units": 5, "cpu_shares": 5}, "base_units and cpu_shares exclude each other"),
        ("web1", "t8a", {"swap": "10M"}, "is below 52428800 bytes"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_done(
    world: World, name: str, node: str, wanted: dict[str, Any], message: str
) -> None:
    resources(world, name, **wanted)
    row = world.task(node, "vserver", name=name)
    assert row.status == "failed"
    assert message in row.message
    assert world.zone(node, name) is None
