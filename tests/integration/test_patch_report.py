# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof after a roll-out: every patch of every set on every node, by what the node shows now."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, update

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.schema import Event

from .patch_sets import know
from .patching_world import PatchingWorld, patching_world
from .test_examples import ANSIBLES, KINDS, documented
from .world import Row

ONE, TWO, THREE = "t4p01", "t4p02", "t4p03"
WINTER, EXTRA = ["120001-02", "120002-01", "120020-01", "120021-01"], ["120001-02", "120003-05", "120030-01"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("report"), 3) as made:
        know(made, "all", winter=WINTER, extra=EXTRA)
        registered = made.play("heliostat.vdc.node_register")
        assert registered.rc == 0, registered.output
        yield made


def proof(world: PatchingWorld, *words: str, **args: Any) -> Row:
    return world.task("localhost", "patch_info", *words, **args)


def states(row: Row, node: str) -> dict[str, str]:
    return {f"{one['set']} {one['patch']}": one["state"] for one in row.result["rows"] if one["node"] == node}


def test_the_proof_after_a_roll_out_with_failures(world: PatchingWorld) -> None:
    before = proof(world)
    assert before.status == "ok", before.message
    assert set(states(before, ONE).values()) == {"missing", "not_applicable"}
    failed = world.install(ONE, patches=WINTER[:3])
    assert failed.status == "failed"
    assert world.install(ONE, patches=["120003-05"]).status == "ok"
    world.lab.power(TWO, "off", wait=True)
    row = proof(world)
    assert not row.changed
    assert states(row, ONE) == {
        "winter 120001-02": "installed",
        "winter 120002-01": "installed",
        "winter 120020-01": "failed",
        "winter 120021-01": "not_applicable",
        "extra 120001-02": "installed",
        "extra 120003-05": "installed",
        "extra 120030-01": "missing",
    }
    assert set(states(row, TWO).values()) == {"unknown"}
    assert set(states(row, THREE).values()) == {"missing", "not_applicable"}
    assert list(row.result["unknown"]) == [TWO]
    (bad,) = [one for one in row.result["rows"] if one["state"] == "failed"]
    assert "prepatch" in bad["reason"] + bad["log"]
    assert row.result["totals"]["nodes"][ONE] | {"installed": 3, "failed": 1, "not_applicable": 1} == row.result["totals"]["nodes"][ONE]
    assert row.result["totals"]["groups"]["nodes"] == row.result["totals"]["all"]
    assert f"{ONE}  winter version 1  120020-01  failed" in row.result["table"]
    scheduled = proof(world, fail_on="open")
    assert scheduled.status == "failed"
    assert "rows are not settled" in scheduled.message


def test_drift_is_told_and_a_node_that_is_back_is_known_again(world: PatchingWorld) -> None:
    world.lab.power(TWO, "on", wait=True)
    removed = world.lab.ssh(ONE, "patchrm 120002-01")
    assert removed.returncode == 0, removed.stdout + removed.stderr
    by_hand = world.lab.ssh(ONE, "patchadd /export/patches/119254-66")
    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    row = proof(world, nodes=[ONE])
    drifted = {one["patch"]: (one["set"], one["state"], one["drift"]) for one in row.result["rows"] if one["drift"]}
    assert drifted == {"120002-01": ("winter", "missing", "removed"), "119254-66": (None, "installed", "besides")}
    assert proof(world).result["unknown"] == {}


def test_a_patch_that_a_zone_lacks_is_half_patched(world: PatchingWorld) -> None:
    world.make_zone(THREE, "app1")
    world.make_zone(THREE, "halted1", running=False)
    assert world.install(THREE, patches=["120003-05"]).status == "ok"
    by_hand = world.lab.ssh(THREE, "patchadd -G /export/patches/120030-01")
    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    row = proof(world, nodes=[THREE])
    (half,) = [one for one in row.result["rows"] if one["patch"] == "120030-01"]
    assert (half["state"], half["zones"]) == ("failed", ["app1", "halted1"])
    assert half["reason"] == (
        "half patched: 120030-01 is in the global zone, not in zones app1, halted1; a roll-out with zones: all tries it there"
    )
    world.lab.ssh(THREE, "zoneadm -z app1 halt")
    (halted,) = [one for one in proof(world, nodes=[THREE]).result["rows"] if one["patch"] == "120030-01"]
    assert halted["zones"] == half["zones"]
    world.lab.ssh(THREE, "mv /zones/app1/root/var/sadm/pkg /zones/app1/root/var/sadm/elsewhere")
    (unsaid,) = [one for one in proof(world, nodes=[THREE]).result["rows"] if one["patch"] == "120003-05"]
    assert unsaid["state"] == "unknown"
    assert "zone app1 did not tell: " in unsaid["reason"]


def test_a_patch_whose_installation_was_cut_off_is_not_installed(world: PatchingWorld) -> None:
    """showrev lists it as soon as its first package is done; patchadd's mark stays behind."""
    mark = "/var/sadm/.patchRec/.120003-05"
    world.lab.ssh(ONE, f"mkdir -p /var/sadm/.patchRec && touch {mark}")
    (row,) = [one for one in proof(world, nodes=[ONE]).result["rows"] if one["patch"] == "120003-05"]
    world.lab.ssh(ONE, f"rm {mark}")
    assert (row["state"], row["reason"]) == ("failed", "the installation of 120003-05 in the global zone was cut off")


def test_files_say_the_same_and_stay_until_something_changes(world: PatchingWorld) -> None:
    into = world.folder / "www"
    foreseen = proof(world, "--check", into=str(into))
    assert foreseen.changed and not into.exists()
    first = proof(world, into=str(into))
    assert first.result["written"] == foreseen.result["written"] == ["patches.csv", "patches.html", "patches.json"]
    rows = first.result["rows"]
    assert json.loads((into / "patches.json").read_text())["rows"] == rows
    with (into / "patches.csv").open(newline="") as file:
        assert [(one["node"], one["patch"], one["state"]) for one in csv.DictReader(file)] == [
            (one["node"], one["patch"], one["state"]) for one in rows
        ]
    page = (into / "patches.html").read_text()
    assert page.count('<th scope="row">') >= len(rows)
    assert not proof(world, into=str(into)).changed
    assert world.install(ONE, patches=["120030-01"]).status == "ok"
    again = world.play("heliostat.vdc.patch_report", variables={"heliostat_patch_report_into": str(into)})
    assert again.of("patch_info").result["written"] == ["patches.csv", "patches.html", "patches.json"], again.output


def test_what_cannot_be_asked_for(world: PatchingWorld) -> None:
    assert "there is no patch target nowhere" in proof(world, targets=["nowhere"]).message
    assert "node t8z is in none of the patch targets" in proof(world, nodes=["t8z"]).message


def test_examples_do_what_they_say(world: PatchingWorld) -> None:
    examples, returned = documented("patch_info")
    with world.repository() as repository:
        repository.patching.record_target(replace(repository.patching.target("all"), name="winter"))
    shown: set[str] = set()
    for example in examples:
        args = dict(example["heliostat.vdc.patch_info"] or {})
        row = proof(world, **{**args, **({"into": str(world.folder / "audit")} if "into" in args else {})})
        assert row.status == "ok", row.message
        keys = set(row.result) - ANSIBLES - {"_ansible_no_log", "_ansible_verbose_always"}
        assert {key for key, entry in returned.items() if entry["returned"] == "always"} <= keys <= set(returned)
        assert all(isinstance(row.result[key], KINDS[returned[key]["type"]]) for key in keys)
        assert all(set(one) == set(returned["rows"]["contains"]) for one in row.result["rows"])
        shown |= keys
    assert shown == set(returned)
    assert sorted(path.name for path in (world.folder / "audit").iterdir()) == ["patches.csv", "patches.html"]


def test_a_node_that_a_roll_out_left_in_maintenance_is_named(world: PatchingWorld) -> None:
    """Since yesterday or before; the repository's events tell when it began."""
    with world.repository() as repository:
        repository.flag_node(THREE, maintenance=True, reason="heliostat.vdc.patch_install: patches are rolled out")
    assert not any("maintenance" in one for one in proof(world, nodes=[THREE]).result["warnings"])
    engine = create_engine(world.url)
    with engine.begin() as connection:
        connection.execute(update(Event).where(Event.object == f"node {THREE}").values(at=datetime.now(UTC) - timedelta(days=2)))
    engine.dispose()
    (said,) = [one for one in proof(world, nodes=[THREE]).result["warnings"] if "maintenance" in one]
    assert said.startswith(f"node {THREE}: it is in maintenance since ")
    with world.repository() as repository:
        repository.flag_node(THREE, maintenance=False)
