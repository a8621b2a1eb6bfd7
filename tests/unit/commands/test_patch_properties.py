# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How unpacked patches go in, read by the script itself from folders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

STANDARD, ALONE, DEFERRED, OLD, ODD, ABSENT = (PatchId("120001", number) for number in range(1, 7))


def lay(depot: Path, patch: PatchId, *, patchinfo: str = "", readme: str = "", pkginfo: str = "PKG=SUNWcsr\n") -> None:
    (depot / str(patch) / "SUNWcsr").mkdir(parents=True)
    (depot / str(patch) / "SUNWcsr" / "pkginfo").write_text(pkginfo)
    if patchinfo:
        (depot / str(patch) / "patchinfo").write_text(f"PATCHID='{patch}'\nPATCH_PROPERTIES='{patchinfo}'\n")
    if readme:
        (depot / str(patch) / f"README.{patch}").write_text(readme)


def test_patches_of_a_folder(tmp_path: Path) -> None:
    """One whose words nobody knows tells nothing, as one that is not there."""
    lay(tmp_path, STANDARD, patchinfo="standard", readme="Reboot after this patch is installed.\n")
    lay(tmp_path, ALONE, patchinfo="singleuserrequired rebootafter")
    lay(tmp_path, DEFERRED, patchinfo="rebootafter", pkginfo="PKG=SUNWcsr\nSUNW_PATCH_SAFEMODE=true\n")
    lay(tmp_path, OLD, readme="Reboot immediately after patch is installed.\n")
    lay(tmp_path, ODD, patchinfo="rebootsometimes")
    command = patch_properties.read(str(tmp_path), [STANDARD, ALONE, DEFERRED, OLD, ODD, ABSENT])
    done = subprocess.run([str(word) for word in command.argv], capture_output=True, text=True, check=False)
    found = patch_properties.parse(Output(done.returncode, done.stdout, done.stderr))
    assert found.keys() == {STANDARD, ALONE, DEFERRED, OLD}
    assert found[STANDARD] == Properties("patchinfo")
    assert (found[ALONE].single_user, found[ALONE].reboot) == (True, "after")
    assert (found[DEFERRED].deferred, found[DEFERRED].reboot) == (True, "after")
    assert (found[OLD].source, found[OLD].reboot) == ("readme", "immediate")


def test_a_depot_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    command = patch_properties.read(f"{tmp_path}/none", [STANDARD])
    done = subprocess.run([str(word) for word in command.argv], capture_output=True, text=True, check=False)
    assert patch_properties.parse(Output(done.returncode, done.stdout, done.stderr)) == {}
    with pytest.raises(CommandFailed):
        patch_properties.parse(Output(127, "", "sh: not found"))
