# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of unpacked patches, listed by a real shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_folder
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId


def test_what_is_there(tmp_path: Path) -> None:
    for name in ("118833-36/SUNWckr.u", "118833-36/SUNWckr.v", "118833-36/SUNWcsu"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "pkginfo").write_text("")
    (tmp_path / "118833-36" / "README.118833-36").write_text("")
    (tmp_path / "118833-36" / "docs").mkdir()
    (tmp_path / "120001-02").mkdir()
    asked = [PatchId("118833", 36), PatchId("120001", 2), PatchId("999999", 1)]
    done = subprocess.run(
        [str(word) for word in patch_folder.packages(str(tmp_path), asked).argv], capture_output=True, text=True, check=False
    )
    found = patch_folder.parse(Output(done.returncode, done.stdout, done.stderr), str(tmp_path))
    assert found == {PatchId("118833", 36): frozenset({"SUNWckr", "SUNWcsu"}), PatchId("120001", 2): frozenset()}


def test_anything_else_is_refused() -> None:
    assert patch_folder.parse(Output(0), "/p") == {}
    for text in ("/p/118833-36/SUNWckr\n", "== /elsewhere/118833-36\n", "== /p/118833-36\n/p/other/SUNWckr\n"):
        with pytest.raises(ParseError):
            patch_folder.parse(Output(0, text), "/p")
    with pytest.raises(CommandFailed):
        patch_folder.parse(Output(126), "/p")
