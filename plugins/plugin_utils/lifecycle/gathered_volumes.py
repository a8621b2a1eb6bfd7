# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones whose file systems lie on volumes, as variables: disk sets and disk groups that a Solaris 10 node has.

Three looks: which there are, what is in them, and what is on each volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from ..commands import mount, node_name, svm_sets, vxvm_groups
from ..model.command import Command, Output
from ..model.names import device_guid
from ..model.vserver import Dataset, Filesystem
from .actual import NodeActual
from .storage import driver, luns
from .storage import look as storage_look
from .storage.replacement import volume_name

_LAYOUTS = ("single", "mirror", "stripe", "stripe_of_mirrors")


def first_look() -> dict[str, Command]:
    return {
        "mounts": mount.mounted(),
        "name": node_name.probe(),
        "svm sets": svm_sets.sets(),
        "vxvm devices": vxvm_groups.devices(),
        "vxvm paths": vxvm_groups.natives(),
    }


def datasets(outputs: Mapping[str, Output]) -> tuple[Dataset, ...]:
    """The sets that the node owns and the groups that it has imported; their layouts are not known yet."""
    if "svm sets" not in outputs:
        return ()
    host = node_name.parse(outputs["name"])
    sets, _no_svm = svm_sets.parse_sets(outputs["svm sets"])
    found = [Dataset(name, one.drives, manager="svm") for name, one in sorted(sets.items()) if one.hosts.get(host)]
    devices, _no_vxvm = vxvm_groups.parse_devices(outputs["vxvm devices"], outputs["vxvm paths"])
    groups = sorted({device.group for device in devices.values() if device.imported})
    return (*found, *(Dataset(name, (), manager="vxvm") for name in groups))


def second_look(there: Sequence[Dataset]) -> dict[str, Command]:
    return storage_look.first(there, (), health=False) if there else {}


def read_second(there: Sequence[Dataset], outputs: Mapping[str, Output]) -> NodeActual:
    """Raises CommandFailed where a set or group cannot be shown."""
    nothing = NodeActual(zones={}, pools={})
    return storage_look.read_first(nothing, there, (), outputs) if there else nothing


def third_look(there: Sequence[Dataset], actual: NodeActual) -> dict[str, Command]:
    """What lies on each volume."""
    names = [name for dataset in there for name in driver.of(dataset).inside(dataset, actual)]
    return {key: command for key, command in storage_look.first(there, names, health=False).items() if key.startswith(("kind ", "span "))}


def read_third(actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
    return storage_look.read_third(actual, outputs) if outputs else actual


def at(path: str, actual: NodeActual) -> str:
    """The device that is mounted on ``path``; '' for none of ours."""
    return next((one.device for one in actual.mounts or () if one.path == path and volume_name(one.device)), "")


def filesystem(kind: Literal["root", "data"], device: str, actual: NodeActual, problems: list[str]) -> dict[str, Any]:
    """The entry of ``filesystems`` for a volume."""
    pool, _slash, name = volume_name(device).partition("/")
    entry: dict[str, Any] = {"type": kind, "dataset": pool, "name": name}
    manager: Literal["svm", "vxvm"] = "svm" if device.startswith("/dev/md/") else "vxvm"
    shown = driver.of(Dataset(pool, (), manager=manager)).described_filesystem(Filesystem(kind, pool, name), actual)
    if shown is None:
        problems.append(f"volume {pool}/{name} (the volume manager does not show it)")
        return entry
    if shown["type"] not in ("ufs", "vxfs"):
        problems.append(f"volume {pool}/{name} with a file system of type {shown['type']}")
    return entry | {"size": shown["size"]} | ({"fstype": shown["type"]} if manager == "vxvm" else {})


def dataset(found: Dataset, actual: NodeActual, problems: list[str]) -> dict[str, Any]:
    """The entry of ``datasets`` for a set or group."""
    shown = driver.of(found).described(found, actual) or {"layout": "nothing", "luns": []}
    disks = list(shown["luns"])
    problems += [f"dataset {found.name} on {disk}, which tells no GUID" for disk in disks if not device_guid(f"c0t{disk}d0")]
    if shown["layout"] not in _LAYOUTS:
        problems.append(f"dataset {found.name} of layout {shown['layout']}")
    if shown["layout"] == "stripe_of_mirrors" and found.manager == "svm":
        disks = _paired(found, actual) or disks
    return {"name": found.name, "manager": found.manager, "layout": shown["layout"], "luns": disks}


def _paired(found: Dataset, actual: NodeActual) -> list[str]:
    """The drives of a mirror of two stripes, pair by pair."""
    devices = (actual.svm.sets[found.name].devices if actual.svm else None) or {}
    top = next((device for device in devices.values() if device.kind == "mirror"), None)
    sides = [devices[name].parts for name in top.parts if name in devices] if top else []
    return [luns.guid_of(drive, actual) for pair in zip(*sides, strict=False) for drive in pair] if len(sides) == 2 else []


def seen(actual: NodeActual | None, **more: Any) -> NodeActual:
    """The node with its volumes, and the rest of what was gathered."""
    return replace(actual or NodeActual(zones={}, pools={}), **more, complete=True)
