# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of machines and of pools: a pool's files lie under STATE/pools and move with it.

A mounted ZFS dataset is a link from its mount point in the machine's tree to ``/.lab/pools/GUID/DATASET`` (slashes of the name
written as ``%2F``), so a pool imported elsewhere brings its files along. Without a running lab (unit tests of a command family)
nothing is done and nothing is reported mounted.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .truth import Machine, SharedPool

INSIDE = "/.lab/pools"


class _Place:
    state: Path | None = None
    namespaces = True


def configure(state: Path, namespaces: bool) -> None:
    """Told once by the lab where its state is."""
    _Place.state = state.absolute()
    _Place.namespaces = namespaces


def forget() -> None:
    """The lab has stopped: whoever comes after it in the same process has none."""
    _Place.state = None


def configured() -> bool:
    return _Place.state is not None


def _state() -> Path:
    if _Place.state is None:
        raise OSError(errno.ENODEV, "no lab is running")
    return _Place.state


def dataset_folder(pool_guid: str, dataset: str) -> Path:
    """Where the files of a dataset really lie, made when missing."""
    path = _state() / "pools" / pool_guid / dataset.replace("/", "%2F")
    path.mkdir(parents=True, exist_ok=True)
    return path


def root(machine: Machine) -> Path:
    """The root of the machine's tree on the host."""
    return _state() / "machines" / machine.name / "root"


def resolve(machine: Machine, path: str, follow_last: bool = True) -> Path:
    """The real path of a machine's absolute path; links are followed as the machine sees them. Raises OSError (ELOOP)."""
    top = root(machine)
    todo = [part for part in path.split("/") if part]
    done: list[str] = []
    hops = 0
    while todo:
        part = todo.pop(0)
        if part == ".":
            continue
        if part == "..":
            done = done[:-1]
            continue
        here = _outside(top, [*done, part])
        if here.is_symlink() and (todo or follow_last):
            hops += 1
            if hops > 40:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            target = os.readlink(here)
            if target.startswith(str(_state() / "pools")):  # paths mode: links point to the host's path
                target = INSIDE + target.removeprefix(str(_state() / "pools"))
            if target.startswith("/"):
                done = []
            todo = [part for part in target.split("/") if part] + todo
            continue
        done.append(part)
    return _outside(top, done)


def _outside(top: Path, parts: list[str]) -> Path:
    if parts[:2] == [".lab", "pools"]:
        return _state().joinpath("pools", *parts[2:])
    return top.joinpath(*parts)


def mount(machine: Machine, pool_guid: str, dataset: str, mountpoint: str) -> None:
    """Mount a dataset; the mount point is made. Raises OSError ENOTEMPTY when a folder with entries is there."""
    if not configured():
        return
    source = dataset_folder(pool_guid, dataset)
    place = resolve(machine, mountpoint, follow_last=False)
    if place.is_symlink() and _pool_link(place):
        place.unlink()
    elif place.is_dir() and not place.is_symlink():
        place.rmdir()
    elif place.exists() or place.is_symlink():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), mountpoint)
    place.parent.mkdir(parents=True, exist_ok=True)
    target = f"{INSIDE}/{pool_guid}/{source.name}" if _Place.namespaces else str(source)
    place.symlink_to(target)


def unmount(machine: Machine, mountpoint: str, remove: bool = False) -> None:
    """Unmount what is mounted there; an empty folder stays unless ``remove``. Nothing mounted: OSError EINVAL."""
    if not configured():
        return
    place = resolve(machine, mountpoint, follow_last=False)
    if not (place.is_symlink() and _pool_link(place)):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), mountpoint)
    place.unlink()
    if not remove:
        place.mkdir()


def unmount_all(machine: Machine, pools: list[str]) -> None:
    """What a kernel leaves when it dies: empty folders where file systems were mounted. ``pools``: guids of those that were its own
    (links inside their files are its mounts too)."""
    if not configured():
        return
    for top in [root(machine), *(_state() / "pools" / guid for guid in pools)]:
        for folder, folders, files in os.walk(top):
            if Path(folder) == top and ".lab" in folders:
                folders.remove(".lab")
            for name in [*folders, *files]:
                place = Path(folder, name)
                if place.is_symlink() and _pool_link(place):
                    place.unlink()
                    place.mkdir()


def mounted(machine: Machine, mountpoint: str) -> tuple[str, str] | None:
    """(pool guid, dataset) mounted at a path, or None."""
    if not configured():
        return None
    place = resolve(machine, mountpoint, follow_last=False)
    if not (place.is_symlink() and _pool_link(place)):
        return None
    guid, name = os.readlink(place).split("/")[-2:]
    return guid, name.replace("%2F", "/")


def _pool_link(place: Path) -> bool:
    target = os.readlink(place)
    return target.startswith((INSIDE + "/", str(_state() / "pools") + "/"))


def read_file(machine: Machine, path: str) -> str:
    """A file of the machine. Raises OSError as the real one."""
    return resolve(machine, path).read_text(errors="surrogateescape")


def write_file(machine: Machine, path: str, text: str) -> None:
    """Writes a file of the machine. Raises OSError as the real one (its folder must exist)."""
    resolve(machine, path).write_text(text, errors="surrogateescape")


def mountpoint_of(pool: SharedPool, dataset: str) -> str | None:
    """Where a file system of a pool is mounted by itself: its own or inherited ``mountpoint``; None when it is not mounted
    (none, legacy, canmount not on, zoned, or not a file system)."""
    known = pool.datasets.get(dataset)
    if known is None or known.type != "filesystem" or known.properties.get("canmount", "on") != "on":
        return None
    name, rest = dataset, ""
    zoned = mountpoint = None
    while name:
        properties = pool.datasets[name].properties if name in pool.datasets else {}
        zoned = zoned or properties.get("zoned")
        if mountpoint is None and "mountpoint" in properties:
            mountpoint = properties["mountpoint"]
            rest = dataset.removeprefix(name)
        name = name.rpartition("/")[0]
    if zoned == "on" or mountpoint in ("none", "legacy"):
        return None
    return (mountpoint.rstrip("/") + rest if mountpoint else "/" + dataset) or "/"
