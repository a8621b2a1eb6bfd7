# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a tar file, plain or compressed, read once from its begin to its end and never unpacked.

Only headers of a tar have checksums, and compress(1) has none: a byte that is another one in a file of such a patch is not noticed. gzip's
own checksum is looked at. compress(1) is what gzip(1) of the controller reads, since Python does not.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, cast

from ..model.errors import ParseError

FORMS = (".tar", ".tar.gz", ".tgz", ".tar.Z")
#: Bytes of all that is in an archive: far more than a patch has. What is larger was made to fill disks.
MOST = 8 << 30
_BLOCK = 512
_CHUNK = 1 << 20
#: What belongs to the next header: longer names, times. The names that a patch is read by are short.
_ABOUT_NEXT = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


def contents(path: Path, form: str, wanted: Callable[[str], bool], limit: int) -> tuple[dict[str, int], dict[str, bytes]]:
    """Files by name with their sizes, and those that are ``wanted``, of each no more than ``limit`` bytes and of all eight times that.

    Raises OSError, and ParseError for what is damaged or cannot be read here.
    """
    sizes: dict[str, int] = {}
    texts: dict[str, bytes] = {}
    try:
        with _opened(path, form) as file:
            stream = _Stream(file)
            while head := _header(stream):
                name = head.name.removeprefix("./")
                if head.isreg() and wanted(name) and head.size <= limit:
                    texts[name] = stream.read(head.size)
                    if sum(map(len, texts.values())) > 8 * limit:
                        raise ParseError("it is damaged: its READMEs and pkginfo files are too large for such files")
                else:
                    stream.skip(head.size)
                stream.skip(-head.size % _BLOCK)
                if head.isreg():
                    sizes[name] = head.size
            stream.drain()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ParseError(f"it is damaged: {error}") from None
    return sizes, texts


def _header(stream: _Stream) -> tarfile.TarInfo | None:
    """The next one; None at the end, which is a block of nothing."""
    while True:
        block = stream.read(_BLOCK)
        if not any(block):
            return None
        try:
            head = tarfile.TarInfo.frombuf(block, "iso-8859-1", "strict")
        except tarfile.HeaderError as error:
            raise ParseError(f"it is damaged: {error} in the tar file") from None
        if head.size < 0:
            raise ParseError(f"it is damaged: {head.name} in the tar file has {head.size} bytes")
        if head.type not in _ABOUT_NEXT:
            if not (head.isreg() or head.type in tarfile.SUPPORTED_TYPES):
                raise ParseError(f"it is damaged: {head.name} in the tar file is of kind {head.type!r}")
            if not head.isreg():
                head.size = 0  # links and folders have nothing behind their header, whatever it says
            return head
        stream.skip(head.size + -head.size % _BLOCK)


class _Stream:
    """Reads forward only, all that is asked for, and no more than ``MOST`` bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._done = 0

    def read(self, size: int) -> bytes:
        """Raises ParseError where the file ends before."""
        parts = []
        while size > 0:
            part = self._some(min(size, _CHUNK))
            if not part:
                raise ParseError("it is damaged: its tar file is cut off")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size > 0:
            size -= len(self.read(min(size, _CHUNK)))

    def drain(self) -> None:
        """To the end, where the checksum is."""
        while self._some(_CHUNK):
            pass

    def _some(self, size: int) -> bytes:
        part = self._file.read(size)
        self._done += len(part)
        if self._done > MOST:
            raise ParseError(f"more than {MOST >> 30} GB come out of it, which is no patch")
        return part


def _opened(path: Path, form: str) -> AbstractContextManager[IO[bytes]]:
    if form == ".tar":
        return path.open("rb")
    if form in (".tar.gz", ".tgz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return _uncompressed(path)


@contextmanager
def _uncompressed(path: Path) -> Iterator[IO[bytes]]:
    program = shutil.which("gzip")
    if program is None:
        raise ParseError("it is not looked into: this controller has no gzip, which reads compress(1). Unpack it in the depot")
    environment = {**os.environ, "LC_ALL": "C"}
    with (
        path.open("rb") as packed,
        subprocess.Popen([program, "-dc"], stdin=packed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running,
    ):
        output, errors = cast("IO[bytes]", running.stdout), cast("IO[bytes]", running.stderr)
        try:
            yield output
            said = errors.read(1000).decode("ascii", "replace").strip()
            if running.wait() != 0:
                raise ParseError(f"it is damaged: {said or f'gzip -dc ended with {running.returncode}'}")
        except BaseException:
            running.kill()
            raise
