# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heartbeat's playbooks on Linux hosts with the real daemons: whatever is done, nobody is thought dead who is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.hosts.base import missing

from .hosts_world import MONITORS, NODES, HostsWorld
from .test_examples import ANSIBLES, KINDS, documented
from .world import CHECKOUT, Run, until

WHY = missing() or ("" if shutil.which("cc") and shutil.which("make") else "there is no C compiler")
pytestmark = pytest.mark.skipif(bool(WHY), reason=WHY)
ALL = sorted(MONITORS + NODES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostsWorld]:
    world = HostsWorld(tmp_path_factory.mktemp("hosts"))
    try:
        yield world
    finally:
        world.stop()


@pytest.fixture
def world(made: HostsWorld) -> Iterator[HostsWorld]:
    """With everything deployed, and armed. Whatever the test did, nobody was missed."""
    if not (made.cache.exists() and all(made.left(name) for name in ALL)):
        run = made.heartbeat("deploy")
        assert run.rc == 0, run.output
    until(made.heard, "every monitor hears every node")
    for monitor in MONITORS:
        made.status(monitor, "arm")
    yield made
    assert made.alarms() == []


def changed(run: Run) -> list[str]:
    assert run.rc == 0, run.output
    return run.changed


def test_check_mode_tells_and_does_nothing(made: HostsWorld) -> None:
    """The plan of check mode is that of the run, and the second run has none."""
    foreseen = made.heartbeat("deploy", "--check", "--diff")
    assert changed(foreseen) == ALL
    assert not made.cache.exists()
    assert [made.left(name) for name in ALL] == [[]] * 4
    assert "heliostat-agent.service" in foreseen.output
    assert made.keys[0]["key"] not in foreseen.output
    done = made.heartbeat("deploy")
    assert changed(done) == ALL
    for name in ALL:
        assert done.of(".heartbeat", name).steps == foreseen.of(".heartbeat", name).steps
        after, expected = (run.of(".heartbeat", name).result["after"] for run in (done, foreseen))
        for shown in (*after.values(), *expected.values()):
            assert set(shown.pop("programs").values()) != {"absent"}  # their checksums are known when they are built
        assert after == expected
    assert changed(made.heartbeat("deploy")) == []
    until(made.heard, "every monitor hears every node")
    assert made.alarms() == []


def test_keys_are_rotated_and_nobody_is_missed(world: HostsWorld) -> None:
    newest = world.new_key()
    foreseen = world.heartbeat("rotate_keys", "--check", "--diff")
    assert changed(foreseen) == ALL
    assert [world.key_numbers(name) for name in ALL] == [[newest - 1]] * 4
    assert changed(world.heartbeat("rotate_keys")) == ALL
    assert [world.key_numbers(name) for name in ALL] == [[newest]] * 4
    assert changed(world.heartbeat("rotate_keys")) == []
    refused = [world.status(monitor, "counts")[-1]["counts"]["refused_seal"] for monitor in MONITORS]
    assert refused == [0, 0], "nobody ever sent what the other end did not believe"
    assert changed(world.heartbeat("deploy")) == []


def test_a_node_that_does_not_answer_keeps_the_old_key_believed(world: HostsWorld) -> None:
    newest = world.new_key()
    world.hosts.cut("n2")
    run = world.heartbeat("rotate_keys")
    assert run.rc == 4, run.output
    assert {name: world.key_numbers(name) for name in ALL} == {
        "ms1": [newest, newest - 1], "ms2": [newest, newest - 1], "n1": [newest], "n2": [newest - 1],
    }  # fmt: skip
    told = f"key {newest - 1} stays on ms1 for now: of n2 this run has not seen that it uses key {newest}"
    assert told in run.output
    both, world.keys = world.keys, world.keys[:1]  # the old one taken out too early
    world.write()
    early = world.heartbeat("deploy", "-l", "ms1")
    assert f"ms1: /etc/heliostat/monitor.keys has key {newest - 1}, which heliostat_heartbeat_keys does not have any more" in early.output
    world.keys = both
    world.write()
    world.hosts.join("n2")
    assert world.heartbeat("rotate_keys").rc == 0
    assert [world.key_numbers(name) for name in ALL] == [[newest]] * 4


def test_without_all_monitors_no_node_sends_with_a_new_key(world: HostsWorld) -> None:
    newest = world.new_key()
    world.hosts.cut("ms2")
    run = world.heartbeat("rotate_keys")
    assert run.rc == 4, run.output
    assert [world.key_numbers(name) for name in NODES] == [[newest - 1]] * 2
    alone = world.heartbeat("rotate_keys", "-l", "n1")
    assert changed(alone) == []
    assert f"of ms1, ms2 this run has not seen that it accepts key {newest}" in alone.output
    world.hosts.join("ms2")
    assert world.heartbeat("rotate_keys").rc == 0
    assert [world.key_numbers(name) for name in ALL] == [[newest]] * 4


@pytest.mark.parametrize("rows", [3, 8])
def test_killed_in_a_rotation_the_next_run_ends_it(world: HostsWorld, rows: int) -> None:
    newest = world.new_key()
    started = world.start("heliostat.vdc.heartbeat_rotate_keys")
    until(lambda: started.said.count("changed: [") + started.said.count("ok: [") >= rows, "some tasks are done")
    started.kill()
    assert world.heartbeat("rotate_keys").rc == 0
    assert [world.key_numbers(name) for name in ALL] == [[newest]] * 4


def test_an_upgrade_is_missed_by_nobody(world: HostsWorld) -> None:
    """Other programs on all hosts, every daemon restarted, one batch after the other."""
    sums = "cksum /opt/heliostat/bin/* | cut -d' ' -f1,2"
    before = {name: world.hosts.run(name, sums).stdout for name in ALL}
    started = {name: world.hosts.run(name, "systemctl show -p MainPID --value 'heliostat-*'").stdout for name in ALL}
    world.write(heliostat_heartbeat_cflags="-O1")
    assert changed(world.heartbeat("deploy")) == ALL
    assert all(world.hosts.run(name, sums).stdout != before[name] for name in ALL)
    assert all(world.hosts.run(name, "systemctl show -p MainPID --value 'heliostat-*'").stdout != started[name] for name in ALL)
    until(world.heard, "every monitor hears every node")
    assert changed(world.heartbeat("deploy")) == []
    assert all(node["state"] == "alive" for monitor in MONITORS for node in world.status(monitor)[:-1])
    assert all(world.status(monitor)[-1]["armed"] for monitor in MONITORS), "arming survives an upgrade"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"heliostat_heartbeat_cc": "nocc"}, "builder: there is no compiler 'nocc'. Install one there"),
        ({"heliostat_heartbeat_cflags": "-O1 -Dmain=+"}, "on builder: 'build the daemons' exit 2"),
        (
            {"heliostat_heartbeat_make": "nomake", "heliostat_heartbeat_cflags": "-O3"},
            "On builder there must be 'nomake' (heliostat_heartbeat_make)",
        ),
    ],
    ids=["no compiler", "build fails", "no make"],
)
def test_what_cannot_be_built_changes_no_host(world: HostsWorld, variables: dict[str, str], told: str) -> None:
    world.write(**variables)
    run = world.heartbeat("deploy")
    world.write()
    assert run.rc == 2, run.output
    assert told in run.output
    assert not [row for row in run.rows if row.action.endswith(".heartbeat")]


def test_a_full_disk_is_named_and_changes_nothing(world: HostsWorld) -> None:
    world.hosts.run("n1", "dd if=/dev/zero of=/var/tmp/full bs=64k 2>/dev/null; true")
    before = world.hosts.run("n1", "cksum /opt/heliostat/bin/* /etc/heliostat/*; systemctl show -p MainPID heliostat-agent").stdout
    world.write()  # the programs of before the upgrade
    run = world.heartbeat("deploy", "-l", "n1")
    assert run.rc != 0, run.output
    assert "n1" in run.output
    assert "No space left on device" in run.output or "not enough space" in run.output.lower()
    assert world.hosts.run("n1", "cksum /opt/heliostat/bin/* /etc/heliostat/*; systemctl show -p MainPID heliostat-agent").stdout == before
    world.hosts.run("n1", "rm /var/tmp/full")
    assert changed(world.heartbeat("deploy", "-l", "n1")) == ["n1"]


def test_what_is_removed_says_good_bye(world: HostsWorld) -> None:
    assert world.heartbeat("remove").rc == 2, "it must be said where"
    foreseen = world.heartbeat("remove", "--check", "--diff", heliostat_heartbeat_hosts="n2")
    assert changed(foreseen) == ["n2"]
    assert changed(world.heartbeat("remove", heliostat_heartbeat_hosts="n2")) == ["n2"]
    assert world.left("n2") == []
    assert changed(world.heartbeat("remove", heliostat_heartbeat_hosts="n2")) == []
    for monitor in MONITORS:
        assert next(node for node in world.status(monitor) if node.get("name") == "n2")["state"] not in ("alive", "unknown", "fenced")


def test_examples_run_and_return_what_is_documented(world: HostsWorld) -> None:
    """Those of both modules, on a build host of another name."""
    for module in ("heartbeat_build", "heartbeat"):
        examples, returned = documented(module)
        for task in examples:
            task.pop("delegate_to", None)
        on = "builder" if module == "heartbeat_build" else "n1"
        tasks = [task for task in examples if not task.get("heliostat.vdc.heartbeat_build") or on == "builder"]
        if on == "n1":
            tasks = [{**examples[0], "delegate_to": "builder"}, *tasks]
        for task in tasks:
            if "heliostat.vdc.heartbeat_build" in task:
                task["heliostat.vdc.heartbeat_build"] |= {"make": "make", "cflags": "-O1", "cache": str(world.cache)}
        run = world.play(world.book(on, tasks), variables={"role_path": str(CHECKOUT / "roles" / "heartbeat")})
        assert run.rc == 0, run.output
        own = [row for row in run.rows if row.action == f"heliostat.vdc.{module}"]
        assert own
        for row in own:
            keys = {key for key in row.result if not key.startswith("_")} - ANSIBLES
            assert keys <= set(returned), f"not documented: {sorted(keys - set(returned))}"
            assert all(isinstance(row.result[key], KINDS[returned[key]["type"]]) for key in keys)
        shown = {key for row in own for key in row.result}
        assert set(returned) - shown <= {"failures"}
