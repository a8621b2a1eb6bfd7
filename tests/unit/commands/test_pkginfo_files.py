# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches out of pkginfo files, held against recorded lines of Solaris 10."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pkginfo_files
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed

#: Recorded.
BASH = "PATCHLIST=126547-01\nPATCH_INFO_126547-01=Installed: Mon Oct 27 08:52:07 PDT 2008 From: mum Obsoletes:  Requires:  Incompatibles:\n"
TEST = (
    "PATCHLIST=121805-03 113000-07\n"
    "PATCH_INFO_121805-03=Installed: Tue Nov 24 16:34:53 PST 2006 From: mum Obsoletes:  Requires:  Incompatibles:\n"
    "PATCH_INFO_113000-07=Installed: Tue Nov 24 10:39:39 PST 2006 From: mum Obsoletes:  Requires: 119255-08 121127-01 Incompatibles:\n"
)
OLDER = (
    "PATCHLIST=113964-08\nPATCH_INFO_113964-08=Installed: Fri Jun 13 14:26:30 PDT 2003 From: fern Obsoletes: 113153-01 112914-04 "
    "Requires: 112903-03 112911-02 115016-01 Incompatibles: 114543-09\n"
)


def ids(text: str) -> tuple[PatchId, ...]:
    return tuple(PatchId.parse(word) for word in text.split())


def told(tmp_path: Path, **packages: str) -> str:
    """The command itself, run over such files."""
    for name, patches in packages.items():
        folder = tmp_path / "var/sadm/pkg" / name
        folder.mkdir(parents=True)
        (folder / "pkginfo").write_text(f"ARCH=sparc\nPKG={name}\n{patches}SUNW_PKG_ALLZONES=true\n")
    done = subprocess.run(
        [str(word) for word in pkginfo_files.read(str(tmp_path)).argv],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/bin:/usr/bin"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_recorded_files(tmp_path: Path) -> None:
    found, packages = pkginfo_files.parse(told(tmp_path, SUNWbash=BASH, ISTest=TEST, SUNWold=OLDER, SUNWnone=""))
    assert packages == {"SUNWbash", "ISTest", "SUNWold", "SUNWnone"}
    assert found == (
        Installed(*ids("113000-07"), requires=ids("119255-08 121127-01"), packages=("ISTest",)),
        Installed(
            *ids("113964-08"), ids("113153-01 112914-04"), ids("112903-03 112911-02 115016-01"), ids("114543-09"), packages=("SUNWold",)
        ),
        Installed(*ids("121805-03"), packages=("ISTest",)),
        Installed(*ids("126547-01"), packages=("SUNWbash",)),
    )


def test_a_patch_of_two_packages_and_what_was_backed_out_or_is_not_oracles(tmp_path: Path) -> None:
    found, _packages = pkginfo_files.parse(
        told(tmp_path, SUNWa="PATCHLIST=126547-01 EIS-1\nPATCH_INFO_120001-01=backed out\n", SUNWb="PATCHLIST=126547-01\n")
    )
    assert found == (Installed(*ids("126547-01"), packages=("SUNWa", "SUNWb")),)


@pytest.mark.parametrize("text", ["", "SUNWa/pkginfo\n", "SUNWa/pkginfo\n==\nSUNWb/pkginfo:PATCHLIST=126547-01\n"])
def test_what_is_cut_off_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        pkginfo_files.parse(text)


def test_a_root_that_is_not_mounted_is_no_system_without_patches(tmp_path: Path) -> None:
    done = subprocess.run([str(word) for word in pkginfo_files.read(str(tmp_path)).argv], capture_output=True, check=False)
    assert done.returncode == 1
