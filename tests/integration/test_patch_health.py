# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a node is well after its patches: its services, a command of the operator. One roll-out at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .patching_world import DEPOT, PatchingWorld, patching_world
from .world import Run, until

ONE, TWO, THREE = "t4p01", "t4p02", "t4p03"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("health"), 3) as made:
        yield made


def rolled_out(world: PatchingWorld, **variables: object) -> Run:
    given = {"heliostat_patch_depot": DEPOT, "heliostat_patch_single_user": "asked", **variables}
    return world.play("heliostat.vdc.patch_rollout", "-f", "3", variables=given)


def became(run: Run) -> dict[str, list[str]]:
    """What the last task of the playbook says."""
    (told,) = [row.result["msg"] for row in run.rows if row.host == "localhost" and "not_begun" in str(row.result.get("msg"))]
    return dict(told)


def test_a_service_that_is_in_maintenance_since_the_reboot(world: PatchingWorld) -> None:
    cron = "svc:/system/cron:default"
    world.lab.fault(ONE, "service_fails", text=f"global {cron}")
    asked = {"heliostat_patch_nodes": [ONE, TWO], "heliostat_patch_patches": ["120010-03"], "heliostat_patch_waves": [1]}
    run = rolled_out(world, **asked)
    assert run.rc == 2, run.output
    (failed,) = [row for row in run.rows if row.status == "failed"]
    assert failed.host == ONE
    assert f"{cron} is in maintenance, and was not before. See svcs -xv" in failed.message
    assert "120010-03" in world.shown(ONE)
    assert not world.applied(TWO, "120010-03")
    world.lab.clear_faults()
    assert world.lab.ssh(ONE, f"svcadm clear {cron}").returncode == 0
    again = rolled_out(world, **asked)
    assert again.rc == 0, again.output
    assert world.applied(ONE, "120010-03") == 1
    assert "120010-03" in world.shown(TWO)


def test_the_operators_command_and_the_nodes_that_are_not_begun(world: PatchingWorld) -> None:
    """It tells which node is not well; check mode does not run it. What was not begun is named."""
    mark = "/var/tmp/unwell"
    assert world.lab.ssh(TWO, f"touch {mark}").returncode == 0
    probe = f"echo asked >>/var/tmp/asked; if test -f {mark}; then echo the database is not there; exit 3; fi"
    asked = {
        "heliostat_patch_nodes": [ONE, TWO, THREE],
        "heliostat_patch_patches": ["120001-02"],
        "heliostat_patch_waves": [2, 1],
        "heliostat_patch_probe": probe,
    }
    checked = world.play("heliostat.vdc.patch_rollout", "--check", variables={"heliostat_patch_depot": DEPOT, **asked})
    assert checked.rc == 0, checked.output
    assert not (world.root(ONE) / "var/tmp/asked").exists()
    run = rolled_out(world, **asked)
    assert run.rc == 2, run.output
    (failed,) = [row for row in run.rows if row.status == "failed"]
    assert (failed.host, failed.result["stdout"].strip()) == (TWO, "the database is not there")
    assert became(run) == {"done": [ONE], "failed": [TWO], "not_begun": [THREE]}
    assert "120001-02" not in world.shown(THREE)
    more = rolled_out(world, **asked, heliostat_patch_max_failures=1)
    assert became(more) == {"done": [ONE, THREE], "failed": [TWO], "not_begun": []}
    assert "120001-02" in world.shown(THREE)


def test_two_roll_outs_of_one_node_at_once(world: PatchingWorld) -> None:
    """The second one is refused with who is at work; nothing goes in twice."""
    world.lab.fault(ONE, "slow", match=r"patchadd .*120001-02", seconds=4000.0, times=1)
    asked = {"patches": ["120001-02"], "depot": DEPOT}
    first = world.start(world.book(ONE, [{"heliostat.vdc.patch_install": asked}]))
    until(lambda: not world.lab.faults(), "patchadd never ran")
    second = world.install(ONE, patches=["120001-02", "120003-05"])
    assert second.status == "failed"
    assert f"{ONE} is locked by " in second.message
    assert "reason: patch roll-out on node t4p01" in second.message
    ended = first.wait()
    assert ended.rc == 0, ended.output
    assert world.applied(ONE, "120001-02") == 1
    assert not world.applied(ONE, "120003-05")
