# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every change of state: what check mode announces is what the run does, and the same task again changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World

CASES = [("web1", "t8a"), ("ledger1", "t4a")]
#: wanted state, further options, the zone's state on the node afterwards (None: no zone)
WAY: list[tuple[str, dict[str, Any], str | None]] = [
    ("defined", {}, "configured"),
    ("installed", {}, "installed"),
    ("running", {}, "running"),
    ("halted", {}, "installed"),
    ("running", {}, "running"),
    ("halted", {"force": True}, "installed"),
    ("detached", {}, "configured"),
    ("running", {}, "running"),
    ("detached", {"force": True}, "configured"),
    ("absent", {}, None),
    ("halted", {}, "installed"),
    ("running", {}, "running"),
    ("absent", {"force": True, "destroy": "ALL"}, None),
    ("running", {}, "running"),
]


@pytest.mark.parametrize(("name", "node"), CASES)
def test_check_mode_announces_what_the_run_does(world: World, name: str, node: str) -> None:
    pools = [entry["name"] for entry in world.declared(name)["datasets"]]
    tasks: list[dict[str, Any]] = []
    for state, options, _ in WAY:
        given = {key: pools if value == "ALL" else value for key, value in options.items()}
        call = {"heliostat.vdc.vserver": {"name": name, "state": state, **given}}
        tasks += [{**call, "check_mode": True, "diff": True}, {**call, "diff": True}, call]
        tasks.append({"heliostat.vdc.vserver_info": {}})
    run = world.play(world.book(node, tasks))
    assert run.rc == 0, run.output
    assert len(run.rows) == len(tasks)
    for number, (state, _, expected) in enumerate(WAY):
        check, real, again, seen = run.rows[4 * number : 4 * number + 4]
        where = f"step {number}, {state}"
        assert check.changed and real.changed, where
        assert check.plan == real.plan[: len(check.plan)], where
        if not any("planned after the import" in warning for warning in check.result["warnings"]):
            assert check.plan == real.plan, where
            assert {**check.result["after"][name], "state": ""} == {**real.result["after"][name], "state": ""}, where
            assert check.result["after"][name]["state"] == real.result["after"][name]["state"], where
        else:
            assert len(real.plan) > len(check.plan), where
            assert check.steps[-1].startswith("import dataset"), where
        assert check.result["before"] == real.result["before"], where
        assert not again.changed, where
        assert again.plan == [], where
        assert seen.result["states"].get(name) == expected, where


def test_absent_keeps_data_unless_its_destruction_is_named(world: World) -> None:
    row, removed = world.many(
        "t8a",
        [
            ("vserver", {"name": "db1", "state": "installed"}),
            ("vserver", {"name": "db1", "state": "absent", "destroy": ["db1"]}),
        ],
    )
    assert (row.status, removed.status) == ("ok", "ok")
    pools = {pool["name"]: pool for pool in world.lab.truth()["pools"].values()}
    assert "db1" not in pools
    assert pools["db1data"]["exported"]
    with world.repository() as repository:
        assert repository.vserver("db1").state == "detached"
    row = world.task("t8b", "vserver", name="db1", state="absent", destroy=["web1"])
    assert row.status == "failed"
    assert "destroy names web1, which is none of its datasets" in row.message


def test_data_that_was_given_away_is_destroyed_when_it_is_named(world: World) -> None:
    absent: dict[str, Any] = {"name": "web1", "state": "absent", "destroy": ["web1"]}
    assert world.task("t8a", "vserver", name="web1", state="defined").status == "ok"
    rows = world.many("t8a", [("vserver", {"name": "web1", "state": "detached"}), ("vserver", absent), ("vserver", absent)])
    assert [row.status for row in rows] == ["ok", "ok", "ok"]
    assert rows[1].steps == ["import dataset web1", "delete configuration of zone web1", "destroy dataset web1"]
    assert "web1" not in {pool["name"] for pool in world.lab.truth()["pools"].values()}
    assert not rows[2].changed
    with world.repository() as repository:
        assert repository.vserver("web1") is None


def test_a_running_vserver_is_not_removed_without_force(world: World) -> None:
    rows = world.many("t5a", [("vserver", {"name": "mon1"}), ("vserver", {"name": "mon1", "state": "absent", "destroy": ["mon1"]})])
    assert rows[1].status == "failed"
    assert "mon1 is running on node t5a: stop it first" in rows[1].message
    zone = world.zone("t5a", "mon1")
    assert zone is not None
    assert zone["state"] == "running"


def test_a_changed_declaration_is_applied(world: World) -> None:
    assert world.task("t8a", "vserver", name="web1").status == "ok"
    declared = world.declared("web1")
    declared["filesystems"][1]["size"] = "8G"
    declared["resources"]["memory"] = "6G"
    world.declare("web1", declared)
    check = world.task("t8a", "vserver", "--check", "--diff", name="web1")
    row = world.task("t8a", "vserver", "--diff", name="web1")
    assert check.plan == row.plan
    assert row.steps == ["set quota of web1/srv_www to 8589934592", "change configuration of zone web1"]
    assert any("takes effect at the next boot" in warning for warning in row.result["warnings"])
    assert "capped-memory" in row.result["diff"]["after"] and row.result["diff"] == check.result["diff"]
    assert not world.task("t8a", "vserver", name="web1").changed
    declared["filesystems"][1]["size"] = "4G"
    world.declare("web1", declared)
    kept = world.task("t8a", "vserver", name="web1")
    assert (kept.status, kept.plan) == ("ok", []), "only the repository follows the declaration"
    assert any("never shrunk" in warning for warning in kept.result["warnings"])
