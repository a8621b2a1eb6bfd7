# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Analysis on the lab: what nodes lack is what patchadd then installs; who does not answer is unknown; nothing is changed by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.side_by_side import MANY

from .patching_world import PATCHES, PatchingWorld, patching_world
from .world import Row

AT = "2012-06-01"
#: Besides what the depot has: one that is withdrawn, one for security, one that is young.
MORE = {"120031-01": "   B", "120037-01": " S  ", "120036-01": "R   "}


def reference() -> str:
    """The depot's patches, recommended and a year old, and some more."""
    lines = ["## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Jun/01/12 ##"]
    for patch in sorted({*PATCHES, *MORE}):
        fields = PATCHES.get(patch, {"packages": ["SUNWcsr"]})
        names = [one if isinstance(one, str) else one["name"] for one in fields["packages"]]
        recommended, security, obsolete, bad = MORE.get(patch, "R   ")
        released = "May/01/12" if patch == "120036-01" else "Jun/01/11"
        needs = "".join(f"{one};" for one in ("sparc", *fields.get("requires", ())))
        contents = "".join(f"{name}:11.10.0,REV=2005.01.21.15.53;" for name in names)
        start = f"{patch.replace('-', '|')}|{released}|{recommended}|{security}|{obsolete}| {bad}"
        lines.append(f"{start}|10|{needs}|{contents}|SunOS 5.10: example patch")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("analysis"), 2) as made:
        (made.folder / "patchdiag.xref").write_text(reference())
        yield made


def analysed(world: PatchingWorld, *words: str, **args: Any) -> Row:
    return world.task("localhost", "patch_analysis", *words, **{"at": AT, "reference_file": str(world.folder / "patchdiag.xref"), **args})


def saved(world: PatchingWorld, node: str, folder: Path) -> str:
    """What a node says, as somebody would save it."""
    folder.mkdir()
    for name, command in (("uname", "uname -a"), ("pkginfo", "pkginfo -x"), ("showrev", "showrev -p")):
        (folder / f"{name}.out").write_text(world.lab.ssh(node, command).stdout)
    return str(folder)


def test_what_is_listed_goes_in_and_then_nothing_is_missing(world: PatchingWorld) -> None:
    mark, trips = world.mark(), world.lab.execs("t4p01")
    first = analysed(world, nodes=["t4p01"], wanted=["119254", "120002", "120003"])
    assert first.status == "ok" and not first.changed
    assert world.lab.execs("t4p01") - trips == 1, "one round trip"
    assert {row["argv"][0].rsplit("/", 1)[-1] for row in world.since(mark, node="t4p01")} <= {"uname", "pkginfo", "showrev", "sh"}
    system = first.result["systems"]["t4p01"]
    assert system["install"] == ["119254-66", "120001-02", "120002-01", "120003-05"]
    assert [one["required_by"] for one in system["patches"]] == [None, "120002", None, None]
    done = world.install("t4p01", patches=system["install"])
    assert done.status == "ok", done.message
    again = analysed(world, nodes=["t4p01"], wanted=["119254", "120002", "120003"]).result["systems"]["t4p01"]
    assert again["install"] == [] and again["counts"]["missing"] == 0
    assert {one["patch"]: one["standing"] for one in again["patches"]} == dict.fromkeys(
        ["119254-66", "120002-01", "120003-05"], "installed"
    )


def test_filters_and_flags(world: PatchingWorld) -> None:
    (row,) = [analysed(world, nodes=["t4p02"], wanted=["missingr"], minimum_age=100, ignore=["120010", "12001[1-4]"], stop=["120020"])]
    found = row.result["systems"]["t4p02"]["install"]
    assert found[0] == "119254-66" and found[-1] == "120020-01"
    assert "120036-01" not in found and "120010-03" not in found, "too young, ignored"
    security = analysed(world, nodes=["t4p02"], wanted=["missings"]).result["systems"]["t4p02"]
    assert security["install"] == ["120037-01"]


def test_a_node_that_does_not_answer_is_unknown_not_one_that_lacks_nothing(world: PatchingWorld) -> None:
    world.lab.fault("t4p02", "hang")
    row = analysed(world, nodes=["nodes"])
    world.lab.clear_faults()
    assert row.status == "ok" and list(row.result["systems"]) == ["t4p01"] and list(row.result["unknown"]) == ["t4p02"]
    assert any("nothing is known of what it lacks" in one for one in row.result["warnings"])
    group = row.result["groups"]["nodes"]
    assert (group["systems"], group["unknown"], group["complete"]) == (["t4p01"], ["t4p02"], [])


def test_files_and_nodes_say_the_same(world: PatchingWorld, tmp_path: Path) -> None:
    folder = saved(world, "t4p01", tmp_path / "copy")
    found = analysed(world, nodes=["t4p01"], files=[folder], wanted=["all"]).result["systems"]
    assert found["copy"] == found["t4p01"]


def test_one_of_many_saved_systems_that_cannot_be_read_is_unknown(world: PatchingWorld, tmp_path: Path) -> None:
    good, broken = (saved(world, "t4p01", tmp_path / name) for name in ("good", "broken"))
    with (tmp_path / "broken" / "showrev.out").open("a") as file:
        file.write("Patch: 12000\n")
    row = analysed(world, files=[broken, good])
    assert (row.status, list(row.result["systems"])) == ("ok", ["good"])
    (why,) = [row.result["unknown"].pop("broken")]
    assert why == f"{broken}: showrev -p: 'Patch: 12000' is not a line this parser knows"
    assert f"{why}: nothing is known of what it lacks" in row.result["warnings"]


def test_groups_without_a_node_of_solaris_10(world: PatchingWorld) -> None:
    alone = analysed(world, nodes=["vservers"])
    assert alone.status == "failed"
    assert "inventory group vservers has no node of Solaris 10: there is nothing to analyse" in alone.message
    beside = analysed(world, nodes=["vservers", "t4p01"])
    assert list(beside.result["systems"]) == ["t4p01"]
    assert "inventory group vservers has no node of Solaris 10" in beside.result["warnings"]


def test_of_many_systems_that_are_analysed_side_by_side_each_is_told_as_alone(world: PatchingWorld, tmp_path: Path) -> None:
    folders = {node: saved(world, node, tmp_path / node) for node in ("t4p01", "t4p02")}
    (tmp_path / "t4p02" / "showrev.out").write_text("No patches are installed\n")
    alone = analysed(world, files=list(folders.values())).result["systems"]
    assert alone["t4p01"]["counts"] != alone["t4p02"]["counts"]
    many = {f"{node}-{number}": node for number in range(60) for node in folders}
    for name, node in many.items():
        (tmp_path / name).symlink_to(folders[node])
    row = analysed(world, files=[str(tmp_path / name) for name in many])
    assert row.status == "ok" and len(many) > MANY
    assert list(row.result["systems"]) == list(many)
    assert all(row.result["systems"][name] == alone[node] for name, node in many.items())


def test_withdrawn_and_unknown_ones_are_warned_of(world: PatchingWorld, tmp_path: Path) -> None:
    folder = Path(saved(world, "t4p02", tmp_path / "odd"))
    extra = "".join(
        f"Patch: {name} Obsoletes:  Requires:  Incompatibles:  Packages: SUNWcsr\n"
        for name in ("120031-01", "199001-05", "120001-09", "IDR148363-02", "ACMEfix-1")
    )
    old = "".join(line for line in (folder / "showrev.out").read_text().splitlines(keepends=True) if line.startswith("Patch: "))
    (folder / "showrev.out").write_text(old + extra)
    row = analysed(world, files=[str(folder)], wanted=["bad"])
    system = row.result["systems"]["odd"]
    assert system["withdrawn"] == ["120031-01"] == [one["patch"] for one in system["patches"]]
    assert {"199001-05", "120001-09", "IDR148363-02"} <= set(system["unlisted"]) and system["foreign"] == ["ACMEfix-1"]
    assert "odd: 120031-01 is installed and withdrawn" in row.result["warnings"]
    assert any("the reference of 2012-06-01 does not know" in one for one in row.result["warnings"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"nodes": ["nosuch"]}, "nosuch is neither a host nor a group of the inventory"),
        ({"nodes": []}, "say which systems are to be analysed"),
        ({"nodes": ["t4p01"], "wanted": ["missingx"]}, "'missingx' is no patch"),
        ({"nodes": ["t4p01"], "pattern": "("}, "'(' is no pattern"),
        ({"nodes": ["t4p01"], "at": "soon"}, "is no date such as"),
        ({"nodes": ["t4p01"], "reference_file": "/nosuch"}, "cross-reference /nosuch: No such file"),
        ({"nodes": ["t4p01"], "reference_file": None}, "the repository keeps no cross-reference"),
        ({"files": ["/nosuch"]}, "/nosuch has no saved system"),
    ],
)
def test_bad_input_is_refused_by_name(world: PatchingWorld, args: dict[str, Any], said: str) -> None:
    row = analysed(world, **args)
    assert row.status == "failed" and said in row.message


def test_the_playbook_changes_nothing_with_check_and_diff_or_without(world: PatchingWorld) -> None:
    said = {"heliostat_patch_reference_file": str(world.folder / "patchdiag.xref"), "heliostat_patch_show": "patches"}
    runs = [world.play("heliostat.vdc.patch_analyse", *words, variables=said) for words in ((), ("--check", "--diff"))]
    for run in runs:
        assert run.rc == 0 and run.changed == [], run.output
        assert "group nodes: 2 systems" in run.output and "120010  -    03" in run.output.replace("t4p02  ", "")
    first, second = (json.dumps(run.of("patch_analysis").result["systems"], sort_keys=True) for run in runs)
    assert first == second


def test_sets(world: PatchingWorld) -> None:
    known, made, row = world.many(
        "localhost",
        [
            ("patch_reference", {"file": str(world.folder / "patchdiag.xref")}),
            ("patch_set", {"name": "few", "patches": ["120003-05", "120020-01"], "release": "10", "state": "frozen"}),
            ("patch_analysis", {"nodes": ["nodes"], "sets": [{"name": "few"}], "at": AT}),
        ],
    )
    assert known.status == made.status == row.status == "ok", [one.message for one in (known, made, row)]
    ((version, found),) = row.result["sets"].items()
    assert version.startswith("few")
    assert found["systems"]["t4p01"]["installed"] == ["120003-05"] and found["systems"]["t4p01"]["install"] == ["120020-01"]
    assert found["systems"]["t4p02"]["install"] == ["120003-05", "120020-01"]
