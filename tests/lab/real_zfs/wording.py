# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between Solaris' zpool and zfs and those of zfs-fuse: how disks are called, and the few lines that Solaris does not print.

zfs-fuse says ``scrub:`` and ``http://www.sun.com/msg``, as recorded Solaris 10 output does: both stay. What differs beyond this file is
in docs/lab.md.
"""

from __future__ import annotations

import re

#: Subcommands in which zfs-fuse finds a member of a pool by its whole path only.
WHOLE_PATH = ("attach", "clear", "detach", "offline", "online", "replace")
DISK = re.compile(r"(?:/dev/r?dsk/)?(c\d+t[0-9A-F]+d\d+)(?:s0)?$")


def given(argv: list[str]) -> list[str]:
    """A command line of Solaris → of zfs-fuse."""
    if argv[0] != "zpool" or len(argv) < 2:
        return argv
    prefix = "/dev/" if argv[1] in WHOLE_PATH else ""
    return [DISK.sub(lambda found: prefix + found[1], word) for word in argv]


def not_yet_let_go(err: str) -> bool:
    """Whether a pool, all of whose file systems were unmounted, was still in use: a file system in use is told otherwise."""
    return re.fullmatch(r"cannot (?:destroy|export) '[^']*': pool is busy\n", err) is not None


def printed(text: str) -> str:
    """What zfs-fuse printed → as Solaris prints it."""
    lines = []
    for line in text.splitlines(keepends=True):
        if line.startswith("Defaulting to 4K blocksize (ashift=") or re.match(r"umount: .*: target is busy\.$", line):
            continue
        if re.match(r"\S+\s+ashift\s", line):  # a property that Solaris 10 does not have
            continue
        line = re.sub(r"^cannot unmount '(.*)': umount failed: umount child process failed$", r"cannot unmount '\1': Device busy", line)
        lines.append(re.sub(r"/dev/(c\d+t[0-9A-F]+d\d+)\b", r"/dev/dsk/\1s0", line))
    return "".join(lines)
