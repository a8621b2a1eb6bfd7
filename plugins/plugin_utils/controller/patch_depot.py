# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A depot of patches on the controller: a folder with archives (``ID.zip``, ``ID.jar``, ``ID.tar``, ``ID.tar.gz``, ``ID.tar.Z``) and
unpacked ``ID`` folders, each looked into.

A ``.jar`` is a signed patch: a zip file with the folder ``ID`` and its signature in ``META-INF`` (Signed Patches Administration Guide,
817-3331). That is not verified: it takes the certificates that the site trusts, and ``jarsigner -verify``. Nodes install from folders: what
patchadd(1M) does with an ``ID.jar`` beside the folder ``ID`` is to take the signed one (release notes of Solaris 9, 817-3466).
"""

from __future__ import annotations

import hashlib
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..commands import patch_archive
from ..commands.patch_archive import Checksum
from ..model.errors import InvalidDefinition, ParseError
from ..model.patching.archive import Archive
from ..model.patching.patch import ID, PatchId
from . import patch_tar

_NAME = re.compile(rf"(?P<id>{ID})(?P<form>\.zip|\.jar|\.tar|\.tar\.Z|\.tar\.gz|\.tgz)?")
SIGNED = ".jar"
#: Names under which a list of checksums is found without being asked for.
_LISTS = ("CHECKSUMS", "checksums")
_CHUNK = 1 << 20
#: Bytes. READMEs of kernel patches have some hundred kilobytes, the other files that are read have less.
_LIMIT = 8 << 20
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # encrypted, or packed in a way that Python does not know
    MemoryError,  # a window that nobody has
    ValueError,
    OverflowError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Depot:
    """``archives`` by id; ``others`` are names that are no patch's."""

    archives: tuple[Archive, ...]
    others: tuple[str, ...]


def read(folder: str, checksums: str | None) -> Depot:
    """Everything in the folder. What is wrong with one archive is its ``problem``.

    Raises InvalidDefinition where the folder or the list of checksums cannot be read.
    """
    top = Path(folder)
    try:
        names = sorted(entry.name for entry in top.iterdir())
    except OSError as error:
        raise InvalidDefinition(
            f"patch depot {folder}: {error.strerror}. Name a folder with patches, packed (ID.zip …) or unpacked."
        ) from None
    wanted = _wanted(top, checksums)
    archives: dict[PatchId, Archive] = {}
    others = []
    for name in names:
        match = _NAME.fullmatch(name)
        if not match or ((top / name).is_dir() and match["form"]):
            others.append(name)
            continue
        found = _archive(top / name, PatchId.parse(match["id"]), match["form"] or "", wanted)
        known = archives.get(found.id)
        if known is None or (known.problem and not found.problem):  # of a folder and its zip the one that is good
            archives[found.id] = found
    return Depot(tuple(archives[id] for id in sorted(archives)), tuple(others))


def _wanted(top: Path, checksums: str | None) -> Mapping[str, Checksum]:
    path = Path(checksums) if checksums else next((top / name for name in _LISTS if (top / name).is_file()), None)
    if path is None:
        return {}
    try:
        return patch_archive.parse_checksums(path.read_text(encoding="iso-8859-1"))
    except OSError as error:
        raise InvalidDefinition(f"checksums {path}: {error.strerror}.") from None
    except ParseError as error:
        raise InvalidDefinition(f"{path}: {error}") from None


def _archive(path: Path, id: PatchId, form: str, wanted: Mapping[str, Checksum]) -> Archive:
    found = Archive(id, str(path.parent), path.name, 0, "")
    try:
        if not form:
            return _unpacked(found, path)
        return _packed(found, path, form, wanted.get(path.name))
    except OSError as error:
        return replace(found, problem=f"it cannot be read: {error.strerror or error}")
    except ParseError as error:
        return replace(found, problem=str(error))


def _packed(found: Archive, path: Path, form: str, wanted: Checksum | None) -> Archive:
    size, digests = _digests(path, {"sha256"} | ({wanted.algorithm} if wanted else set()))
    found = replace(found, size=size, checksum=digests["sha256"])
    if wanted and digests[wanted.algorithm] != wanted.digest:
        return replace(found, problem=f"its {wanted.algorithm} is {digests[wanted.algorithm]}, the list of checksums says {wanted.digest}")
    if form in patch_tar.FORMS:
        wanted_names = re.compile(rf"{re.escape(str(found.id))}/(?:patchinfo|README[^/]*|[^/]+/pkginfo)")
        sizes, texts = patch_tar.contents(path, form, lambda name: wanted_names.fullmatch(name) is not None, _LIMIT)
        return _described(found, sizes, texts.__getitem__)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > patch_tar.MOST:
                return replace(found, problem=f"more than {patch_tar.MOST >> 30} GB come out of it, which is no patch")
            damaged = archive.testzip()
            if damaged is not None:
                return replace(found, problem=f"it is damaged: {damaged} in it is not what it was")
            inside = {member.filename: member.file_size for member in archive.infolist() if not member.is_dir()}
            return _described(found, inside, archive.read)
    except _DAMAGES as error:
        return replace(found, problem=f"it is damaged: {error or type(error).__name__}")
    except OSError as error:
        if error.errno is not None:
            raise
        return replace(found, problem=f"it is damaged: {error}")  # bzip2 says it so


def _unpacked(found: Archive, path: Path) -> Archive:
    if not path.is_dir():
        return replace(found, problem="it is neither an archive nor a folder")
    files = {str(file.relative_to(path.parent)): file for file in _files(path)}
    sizes = {name: file.stat().st_size for name, file in files.items()}
    return _described(replace(found, size=sum(sizes.values())), sizes, lambda name: files[name].read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _files(entry)
        elif entry.is_file():
            yield entry


def _described(found: Archive, inside: Mapping[str, int], content: Callable[[str], bytes]) -> Archive:
    """What the files below ``ID/`` say. ``inside``: names and sizes in bytes."""

    def text(name: str) -> str | None:
        if inside.get(name, 0) > _LIMIT:
            raise ParseError(f"it is damaged: {name} has {inside[name]} bytes, which is too large for such a file")
        return content(name).decode("iso-8859-1") if name in inside else None

    top = str(found.id)
    if not any(name.startswith(f"{top}/") for name in inside):
        return replace(found, problem=f"it has no folder {top}")
    if not any(re.fullmatch(rf"{re.escape(top)}/[^/]+/(?:pkginfo|pkgmap)", name) for name in inside):
        return replace(found, problem=f"it has no package: there is no folder with a pkginfo in {top}, so patchadd has nothing to install")
    patchinfo = text(f"{top}/patchinfo")
    said = patch_archive.patch_id(patchinfo) if patchinfo is not None else None
    if said not in (None, found.id):
        return replace(found, problem=f"its patchinfo is that of {said}")
    readme = text(f"{top}/README.{top}") or text(f"{top}/README")
    packages = [name for name in sorted(inside) if re.fullmatch(rf"{re.escape(top)}/[^/]+/pkginfo", name)]
    return replace(found, properties=patch_archive.properties(patchinfo, readme, [text(name) or "" for name in packages]))


def _digests(path: Path, algorithms: set[str]) -> tuple[int, dict[str, str]]:
    makers = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            for maker in makers.values():
                maker.update(chunk)
    return size, {name: maker.hexdigest() for name, maker in makers.items()}
