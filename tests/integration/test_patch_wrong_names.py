# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of patching with what somebody mistyped: a job that does nothing is never green. A form's lines are taken as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

from .patch_sets import know
from .patching_world import DEPOT, PatchingWorld, patching_world

ONE, TWO = "t4p01", "t4p02"
PATCH = "120001-02"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("names"), 2) as made:
        know(made, "march", base=[PATCH])
        yield made


@pytest.mark.parametrize(
    ("playbook", "given", "said"),
    [
        ("patch_rollout", {"target": "mrach"}, "there is no patch target mrach, only march"),
        ("patch_rollout", {"target": "march", "nodes": "t4p99"}, "t4p99 is neither a host nor a group of the inventory"),
        ("patch_rollout", {"nodes": "t4p1, t4p02", "patches": PATCH}, "t4p1 is neither a host nor a group of the inventory"),
        ("patch_rollout", {"target": "march", "nodes": []}, "the nodes are an empty list"),
        ("patch_rollout", {"target": "march", "canaries": ["t4p1"]}, "t4p1 is neither a host nor a group of the inventory"),
        ("patch_rollout", {"target": "", "nodes": "", "patches": ""}, "Name a patch target"),
        ("patch_rollout", {"tagret": "march"}, "heliostat_patch_tagret is no variable of patching: heliostat_patch_target?"),
        ("patch_rollout", {"target": "march", "singel_user": "asked"}, "heliostat_patch_singel_user is no variable of patching"),
        ("patch_rollout", {"target": "march", "waves": "many"}, "'many' is no size of a wave"),
        ("patch_rollout", {"target": "march", "max_failures": "25%"}, "heliostat_patch_max_failures is a number of nodes"),
        ("patch_rollout", {"target": "march", "max_failures": -1}, "heliostat_patch_max_failures is a number of nodes"),
        ("patch_backout", {"target": "mrach"}, "there is no patch target mrach, only march"),
        ("patch_backout", {"target": "march", "nodes": "t4p011"}, "t4p011 is neither a host nor a group of the inventory"),
        ("patch_backout", {"target": "", "nodes": "t4p01", "sets": ""}, "Name a patch target"),
        ("patch_backout", {"target": "march", "node": "t4p01"}, "heliostat_patch_node is no variable of patching: heliostat_patch_nodes?"),
        ("patch_report", {"report_inot": "/tmp/x"}, "heliostat_patch_report_inot is no variable of patching: heliostat_patch_report_into?"),
        ("patch_report", {"target": "mrach"}, "there is no patch target mrach"),
        ("patch_analyse", {"node": "t4p01"}, "heliostat_patch_node is no variable of patching: heliostat_patch_nodes?"),
    ],
)
def test_refused(world: PatchingWorld, playbook: str, given: dict[str, Any], said: str) -> None:
    run = world.play(f"heliostat.vdc.{playbook}", variables={f"heliostat_patch_{name}": value for name, value in given.items()})
    assert run.rc == 2, run.output
    assert said in run.output
    assert not world.since(world.began, "patchadd")


@pytest.mark.parametrize("playbook", ["patch_rollout", "patch_backout", "patch_report"])
def test_a_limit_that_leaves_out_the_controller(world: PatchingWorld, playbook: str) -> None:
    """Its first play, which reckons the nodes, is skipped, and ansible-playbook would end well."""
    run = world.play(f"heliostat.vdc.{playbook}", "--limit", ONE, variables={"heliostat_patch_target": "march"})
    assert run.rc == 2, run.output
    assert "Name the nodes in heliostat_patch_nodes instead" in run.output
    everybody = f"{ONE},{TWO},localhost"
    whole = world.play(f"heliostat.vdc.{playbook}", "--check", "--limit", everybody, variables={"heliostat_patch_target": "march"})
    assert whole.rc == 0, whole.output


def test_a_misspelt_variable_of_one_node(world: PatchingWorld) -> None:
    """It is found before that node is touched."""
    variables = world.inventory / "host_vars" / f"{ONE}.yml"
    before = variables.read_text()
    variables.write_text(before + "heliostat_patch_zone: global\n")
    run = world.play("heliostat.vdc.patch_rollout", "--check", variables={"heliostat_patch_target": "march"})
    variables.write_text(before)
    assert run.rc == 2, run.output
    assert "heliostat_patch_zone is no variable of patching: heliostat_patch_zones?" in run.output


def test_lines_of_a_form(world: PatchingWorld) -> None:
    """A group of the inventory, and one line with commas, as a survey has them; what was left empty counts as not given."""
    form = {"nodes": "nodes", "canaries": TWO, "target": "", "sets": "", "patches": f"{PATCH}", "depot": DEPOT, "waves": "1"}
    run = world.play("heliostat.vdc.patch_rollout", variables={f"heliostat_patch_{name}": value for name, value in form.items()})
    assert run.rc == 0, run.output
    assert next(row.host for row in run.rows if row.action.endswith("patch_install")) == TWO
    assert PATCH in world.shown(ONE) & world.shown(TWO)
    back = {"nodes": f"{ONE},", "target": "", "sets": "", "patches": PATCH}
    run = world.play("heliostat.vdc.patch_backout", variables={f"heliostat_patch_{name}": value for name, value in back.items()})
    assert run.rc == 0, run.output
    assert PATCH not in world.shown(ONE)
    assert PATCH in world.shown(TWO)


def test_empty_fields_of_a_form_for_those_that_only_look(world: PatchingWorld) -> None:
    """And the form in which a roll-out has its sets is that of the analysis."""
    empty = dict.fromkeys(("files", "wanted", "minimum_age", "maximum_age", "reference", "reference_file", "show"), "")
    form = {f"heliostat_patch_{name}": value for name, value in {**empty, "nodes": "", "sets": "base,base:1"}.items()}
    analysed = world.play("heliostat.vdc.patch_analyse", variables=form)
    assert analysed.rc == 0, analysed.output
    found = analysed.of("patch_analysis").result
    assert set(found["systems"]) == {ONE, TWO} and set(found["sets"]["base version 1"]["systems"]) == {ONE, TWO}
    empty = dict.fromkeys(("target", "nodes", "report_into", "report_formats", "report_fail_on"), "")
    told = world.play("heliostat.vdc.patch_report", variables={f"heliostat_patch_{name}": value for name, value in empty.items()})
    assert told.rc == 0, told.output
    assert {row["node"] for row in told.of("patch_info").result["rows"]} == {ONE, TWO}


def test_sets_by_name_and_version(world: PatchingWorld) -> None:
    """A version that could still change goes nowhere: its results would name what it is no more."""
    with world.repository() as repository:
        base = repository.patching.set("base")
        repository.patching.record_set(replace(base, version=2, frozen=False, patches=(*base.patches, PatchId("120003", 5))))
        repository.patching.record_set(replace(base, name="draft", frozen=False))
    known = {word: world.install(TWO, "--check", sets=[word]) for word in ("base", "base:1")}
    assert {word: set(row.result["patches"]) for word, row in known.items()} == {"base": {PATCH}, "base:1": {PATCH}}
    for word, said in (
        ("base:2", "patch set base version 2 is not frozen and could still change. Freeze it first (heliostat.vdc.patch_set)"),
        ("base:3", "patch set base has no version 3, only 1, 2"),
        ("draft", "patch set draft has no frozen version"),
        ("bsae", "there is no patch set bsae"),
        ("base:x", "'base:x' is neither a patch set's name nor name:version"),
    ):
        assert said in world.install(TWO, "--check", sets=[word]).message
    looked = world.task("localhost", "patch_analysis", nodes=[TWO], sets=["base", {"name": "base", "version": 1}])
    assert set(looked.result["sets"]) == {"base version 2", "base version 1"}
    assert "is neither a patch set's name" in world.task("localhost", "patch_analysis", nodes=[TWO], sets=[{"nmae": "base"}]).message
