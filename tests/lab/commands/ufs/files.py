# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a file system's files, and its appearance at a mount point. Without a running lab nothing happens."""

from __future__ import annotations

import errno
import shutil

from ... import filesystem
from ...truth import FileSystem, Machine
from ..options import Unknown
from ..zfs import files as folders

DATA = "data"


def pool(identity: str) -> str:
    """The name under STATE/pools."""
    return f"fs-{identity}"


def prepare(identity: str) -> None:
    """A new file system has lost+found only."""
    if filesystem.configured():
        (filesystem.dataset_folder(pool(identity), DATA) / "lost+found").mkdir(mode=0o700)


def forget(system: FileSystem) -> None:
    if filesystem.configured():
        shutil.rmtree(filesystem.dataset_folder(pool(system.identity), DATA).parent, ignore_errors=True)


def exists(machine: Machine, point: str) -> bool:
    return folders.exists(machine, point)


def is_folder(machine: Machine, point: str) -> bool:
    return folders.mode(machine, point) is not None


def appear(machine: Machine, system: FileSystem, point: str) -> None:
    """Show the files at the mount point, which must be an empty folder: what a mount hides the lab cannot keep."""
    try:
        filesystem.mount(machine, pool(system.identity), DATA, point)
    except OSError as err:
        if err.errno == errno.ENOTEMPTY:
            raise Unknown(f"a mount over {point}, which has entries") from None
        raise


def vanish(machine: Machine, point: str) -> None:
    folders.vanish(machine, point)


def count(system: FileSystem) -> int:
    """Files and folders, as fsck counts them."""
    if not filesystem.configured():
        return 2
    top = filesystem.dataset_folder(pool(system.identity), DATA)
    return 1 + sum(1 for _ in top.rglob("*"))
