# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing a cross-reference and a depot from a playbook: once, and never half of it."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from tests.benchmarks.patching_data import catalogue, systems

from .world import World

LINES = 60


def lay_patches(folder: Path) -> Path:
    """A small cross-reference, a depot of two patches, a list with the checksum of one."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "depot" / "127127-11" / "SUNWckr").mkdir(parents=True)
    (folder / "depot" / "127127-11" / "SUNWckr" / "pkginfo").write_text("PKG=SUNWckr\n")
    (folder / "depot" / "127127-11" / "patchinfo").write_text("PATCHID=127127-11\nPATCH_PROPERTIES=''\n")
    path = folder / "depot" / "119254-42.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("119254-42/patchinfo", "PATCHID=119254-42\nPATCH_PROPERTIES='reconfigimmediate singleuser'\n")
        archive.writestr("119254-42/SUNWcsu/pkginfo", "PKG=SUNWcsu\n")
    (folder / "CHECKSUMS").write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  119254-42.zip\n")
    (folder / "patchdiag.xref").write_text(catalogue(LINES).text())
    return folder


def save_system(folder: Path) -> None:
    """What a system said, in files."""
    (printed,) = systems(catalogue(LINES), 1)
    folder.mkdir()
    for name in ("uname", "pkginfo", "showrev"):
        (folder / f"{name}.out").write_text(getattr(printed, name))


def kept(world: World) -> list[dict[str, Any]]:
    with world.repository() as repository:
        return repository.rows("patch_references") + repository.rows("patch_archives")


def refused(world: World, path: Path) -> str:
    row = world.task("localhost", "patch_reference", file=str(path))
    assert row.status == "failed"
    return row.message


def test_import_again_and_from_check_mode(world: World, tmp_path: Path) -> None:
    folder = lay_patches(tmp_path / "patches")
    args = {"file": str(folder / "patchdiag.xref"), "depot": str(folder / "depot"), "checksums": str(folder / "CHECKSUMS")}
    before = kept(world)
    checked = world.task("localhost", "patch_reference", "--check", **args)
    assert checked.changed and kept(world) == before
    first, second = world.many("localhost", [("patch_reference", args), ("patch_reference", args)])
    assert first.changed and not second.changed
    assert first.result["reference"]["revisions"] == LINES
    assert first.result["archives"] == {
        "known": 2,
        "news": ["119254-42", "127127-11"],
        "gone": [],
        "problems": {},
        "unknown": [],
        "others": [],
    }
    with world.repository() as repository:
        assert repository.patching.reference_file(first.result["reference"]["digest"]) == (folder / "patchdiag.xref").read_bytes()
        rows = {row["number"]: (row["reboot"], row["single_user"], row["standard"]) for row in repository.rows("patch_archives")}
    assert rows == {"119254": ("immediate", True, False), "127127": ("none", False, True)}


def test_bad_input_changes_nothing_or_says_what_is_missing(world: World, tmp_path: Path) -> None:
    folder = lay_patches(tmp_path / "patches")
    good, cut, older, page = (folder / name for name in ("patchdiag.xref", "cut.xref", "older.xref", "page.xref"))
    text = good.read_text()
    cut.write_text(text[: text.index("\n", len(text) // 2) - 20])
    older.write_text(text.replace("AS OF Jun/01/12", "AS OF Nov/30/99"))
    page.write_text("<html>\n<title>Sign in</title>\n")
    (folder / "depot" / "119254-42.zip").write_bytes((folder / "depot" / "119254-42.zip").read_bytes() + b"x")
    before = kept(world)
    assert "No such file or directory" in refused(world, folder / "none")
    assert "it is no cross-reference of patches: line 1 is '<html>'" in refused(world, page)
    assert kept(world) == before
    half = world.task("localhost", "patch_reference", file=str(cut))
    assert half.changed and half.result["malformed"][0]["why"] == "the file ends within this line"
    assert half.result["reference"]["revisions"] < LINES
    assert any("These patches are not known" in warning for warning in half.result["warnings"])
    old = world.task("localhost", "patch_reference", file=str(older))
    assert old.changed and old.result["default"]["as_of"] == "2012-06-01"
    assert any("is of 1999-11-30. It is kept, but the one of 2012-06-01 stays the default" in one for one in old.result["warnings"])
    depot = world.task("localhost", "patch_reference", depot=str(folder / "depot"), checksums=str(folder / "CHECKSUMS"))
    assert list(depot.result["archives"]["problems"]) == ["119254-42"]
    assert "the list of checksums says" in depot.result["archives"]["problems"]["119254-42"]


def test_an_archive_without_packages_and_one_whose_readme_is_not_understood(world: World, tmp_path: Path) -> None:
    depot = tmp_path / "depot"
    for patch, package in {"151017-01": "", "151025-01": "SUNWcsr"}.items():
        (depot / patch / package).mkdir(parents=True)
        (depot / patch / f"README.{patch}").write_text("Special Install Instructions:\n\nThe system must be rebooted.\n")
    (depot / "151025-01" / "SUNWcsr" / "pkginfo").write_text("PKG=SUNWcsr\n")
    row = world.task("localhost", "patch_reference", depot=str(depot))
    assert row.result["archives"]["problems"].keys() == {"151017-01"}
    assert "it has no package" in row.result["archives"]["problems"]["151017-01"]
    assert row.result["archives"]["unknown"] == ["151025-01"]
    assert any("how 151025-01 goes in is not known" in one and "single user with a reboot" in one for one in row.result["warnings"])
    with world.repository() as repository:
        rows = repository.rows("patch_archives", {"number": ["151025"]})
    assert [(row["properties"], row["standard"]) for row in rows] == [("", False)]


def test_signed_patches_and_tar_files(world: World, tmp_path: Path) -> None:
    """They are read as zip files are; that nobody looked at a signature is said."""
    patch = tmp_path / "119254-42"
    (patch / "SUNWcsu").mkdir(parents=True)
    (patch / "SUNWcsu" / "pkginfo").write_text("PKG=SUNWcsu\n")
    (patch / "patchinfo").write_text("PATCHID=119254-42\nPATCH_PROPERTIES='reconfigimmediate singleuser'\n")
    depot = tmp_path / "depot"
    for made, form, suffix in (("signed", "zip", ".jar"), ("packed", "gztar", ".tar.gz")):
        (depot / made).mkdir(parents=True)
        archive = shutil.make_archive(str(tmp_path / made), form, tmp_path, "119254-42")
        Path(archive).rename(depot / made / f"119254-42{suffix}")
    signed, packed = (world.task("localhost", "patch_reference", depot=str(depot / made)) for made in ("signed", "packed"))
    for row in (signed, packed):
        assert (row.result["archives"]["known"], row.result["archives"]["problems"]) == (1, {})
    assert any("119254-42 is signed, and nobody has verified that here" in one for one in signed.result["warnings"])
    assert not any("signed" in one for one in packed.result["warnings"])
    with world.repository() as repository:
        archive = repository.patching.archives()[PatchId("119254", 42)]
    assert (archive.properties.reboot, archive.properties.reconfigure, archive.properties.single_user) == ("immediate", True, True)
