# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook on twenty nodes: a canary, waves, two nodes that fail in different ways, and the rule that stops it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .patch_sets import know
from .patching_world import DEPOT, PatchingWorld, patching_world
from .world import Run

PATCHES = ["120001-02", "120002-01", "120003-05", "120021-01"]
THERE = set(PATCHES[:3])
IN_A_ZONE, ALTOGETHER = "t4p07", "t4p13"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("rollout"), 20) as made:
        know(made, "march", base=PATCHES)
        yield made


def rolled_out(world: PatchingWorld, **variables: object) -> Run:
    given = {"heliostat_patch_target": "march", "heliostat_patch_depot": DEPOT, **variables}
    return world.play("heliostat.vdc.patch_rollout", "-f", "20", variables=given)


def test_twenty_nodes_of_which_two_fail(world: PatchingWorld) -> None:
    """Exactly these two are reported, everything else is there by showrev; once they are well, they alone are worked on."""
    world.make_zone(IN_A_ZONE, "z1")
    world.lab.fault(IN_A_ZONE, "patch_fails", text="z1 120003-05")
    world.lab.fault(ALTOGETHER, "patch_fails", text="global 120003-05")
    early = rolled_out(world, heliostat_patch_canaries=[ALTOGETHER], heliostat_patch_waves=[1, "100%"])
    assert early.rc == 2
    assert {row.host for row in early.rows if row.status == "failed"} == {ALTOGETHER}
    assert not any(world.applied(node, "120003-05") for node in world.nodes if node != ALTOGETHER), "the canary failed"

    run = rolled_out(world, heliostat_patch_waves=[1, 5, "100%"], heliostat_patch_max_failures=2)
    assert run.rc == 2, run.output
    failed = {row.host: row for row in run.rows if row.status in ("failed", "unreachable")}
    assert failed.keys() == {IN_A_ZONE, ALTOGETHER}, run.output
    why = "Pkgadd of SUNWcsu package failed with error code 1"
    assert f"1 of 3 patches did not go in (120003-05: zone z1 lacks it: {why})" in failed[IN_A_ZONE].message
    assert f"(120003-05: {why})" in failed[ALTOGETHER].message
    for node in world.nodes:
        missing = {"120003-05"} if node == ALTOGETHER else set()
        assert THERE - world.shown(node) == missing, node
    assert THERE - world.shown(IN_A_ZONE, "z1") == {"120003-05"}
    with world.repository() as repository:
        results = {(one.node, str(one.patch)): one.state for one in repository.patching.results()}
    assert {key for key, state in results.items() if state == "failed"} == {(IN_A_ZONE, "120003-05"), (ALTOGETHER, "120003-05")}
    assert world.zone(IN_A_ZONE, "z1")["state"] == "running"  # type: ignore[index]

    world.lab.clear_faults()
    again = rolled_out(world, heliostat_patch_waves=["100%"])
    assert again.rc == 0, again.output
    changed = {row.host for row in again.rows if row.action.endswith("patch_install") and row.changed}
    assert changed == {IN_A_ZONE, ALTOGETHER}
    assert world.shown(IN_A_ZONE, "z1") >= THERE
