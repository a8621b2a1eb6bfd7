# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift on the lab: nothing where nobody interfered, exactly what was done where somebody did; repaired, and adopted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from .world import Row, World

Told = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def estate(shared: World) -> World:
    """The whole demo, deployed."""
    run = shared.play("heliostat.vdc.site")
    assert run.rc == 0, run.output
    return shared


def told(row: Row) -> list[Told]:
    assert row.status == "ok", row.message
    return [(one["vserver"], one["node"], one["property"], one["kind"]) for one in row.result["findings"]]


def look(world: World, **args: Any) -> Row:
    return world.task("localhost", "drift_info", **args)


def test_nothing_where_nobody_interfered(estate: World) -> None:
    mark = estate.mark()
    row = look(estate)
    assert told(row) == []
    assert row.result["clean"] and not row.changed
    for node in ("t8a", "t8b", "t5a", "t4a"):
        assert len(estate.since(mark, "zoneadm", "list", node=node)) == 1, "one look"


def home(world: World, name: str) -> str:
    with world.repository() as repository:
        return str(repository.vserver(name).node)


def by_hand(world: World, node: str, *commands: str) -> None:
    for command in commands:
        done = world.lab.ssh(node, command)
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"


def test_what_somebody_did_is_found_and_nothing_else_and_is_repaired(estate: World) -> None:
    homes = {name: home(estate, name) for name in ("web1", "web2", "db1", "app1", "git1", "ledger1", "ledger2", "mon1")}
    hands = {
        "web1": ['zonecfg -z web1 "select capped-memory; set swap=9g; end"'],
        "web2": ['zonecfg -z web2 "add attr; set name=owner; set type=string; set value=me; end"'],
        "db1": ["zoneadm -z db1 halt"],
        "app1": ['zonecfg -z app1 "set autoboot=true"'],
        "git1": ["zfs create -o mountpoint=none git1/extra"],
        "ledger1": ['zonecfg -z ledger1 "select capped-memory; set physical=5g; end"'],
        "ledger2": ["zfs set quota=500g ledger2/zone"],
        "mon1": ["zoneadm -z mon1 halt", "zpool export mon1"],
    }
    for name, commands in hands.items():
        by_hand(estate, homes[name], *commands)
    row = look(estate)
    expected = {
        ("app1", "autoboot", "configuration differs"),
        ("db1", "state", "run state"),
        ("git1", "filesystems.git1/extra", "file system undeclared"),
        ("ledger1", "capped-memory.physical", "configuration differs"),
        ("ledger2", "filesystems.ledger2/zone.size", "file system has a quota"),
        ("mon1", "datasets.mon1", "dataset missing"),
        ("mon1", "state", "run state"),
        ("web1", "capped-memory.swap", "configuration differs"),
        ("web2", "attr[name=owner]", "configuration differs"),
    }
    assert {(name, path, kind) for name, _node, path, kind in told(row)} == expected
    assert len(row.result["findings"]) == len(expected)
    assert {name: node for name, node, _path, _kind in told(row)} == homes
    found = {one["vserver"]: one for one in row.result["findings"] if one["property"] != "datasets.mon1"}
    assert found["web1"]["remembered"] == found["web1"]["declared"] == "8589934592"
    assert found["web1"]["repair"] == ["change configuration of zone web1"]
    assert yaml.safe_load(found["web1"]["adopt"]) == {"resources": {"swap": 9 << 30}}
    assert yaml.safe_load(found["app1"]["adopt"]) == {"autoboot": True}
    assert (found["web2"]["adopt"], found["web2"]["repair"]) == ("", ["change configuration of zone web2"])
    assert found["db1"]["repair"] == ["boot zone db1"]
    assert found["ledger2"]["repair"] == [] and "never shrunk" in found["ledger2"]["by_hand"]
    assert yaml.safe_load(found["ledger2"]["adopt"])["filesystems"][0]["size"] == 500 << 30
    assert row.result["repairs"] == {"running": ["app1", "db1", "ledger1", "mon1", "web1", "web2"]}
    foreseen = estate.play("heliostat.vdc.vserver_drift", "--check", variables={"heliostat_repair": "all"})
    assert foreseen.rc == 0, foreseen.output
    assert told(look(estate)) == told(row), "check mode repairs nothing"
    one = estate.play("heliostat.vdc.vserver_drift", variables={"heliostat_repair": ["web1"], "heliostat_fail_on": "error"})
    assert one.rc == 2 and "datasets.mon1" in one.output, "the error is still there"
    assert {name for name, *_ in told(look(estate))} == set(homes) - {"web1"}
    done = estate.play("heliostat.vdc.vserver_drift", variables={"heliostat_repair": "all"})
    assert done.rc == 0, done.output
    left = {(name, kind) for name, _node, _path, kind in told(look(estate))}
    live = {("ledger1", "live differs from stored")}
    assert left - live == {("git1", "file system undeclared"), ("ledger2", "file system has a quota")}
    by_hand(estate, homes["git1"], "zfs destroy git1/extra")
    by_hand(estate, homes["ledger2"], "zfs set quota=none ledger2/zone")
    assert told(look(estate)) == []


def test_zones_that_went_elsewhere_or_came_from_nowhere(estate: World) -> None:
    source = home(estate, "web1")
    target = {"t8a": "t8b", "t8b": "t8a"}[source]
    config = estate.lab.ssh(source, "zonecfg -z web1 export").stdout
    by_hand(estate, source, "zoneadm -z web1 halt", "zoneadm -z web1 detach", "zonecfg -z web1 delete -F", "zpool export web1")
    by_hand(estate, target, "zpool import web1")
    done = estate.lab.ssh(target, "cat >/tmp/web1.cfg; zonecfg -z web1 -f /tmp/web1.cfg", stdin=config)
    assert done.returncode == 0, done.stderr
    by_hand(estate, target, "zoneadm -z web1 attach", "zoneadm -z web1 boot")
    lost = home(estate, "mon1")
    by_hand(estate, lost, "zoneadm -z mon1 halt", "zoneadm -z mon1 detach", "zonecfg -z mon1 delete -F")
    luns = estate.lab.truth()["luns"]
    free = next(guid for guid, lun in sorted(luns.items()) if "t4a" in lun["visible_to"] and not lun["pool"])
    disk = f"c0t{free}d0"
    script = "create -b; set zonepath=/zones/old1; set autoboot=true; add net; set address=10.41.0.99/24; set physical=igb1; end; commit"
    by_hand(
        estate,
        "t4a",
        f"zpool create -m none old1 {disk}",
        "zfs create -o mountpoint=/zones/old1 old1/zone",
        "chmod 700 /zones/old1",
        f'zonecfg -z old1 "{script}"',
    )
    row = look(estate)
    assert told(row) == [
        ("mon1", lost, "zone", "zone missing"),
        ("old1", "t4a", "zone", "zone unknown"),
        ("web1", target, "node", "zone on another node"),
    ]
    follow = estate.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["web1"], "heliostat_target": target})
    assert follow.rc == 0, follow.output
    done = estate.play("heliostat.vdc.vserver_drift", variables={"heliostat_repair": "all"})
    assert done.rc == 0, done.output
    assert told(look(estate)) == [("old1", "t4a", "zone", "zone unknown")]


def test_declared_otherwise_running_otherwise_and_not_to_be_seen(estate: World, tmp_path: Path) -> None:
    homes = {name: home(estate, name) for name in ("web2", "app1", "git1", "db1")}
    by_hand(estate, homes["git1"], "zfs set quota=15g git1/repositories")
    by_hand(estate, homes["app1"], "prctl -n zone.cpu-shares -r -t privileged -v 30 -i zone app1")
    by_hand(estate, homes["db1"], 'zonecfg -z db1 "set autoboot=true"')
    web2 = estate.declared("web2")
    estate.declare("web2", web2, resources={"memory": "4G", "swap": "9G"}, category="normal")
    row = look(estate, names=list(homes))
    assert told(row) == [
        ("app1", homes["app1"], "cpu-shares", "live differs from stored"),
        ("db1", homes["db1"], "autoboot", "configuration differs"),
        ("git1", homes["git1"], "filesystems.git1/repositories.size", "file system smaller"),
        ("web2", homes["web2"], "capped-memory.swap", "not deployed yet"),
        ("web2", homes["web2"], "category", "not deployed yet"),
    ]
    swap = row.result["findings"][3]
    assert (swap["declared"], swap["remembered"], swap["found"]) == (str(9 << 30), str(8 << 30), str(8 << 30))
    assert (swap["where"], swap["repair"]) == ("inventory", ["change configuration of zone web2"])

    adopt = {"heliostat_adopt": ["db1"], "heliostat_adopt_into": str(tmp_path / "found"), "heliostat_vserver_names": ["db1"]}
    shown = estate.play("heliostat.vdc.vserver_drift", variables=adopt)
    assert shown.rc == 0, shown.output
    declared = yaml.safe_load((tmp_path / "found" / "db1.yml").read_text())["heliostat_vserver"]
    assert declared["autoboot"] is True and declared["datasets"][0]["luns"] == ["lun05", "lun06"]
    estate.declare("db1", declared)
    assert told(look(estate, names=["db1"])) == [("db1", homes["db1"], "autoboot", "record out of date")]
    assert estate.task(homes["db1"], "vservers", names=["db1"]).plan == []
    assert told(look(estate, names=["db1"])) == []

    mended = {"heliostat_repair": ["git1", "web2"], "heliostat_vserver_apply": "now", "heliostat_vserver_names": list(homes)}
    done = estate.play("heliostat.vdc.vserver_drift", variables=mended)
    assert done.rc == 0, done.output
    assert [name for name, *_ in told(look(estate, names=list(homes)))] == ["app1"]

    estate.lab.fault("t4a", "hang")
    row = look(estate, fail_on="error")
    assert [one for one in told(row) if one[0] in ("", "ledger1", "ledger2")] == [("", "t4a", "node", "unknown")]
    assert estate.task("localhost", "drift_info", fail_on="warning").status == "failed"
    estate.lab.clear_faults()


@pytest.mark.parametrize(("name", "node"), [("web1", "t8a"), ("ledger1", "t4a"), ("mon1", "t5a")])
def test_no_state_that_was_asked_for_is_drift(world: World, name: str, node: str) -> None:
    tasks: list[tuple[str, dict[str, Any]]] = []
    for state in ("defined", "installed", "running", "halted", "restarted", "detached", "running"):
        tasks += [("vserver", {"name": name, "state": state}), ("drift_info", {"names": [name]})]
    rows = world.many(node, tasks)
    for (_module, args), change, drift in zip(tasks[::2], rows[::2], rows[1::2], strict=True):
        assert change.status == "ok", change.message
        assert drift.result["findings"] == [], args["state"]
