# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks of patching: two runs in one of a site, one under a limit, one in which all nodes fail, text for booleans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import yaml

from .patch_sets import know
from .patching_world import DEPOT, PatchingWorld, patching_world
from .world import Run

ONE, TWO, THREE = "t4p01", "t4p02", "t4p03"
FIRST, SECOND = "120001-02", "120003-05"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("runs"), 3) as made:
        know(made, "march", base=[FIRST])
        yield made


def site(world: PatchingWorld, playbook: str, runs: Sequence[dict[str, Any]], *words: str) -> Run:
    """A playbook that imports one of ours once for each of these runs."""
    path = world.folder / "site.yml"
    plays = [
        {
            "import_playbook": f"heliostat.vdc.{playbook}",
            "vars": {"heliostat_patch_depot": DEPOT, **{f"heliostat_patch_{name}": value for name, value in run.items()}},
        }
        for run in runs
    ]
    path.write_text(yaml.safe_dump(plays, sort_keys=False))
    return world.play(str(path), *words)


def lists(run: Run) -> list[dict[str, list[str]]]:
    """Who is done, failed or not begun, of each roll-out."""
    return [dict(row.result["msg"]) for row in run.rows if "not_begun" in str(row.result.get("msg"))]


def test_two_runs_in_one_playbook(world: PatchingWorld) -> None:
    """Each is for the nodes that it names, in its own waves, and its list is about them."""
    runs = [{"nodes": [ONE, THREE], "patches": [FIRST], "waves": [1]}, {"nodes": [TWO], "patches": [SECOND]}]
    run = site(world, "patch_rollout", runs)
    assert run.rc == 0, run.output
    assert {node: world.shown(node) & {FIRST, SECOND} for node in world.nodes} == {ONE: {FIRST}, TWO: {SECOND}, THREE: {FIRST}}
    assert lists(run) == [{"done": [ONE, THREE], "failed": [], "not_begun": []}, {"done": [TWO], "failed": [], "not_begun": []}]

    run = site(world, "patch_rollout", [{"nodes": "nodes", "patches": [FIRST, SECOND], "waves": ["100%"]}])
    assert run.rc == 0, run.output
    run = site(world, "patch_backout", [{"nodes": [ONE], "patches": [FIRST]}, {"nodes": [TWO], "patches": [SECOND]}])
    assert run.rc == 0, run.output
    both = {FIRST, SECOND}
    assert {node: world.shown(node) & both for node in world.nodes} == {ONE: {SECOND}, TWO: {FIRST}, THREE: both}


def test_a_node_that_was_done_in_the_first_run_and_fails_in_the_second(world: PatchingWorld) -> None:
    world.lab.fault(ONE, "patch_fails", text=f"global {SECOND}")
    runs = [{"nodes": [ONE, TWO], "patches": [one], "waves": ["100%"]} for one in (FIRST, SECOND)]
    run = site(world, "patch_rollout", runs)
    assert run.rc == 2, run.output
    assert lists(run) == [{"done": [ONE, TWO], "failed": [], "not_begun": []}, {"done": [TWO], "failed": [ONE], "not_begun": []}]


@pytest.mark.parametrize("playbook", ["patch_rollout", "patch_backout"])
@pytest.mark.parametrize("limit", [f"localhost,{ONE},{THREE}", "localhost"])
def test_a_limit_that_leaves_out_nodes(world: PatchingWorld, playbook: str, limit: str) -> None:
    """Waves under it would have other borders, and two nodes of one cluster could meet."""
    for node in (ONE, TWO):
        with (world.inventory / "host_vars" / f"{node}.yml").open("a") as file:
            file.write("heliostat_patch_cluster: images\n")
    run = site(world, playbook, [{"nodes": "nodes", "patches": [FIRST], "waves": ["100%"]}], "--limit", limit)
    assert run.rc == 2, run.output
    missing = [node for node in (ONE, THREE, TWO) if node not in limit]
    assert f"--limit leaves out {', '.join(missing)}, and the waves were reckoned with all nodes" in run.output
    assert not world.since(world.began, "patchadd")


def test_every_node_of_a_wave_fails(world: PatchingWorld) -> None:
    """The run ends there, and says what became of all; a node that was refused by a misspelt variable has failed too."""
    with (world.inventory / "host_vars" / f"{ONE}.yml").open("a") as file:
        file.write("heliostat_patch_zone: global\n")
    asked = {"nodes": [ONE, TWO, THREE], "patches": [FIRST], "waves": [2, 1], "max_failures": 1}
    run = site(world, "patch_rollout", [asked])
    assert run.rc == 2, run.output
    assert lists(run) == [{"done": [TWO, THREE], "failed": [ONE], "not_begun": []}]
    run = site(world, "patch_rollout", [{**asked, "waves": [1, 2], "zones": "nowhere"}])
    assert run.rc == 2, run.output
    assert lists(run) == [{"done": [], "failed": [ONE], "not_begun": [TWO, THREE]}]
    (world.inventory / "host_vars" / f"{ONE}.yml").write_text("{}\n")
    run = site(world, "patch_rollout", [{**asked, "waves": [2, 1], "zones": "nowhere"}])
    assert run.rc == 2, run.output
    assert lists(run) == [{"done": [], "failed": [ONE, TWO], "not_begun": [THREE]}], "the role's arguments were wrong"


@pytest.mark.parametrize(("verify", "way_back", "proofs", "looks"), [("false", "no", 0, 0), ("True", "False", 1, 0), ("y", "yes", 1, 2)])
def test_text_for_booleans(world: PatchingWorld, verify: str, way_back: str, proofs: int, looks: int) -> None:
    """``-e key=value`` and forms give text. What is false there proves nothing and looks at no services for a way back."""
    given = {"target": "march", "nodes": ONE, "depot": DEPOT, "verify": verify, "way_back": way_back}
    run = world.play(
        "heliostat.vdc.patch_rollout", *(word for name, one in given.items() for word in ("-e", f"heliostat_patch_{name}={one}"))
    )
    assert run.rc == 0, run.output
    assert FIRST in world.shown(ONE)
    done = [row.action.split(".")[-1] for row in run.rows if row.status == "ok" and not row.result.get("skipped")]
    assert (done.count("patch_install"), done.count("patch_info"), done.count("raw")) == (2, proofs, looks)
