# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes patching means, and systems from saved files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import patch_systems
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_dues import unusable
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_systems import from_folder, named, read
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import (
    CommandFailed,
    InvalidDefinition,
    NodeUnreachable,
    ParseError,
    Refused,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

UNAME = "SunOS t4a 5.10 Generic_147440-19 sun4v sparc SUNW,SPARC-Enterprise-T5220\n"
PACKAGES = "SUNWckr         Core Solaris Kernel (Root)\n                (sparc) 11.10.0,REV=2005.01.21.15.53\n"
PATCHES = "Patch: 142909-17 Obsoletes: 118833-36 Requires: 120011-14 Incompatibles:  Packages: SUNWckr\n"


def node(name: str, old: bool = True) -> Any:
    release = SimpleNamespace(is_solaris10=old, description="Oracle Solaris 10 1/13" if old else "Oracle Solaris 11.4 SPARC")
    return SimpleNamespace(name=name, facts=SimpleNamespace(release=release))


ACTION: Any = SimpleNamespace(vars={"groups": {"bank": ["t4b", "t4a", "t8a", "web1"], "empty": ["web1"], "new": ["t8a"]}})
REPOSITORY: Any = SimpleNamespace(nodes=lambda: [node("t4a"), node("t4b"), node("t8a", old=False)])


def test_nodes_and_groups_of_which_those_count_that_run_solaris_10() -> None:
    assert named(ACTION, REPOSITORY, ["t4b", "t4b"]) == (["t4b"], [])
    assert named(ACTION, REPOSITORY, ["bank", "t4a"]) == (["t4a", "t4b"], ["node t8a runs no Solaris 10 and is left out"])
    assert named(ACTION, REPOSITORY, ["new"]) == ([], ["node t8a runs no Solaris 10 and is left out"])
    assert named(ACTION, REPOSITORY, []) == ([], [])


@pytest.mark.parametrize(
    ("word", "error", "why"),
    [
        ("t8a", Refused, "node t8a runs Oracle Solaris 11.4 SPARC: patches are for Solaris 10"),
        ("empty", InvalidDefinition, "inventory group empty has no node that the repository knows"),
        ("t9z", InvalidDefinition, "t9z is neither a node of the repository nor a group of the inventory"),
        ("web1", InvalidDefinition, "web1 is neither a node of the repository nor a group of the inventory"),
    ],
)
def test_what_is_no_node_is_refused(word: str, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        named(ACTION, REPOSITORY, [word])


@pytest.mark.parametrize(
    "names",
    [
        ("uname.out", "pkginfo.out", "showrev.out"),
        ("sysconfig/uname-a.out", "patch+pkg/pkginfo-x.out", "patch+pkg/showrev-p.out"),
    ],
)
def test_a_saved_system_in_either_layout(tmp_path: Path, names: tuple[str, str, str]) -> None:
    for name, text in zip(names, (UNAME, PACKAGES, PATCHES), strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = from_folder(str(tmp_path))
    assert (found.host, found.release, list(found.packages), [str(one.id) for one in found.patches]) == (
        "t4a",
        "5.10",
        ["SUNWckr"],
        ["142909-17"],
    )
    (tmp_path / names[2]).unlink()
    with pytest.raises(InvalidDefinition, match="has no saved system"):
        from_folder(str(tmp_path))


def test_a_command_that_failed_is_no_empty_answer() -> None:
    answers = {"uname": Output(0, UNAME), "packages": Output(0, PACKAGES), "patches": Output(1, "", "showrev: cannot open")}
    with pytest.raises(CommandFailed, match="node t4a: showrev -p ended with 1: showrev: cannot open"):
        read("t4a", answers)
    with pytest.raises(ParseError, match="node t4a: "):
        read("t4a", {**answers, "patches": Output(0, "Patch: what")})
    assert read("t4a", {**answers, "patches": Output(0, "No patches are installed")}).patches == ()


class Shell:
    """A node that tells of itself, unless it is away."""

    def __init__(self, name: str) -> None:
        self.name, self.round_trips = name, 0

    def run(self, commands: Sequence[Command]) -> list[Output]:
        self.round_trips += 1
        if self.name == "away":
            raise NodeUnreachable("node away does not answer:\n timed out")
        told = {"uname": UNAME, "pkginfo": PACKAGES, "showrev": PATCHES if self.name != "odd" else "Patch: what"}
        return [Output(0, told.get(str(command.argv[0]), "more")) for command in commands]


def test_every_node_that_is_asked_has_a_system_or_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    shells = {name: Shell(name) for name in ("t4a", "away", "odd")}

    def impatient(_action: object, name: str) -> Shell:
        if name not in shells:
            raise InvalidDefinition(f"node {name} is not a host of the inventory.")
        return shells[name]

    monkeypatch.setattr(patch_systems, "impatient", impatient)
    systems, silent = patch_systems.ask(ACTION, ["t4a", "away", "odd", "gone", "t4a"])
    assert (list(systems), sorted(silent)) == (["t4a"], ["away", "gone", "odd"])
    assert silent["away"] == "node away does not answer: timed out"
    assert silent["gone"] == "node gone is not a host of the inventory."
    asked = patch_systems.ask_more(ACTION, ["t4a", "away"], {"zones": Command.of("zoneadm")})
    assert (list(asked.answers), asked.answers["t4a"]["zones"].stdout, list(asked.silent)) == (["t4a"], "more", ["away"])
    assert [shell.round_trips for shell in shells.values()] == [2, 2, 1]


def test_an_archive_is_usable_when_it_is_there_as_it_was(tmp_path: Path) -> None:
    kept = Archive(PatchId("119254", 91), str(tmp_path), "119254-91.zip", 4, "")
    assert unusable(None) == "no depot has its archive"
    assert "is not there any more" in unusable(kept)
    (tmp_path / kept.file).write_bytes(b"1234")
    assert unusable(kept) == ""
    (tmp_path / kept.file).write_bytes(b"12345")
    assert "has 5 bytes now, it had 4" in unusable(kept)
    elsewhere = Archive(kept.id, str(tmp_path / "nowhere"), kept.file, 4, "")
    assert unusable(elsewhere) == "", "the depot is not on this controller"
    broken = Archive(kept.id, str(tmp_path / "nowhere"), kept.file, 4, "", problem="it is no zip file")
    assert unusable(broken).endswith("cannot be used: it is no zip file")
