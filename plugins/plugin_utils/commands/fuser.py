# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fuser(1M): the processes that hold a file system."""

from __future__ import annotations

from ..model.command import Command, Output
from ..model.errors import CommandFailed


def users(mount_point: str) -> Command:
    """-c: everything below the mount point, in all zones."""
    return Command.of("fuser", "-c", mount_point)


def parse(output: Output) -> tuple[int, ...]:
    """Process ids. They alone go to standard output; names and letters (how a file is used) go to standard error, fuser(1M)."""
    words = output.stdout.split()
    if output.rc != 0 or not all(word.isdecimal() for word in words):
        said = (output.stderr or output.stdout).strip()
        raise CommandFailed(f"'fuser -c' ended with {output.rc}: {said or 'no message'}. Nothing was changed.")
    return tuple(int(word) for word in words)
