# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of a depot beside zip files: signed ones, and tar files however they are compressed."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import patch_depot, patch_tar
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties

ID = "119254-42"
TEXTS = {
    "patchinfo": f"PATCHID={ID}\nPATCH_PROPERTIES='rebootimmediate singleuser'\n",
    "SUNWabc/pkginfo": "SUNW_PKG_ALLZONES=true\n",
    "SUNWabc/pkgmap": "x" * 5000,
    f"SUNWabc/reloc/usr/lib/{'long' * 50}/file": "y" * 700,
}
READ = Properties("patchinfo", "immediate", single_user=True, all_zones=True)


def only(folder: Path) -> Archive:
    (found,) = patch_depot.read(str(folder), None).archives
    return found


def tarred(form: int = tarfile.USTAR_FORMAT, prefix: str = "", **more: str) -> bytes:
    """A patch as a tar file; names that ustar has no room for are left out."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for folder in (ID, f"{ID}/SUNWabc"):
            head = tarfile.TarInfo(prefix + folder)
            head.type = tarfile.DIRTYPE
            archive.addfile(head)
        for name, text in {**TEXTS, **more}.items():
            if len(name) > 90 and form == tarfile.USTAR_FORMAT:
                continue
            head = tarfile.TarInfo(f"{prefix}{ID}/{name}")
            head.size = len(text)
            head.mtime = 1106340000.5 if form == tarfile.PAX_FORMAT else 1106340000
            archive.addfile(head, io.BytesIO(text.encode()))
        link = tarfile.TarInfo(f"{prefix}{ID}/SUNWabc/link")
        link.type, link.linkname = tarfile.SYMTYPE, "pkgmap"
        archive.addfile(link)
    return made.getvalue()


def compressed(data: bytes) -> bytes:
    """compress(1) of up to 16 bits: every byte by itself, in codes of nine bits, and a clear code (256) before they grow to ten."""
    codes: list[int] = []
    for place in range(0, len(data), 247):  # with the clear code a multiple of eight, by which the reader counts
        codes += [*data[place : place + 247], 256]
    bits = sum(code << (9 * number) for number, code in enumerate(codes))
    return b"\x1f\x9d\x90" + bits.to_bytes((9 * len(codes) + 7) // 8, "little")


FORMS: dict[str, Callable[[bytes], bytes]] = {".tar": bytes, ".tar.gz": gzip.compress, ".tgz": gzip.compress, ".tar.Z": compressed}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_file_is_read_however_it_is_compressed(tmp_path: Path, form: str, kind: int) -> None:
    path = tmp_path / f"{ID}{form}"
    path.write_bytes(FORMS[form](tarred(kind)))
    found = only(tmp_path)
    assert (found.problem, found.properties, found.file, found.size) == ("", READ, path.name, path.stat().st_size)


def test_names_may_begin_with_the_folder_that_it_was_made_in(tmp_path: Path) -> None:
    (tmp_path / f"{ID}.tar").write_bytes(tarred(prefix="./"))
    assert only(tmp_path).properties == READ


@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_off_is_damaged(tmp_path: Path, form: str) -> None:
    whole = FORMS[form](tarred())
    for end in (0, 2, len(whole) // 3, len(whole) // 2, len(whole) * 3 // 5):
        (tmp_path / f"{ID}{form}").write_bytes(whole[:end])
        assert only(tmp_path).problem.startswith("it is damaged: "), end


def test_other_bytes_in_a_header_or_in_what_gzip_packed_are_damage(tmp_path: Path) -> None:
    content = bytearray(tarred())
    (tmp_path / f"{ID}.tar").write_bytes(bytes(content[:1024]) + b"q" + bytes(content[1025:]))
    assert only(tmp_path).problem == "it is damaged: bad checksum in the tar file"
    (tmp_path / f"{ID}.tar").unlink()
    packed = bytearray(gzip.compress(bytes(content), 0))
    packed[len(packed) // 2] ^= 1
    (tmp_path / f"{ID}.tgz").write_bytes(bytes(packed))
    assert only(tmp_path).problem.startswith("it is damaged: CRC check failed")


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_wrong_with_one_the_next_is_read(tmp_path: Path, form: str) -> None:
    whole = FORMS[form](tarred())
    (tmp_path / "119254-43.tar").write_bytes(tarred().replace(ID.encode(), b"119254-43"))
    for place in range(0, len(whole), len(whole) // 20):
        (tmp_path / f"{ID}{form}").write_bytes(whole[:place] + b"\xff" * 20 + whole[place + 20 :])
        first, second = patch_depot.read(str(tmp_path), None).archives
        assert first.problem or first.properties == READ or form in (".tar", ".tar.Z"), "these have no checksums of what is in files"
        assert second.problem.startswith("it is damaged: bad checksum"), "the name in its headers is another one now"


def test_gzip_of_the_controller_is_asked_for_compress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"{ID}.tar.Z"
    path.write_bytes(compressed(tarred())[:-3] + b"\xff" * 300)
    assert only(tmp_path).problem.startswith("it is damaged: ")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert only(tmp_path).problem == ("it is not looked into: this controller has no gzip, which reads compress(1). Unpack it in the depot")


@pytest.mark.parametrize("form", FORMS)
def test_what_was_made_to_fill_memory_or_time(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"{ID}{form}"
    monkeypatch.setattr(patch_depot, "_LIMIT", 1000)
    path.write_bytes(FORMS[form](tarred(patchinfo="x" * 1001)))
    assert only(tmp_path).problem == f"it is damaged: {ID}/patchinfo has 1001 bytes, which is too large for such a file"
    path.write_bytes(FORMS[form](tarred(**{f"SUNW{number}/pkginfo": "x" * 999 for number in range(9)})))
    assert only(tmp_path).problem == "it is damaged: its READMEs and pkginfo files are too large for such files"
    monkeypatch.setattr(patch_tar, "MOST", 5000)
    path.write_bytes(FORMS[form](tarred()))
    assert only(tmp_path).problem.endswith("come out of it, which is no patch")


def signed(folder: Path, **more: str) -> None:
    with zipfile.ZipFile(folder / f"{ID}.jar", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("META-INF/MANIFEST.MF", "META-INF/ZIGBERT.SF", "META-INF/ZIGBERT.RSA"):
            archive.writestr(name, "Manifest-Version: 1.0\n")
        for name, text in {**TEXTS, **more}.items():
            archive.writestr(f"{ID}/{name}", text)


def test_a_signed_patch_is_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed(tmp_path)
    found = only(tmp_path)
    assert (found.file, found.problem, found.properties) == (f"{ID}.jar", "", READ)
    monkeypatch.setattr(patch_tar, "MOST", 5000)
    assert only(tmp_path).problem.endswith("come out of it, which is no patch")
