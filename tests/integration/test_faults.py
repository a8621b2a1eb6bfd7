# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, commands and connections that fail in the middle: what is said, what stands afterwards, and that running again puts it right."""

from __future__ import annotations

import os
import signal
from itertools import combinations
from pathlib import Path

import pytest

from .world import Row, World, children, until

THREE = ["db1", "mon1", "web1"]


def failed(row: Row, *parts: str) -> None:
    assert row.status == "failed", row
    for part in parts:
        assert part in row.message


def states(world: World, node: str) -> dict[str, str]:
    return {name: zone["state"] for name, zone in world.lab.truth(node)["zones"].items()}


def repaired(world: World, node: str, *names: str) -> None:
    """The faults are gone: one more run reaches the goal, and then there is nothing to do."""
    world.lab.clear_faults()
    first, second = world.many(node, [("vservers", {"names": list(names)})] * 2)
    assert first.status == "ok", first.message
    assert not second.changed
    assert {name: states(world, node)[name] for name in names} == dict.fromkeys(names, "running")
    pools = [pool["name"] for pool in world.lab.truth()["pools"].values() if pool["name"] in names]
    assert sorted(pools) == sorted(names)


def done(world: World, node: str, name: str, verb: str) -> list[dict[str, object]]:
    """zoneadm subcommands that succeeded since this test began."""
    return [row for row in world.since(world.began, "zoneadm", name, verb, node=node) if row["rc"] == 0]


def test_installations_run_side_by_side(world: World) -> None:
    world.lab.clock(speed=40)
    row = world.task("t8a", "vservers", names=THREE)
    assert row.status == "ok", row.message
    runs = [(entry["time"], entry["time"] + entry["duration"] * 40) for entry in world.since(world.began, "install")]
    assert len(runs) == 3
    assert all(max(one[0], other[0]) < min(one[1], other[1]) for one, other in combinations(runs, 2))


def test_one_failing_installation_stops_no_other(world: World) -> None:
    text = "ERROR: pkg: install failed: The origin does not answer.\n"
    world.lab.fault("t8a", "fail", match="zoneadm -z web1 install", rc=1, text=text)
    row = world.task("t8a", "vservers", names=THREE)
    failed(row, "web1: 'install zone web1' exit 1", "zoneadm -z web1 install -c <profile.xml>", "The origin does not answer")
    assert list(row.result["failures"]) == ["web1"]
    assert states(world, "t8a") == {"db1": "running", "mon1": "running", "web1": "configured"}
    with world.repository() as repository:
        assert repository.vserver("web1").state == "defined"
        assert repository.vserver("mon1").state == "activated"
        assert [entry.outcome for entry in repository.journal("web1")] == ["failed"]
        assert repository.locks() == []
    repaired(world, "t8a", *THREE[1:])


def test_lun_gone(world: World) -> None:
    world.lab.fault("t8a", "lun_gone", text="60060E8007C3F2000030C3F200000107")
    row = world.task("t8a", "vservers", names=THREE)
    failed(row, "dataset db1data", "node t8a does not see LUN 60060E8007C3F2000030C3F200000107", "Map it")
    assert states(world, "t8a") == {"mon1": "running", "web1": "running"}
    world.lab.clear_faults()
    assert world.task("t8a", "vserver", name="db1").status == "ok"


def test_lun_of_a_running_vserver_gone(world: World) -> None:
    assert world.task("t8a", "vserver", name="mon1").status == "ok"
    world.lab.fault("t8a", "lun_gone", text="60060E8007C3F2000030C3F20000010B")
    failed(world.task("t8a", "vserver", name="mon1"), "vServer mon1", "mon1/zone", "suspended", "Nothing was changed")


def test_disk_full(world: World) -> None:
    assert world.task("t8a", "vservers", names=["mon1", "web1"], state="defined").status == "ok"
    world.lab.fault("t8a", "disk_full", text="web1")
    row = world.task("t8a", "vservers", names=["mon1", "web1"])
    failed(row, "web1: 'install zone web1'", "out of space")
    assert states(world, "t8a")["mon1"] == "running"
    repaired(world, "t8a", "mon1", "web1")


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("match", "text", "parts"),
    [
        (
            "zoneadm -z mon1 install",
            "zoneadm: zone 'mon1': ERROR: installation failed: zone switching to configured state\n",
            ["mon1: 'install zone mon1' exit 0, but it said 'installation failed'"],
        ),
        (
            "zoneadm -z mon1 boot",
            "zone 'mon1': call to zoneadmd failed\n",
            ["mon1: 'boot zone mon1' exit 0, but it said 'call to zoneadmd failed'"],
        ),
        ("zpool create", "", ["mon1: 'create file system mon1/zone' exit 1", "no such pool 'mon1'"]),
        ("zfs create", "", ["mon1: 'make /zones/mon1 private' exit 1", "cannot access '/zones/mon1'"]),
        ("zonecfg -z mon1 -f", "", ["mon1: 'install zone mon1' exit 1, but it said 'No such zone configured'"]),
    ],
)
def test_exit_0_with_nothing_done(world: World, match: str, text: str, parts: list[str]) -> None:
    """A command claims success and did nothing: found out by its text, by the next step, or by looking again."""
    world.lab.fault("t8a", "fail", match=match, rc=0, text=text)
    failed(world.task("t8a", "vserver", name="mon1"), *parts)
    repaired(world, "t8a", "mon1")


@pytest.mark.campaign
@pytest.mark.parametrize("match", ["zpool create", "zfs create", "zonecfg -z mon1 -f", "zoneadm -z mon1 install", "zoneadm -z mon1 boot"])
def test_exit_1_with_all_done(world: World, match: str) -> None:
    """A command that did its work and claims that it failed: never taken as success, and not done again."""
    world.lab.fault("t8a", "fail", match=match, rc=1, text="write error: Broken pipe\n", after=True)
    failed(world.task("t8a", "vserver", name="mon1"), "mon1", "exit 1", "Broken pipe", match.split()[0])
    repaired(world, "t8a", "mon1")
    for verb in ("install", "boot"):
        assert len(world.since(world.began, "zoneadm", "mon1", verb)) == 1


def test_looking_that_fails_is_no_absence(world: World) -> None:
    """zpool and zoneadm that do not answer: nothing is created over what is there."""
    assert world.task("t8a", "vserver", name="mon1").status == "ok"
    for match, text in (("zpool status", "internal error: out of memory\n"), ("zoneadm list", "zoneadm: not enough memory\n")):
        world.lab.fault("t8a", "fail", match=match, rc=1, text=text)
        failed(world.task("t8a", "vserver", name="mon1"), text.strip())
    world.lab.fault("t8a", "fail", match="zfs get", rc=1, text="internal error: out of memory\n")
    failed(world.task("t8a", "vserver", name="mon1"), "zfs", "out of memory")
    assert not world.task("t8a", "vserver", name="mon1").changed


def test_slow_command(world: World) -> None:
    world.lab.fault("t8a", "slow", match="zpool create", seconds=600)
    assert world.task("t8a", "vserver", name="mon1").status == "ok"


def test_task_that_runs_out_of_time(world: World) -> None:
    world.lab.fault("t8a", "slow", match="zpool status", seconds=2000)
    run = world.play(world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}, "timeout": 2}]))
    assert run.rows[0].status == "failed"
    assert "timed out" in run.rows[0].message.lower() or "timeout" in run.rows[0].message.lower()
    with world.repository() as repository:
        assert repository.locks() == []
    repaired(world, "t8a", "mon1")


@pytest.mark.campaign
@pytest.mark.parametrize("match", ["zpool create", "zonecfg -z mon1 -f", "kstat", "zoneadm -z mon1 boot"])
def test_connection_cut_in_the_middle_of_a_step(world: World, match: str) -> None:
    """kstat belongs to the questions after the installation's job; it runs once when the job is started."""
    world.lab.clock(speed=40)
    world.lab.fault("t8a", "cut", match=match, skip=1 if match == "kstat" else 0)
    row = world.task("t8a", "vserver", name="mon1")
    assert row.status in ("failed", "unreachable"), row
    until(lambda: world.since(world.began, *match.split(), node="t8a"), "the step goes on without us")
    repaired(world, "t8a", "mon1")
    assert len(done(world, "t8a", "mon1", "install")) == 1


def test_node_without_power(world: World) -> None:
    """The others are done; of this one nothing is concluded."""
    world.lab.fault("t8b", "power_cut")
    book = world.book("t8a,t8b", [{"heliostat.vdc.vservers": {"names": ["{{ {'t8a': 'mon1', 't8b': 'web1'}[inventory_hostname] }}"]}}])
    run = world.play(book)
    assert {row.host: row.status for row in run.rows} == {"t8a": "ok", "t8b": "unreachable"}
    assert run.rc == 4
    status = world.play("heliostat.vdc.status")
    shown = status.of("status").result
    assert {row["node"]: row["state"] for row in shown["nodes"]} == {"t8a": "up", "t8b": "unknown", "t5a": "up", "t4a": "up"}
    assert {row["vserver"]: row["state"] for row in shown["vservers"]} == {"mon1": "running", "web1": "unknown"}


def test_wrong_host_key(world: World) -> None:
    known = world.state / "known_hosts"
    text = known.read_text()
    lines = text.splitlines()
    address = world.lab.truth("t8a")["address"]
    keys = [line.split(" ", 1) for line in lines]
    other = next(key for host, key in keys if address not in host)
    known.write_text("\n".join(f"{host} {other if f'[{address}]' in host else key}" for host, key in keys) + "\n")
    try:
        run = world.play(world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}}]), "--ssh-extra-args", "-o ControlPath=none")
    finally:
        known.write_text(text)
    assert run.rows[0].status == "unreachable"
    assert "Host key verification failed" in run.rows[0].message or "HOST IDENTIFICATION HAS CHANGED" in run.rows[0].message
    assert states(world, "t8a") == {}


def installer(world: World, node: str) -> list[int]:
    """Processes of the installation on a node: the job's shells and zoneadm itself, as the host sees them."""
    found = []
    tree = str(world.root(node))
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            inside = os.readlink(entry / "root") == tree or tree.encode() in b" ".join(words)
        except OSError:
            continue
        if inside and (b"./command" in b" ".join(words) or {b"zoneadm", b"install"} <= {word.rpartition(b"/")[2] for word in words}):
            found.append(int(entry.name))
    return found


def test_installation_killed_on_the_node(world: World) -> None:
    """The zone is left incomplete; the run says so, the next one begins the installation anew."""
    world.lab.clock(speed=20)
    run = world.start(world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}}]))
    until(lambda: states(world, "t8a").get("mon1") == "incomplete", "the installation never began")
    victims = until(lambda: installer(world, "t8a"), "no process of the installation")
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    ended = run.wait()
    failed(ended.of("vserver"), "mon1: 'install zone mon1' was interrupted on the node")
    assert states(world, "t8a") == {"mon1": "incomplete"}
    world.lab.clock(speed=200)
    check = world.task("t8a", "vserver", "--check", name="mon1")
    assert check.steps == ["uninstall incomplete zone mon1"]
    assert any("what follows is planned after it" in warning for warning in check.result["warnings"])
    repaired(world, "t8a", "mon1")


def test_power_cut_during_an_installation(world: World) -> None:
    world.lab.clock(speed=20)
    run = world.start(world.book("t4a", [{"heliostat.vdc.vserver": {"name": "ledger2"}}]))
    until(lambda: states(world, "t4a").get("ledger2") == "incomplete", "the installation never began")
    world.lab.fault("t4a", "power_cut")
    ended = run.wait()
    assert ended.rc in (2, 4), ended.output
    world.lab.clock(speed=200)
    world.lab.power("t4a", "on", wait=True)
    repaired(world, "t4a", "ledger2")
    assert world.since(world.began, "uninstall", node="t4a")


def test_panic_of_a_node_with_running_vservers(world: World) -> None:
    """Its pools come back by themselves, its zones do not: running again boots them and nothing else."""
    assert world.task("t8a", "vservers", names=["mon1", "web1"]).status == "ok"
    world.lab.power("t8a", "panic", wait=True)
    assert states(world, "t8a") == {"mon1": "installed", "web1": "installed"}
    row = world.task("t8a", "vservers", names=["mon1", "web1"])
    assert row.status == "ok", row.message
    assert sorted(row.steps) == ["boot zone mon1", "boot zone web1"]


def test_two_runs_on_the_same_vserver(world: World) -> None:
    """The second is refused and told who is at work; the first is not disturbed."""
    book = world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}}])
    world.lab.fault("t8a", "slow", match="zpool create", seconds=800)
    first = world.start(book)
    until(lambda: not world.lab.faults(), "the first run never got there")
    second = world.play(book).of("vserver")
    worker = next(pid for pid in children(first.process.pid))
    failed(second, "mon1 is locked by", f"process {worker} on host", "reason: vserver running on node t8a", "state=unlocked")
    assert not second.changed
    other = world.task("t8b", "vserver", name="web1", state="defined")
    assert other.status == "ok", other.message
    assert first.wait().rc == 0
    assert states(world, "t8a") == {"mon1": "running"}


def test_worker_that_outlives_its_controller(world: World) -> None:
    """ansible-playbook is gone, its worker goes on: the next run is refused as long as it does."""
    book = world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}}])
    world.lab.fault("t8a", "slow", match="zpool create", seconds=800)
    first = world.start(book)
    until(lambda: not world.lab.faults(), "the first run never got there")
    worker = children(first.process.pid)
    first.process.kill()
    first.process.wait()
    try:
        row = world.play(book).of("vserver")
        assert row.status == "ok" or f"process {worker[0]}" in row.message
    finally:
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in worker), "the worker does not end", 120)
    repaired(world, "t8a", "mon1")
    assert len(done(world, "t8a", "mon1", "install")) == 1
