# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A depot on the controller: good archives with what they say, and what is wrong with the others."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import patch_depot
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties

INFO = "PATCHID={id}\nPATCH_PROPERTIES='{words}'\n"


def packed(
    folder: Path,
    id: str,
    words: str = "",
    inside: str | None = None,
    says: str | None = None,
    packing: int = zipfile.ZIP_DEFLATED,
    **more: str,
) -> Path:
    path = folder / f"{id}.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, text in {"patchinfo": INFO.format(id=says or id, words=words), "SUNWabc/pkgmap": "x" * 5000, **more}.items():
            archive.writestr(f"{inside or id}/{name}", text)
    return path


def unpacked(folder: Path, id: str, **texts: str) -> Path:
    path = folder / id
    (path / "SUNWabc").mkdir(parents=True)
    for name, text in {"SUNWabc__pkginfo": "", **texts}.items():
        (path / name.replace("__", "/")).write_text(text)
    return path


def only(folder: Path, checksums: str | None = None) -> Archive:
    (found,) = patch_depot.read(str(folder), checksums).archives
    return found


def test_a_zip_file(tmp_path: Path) -> None:
    path = packed(tmp_path, "119254-42", "rebootimmediate singleuser", **{"SUNWabc/pkginfo": "SUNW_PKG_ALLZONES=true\n"})
    found = only(tmp_path)
    assert (str(found.id), found.depot, found.file, found.problem) == ("119254-42", str(tmp_path), "119254-42.zip", "")
    assert (found.size, found.checksum) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert found.properties == Properties("patchinfo", "immediate", single_user=True, all_zones=True)


def test_an_unpacked_one_with_a_readme_only(tmp_path: Path) -> None:
    texts = {"README.127127-11": "Reconfigure immediately after installing it.\n", "SUNWabc__pkginfo": "SUNW_PATCH_SAFEMODE=true\n"}
    unpacked(tmp_path, "127127-11", **texts)
    found = only(tmp_path)
    assert found.properties == Properties("readme", "immediate", reconfigure=True, deferred=True)
    assert (found.file, found.size, found.checksum) == ("127127-11", sum(map(len, texts.values())), "")


def test_what_is_no_patch_is_named_and_an_interim_relief_is_one(tmp_path: Path) -> None:
    packed(tmp_path, "IDR148363-26")
    for name in ("patchdiag.xref", "119254", "119254-42.zip.part", "119254-4.zip"):
        (tmp_path / name).write_text("")
    found = patch_depot.read(str(tmp_path), None)
    assert [str(one.id) for one in found.archives] == ["IDR148363-26"]
    assert found.others == ("119254", "119254-4.zip", "119254-42.zip.part", "patchdiag.xref")


def damage(path: Path) -> None:
    """Bytes in the middle of the largest file are others now."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo(f"{path.stem}/SUNWabc/pkgmap").header_offset + 60
    content[place : place + 4] = b"\xff\x00\xff\x00"
    path.write_bytes(content)


def test_damaged_archives(tmp_path: Path) -> None:
    damage(packed(tmp_path, "119254-42"))
    cut = packed(tmp_path, "119254-43")
    cut.write_bytes(cut.read_bytes()[:-30])
    (tmp_path / "119254-44.zip").write_bytes(b"")
    packed(tmp_path, "119254-45", inside="119254-44")
    packed(tmp_path, "119254-46", says="119254-45")
    (tmp_path / "119254-47.tar.Z").write_bytes(b"\x1f\x9d\x90")
    (tmp_path / "119254-53.jar").write_bytes(b"")
    (tmp_path / "119254-48").write_text("a file")
    packed(tmp_path, "119254-49", words="rebootsoon")
    (tmp_path / "119254-50").mkdir()
    (tmp_path / "119254-51").mkdir()
    (tmp_path / "119254-51" / "README.119254-51").write_text("")
    with zipfile.ZipFile(tmp_path / "119254-52.zip", "w") as archive:
        archive.writestr("119254-52/patchinfo", INFO.format(id="119254-52", words=""))
        archive.writestr("119254-52/SUNWabc/reloc/usr/lib/pkginfo", "")
    problems = {str(one.id)[-2:]: one.problem for one in patch_depot.read(str(tmp_path), None).archives}
    assert problems["42"].startswith("it is damaged: ")
    assert problems["43"] == problems["44"] == "it is damaged: File is not a zip file"
    assert problems["45"] == "it has no folder 119254-45"
    assert problems["46"] == "its patchinfo is that of 119254-45"
    assert problems["47"] == "it is damaged: its tar file is cut off"
    assert problems["53"] == "it is damaged: File is not a zip file"
    assert problems["48"] == "it is neither an archive nor a folder"
    assert "'rebootsoon'" in problems["49"]
    assert problems["50"] == "it has no folder 119254-50"
    assert problems["51"] == "it has no package: there is no folder with a pkginfo in 119254-51, so patchadd has nothing to install"
    assert problems["52"].startswith("it has no package: ")


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_whatever_the_decompression_says_it_is_a_damage(tmp_path: Path, packing: int) -> None:
    """And the next archive is looked at."""
    name, text = "119254-42/SUNWabc/pkgmap", "".join(hashlib.sha256(b"%d" % number).hexdigest() for number in range(9))
    packed(tmp_path, "119254-43")
    for place in range(0, 240, 10):
        path = packed(tmp_path, "119254-42", packing=packing, **{"SUNWabc/pkgmap": text})
        content = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            start = archive.getinfo(name).header_offset + 30 + len(name) + place
        content[start : start + 20] = b"\xff" * 20
        path.write_bytes(content)
        first, second = patch_depot.read(str(tmp_path), None).archives
        assert first.problem.startswith("it is damaged: ") and first.problem != "it is damaged: ", place
        assert second.problem == ""


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = "x" * ((8 << 20) + 1)
    packed(tmp_path, "119254-42", patchinfo=large)
    packed(tmp_path, "119254-43", **{"SUNWabc/pkginfo": large})
    packed(tmp_path, "119254-44", **{"README.119254-44": large, "SUNWabc/reloc/file": large})
    unpacked(tmp_path, "119254-45", **{"README.119254-45": large})
    problems = {str(one.id)[-2:]: one.problem for one in patch_depot.read(str(tmp_path), None).archives}
    assert problems["42"] == "it is damaged: 119254-42/patchinfo has 8388609 bytes, which is too large for such a file"
    assert problems["43"].startswith("it is damaged: 119254-43/SUNWabc/pkginfo has ")
    assert problems["44"].startswith("it is damaged: 119254-44/README.119254-44 has ")
    assert problems["45"].startswith("it is damaged: 119254-45/README.119254-45 has ")


def test_of_a_zip_file_and_its_folder_the_good_one_counts(tmp_path: Path) -> None:
    (tmp_path / "119254-42.zip").write_bytes(b"")
    unpacked(tmp_path, "119254-42", patchinfo=INFO.format(id="119254-42", words=""))
    assert (only(tmp_path).file, only(tmp_path).problem) == ("119254-42", "")


def test_checksums(tmp_path: Path) -> None:
    path = packed(tmp_path, "119254-42")
    md5 = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    (tmp_path / "CHECKSUMS").write_text(f"119254-42.zip\nMD5: {md5}\nSum: 1 2\n")
    assert only(tmp_path).problem == ""
    other = tmp_path / "list"
    other.write_text(f"{'0' * 64}  119254-42.zip\n")
    assert only(tmp_path, str(other)).problem.endswith(f"the list of checksums says {'0' * 64}")
    other.write_text(f"{'0' * 64}  119254-43.zip\n")
    assert only(tmp_path, str(other)).problem == ""
    other.write_text("nothing of the kind\n")
    with pytest.raises(InvalidDefinition, match="list: checksums, line 1: "):
        patch_depot.read(str(tmp_path), str(other))
    with pytest.raises(InvalidDefinition, match="No such file"):
        patch_depot.read(str(tmp_path), str(tmp_path / "none"))


def test_folders_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match="No such file or directory"):
        patch_depot.read(str(tmp_path / "none"), None)
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidDefinition, match="Not a directory"):
        patch_depot.read(str(tmp_path / "file"), None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_archive_that_may_not_be_read(tmp_path: Path) -> None:
    packed(tmp_path, "119254-42").chmod(0)
    assert only(tmp_path).problem == "it cannot be read: Permission denied"
