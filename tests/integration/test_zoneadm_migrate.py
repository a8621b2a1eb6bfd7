# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer whose pool is its zone's own (rootzpool): zoneadm makes, moves and destroys it, and ``zoneadm migrate`` carries it on 11.4."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .world import Run, World, until

pytestmark = pytest.mark.campaign("file")

NAME = "web1"
POOL = "web1_rpool"
NAMES = {"heliostat_vserver_names": [NAME]}
HELD = 300.0  # simulated seconds


def declare(world: World) -> None:
    own = {"name": POOL, "layout": "mirror", "luns": ["lun01", "lun02"], "rootzpool": True}
    world.declare(NAME, world.declared(NAME), datasets=[own], filesystems=[{"type": "root", "dataset": POOL}])


def deploy(world: World) -> Run:
    run = world.play("heliostat.vdc.vserver_deploy", variables=NAMES)
    assert run.rc == 0, run.output
    return run


def home(world: World) -> tuple[str, str]:
    source = next(name for name, machine in world.lab.truth()["machines"].items() if NAME in machine["zones"])
    return source, {"t8a": "t8b", "t8b": "t8a"}[source]


@pytest.fixture
def homes(world: World) -> Iterator[tuple[str, str]]:
    """web1's node, and the other one, whose root takes the first one's key; not the other way round."""
    declare(world)
    deploy(world)
    source, target = home(world)
    world.lab.patch(f"machines/{target}/trusts", [source])
    yield source, target
    world.lab.patch(f"machines/{target}/trusts", [])


def migrate(world: World, target: str, *words: str, **more: Any) -> Run:
    return world.play("heliostat.vdc.vserver_migrate", *words, variables={**NAMES, "heliostat_target": target, **more})


def by_hand(world: World, node: str, line: str) -> str:
    done = world.lab.ssh(node, line)
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(run: Run, module: str = "migration") -> list[str]:
    return [f"{step['node']}: {step['command']}" for step in run.of(module).plan]


def running_on(world: World) -> list[str]:
    zones = {name: machine["zones"].get(NAME) for name, machine in world.lab.truth()["machines"].items()}
    return [name for name, zone in zones.items() if zone and zone["state"] == "running"]


def held_by(world: World) -> list[str]:
    ids = {key for key, pool in world.lab.truth()["pools"].items() if pool["name"] == POOL}
    return [name for name, machine in world.lab.truth()["machines"].items() if machine["powered"] and ids & {*machine["imported"]}]


def settled(world: World, node: str) -> None:
    """One running copy with the pool, nothing on its way, and nothing left to do."""
    assert running_on(world) == [node]
    assert held_by(world) == [node]
    assert [name for name, machine in world.lab.truth()["machines"].items() if NAME in machine["zones"]] == [node]
    with world.repository() as repository:
        assert (repository.vserver(NAME).node, repository.moves(), repository.unfinished(NAME)) == (node, {}, [])


def test_zoneadm_migrates_it_where_the_nodes_trust_each_other(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    assert world.since(0, "zonecfg") and not world.since(world.began, "zpool", "create")
    by_hand(world, source, f"echo yes >/zones/{NAME}/root/kept")
    same = world.task(source, "vserver", name=NAME)
    assert (same.changed, same.plan, same.result["warnings"]) == (False, [], []), same.result
    shown = migrate(world, target, "--check")
    assert not world.since(world.began, "migrate"), "a dry run wants the zone down"
    mark = world.mark()
    run = migrate(world, target)
    assert run.rc == 0, run.output
    steps = said(run)
    assert steps[: len(said(shown))] == said(shown)
    assert steps == [
        f"{source}: zoneadm -z {NAME} shutdown",
        f"{target}: zonecfg -z {NAME} -f <zonecfg>",
        f"{source}: zoneadm -z {NAME} migrate ssh://{target}",
        f"{target}: zoneadm -z {NAME} boot",
        f"{source}: zonecfg -z {NAME} delete -F",
    ]
    assert not [row for word in ("export", "import") for row in world.since(mark, "zpool", word, POOL)], "zoneadm does that"
    assert not [row for word in ("attach", "detach") for row in world.since(mark, "zoneadm", word)]
    assert by_hand(world, target, f"cat /zones/{NAME}/root/kept") == "yes\n"
    settled(world, target)

    back = migrate(world, source)  # the other does not trust this one
    assert back.rc == 0, back.output
    assert [step for step in said(back) if "tach" in step] == [f"{target}: zoneadm -z {NAME} detach", f"{source}: zoneadm -z {NAME} attach"]
    assert any("takes no key" in line and "zoneadm migrate was not used" in line for line in back.of("migration").result["warnings"])
    settled(world, source)
    assert world.task("localhost", "drift_info", names=[NAME]).result["findings"] == []


@pytest.mark.campaign
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_what_fails_on_the_way_goes_back(world: World, homes: tuple[str, str], after: bool) -> None:
    source, target = homes
    world.lab.fault(source, "fail", match=rf"^zoneadm -z {NAME} migrate ssh", rc=1, text="no luck today", times=1, after=after)
    run = migrate(world, target)
    assert run.rc == 2, run.output
    message = run.of("migration").message
    assert "no luck today" in message
    assert "It went back" in message
    settled(world, source)


@pytest.mark.campaign
def test_a_later_level_is_brought_along(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    kernel = world.lab.truth(target)["kernel"]
    world.lab.patch(f"machines/{target}/kernel", kernel.replace("11.4.66", "11.4.69"))
    try:
        run = migrate(world, target, heliostat_upgrade="minimal")
    finally:
        world.lab.patch(f"machines/{target}/kernel", kernel)
    assert run.rc == 0, run.output
    assert f"{source}: zoneadm -z {NAME} migrate -u ssh://{target}" in said(run)
    assert running_on(world) == [target]


def test_a_killed_run_is_continued(world: World, homes: tuple[str, str]) -> None:
    """The work goes on at the node, and the next run waits for its end."""
    source, target = homes
    world.lab.fault(source, "slow", match=rf"^zoneadm -z {NAME} migrate ssh", seconds=HELD, times=1)
    run = world.start("heliostat.vdc.vserver_migrate", "-e", f'{{"heliostat_vserver_names": ["{NAME}"], "heliostat_target": "{target}"}}')
    until(lambda: not world.lab.faults(), "migrate never ran")
    run.kill()
    again = migrate(world, target)
    assert again.rc == 0, again.output
    assert len(world.since(world.began, "migrate", f"ssh://{target}")) == 2, "the trial and the migration, once each"
    settled(world, target)
    assert not [*(world.root(source) / "var/tmp/heliostat-jobs").iterdir()]
    assert migrate(world, target).changed == []


@pytest.mark.campaign
def test_between_two_nodes(world: World, homes: tuple[str, str]) -> None:
    """Killed where the pool is exported and the zone is configured on both nodes: what is there decides."""
    source, target = homes
    world.lab.fault(source, "slow", match=rf"^zoneadm -z {NAME} migrate -n", seconds=HELD, times=1)
    run = world.start("heliostat.vdc.vserver_migrate", "-e", f'{{"heliostat_vserver_names": ["{NAME}"], "heliostat_target": "{target}"}}')
    until(lambda: not world.lab.faults(), "the trial never ran")
    run.kill()
    by_hand(world, source, f"zoneadm -z {NAME} detach")
    assert (running_on(world), held_by(world)) == ([], [])
    assert world.zone(source, NAME)["state"] == world.zone(target, NAME)["state"] == "configured"
    again = migrate(world, target)
    assert again.rc == 0, again.output
    assert f"{target}: zoneadm -z {NAME} attach" in said(again)
    settled(world, target)


def test_from_a_lost_node_only_with_proof(world: World, homes: tuple[str, str]) -> None:
    source, target = homes
    lost = {"heliostat_lost_node": source}
    world.lab.power(source, "off", wait=True)
    world.lab.fault(source, "sp_dead")
    refused = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert refused.rc == 2
    assert not world.since(world.began, "zoneadm", "attach")
    deployed = world.task(target, "vserver", name=NAME)
    assert deployed.status == "failed"
    assert held_by(world) == []
    world.lab.clear_faults()
    run = world.play("heliostat.vdc.vserver_recover", variables=lost)
    assert run.rc == 0, run.output
    (attach,) = [step for step in run.of("recovery").plan if "attach" in step["command"]]
    assert attach["command"] == f"zoneadm -z {NAME} attach -x force-zpool-import"
    assert "its power is off" in attach["why"]
    assert (running_on(world), held_by(world)) == ([target], [target])
    world.lab.power(source, "on", wait=True)
    assert (running_on(world), held_by(world)) == ([target], [target])
    assert world.play("heliostat.vdc.node_release", variables={"heliostat_node_name": source}).rc == 0
    world.lab.patch(f"machines/{source}/trusts", [target])
    back = migrate(world, source)  # an earlier life of the zone is left there: it is attached from where it is
    world.lab.patch(f"machines/{source}/trusts", [])
    assert back.rc == 0, back.output
    settled(world, source)


def test_an_interrupted_installation(world: World) -> None:
    """The half-done zone goes with the pool that was made for it, and nothing else does."""
    declare(world)
    run = world.start("heliostat.vdc.vserver_deploy", "-e", f'{{"heliostat_vserver_names": ["{NAME}"]}}')
    until(lambda: held_by(world), "the pool was never made")
    source, _target = home(world)
    world.lab.power(source, "off", wait=True)
    assert run.wait().rc != 0
    world.lab.power(source, "on", wait=True)
    assert world.zone(source, NAME)["state"] == "incomplete"
    by_hand(world, source, f"zfs create {POOL}/notes")
    kept = world.play("heliostat.vdc.vserver_deploy", variables=NAMES)
    assert kept.rc == 2
    assert f"holds {POOL}/notes, which is none of a zone's" in kept.output
    by_hand(world, source, f"zfs destroy {POOL}/notes")
    deploy(world)
    assert world.since(world.began, "uninstall", "force-zpool-destroy=rpool")
    settled(world, source)


def test_adopted_removed_and_destroyed(world: World, homes: tuple[str, str], tmp_path: Path) -> None:
    source, _target = homes
    for name in world.repository_file.parent.glob("*"):
        name.unlink()
    shutil.copy(world.registered, world.repository_file)
    (world.inventory / "host_vars" / f"{NAME}.yml").unlink()
    folder = tmp_path / "found"
    assert world.play("heliostat.vdc.vserver_adopt", variables={"heliostat_adopt_into": str(folder)}).rc == 0
    found = yaml.safe_load((folder / f"{NAME}.yml").read_text())["heliostat_vserver"]
    (dataset,) = found["datasets"]
    assert (dataset["name"], dataset["layout"], dataset["rootzpool"]) == (POOL, "mirror", True)
    assert found["filesystems"] == [{"type": "root", "dataset": POOL}]
    world.declare(NAME, found)
    assert world.play("heliostat.vdc.node_register", "-l", source).rc == 0
    args = {"name": NAME}
    rows = world.many(
        source,
        [
            ("vserver", args),
            ("dataset", {"name": POOL, "layout": "mirror", "luns": ["lun01", "lun02"], "state": "exported", "vserver": NAME}),
            ("vserver", {**args, "state": "absent", "force": True}),
            ("vserver", args),
            ("vserver", {**args, "state": "absent", "force": True, "destroy": [POOL]}),
        ],
    )
    assert rows[0].plan == []
    assert "is the rootzpool of vServer web1" in rows[1].message
    assert rows[2].steps[-2:] == [f"detach zone {NAME}", f"delete configuration of zone {NAME}"]
    assert rows[3].steps == [f"configure zone {NAME}", f"attach zone {NAME}", f"boot zone {NAME}"]
    assert [step["command"] for step in rows[4].plan if "uninstall" in step["command"]] == [
        f"zoneadm -z {NAME} uninstall -F -x force-zpool-destroy=rpool"
    ]
    truth = world.lab.truth()
    assert not [pool for pool in truth["pools"].values() if pool["name"] == POOL]
    assert truth["machines"][source]["zones"] == {}
