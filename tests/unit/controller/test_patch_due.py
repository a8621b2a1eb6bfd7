# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches that are named one by one: whether their archives can be used is asked as it is for those of sets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import patch_due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

WHOLE, SHORT, GONE, BROKEN = (PatchId(f"12000{number}", 1) for number in range(1, 5))


def test_an_archive_that_is_not_what_was_read_is_refused(tmp_path: Path) -> None:
    found = {}
    for patch in (WHOLE, SHORT, GONE, BROKEN):
        problem = "it is no archive" if patch == BROKEN else ""
        found[patch] = Archive(patch, str(tmp_path), f"{patch}.zip", 4, "", Properties("patchinfo"), problem)
    (tmp_path / f"{WHOLE}.zip").write_text("four")
    (tmp_path / f"{SHORT}.zip").write_text("two")
    repository: Any = SimpleNamespace(node=lambda _name: None, patching=SimpleNamespace(archives=lambda _wanted: found))
    action: Any = SimpleNamespace(node=SimpleNamespace(name="t8a"))
    due, said = patch_due.of(action, {"patches": list(map(str, found)), "depot": ""}, repository)
    assert (due.install, said) == ((WHOLE,), [])
    assert {patch: why.rsplit("/")[-1] for patch, why in due.refused.items()} == {
        SHORT: "120002-01.zip has 3 bytes now, it had 4 when the depot was read",
        GONE: "120003-01.zip is not there any more: No such file or directory",
        BROKEN: f"{tmp_path.name} cannot be used: it is no archive",
    }
