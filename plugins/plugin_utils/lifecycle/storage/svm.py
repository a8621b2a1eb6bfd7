# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as disk sets of Solaris Volume Manager: made, taken, released, cleared.

In a set, d0 carries everything: a stripe, or a mirror of d1, d2 ..., which are the slices 0 of its drives. A stripe of mirrors is a
mirror of two stripes, of the first and of the second LUN of each pair: SVM then mirrors slice by slice. File systems are soft
partitions of d0, from d10 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...commands import svm_sets
from ...model.command import Command
from ...model.errors import Refused
from ...model.plan import Step
from ...model.volumes import DiskSet, Metadevice, Svm
from ...model.vserver import Dataset
from ..actual import NodeActual
from ..context import NodeContext
from . import luns, svm_filesystem, volume
from .svm_filesystem import TOP, owned

described_filesystem = svm_filesystem.described
predicted_filesystem = svm_filesystem.predicted
filesystem_present = svm_filesystem.present
filesystem_removed = svm_filesystem.removed


def here(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether this node owns the set, or the set has nothing yet that could be owned."""
    found = _set(dataset, actual)
    return found is not None and (owned(dataset.name, actual) or not found.drives)


def offers(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether this node is a host of the set and does not own it."""
    return _set(dataset, actual) is not None and not here(dataset, actual)


def _set(dataset: Dataset, actual: NodeActual) -> DiskSet | None:
    return actual.svm.sets.get(dataset.name) if actual.svm else None


def _working(dataset: Dataset, actual: NodeActual, context: NodeContext) -> Svm:
    found = actual.svm or Svm(context.node)
    if found.trouble:
        raise Refused(
            f"dataset {dataset.name}: node {context.node} can have no disk set: {found.trouble}. Disk sets need replicas of the local "
            "state database (metadb -a -f -c 3 SLICE) and the services network/rpc/meta and network/rpc/metamed (svcadm enable -r)."
        )
    return found


def present(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps that make the set owned by this node and as declared, and warnings. Raises Refused where that could harm."""
    state = _working(dataset, actual, context)
    found = state.sets.get(dataset.name)
    if found is None or not found.drives:
        return _created(dataset, owner, found, state, actual, context)
    have = [luns.guid_of(drive, actual) for drive in found.drives]
    if not owned(dataset.name, actual):
        luns.check_owner(dataset, owner, context)
        _check_drives(dataset, have, context)
        return [_taken(dataset, found, owner, state, context)], luns.warnings(dataset, have, actual, context)
    steps = _completed(dataset, owner, found, have, actual, context)
    steps += _hosts(dataset, owner, found, state, context)
    return steps, [*_checked(dataset, found, context), *luns.warnings(dataset, have, actual, context), *_idle(dataset, found, have, actual)]


def _check_drives(dataset: Dataset, have: Sequence[str], context: NodeContext) -> None:
    if not luns.same(sorted(have), dataset):
        raise Refused(
            f"dataset {dataset.name}: node {context.node} knows a disk set of this name on {', '.join(have)}; declared are "
            f"{', '.join(dataset.luns)}. It is somebody else's, or the declaration is wrong. Correct the declaration, or the set by hand."
        )


def _taken(dataset: Dataset, found: DiskSet, owner: str, state: Svm, context: NodeContext) -> Step:
    if found.owner and not context.proven([found.owner]):
        raise Refused(
            f"dataset {dataset.name}: the disk set is owned by host {found.owner}, it is in use there. If vServer {owner} runs there, it "
            f"does not belong on {context.node}; if not, release the set there ('metaset -s {dataset.name} -r'), and node {context.node} "
            "takes it by itself afterwards."
        )
    if unproven := [host for host in found.silent or () if not context.proven([host])]:
        raise Refused(
            f"dataset {dataset.name}: whether host {unproven[0]} owns the disk set is not known: it does not answer, and unknown is "
            f"not dead. Bring it up, or have its vServers recovered; if it is gone for ever, take it out of the set by hand "
            f"('metaset -s {dataset.name} -d -f -h {unproven[0]}')."
        )
    why = f"no host owns the set, which {', '.join(found.hosts)} may take"
    if found.owner:
        why = f"the set was last owned by {found.owner}, by force: {context.proof}"
    elif found.silent:
        why = f"whether {', '.join(found.silent)} owns the set cannot be seen, by force: {context.proof}"
    command = svm_sets.take(dataset.name, force=bool(found.owner or found.silent))
    return Step(owner, f"import dataset {dataset.name}", why, command)


def _created(
    dataset: Dataset, owner: str, found: DiskSet | None, state: Svm, actual: NodeActual, context: NodeContext
) -> tuple[list[Step], list[str]]:
    luns.check_owner(dataset, owner, context)
    luns.check_new(dataset, owner, context, "'metaset', 'metaimport -r'")
    drives = [luns.free_disk(dataset, guid, actual, context).device for guid in dataset.luns]
    why = f"node {context.node} knows no disk set {dataset.name}"
    empty = found or DiskSet(dataset.name, {}, ())
    steps = _hosts(dataset, owner, empty, state, context)
    what = f"create dataset {dataset.name} ({dataset.layout} of {len(drives)} LUNs)"
    steps.append(Step(owner, what, why, svm_sets.add_drives(dataset.name, drives)))
    steps += [Step(owner, part.what, part.why, part.command) for part in _parts(dataset, drives)]
    return steps, luns.warnings(dataset, dataset.luns, actual, context)


def _hosts(dataset: Dataset, owner: str, found: DiskSet, state: Svm, context: NodeContext) -> list[Step]:
    """A node takes a set only when it is one of its hosts, so every candidate has to be one. The first host is the node itself."""
    able = sorted(one.host for one in context.candidates if set(dataset.luns) <= one.luns and one.release.is_solaris10)
    wanted = list(dict.fromkeys([state.host, *able]))
    missing = [host for host in wanted if host not in found.hosts]
    if not missing:
        return []
    what = f"make {', '.join(missing)} hosts of disk set {dataset.name}"
    return [Step(owner, what, "only its hosts can take a set", svm_sets.add_hosts(dataset.name, missing))]


@dataclass(frozen=True, slots=True)
class _Part:
    """A metadevice that the layout needs, with the command that makes it."""

    name: str
    kind: str
    parts: tuple[str, ...]
    what: str
    why: str
    command: Command


def _parts(dataset: Dataset, drives: Sequence[str]) -> list[_Part]:
    name = dataset.name

    def stripe(device: str, over: Sequence[str]) -> _Part:
        what = f"make metadevice {device} of disk set {name} ({len(over)} slices)"
        return _Part(device, "stripe", tuple(over), what, f"layout {dataset.layout}", svm_sets.stripe(name, device, over))

    if dataset.layout in ("single", "stripe"):
        return [stripe(TOP, drives)]
    sides = [[drive] for drive in drives] if dataset.layout == "mirror" else [list(drives[0::2]), list(drives[1::2])]
    found = [stripe(f"d{number}", side) for number, side in enumerate(sides, 1)]
    made = svm_sets.mirror(name, TOP, "d1")
    found.append(_Part(TOP, "mirror", ("d1",), f"make mirror {TOP} of disk set {name}", f"layout {dataset.layout}", made))
    for number in range(2, len(sides) + 1):
        attach = svm_sets.attach(name, TOP, f"d{number}")
        found.append(_Part("", "attach", (f"d{number}",), f"attach d{number} to mirror {TOP}", "it copies from the first", attach))
    return found


def _completed(dataset: Dataset, owner: str, found: DiskSet, have: Sequence[str], actual: NodeActual, context: NodeContext) -> list[Step]:
    """What an interrupted creation left undone. A set that carries volumes must be as declared, save for lost submirrors."""
    devices = found.devices or {}
    bare = not any(device.kind == "soft" for device in devices.values())
    missing = [guid for guid in dataset.luns if guid not in have]
    if set(have) - set(dataset.luns) or (missing and not bare):
        _check_drives(dataset, have, context)
    steps = []
    if missing:
        drives = [luns.free_disk(dataset, guid, actual, context).device for guid in missing]
        what = f"add {len(drives)} LUNs to disk set {dataset.name}"
        steps.append(Step(owner, what, "they are declared and not in it", svm_sets.add_drives(dataset.name, drives)))
    names = {luns.guid_of(drive, actual): drive for drive in found.drives}
    drives = [names.get(guid) or luns.free_disk(dataset, guid, actual, context).device for guid in dataset.luns]
    submirrors = devices[TOP].parts if TOP in devices else ()
    for part in _parts(dataset, drives):
        if part.kind == "attach":
            if part.parts[0] not in submirrors and bare:
                steps.append(Step(owner, part.what, part.why, part.command))
            continue
        device = devices.get(part.name)
        if device is None and bare:
            steps.append(Step(owner, part.what, part.why, part.command))
        elif device is None or not _fits(device, part):
            shown = f"{device.kind} of {', '.join(device.parts)}" if device else "missing"
            raise Refused(
                f"dataset {dataset.name}: metadevice {part.name} of the disk set is {shown}; layout {dataset.layout} needs a {part.kind} "
                f"of {', '.join(part.parts)}. Correct the declaration, or the set by hand."
            )
    return steps


def _fits(device: Metadevice, part: _Part) -> bool:
    if part.kind == "mirror":
        return device.kind == "mirror" and bool(device.parts)
    return device.kind == part.kind and device.parts == part.parts


def _checked(dataset: Dataset, found: DiskSet, context: NodeContext) -> list[str]:
    """Warnings where a submirror is not well or missing. Raises Refused where no copy is whole."""
    devices = found.devices or {}
    top = devices.get(TOP)
    if top is None:
        return []
    carriers = [devices[name] for name in top.parts if name in devices] if top.kind == "mirror" else [top]
    bad = [f"{device.name} {device.state}" for device in carriers if device.state != "Okay"]
    if len(bad) == len(carriers):
        raise Refused(
            f"dataset {dataset.name}: {', '.join(bad)} of its disk set on node {context.node}, and no other copy is whole. "
            f"Repair it first ('metastat -s {dataset.name}')."
        )
    sides = {"mirror": len(dataset.luns), "stripe_of_mirrors": 2}.get(dataset.layout, 1)
    if len(carriers) < sides and any(device.kind == "soft" for device in devices.values()):
        bad.append(f"{len(carriers)} of {sides} submirrors attached to {TOP}")
    return [f"dataset {dataset.name} is impaired on node {context.node}: {', '.join(bad)} (metastat -s {dataset.name})"] if bad else []


def _idle(dataset: Dataset, found: DiskSet, have: Sequence[str], actual: NodeActual) -> list[str]:
    top = (found.devices or {}).get(TOP)
    more = luns.grown(dataset, have, top.size if top else 0, actual)
    if not more:
        return []
    return [
        (
            f"dataset {dataset.name}: its LUNs have {more} bytes that {TOP} does not use. Slices keep their size when a LUN is enlarged: "
            f"to use them relabel the LUN by hand (format), or attach further slices to {TOP} (metattach)"
        )
    ]


def exported(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Unmounts the zone's root and releases the set with its data; nothing to do where this node does not own it."""
    if not owned(dataset.name, actual):
        return []
    _check_ours(dataset, owner, actual)
    steps = volume.unmounted(f"/dev/md/{dataset.name}/dsk/", dataset.name, owner, actual, context)
    return [*steps, Step(owner, f"export dataset {dataset.name}", "its data stays on the LUNs", svm_sets.release(dataset.name))]


def destroyed(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Clears the set with all data in it, one that nobody owns after taking it. The caller has checked that the operator named it."""
    found = _working(dataset, actual, context).sets.get(dataset.name)
    if found is None:
        luns.check_seen(dataset, owner, actual, context)
        loose = [guid for guid in dataset.luns if luns.carried(guid, actual)]
        if loose:
            raise Refused(
                f"dataset {dataset.name} of {owner}: LUN {loose[0]} {luns.carried(loose[0], actual)} on node {context.node}, which is no "
                "host of the set. Destroy it from one of its hosts. Nothing was done."
            )
        return []
    why = "its destruction was asked for by name"
    last = Step(owner, f"destroy dataset {dataset.name}", why, svm_sets.delete_hosts(dataset.name, sorted(found.hosts)))
    if not found.drives:
        return [last]
    _check_ours(dataset, owner, actual)
    steps = []
    if not owned(dataset.name, actual):
        steps.append(_taken(dataset, found, owner, actual.svm or Svm(context.node), context))
    steps += volume.unmounted(f"/dev/md/{dataset.name}/dsk/", dataset.name, owner, actual, context)
    if found.devices or steps[:1] and found.devices is None:
        steps.append(Step(owner, f"clear disk set {dataset.name}", why, svm_sets.clear_all(dataset.name)))
    steps.append(Step(owner, f"take the LUNs out of disk set {dataset.name}", why, svm_sets.delete_drives(dataset.name, found.drives)))
    return [*steps, last]


def _check_ours(dataset: Dataset, owner: str, actual: NodeActual) -> None:
    found = _set(dataset, actual)
    have = [luns.guid_of(drive, actual) for drive in found.drives] if found else []
    if have and not set(have) & set(dataset.luns):
        raise Refused(
            f"dataset {dataset.name} of {owner}: the disk set of this name lies on {', '.join(have)}, declared are "
            f"{', '.join(dataset.luns)}. "
            "It is somebody else's, or the declaration is wrong. Nothing was done."
        )


def inside(dataset: Dataset, actual: NodeActual) -> dict[str, str]:
    """What lies on the set: DATASET/NAME of every soft partition → where it is mounted, '' for nowhere."""
    devices = (found.devices or {}) if (found := _set(dataset, actual)) else {}
    at = {entry.device: entry.path for entry in actual.mounts or ()}
    soft = [device.name for device in devices.values() if device.kind == "soft"]
    return {f"{dataset.name}/{name}": at.get(svm_sets.block_device(dataset.name, name), "") for name in soft}


def described(dataset: Dataset, actual: NodeActual) -> dict[str, Any] | None:
    """As it is shown in a diff; None where this node does not own it."""
    found = _set(dataset, actual)
    if found is None or not owned(dataset.name, actual):
        return None
    devices = found.devices or {}
    top = devices.get(TOP)
    state = "nothing" if top is None else top.state
    have = sorted((luns.guid_of(drive, actual) for drive in found.drives), key=lambda guid: _place(guid, dataset))
    return {"layout": _layout(top, devices), "luns": have, "state": state}


def _place(guid: str, dataset: Dataset) -> int:
    return dataset.luns.index(guid) if guid in dataset.luns else len(dataset.luns)


def _layout(top: Metadevice | None, devices: dict[str, Metadevice] | Any) -> str:
    if top is None:
        return "nothing"
    if top.kind != "mirror":
        return "single" if top.kind == "stripe" and len(top.parts) == 1 else top.kind
    sides = [devices[name] for name in top.parts if name in devices]
    return "stripe_of_mirrors" if sides and all(len(side.parts) > 1 for side in sides) else "mirror"


def predicted(dataset: Dataset, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    will = {"layout": dataset.layout, "luns": list(dataset.luns), "state": "Okay"}
    now = described(dataset, actual)
    return will if now is None or now["state"] == "nothing" else now
