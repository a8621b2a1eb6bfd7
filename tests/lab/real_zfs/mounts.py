# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts of a lab with a real ZFS. The lab has a mount namespace of its own, so nothing of them is left when it ends; a machine's tree is
mounted on itself and shared, so that what its ZFS mounts there appears in the lab and in the machine."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000
#: Folders at the top of a machine's tree in which its ZFS may mount nothing: they are the lab's own or the real system's.
SYSTEM = frozenset(["bin", "dev", "devices", "etc", "lib", "lib32", "lib64", "proc", "root", "sbin", "system", "tmp", "usr", "var"])


def own_namespace() -> None:
    """Before the lab starts anything. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "a mount namespace of its own")
    _run("mount", "--make-rprivate", "/")


def share(root: Path) -> None:
    _run("mount", "--bind", str(root), str(root))
    _run("mount", "--make-shared", str(root))


def shared_folders(root: Path) -> list[Path]:
    """Where in a machine's tree its ZFS can mount file systems that the machine sees."""
    folders = [path for path in root.iterdir() if path.is_dir() and not path.is_symlink()]
    return sorted(path for path in folders if path.name[0] != "." and path.name not in SYSTEM)


def drop_dead(root: Path) -> None:
    """After the death of a ZFS: its mounts go, whoever still has a file open."""
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines() if line.split()[2] == "fuse.zfs"]
    for point in reversed([_plain(point) for point in points]):
        if point.startswith(f"{root}/"):
            _run("umount", "-l", point)


def _plain(word: str) -> str:
    """/proc/mounts writes blanks as octal numbers."""
    for code, letter in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        word = word.replace(code, letter)
    return word


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")
