# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as disk groups of Veritas Volume Manager: made, imported, deported, destroyed.

The layout belongs to each volume: every volume of a group lies on all its disks in the layout that the dataset declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...commands import vxvm_groups
from ...model.errors import Refused
from ...model.plan import Step
from ...model.volumes import DiskGroup, VxDevice, Vxvm
from ...model.vserver import Dataset
from ..actual import NodeActual
from ..context import NodeContext
from . import luns, volume, vxvm_filesystem

described_filesystem = vxvm_filesystem.described
predicted_filesystem = vxvm_filesystem.predicted
filesystem_present = vxvm_filesystem.present
filesystem_removed = vxvm_filesystem.removed


def here(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether the group is imported here."""
    return _group(dataset, actual) is not None


def offers(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether disks that this node sees carry a group of this name that is not imported here."""
    return not here(dataset, actual) and bool(away(dataset, actual))


def _group(dataset: Dataset, actual: NodeActual) -> DiskGroup | None:
    return actual.vxvm.groups.get(dataset.name) if actual.vxvm else None


def away(dataset: Dataset, actual: NodeActual) -> list[VxDevice]:
    """The disks that carry the group of the dataset's name while it is not imported here."""
    devices = actual.vxvm.devices.values() if actual.vxvm else ()
    return [device for device in devices if device.group == dataset.name and not device.imported]


def _working(dataset: Dataset, actual: NodeActual, context: NodeContext) -> Vxvm:
    found = actual.vxvm or Vxvm(context.node)
    if found.trouble:
        raise Refused(
            f"dataset {dataset.name}: node {context.node} can have no disk group: {found.trouble}. Install VxVM, or start vxconfigd."
        )
    return found


def _guids(devices: Sequence[VxDevice], actual: NodeActual) -> list[str]:
    return [luns.guid_of(device.natives[0], actual) if device.natives else device.name for device in devices]


def members(group: DiskGroup, actual: NodeActual) -> list[str]:
    """The group's disks as GUIDs where they have one; a disk whose device is gone by its media name."""
    devices = actual.vxvm.devices if actual.vxvm else {}
    return [_guids([devices[name]], actual)[0] if name in devices else media for media, name in group.disks.items()]


def present(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps that make the group imported and as declared, and warnings. Raises Refused where that could harm."""
    state = _working(dataset, actual, context)
    group = state.groups.get(dataset.name)
    if group is not None:
        return _checked(dataset, group, owner, actual, context)
    luns.check_owner(dataset, owner, context)
    offered = away(dataset, actual)
    if offered:
        step = _import(dataset, offered, owner, state, actual, context)
        return [step], luns.warnings(dataset, dataset.luns, actual, context)
    luns.check_new(dataset, owner, context, "'vxdisk -o alldgs list'")
    return _created(dataset, owner, state, actual, context), luns.warnings(dataset, dataset.luns, actual, context)


def _created(dataset: Dataset, owner: str, state: Vxvm, actual: NodeActual, context: NodeContext) -> list[Step]:
    steps = []
    disks = {}
    for number, guid in enumerate(dataset.luns, 1):
        native = luns.free_disk(dataset, guid, actual, context).device
        device = _device(native, state)
        if device is None and state.devices:
            raise Refused(
                f"dataset {dataset.name}: VxVM on node {context.node} does not know LUN {guid} ({native}). Let it look again ('vxdisk "
                "scandisks')."
            )
        name = device.name if device else native
        if device is None or _fresh(device):
            why = f"it is {device.status}" if device else "VxVM has nothing on it yet"
            steps.append(Step(owner, f"set up LUN {guid} for VxVM", why, vxvm_groups.set_up(name), refused_by=vxvm_groups.REFUSED_BY))
        elif not device.status.startswith("online"):
            raise Refused(
                f"dataset {dataset.name}: LUN {guid} is '{device.status}' to VxVM on node {context.node}. Repair it, or choose another."
            )
        disks[f"{dataset.name[:27]}{number:02}"] = name
    what = f"create dataset {dataset.name} ({dataset.layout} of {len(disks)} LUNs)"
    why = f"no disk group {dataset.name} on node {context.node}, and none to import"
    return [*steps, Step(owner, what, why, vxvm_groups.create(dataset.name, disks), refused_by=vxvm_groups.REFUSED_BY)]


def _fresh(device: VxDevice) -> bool:
    """Without VxVM's areas. ``error`` says so only of a disk on which VxVM knows no format; of others it means what it says."""
    return (
        device.status.startswith("online")
        and "invalid" in device.status
        or (device.status == "error" and device.type in ("auto", "auto:none"))
    )


def _device(native: str, state: Vxvm) -> VxDevice | None:
    return next((device for device in state.devices.values() if native in device.natives), None)


def _import(dataset: Dataset, offered: Sequence[VxDevice], owner: str, state: Vxvm, actual: NodeActual, context: NodeContext) -> Step:
    have = _guids(offered, actual)
    if sorted(have) != sorted(dataset.luns):
        missing = set(dataset.luns) - set(have)
        advice = (
            "Make its LUNs visible first." if missing and set(have) < set(dataset.luns) else "It is somebody else's, or declared wrongly."
        )
        raise Refused(
            f"dataset {dataset.name}: a disk group of this name lies on {', '.join(have)}, declared are {', '.join(dataset.luns)}. {advice}"
        )
    unknown = [device.name for device in offered if device.host is None]
    if unknown:
        raise Refused(f"dataset {dataset.name}: whose disk group it is, is not known ('vxdisk list {unknown[0]}').")
    others = sorted({device.host for device in offered if device.host and device.host != state.host})
    if others and not context.proven(others):
        raise Refused(
            f"dataset {dataset.name}: the disk group was imported by host {', '.join(others)} and never deported, it may be in use there. "
            f"If vServer {owner} runs there, it does not belong on {context.node}; if not, deport it there ('vxdg deport "
            f"{dataset.name}'), and node {context.node} imports it by itself afterwards."
        )
    why = "deported disk group on the declared LUNs"
    if others:
        why = f"the disk group was last imported by {', '.join(others)}, by force: {context.proof}"
    command = vxvm_groups.import_group(dataset.name, force=bool(others))
    return Step(owner, f"import dataset {dataset.name}", why, command, refused_by=vxvm_groups.REFUSED_BY)


def _checked(dataset: Dataset, group: DiskGroup, owner: str, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    have = members(group, actual)
    gone = [media for media in group.disks if media in have]
    named = [guid for guid in have if guid not in gone]
    if set(named) - set(dataset.luns) or len(set(dataset.luns) - set(named)) != len(gone) or not named:
        raise Refused(
            f"dataset {dataset.name}: node {context.node} has a disk group of this name on {', '.join(have)}; declared are "
            f"{', '.join(dataset.luns)}. Correct the declaration, or the group by hand."
        )
    steps = []
    stopped = sorted(one.name for one in group.volumes.values() if one.kstate == "DISABLED")
    if stopped:
        start = vxvm_groups.start_all(dataset.name)
        why = f"an import leaves them stopped: {', '.join(stopped)}"
        steps.append(Step(owner, f"start the volumes of dataset {dataset.name}", why, start, refused_by=vxvm_groups.REFUSED_BY))
    warnings = [f"dataset {dataset.name}: disk {media} of its group is gone on node {context.node} (vxdisk list)" for media in gone]
    return steps, [*warnings, *luns.warnings(dataset, named, actual, context)]


def exported(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Unmounts the zone's root, stops the volumes and deports the group; nothing to do where it is not imported."""
    group = _group(dataset, actual)
    if group is None:
        return []
    _check_ours(dataset, group, owner, actual)
    steps = volume.unmounted(f"/dev/vx/dsk/{dataset.name}/", dataset.name, owner, actual, context)
    why = "its data stays on the LUNs"
    if group.volumes:
        steps.append(Step(owner, f"stop the volumes of dataset {dataset.name}", why, vxvm_groups.stop_all(dataset.name)))
    deport = vxvm_groups.deport(dataset.name)
    return [*steps, Step(owner, f"export dataset {dataset.name}", why, deport, refused_by=vxvm_groups.REFUSED_BY)]


def destroyed(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Destroys the group with all data in it, a deported one after importing it. The caller has checked that the operator named it."""
    state = _working(dataset, actual, context)
    group = state.groups.get(dataset.name)
    if group is None:
        offered = away(dataset, actual)
        if not offered:
            luns.check_seen(dataset, owner, actual, context)
            return []
        steps = [_import(dataset, offered, owner, state, actual, context)]
    else:
        _check_ours(dataset, group, owner, actual)
        steps = volume.unmounted(f"/dev/vx/dsk/{dataset.name}/", dataset.name, owner, actual, context)
        if group.volumes:
            stop = vxvm_groups.stop_all(dataset.name)
            steps.append(Step(owner, f"stop the volumes of dataset {dataset.name}", "its disk group is destroyed", stop))
    why = "its destruction was asked for by name"
    command = vxvm_groups.destroy(dataset.name)
    steps.append(Step(owner, f"destroy dataset {dataset.name}", why, command, refused_by=vxvm_groups.REFUSED_BY))
    if group is None:
        return steps  # it is planned anew after the import
    for device in group.disks.values():
        if device:
            free = vxvm_groups.unset_up(device)
            steps.append(Step(owner, f"take VxVM's areas off {device}", "others may use the LUN then", free))
    return steps


def _check_ours(dataset: Dataset, group: DiskGroup, owner: str, actual: NodeActual) -> None:
    have = members(group, actual)
    if not set(have) & set(dataset.luns):
        raise Refused(
            f"dataset {dataset.name} of {owner}: the disk group of this name lies on {', '.join(have)}, declared are "
            f"{', '.join(dataset.luns)}. "
            "It is somebody else's, or the declaration is wrong. Nothing was done."
        )


def inside(dataset: Dataset, actual: NodeActual) -> dict[str, str]:
    """What lies in the group: DATASET/NAME of every volume → where it is mounted, '' for nowhere."""
    group = _group(dataset, actual)
    at = {entry.device: entry.path for entry in actual.mounts or ()}
    names = vxvm_filesystem.outer(group) if group else []
    return {f"{dataset.name}/{name}": at.get(vxvm_groups.block_device(dataset.name, name), "") for name in names}


def described(dataset: Dataset, actual: NodeActual) -> dict[str, Any] | None:
    """As it is shown in a diff; None where the group is not imported. The layout is that of its volumes."""
    group = _group(dataset, actual)
    if group is None:
        return None
    layouts = sorted({vxvm_groups.layout(group.volumes[name], group) for name in vxvm_filesystem.outer(group)})
    have = sorted(members(group, actual), key=lambda guid: dataset.luns.index(guid) if guid in dataset.luns else len(dataset.luns))
    return {"layout": "+".join(layouts) or dataset.layout, "luns": have, "state": "imported"}


def predicted(dataset: Dataset, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    return described(dataset, actual) or {"layout": dataset.layout, "luns": list(dataset.luns), "state": "imported"}
