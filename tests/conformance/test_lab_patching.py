# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's lists of patches and packages, and its console, held against what real analysers read and real machines printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab.sp.console import Console
from tests.unit.lab.patch_world import DEPOT, patch, world_of

from .samples import corpus

IDS = r"(\S+(, \S+)*)?"
PATCH = re.compile(rf"Patch: \S+ Obsoletes: {IDS} Requires: {IDS} Incompatibles: {IDS} Packages: {IDS}|No patches are installed")
#: The second line of a package; how far it is indented differs between what is recorded and what PCA's author writes.
PACKAGE = re.compile(r"\S+ +\S.*\n +\([\w.]+\) \S+\n")


def samples(name: str) -> list[Path]:
    root = corpus()
    found = sorted((root / "pca").glob(f"*/{name}")) if root is not None else []
    if not found:
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    return found


def test_lines_of_showrev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(
        tmp_path, monkeypatch, patch("151000-01"), patch("151001-01", "SUNWcsl SUNWcsu", requires=["151000-01"], obsoletes=["151002-01"])
    )
    for name in ("151000-01", "151001-01"):
        world.ok(f"patchadd {DEPOT}/{name}")
    texts = [world.ok("showrev -p"), *(path.read_text() for path in samples("showrev.out"))]
    for line in (line for text in texts for line in text.splitlines() if line):
        assert PATCH.fullmatch(line), line


def test_lines_of_pkginfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in [world_of(tmp_path, monkeypatch).ok("pkginfo -x"), *(path.read_text() for path in samples("pkginfo.out"))]:
        assert PACKAGE.sub("", text.rstrip("\n") + "\n") == ""


def test_a_recorded_boot_to_single_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = corpus()
    path = root / "solaris/020-boot-single-user-console-s10-sparc.txt" if root is not None else None
    if path is None or not path.is_file():
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    said: list[str] = []
    console = Console.__new__(Console)
    console.machine, console.write = world_of(tmp_path, monkeypatch).centre.machines["nodea"], said.append
    console.arrive("single", "silent")
    recorded, printed = path.read_text(), "".join(said)
    for words in ("SunOS Release 5.10 ", 'Booting to milestone "milestone/single-user:default"', "SINGLE USER MODE"):
        assert words in recorded
        assert words in printed
