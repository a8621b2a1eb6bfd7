# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch sets and patch targets on the lab: chosen, frozen, held against newer references and against what nodes have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patchdiag
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.records import ReferenceRecord

from .patching_world import PATCHES, PatchingWorld, patching_world
from .world import Row

BASE = "11.10.0,REV=2005.01.21.15.53"
#: The depot's patches that the reference knows.
DEPOT = [
    "119254-66", "120001-02", "120002-01", "120003-05", "120010-03", "120011-14", "120012-07", "120013-01", "120014-02", "120020-01",
    "120021-01",
]  # fmt: skip
#: What the reference says besides of the depot's patches, which are of Jun/01/11: ID|flags RSOB|date|packages|requirements|obsoleted by.
MORE = """\
119254-60|R   |Jan/05/10|SUNWcsr||
120001-01|R   |Feb/01/10|SUNWcsr||
120530-01| S  |Jun/01/11|SUNWcsr||
120531-01|   B|Jun/01/11|SUNWcsr||
120532-02|  O |Jun/01/11|SUNWcsr||120003-05
120533-01|    |Jun/01/11|SUNWcsr|120530-01|
120534-01|    ||SUNWcsr||
120535-01|    |Jun/01/11|SUNWcsr;120001-01||
120536-01|R   |Mar/01/12|SUNWcsr||
"""


def line(patch: str, flags: str, released: str, packages: str, requires: str, by: str) -> str:
    number, revision = patch.split("-")
    fields = "".join(f"{word}:{BASE};" if word.startswith("SUNW") else f"{word};" for word in packages.split(";"))
    needs = "sparc;" + "".join(f"{one};" for one in requires.split(";") if one)
    said = f"Obsoleted by: {by} " if by else ""
    recommended, security, obsolete, bad = flags
    start = f"{number}|{revision}|{released}|{recommended}|{security}|{obsolete}| {bad}|10|{needs}|{fields}|"
    return f"{start}{said}SunOS 5.10: example patch\n"


def reference(as_of: str = "Jun/01/12", **instead: str) -> bytes:
    """The whole file; ``instead`` has lines (as in MORE) that replace the one of their patch, or are new: a='...'."""
    found = {}
    for patch in DEPOT:
        packages, requires = (";".join(PATCHES[patch].get(word, ())) for word in ("packages", "requires"))
        found[patch] = line(patch, "R   ", "Jun/01/11", packages, requires, "")
    for text in [*MORE.splitlines(), *instead.values()]:
        words = text.split("|")
        found[words[0]] = line(words[0], words[1], words[2], words[3], words[4], words[5])
    found["120540-01"] = f"120540|01|Jun/01/11|R| | |  |10_x86|i386;|SUNWcsr:{BASE};|SunOS 5.10_x86: for the others\n"
    lines = [found[patch] for patch in sorted(found)]
    return f"## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF {as_of} ##\n{''.join(lines)}".encode()


def know(world: PatchingWorld, content: bytes) -> None:
    read = patchdiag.parse(content)
    assert read.unread == 0, read.malformed
    record = ReferenceRecord(hashlib.sha256(content).hexdigest(), read.as_of, "patchdiag.xref", len(read.revisions), 0, 0, 0, 0)
    with world.repository() as repository:
        assert repository.patching.keep_reference(record, content)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    """Two nodes, registered; a reference of June 2012."""
    with patching_world(tmp_path_factory.mktemp("sets"), 2) as made:
        know(made, reference())
        yield made


def on(world: PatchingWorld, module: str, *words: str, **args: Any) -> Row:
    return world.task("localhost", module, *words, **args)


def patches(row: Row) -> list[str]:
    return [one["patch"] for one in row.result["set"]["patches"]]


ANALYSED = {"name": "base", "nodes": ["nodes"], "baseline": "2012-01-31", "older_than": 60, "add_requirements": True}
WHOLE = [*(patch for patch in DEPOT if patch != "120021-01"), "120530-01"]


def test_a_set_by_analysis_is_in_check_mode_what_it_will_be(world: PatchingWorld) -> None:
    check = on(world, "patch_set", "--check", "--diff", **ANALYSED)
    with world.repository() as repository:
        assert repository.patching.sets() == []
    made = on(world, "patch_set", "--diff", **ANALYSED)
    again = on(world, "patch_set", **ANALYSED)
    assert [row.changed for row in (check, made, again)] == [True, True, False]
    assert check.result["set"] == made.result["set"] == again.result["set"]
    assert check.result["diff"] == made.result["diff"]
    assert made.result["diff"]["before"] == ""
    assert made.result["diff"]["after"].startswith("base version 1, for 10, not frozen\n119254-66 SunOS 5.10: example patch\n")
    # not 120536-01, which is younger, nor 120021-01, whose package no node has, nor what is neither recommended nor of security
    assert patches(made) == WHOLE
    assert {key: made.result["set"][key] for key in ("version", "release", "frozen", "baseline")} == {
        "version": 1, "release": "10", "frozen": False, "baseline": "2011-12-02",
    }  # fmt: skip
    assert made.result["difference"]["added"] == WHOLE
    assert again.result["difference"]["added"] == []


def test_what_cannot_be_in_a_set_is_refused_by_name_and_nothing_is_kept(world: PatchingWorld) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"patches": ["120531-01"]}, "120531-01 is withdrawn"),
        ({"patches": ["120532"]}, "120532-02 is obsolete: 120003-05 does its work"),
        ({"patches": ["120533"]}, "120533-01 requires 120530-01, which is not in the set. add_requirements adds what is lacking."),
        ({"patches": ["120540-01"]}, "120540-01 is for release 10_x86, not for 10"),
        ({"patches": ["120534-01"], "baseline": "2012-01-01"}, "120534-01 has no date in the reference"),
        ({"patches": ["120536-01"], "baseline": "2012-01-01"}, "120536-01 is of 2012-03-01, younger than the baseline of 2012-01-01"),
        ({"patches": ["120535", "120001"]}, "120001-02 and 120535-01 do not go together"),
        ({"patches": ["129999"]}, "129999 is not in the reference of 2012-06-01"),
        ({"patches": ["kernel"]}, "'kernel' is no patch id"),
        ({"patches": ["120530"], "baseline": "June"}, "baseline: 'June' is no date"),
        ({"patches": ["120530"], "version": 3}, "version goes with what is there already"),
        ({"patches": ["120530"], "compared_to": 4}, "there is no version 4 of patch set hand to compare with. Nothing is changed."),
        ({"patches": ["120530"], "reference": "ffff"}, "no cross-reference whose digest begins with ffff"),
        ({"nodes": ["t4p01"], "analysis": {"wanted": ["everything"]}}, "'everything' is no patch"),
        ({"nodes": ["nobody"]}, "nobody is neither a node of the repository nor a group of the inventory"),
        ({"nodes": ["vservers"]}, "inventory group vservers has no node that the repository knows"),
        ({"files": ["/nonexistent"]}, "/nonexistent has no saved system"),
        ({}, "say what is to be in it"),
        ({"state": "frozen", "patches": []}, "say what is to be in it"),
        ({"state": "frozen"}, "there is no patch set hand"),
    ]
    rows = world.many("localhost", [("patch_set", {"name": "hand", "release": "10", **args}) for args, _why in wrong])
    for row, (args, why) in zip(rows, wrong, strict=True):
        assert row.status == "failed" and why in row.message, (args, row.message)
    with world.repository() as repository:
        assert [one.name for one in repository.patching.sets()] == ["base"]


def test_saved_systems_are_analysed_like_nodes(world: PatchingWorld, tmp_path: Path) -> None:
    for name, command in {"uname.out": "uname -a", "pkginfo.out": "pkginfo -x", "showrev.out": "showrev -p"}.items():
        (tmp_path / name).write_text(world.lab.ssh("t4p01", command).stdout)
    args = {**ANALYSED, "name": "saved", "files": [str(tmp_path)]}
    row = on(world, "patch_set", "--check", **{key: value for key, value in args.items() if key != "nodes"})
    assert patches(row) == WHOLE
    (tmp_path / "showrev.out").write_text("Patch: what\n")
    broken = on(world, "patch_set", "--check", **{key: value for key, value in args.items() if key != "nodes"})
    assert broken.status == "failed" and str(tmp_path) in broken.message


def test_a_node_that_does_not_answer_makes_no_smaller_set(world: PatchingWorld) -> None:
    world.lab.fault("t4p02", "hang")
    row = on(world, "patch_set", **ANALYSED)
    world.lab.clear_faults()
    assert row.status == "failed" and "node t4p02 does not answer" in row.message and "would lack what only it needs" in row.message


def test_only_frozen_versions_become_a_targets(world: PatchingWorld) -> None:
    target = {"name": "march", "nodes": ["nodes"], "look": False}
    wrong: list[tuple[list[dict[str, Any]], str]] = [
        ([{"name": "base"}], "patch set base has no frozen version"),
        ([{"name": "base", "version": 1}], "patch set base version 1 is not frozen"),
        ([{"name": "base", "version": 7}], "patch set base has no version 7, only 1"),
        ([{"name": "nothing"}], "there is no patch set nothing"),
    ]
    rows = world.many("localhost", [("patch_target", {**target, "sets": sets}) for sets, _why in wrong])
    for row, (sets, why) in zip(rows, wrong, strict=True):
        assert row.status == "failed" and why in row.message, (sets, row.message)
    check = on(world, "patch_set", "--check", "--diff", name="base", state="frozen")
    made = on(world, "patch_set", name="base", state="frozen")
    again = on(world, "patch_set", name="base", state="frozen")
    assert [row.changed for row in (check, made, again)] == [True, True, False]
    assert check.result["diff"]["after"].splitlines()[0] == "base version 1, for 10, frozen"
    kept = on(world, "patch_target", "--check", **target, sets=[{"name": "base"}])
    assert kept.changed and kept.result["target"]["sets"] == [{"name": "base", "version": 1}]
    with world.repository() as repository:
        assert repository.patching.targets() == []


def due(row: Row, node: str) -> dict[str, Any]:
    return dict(row.result["due"][node])


def test_a_target_shows_what_each_node_would_get_before_anything_is_done(world: PatchingWorld) -> None:
    target = {"name": "march", "nodes": ["nodes"], "sets": [{"name": "base"}]}
    mark = world.mark()
    first, again = world.many("localhost", [("patch_target", target), ("patch_target", target)])
    assert (first.changed, again.changed) == (True, False)
    assert not world.since(mark, "patchadd")
    found = due(first, "t4p01")
    assert found["refused"] == {"120530-01": "no depot has its archive"}
    assert found["install"] == WHOLE[:-1]
    assert (found["single_user"], found["reboot"], found["reconfigure"], found["unknown"]) == (True, "immediate", True, [])
    assert found["single_user_for"] == ["120010-03", "120011-14", "120012-07", "120013-01", "120014-02"]
    assert found["asked_by"]["120001-02"] == ["base version 1"]
    assert first.result["totals"] == {
        "nodes": 2, "nothing_due": 0, "install": 20, "installed": 0, "obsoleted": 0, "not_applicable": 0, "refused": 2, "single_user": 2,
        "reboot": 2, "unknown": 0,
    }  # fmt: skip


def test_the_tables_name_the_patches_that_are_the_reason(world: PatchingWorld) -> None:
    task = {"heliostat.vdc.patch_target": {"name": "march", "nodes": ["t4p01"], "sets": [{"name": "base"}]}}
    text = world.play(world.book("localhost", [task]), "--check").output
    assert "120010-03, 120011-14, 120012-07 and 2 more" in text
    (kernel,) = [line.split() for line in text.splitlines() if " 120011-14 " in line and "install" in line]
    assert kernel == ["t4p01", "install", "6", "120011-14", "reboot", "immediate"]


def archives(world: PatchingWorld, depot: Path, instead: Mapping[str, str]) -> None:
    """Archives in a folder of the controller: of 10 bytes each, those of ``instead`` with a problem."""
    depot.mkdir(exist_ok=True)
    found = []
    for patch in ["120001-02", "120002-01", "120003-05", "120530-01", "120533-01", "120535-01"]:
        (depot / f"{patch}.zip").write_bytes(b"0" * 10)
        found.append(Archive(PatchId.parse(patch), str(depot), f"{patch}.zip", 10, "", Properties("patchinfo"), instead.get(patch, "")))
    with world.repository() as repository:
        repository.patching.keep_archives(str(depot), found)


def test_archives_are_looked_at_before(world: PatchingWorld, tmp_path: Path) -> None:
    on(world, "patch_set", name="few", state="frozen", release="10", patches=["120001", "120002", "120003", "120530"])
    target = {"name": "april", "nodes": ["t4p01"], "sets": [{"name": "few"}]}
    depot = tmp_path / "depot"
    archives(world, depot, {})
    assert due(on(world, "patch_target", **target), "t4p01")["refused"] == {}
    archives(world, depot, {"120001-02": "its checksum is another one"})
    (depot / "120003-05.zip").unlink()
    (depot / "120530-01.zip").write_bytes(b"0" * 9)
    found = due(on(world, "patch_target", **target), "t4p01")
    assert found["install"] == []
    assert found["refused"] == {
        "120001-02": f"archive 120001-02.zip in {depot} cannot be used: its checksum is another one",
        "120002-01": "requires 120001-02, which is refused",
        "120003-05": f"archive {depot}/120003-05.zip is not there any more: No such file or directory",
        "120530-01": f"archive {depot}/120530-01.zip has 9 bytes now, it had 10 when the depot was read",
    }
    archives(world, depot, {})


def test_what_a_node_has_conflicts_and_what_is_newer(world: PatchingWorld, tmp_path: Path) -> None:
    archives(world, tmp_path / "depot", {})
    for node, patch in {"t4p01": "120003-05", "t4p02": "120001-02"}.items():
        done = world.lab.ssh(node, f"patchadd /export/patches/{patch}")
        assert done.returncode == 0, done.stdout
    on(world, "patch_set", name="old", state="frozen", release="10", patches=["120001-01", "120532-02", "120003-05"])
    on(world, "patch_set", name="clash", state="frozen", release="10", patches=["120535-01"])
    sets = [{"name": "old"}, {"name": "clash"}, {"name": "old", "version": 1}, {"name": "few"}]
    row = on(world, "patch_target", name="may", nodes=["t4p02", "t4p01"], sets=sets)
    assert row.result["target"]["sets"] == [{"name": "old", "version": 1}, {"name": "clash", "version": 1}, {"name": "few", "version": 1}]
    assert "patch target may: patch set old version 1 is named twice: once is enough" in row.result["warnings"]
    newer, fresh = due(row, "t4p02"), due(row, "t4p01")
    assert newer["installed"] == ["120001-02"]
    assert newer["obsoleted"] == {"120001-01": "120001-02", "120532-02": "120003-05"}
    assert newer["refused"] == {"120535-01": "does not go with 120001-02, which is installed"}
    assert newer["install"] == ["120002-01", "120003-05", "120530-01"]
    assert (newer["single_user"], newer["reboot"]) == (False, "none")
    assert fresh["installed"] == ["120003-05"]
    assert fresh["refused"] == {
        "120001-01": "no depot has its archive",
        "120001-02": "does not go with 120535-01, which clash version 1 asks for",
        "120002-01": "requires 120001-02, which is refused",
        "120535-01": "does not go with 120001-02, which few version 1 asks for",
    }
    assert fresh["asked_by"]["120003-05"] == ["few version 1", "old version 1"]


def test_what_is_due_is_what_patchadd_takes_and_what_is_refused_it_refuses(world: PatchingWorld, tmp_path: Path) -> None:
    archives(world, tmp_path / "depot", {})
    lone = {"name": "lone", "state": "frozen", "patches": ["120002"], "nodes": ["t4p02"], "analysis": {"wanted": ["120002-01"]}}
    assert patches(on(world, "patch_set", **lone)) == ["120002-01"], "the node that was analysed has what it requires"
    target = {"name": "june", "nodes": ["nodes"], "sets": [{"name": "lone"}]}
    row = on(world, "patch_target", **target)
    assert due(row, "t4p01")["refused"] == {"120002-01": "requires 120001-02, which the node lacks and no set has"}
    assert due(row, "t4p02")["install"] == ["120002-01"]
    refused = world.lab.ssh("t4p01", "patchadd /export/patches/120002-01")
    assert refused.returncode != 0 and "120001-02" in refused.stdout
    for node, patch in (("t4p02", "120002-01"), ("t4p01", "120001-02"), ("t4p01", "120002-01")):
        done = world.lab.ssh(node, f"patchadd /export/patches/{patch}")
        assert done.returncode == 0, done.stdout
    row = on(world, "patch_target", **target)
    assert all(due(row, node)["installed"] == ["120002-01"] for node in ("t4p01", "t4p02"))
    assert row.result["totals"]["nothing_due"] == 2


def test_a_node_that_does_not_answer_is_unknown_and_keeps_nobody_from_the_rest(world: PatchingWorld) -> None:
    world.lab.fault("t4p02", "hang")
    row = on(world, "patch_target", name="may", nodes=["nodes"], sets=[{"name": "few"}])
    world.lab.clear_faults()
    assert row.status == "ok" and list(row.result["due"]) == ["t4p01"] and list(row.result["unknown"]) == ["t4p02"]
    assert row.result["totals"]["unknown"] == 1
    assert any("nothing is known of what node t4p02 is due" in warning for warning in row.result["warnings"])


def test_a_frozen_set_stays_whatever_a_newer_reference_says_and_says_what_became_of_it(world: PatchingWorld) -> None:
    with world.repository() as repository:
        before = repository.patching.sets("base")
    gone = "120020-01|   B|Jun/01/11|SUNWcsr||"
    newer = {"a": gone, "b": "120010-03|R O |Jun/01/11|SUNWcsr||120536-01", "c": "120003-06|R   |Jul/01/11|SUNWcsr||"}
    know(world, reference("Jan/01/13", **newer))
    again = on(world, "patch_set", name="base", state="frozen")
    assert not again.changed
    with world.repository() as repository:
        assert repository.patching.sets("base") == before
    assert again.result["since"] == {
        "withdrawn": {"120020-01": ""},
        "obsoleted": {"120010-03": "120536-01"},
        "newer": {"120003-05": "120003-06"},
        "unknown": [],
    }
    said = ["base version 1: 120020-01 was withdrawn", "base version 1: 120010-03 became obsolete, 120536-01 does its work"]
    assert again.result["warnings"] == said
    target = on(world, "patch_target", name="march", nodes=["nodes"], sets=[{"name": "base"}])
    assert target.result["warnings"] == said and not target.changed
    following = on(world, "patch_set", **ANALYSED | {"baseline": "2012-12-31"})
    assert following.changed and following.result["set"]["version"] == 2 and not following.result["set"]["frozen"]
    assert following.result["difference"] == {
        "from": 1,
        "added": ["120536-01"],
        "removed": ["120001-02", "120002-01", "120010-03", "120020-01"],  # the first two are on both nodes by now
        "raised": {"120003-05": "120003-06"},
        "lowered": {},
    }
    compared = on(world, "patch_set", name="base", state="frozen", version=1, compared_to=2)
    assert compared.result["difference"]["lowered"] == {"120003-06": "120003-05"}
    assert on(world, "patch_target", name="march", nodes=["nodes"], sets=[{"name": "base"}], look=False).changed is False


def test_a_set_that_a_target_has_stays(world: PatchingWorld) -> None:
    held = on(world, "patch_set", name="base", state="absent")
    assert held.status == "failed" and "patch set base version 1 belongs to targets: march" in held.message
    second, target, check, gone, again = world.many(
        "localhost",
        [
            ("patch_set", {"name": "base", "state": "absent", "version": 2}),
            ("patch_target", {"name": "march", "state": "absent"}),
            ("patch_target", {"name": "march", "state": "absent"}),
            ("patch_set", {"name": "base", "state": "absent"}),
            ("patch_set", {"name": "base", "state": "absent"}),
        ],
    )
    assert [row.changed for row in (second, target, check, gone, again)] == [True, True, False, True, False]
    with world.repository() as repository:
        assert repository.patching.sets("base") == []
    anew = on(world, "patch_set", name="base", release="10", patches=["120530"])
    assert anew.changed and anew.result["set"]["version"] == 3, "versions 1 and 2 were others"
