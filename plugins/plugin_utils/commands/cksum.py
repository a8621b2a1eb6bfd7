# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cksum(1): the one checksum that every Unix computes alike (POSIX, IEEE Std 1003.1). It tells files apart, not who wrote them."""

from __future__ import annotations

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError


def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        value = byte << 24
        for _bit in range(8):
            value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        found.append(value)
    return tuple(found)


_CRC = _table()


def of(content: bytes) -> str:
    """What cksum prints of these bytes: ``CRC SIZE``."""
    value = 0
    for byte in content:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CRC[(value >> 24) ^ byte]
    size = len(content)
    while size:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CRC[(value >> 24) ^ (size & 0xFF)]
        size >>= 8
    return f"{value ^ 0xFFFFFFFF} {len(content)}"


def probe(path: str) -> Command:
    return Command.of("cksum", path, ok=(0, 1, 2))


def parse(output: Output, path: str) -> str | None:
    """``CRC SIZE`` of the file, None when there is none. Raises CommandFailed where cksum says anything else."""
    if output.rc != 0:
        if "No such file or directory" in output.stderr:
            return None
        raise CommandFailed(f"'cksum {path}' ended with {output.rc}: {output.stderr.strip() or 'no message'}")
    words = output.stdout.split()
    if len(words) < 2 or not (words[0].isdecimal() and words[1].isdecimal()):
        raise ParseError(f"'cksum {path}' printed {output.stdout[:200]!r}: not checksum, size and name.")
    return f"{words[0]} {words[1]}"
