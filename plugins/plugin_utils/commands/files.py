# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories and files of a node, asked of ls(1)."""

from __future__ import annotations

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError


def listing(path: str) -> Command:
    """The trailing dot shows a directory that is reached by a link as well."""
    return Command.of("ls", "-al", f"{path}/.")


def parse_listing(output: Output, path: str) -> tuple[str, bool] | None:
    """(mode bits, is it empty) of a directory, None when there is none. An ACL mark after the bits is cut off.

    A new ufs or vxfs is empty: its lost+found is fsck's (newfs(1M), fsck_ufs(1M)).
    """
    if "No such file or directory" in output.stderr:
        return None
    if output.rc != 0:
        raise CommandFailed(f"'ls -al {path}' ended with {output.rc}: {output.stderr.strip()}")
    lines = [line for line in output.stdout.splitlines() if line and not line.startswith("total")]
    own = [line for line in lines if line.split()[-1] == "."]
    if len(own) != 1:
        raise ParseError(f"'ls -al {path}' shows no line for '.': {output.stdout[:200]!r}")
    return own[0][:10], all(line.split()[-1] in (".", "..", "lost+found") for line in lines)


def existing(*paths: str) -> Command:
    """Prints those of the paths that exist."""
    return Command.of("ls", "-d", *paths, ok=(0, 1, 2))


def parse_existing(output: Output) -> frozenset[str]:
    """Raises CommandFailed where ls says anything but that a path is not there: what may not be looked at is not absent."""
    other = [line for line in output.stderr.splitlines() if line.strip() and "No such file or directory" not in line]
    if other or output.rc not in (0, 1, 2):
        raise CommandFailed(f"'ls -d' ended with {output.rc}: {'; '.join(other) or 'no message'}")
    return frozenset(output.stdout.split("\n")) - {""}


def file_at(path: str) -> Command:
    """Whether there is a plain file, links followed. Output: ``parse_no_file``."""
    return Command.of("ls", "-ldL", path, ok=(0, 1, 2))


def parse_no_file(output: Output) -> str:
    """Why there is no plain file, in a few words; '' where there is one."""
    if output.rc != 0:
        said = output.stderr.strip() or output.stdout.strip()
        return said or f"'ls' ended with {output.rc}"
    letter = output.stdout.lstrip()[:1]
    return {"-": "", "d": "it is a directory"}.get(letter, "it is no plain file")


def kinds(*paths: str) -> Command:
    """What the paths themselves are, links not followed. Output: ``parse_kinds``."""
    return Command.of("ls", "-ld", *paths, ok=(0, 1, 2))


def parse_kinds(output: Output) -> dict[str, str]:
    """Path → first letter of ``ls -l`` (d, l, - ...), without those that are not there. Raises CommandFailed on any other complaint."""
    other = [line for line in output.stderr.splitlines() if line.strip() and "No such file or directory" not in line]
    if other or output.rc not in (0, 1, 2):
        raise CommandFailed(f"'ls -ld' ended with {output.rc}: {'; '.join(other) or 'no message'}")
    found = {}
    for line in output.stdout.splitlines():
        _mode, slash, path = line.partition(" /")
        if not slash:
            raise ParseError(f"'ls -ld' shows a line without a path: {line!r}")
        found["/" + path.partition(" -> ")[0]] = line[0]
    return found


def parse_owner(output: Output, path: str) -> tuple[str, str] | None:
    """(mode, owner) of the one path that ``kinds`` was asked of, None when it is not there. A mark of an ACL behind the mode is cut off."""
    if output.rc != 0:
        if "No such file or directory" in output.stderr:
            return None
        raise CommandFailed(f"'ls -ld {path}' ended with {output.rc}: {output.stderr.strip() or 'no message'}")
    words = output.stdout.split()
    if len(words) < 8 or len(words[0]) < 10 or words[0][0] not in "-dlpsbcD":
        raise ParseError(f"'ls -ld {path}' printed {output.stdout[:200]!r}.")
    return words[0][:10], words[2]
