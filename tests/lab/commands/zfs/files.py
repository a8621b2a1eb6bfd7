# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders and files of machines and pools, beyond what filesystem.py offers. Without a running lab nothing is there and nothing happens."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from ... import filesystem
from ...truth import Machine


def vanish(machine: Machine, path: str) -> None:
    """Unmount what filesystem.py shows at ``path``, if anything."""
    try:
        filesystem.unmount(machine, path)
    except OSError as err:
        if err.errno != errno.EINVAL:
            raise


def _stored(guid: str) -> Path:
    return filesystem.dataset_folder(guid, "x").parent


def renamed(guid: str, old: str, new: str) -> None:
    """A data set and all below it have a new name: their files go along."""
    if not filesystem.configured():
        return
    before, after = (name.replace("/", "%2F") for name in (old, new))
    for folder in list(_stored(guid).iterdir()):
        if folder.name == before or folder.name.startswith(f"{before}%2F"):
            folder.rename(folder.with_name(after + folder.name[len(before) :]))


def forget(guid: str, name: str) -> None:
    """A destroyed data set's files go."""
    if filesystem.configured():
        shutil.rmtree(filesystem.dataset_folder(guid, name), ignore_errors=True)


def mode(machine: Machine, path: str) -> int | None:
    """Permission bits of a folder, None when it is not there. Without a lab every folder is there, 0700."""
    if not filesystem.configured():
        return 0o700
    place = filesystem.resolve(machine, path)
    return place.stat().st_mode & 0o7777 if place.is_dir() else None


def make_folder(machine: Machine, path: str, bits: int) -> None:
    """Make a folder and those above it, with these permissions; set them when it is there."""
    if filesystem.configured():
        place = filesystem.resolve(machine, path)
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(bits)


def write(machine: Machine, path: str, text: str) -> None:
    """Write a file, making its folder."""
    if filesystem.configured():
        place = filesystem.resolve(machine, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def exists(machine: Machine, path: str) -> bool:
    return not filesystem.configured() or filesystem.resolve(machine, path).exists()


def empty_folder(machine: Machine, path: str) -> bool:
    """Nothing there, or an empty folder."""
    if not filesystem.configured():
        return True
    place = filesystem.resolve(machine, path)
    return not place.exists() or (place.is_dir() and not any(place.iterdir()))


def remove_tree(machine: Machine, path: str) -> None:
    if filesystem.configured():
        shutil.rmtree(filesystem.resolve(machine, path), ignore_errors=True)


def remove_file(machine: Machine, path: str) -> None:
    if filesystem.configured():
        filesystem.resolve(machine, path).unlink(missing_ok=True)


def read(machine: Machine, path: str) -> str | None:
    """A file's text, None when it is not there or no lab runs."""
    if not filesystem.configured():
        return None
    place = filesystem.resolve(machine, path)
    return place.read_text() if place.is_file() else None
