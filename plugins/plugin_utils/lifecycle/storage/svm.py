# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as disk sets of Solaris Volume Manager: made, taken, released, cleared.

In a set, d0 carries everything (see ``svm_layout``). File systems are soft partitions of d0, from d10 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...commands import svm_sets
from ...model.errors import Refused
from ...model.plan import Step
from ...model.volumes import DiskSet, Svm
from ...model.vserver import Dataset
from ..actual import NodeActual
from ..context import NodeContext
from . import luns, svm_filesystem, svm_layout, volume
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
    warnings = [*svm_layout.checked(dataset, found.devices or {}, context), *luns.warnings(dataset, have, actual, context)]
    return steps, [*warnings, *_idle(dataset, found, have, actual)]


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
    steps += svm_layout.completed(dataset, owner, {}, drives)
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


def _completed(dataset: Dataset, owner: str, found: DiskSet, have: Sequence[str], actual: NodeActual, context: NodeContext) -> list[Step]:
    """What an interrupted creation left undone. A set that carries volumes must be as declared, save for lost submirrors."""
    devices = found.devices or {}
    missing = [guid for guid in dataset.luns if guid not in have]
    if set(have) - set(dataset.luns) or (missing and svm_layout.in_use(devices)):
        _check_drives(dataset, have, context)
    steps = []
    if missing:
        drives = [luns.free_disk(dataset, guid, actual, context).device for guid in missing]
        what = f"add {len(drives)} LUNs to disk set {dataset.name}"
        steps.append(Step(owner, what, "they are declared and not in it", svm_sets.add_drives(dataset.name, drives)))
    names = {luns.guid_of(drive, actual): drive for drive in found.drives}
    drives = [names.get(guid) or luns.free_disk(dataset, guid, actual, context).device for guid in dataset.luns]
    return [*steps, *svm_layout.completed(dataset, owner, devices, drives)]


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
    return {"layout": svm_layout.layout_of(top, devices), "luns": have, "state": state}


def _place(guid: str, dataset: Dataset) -> int:
    return dataset.luns.index(guid) if guid in dataset.luns else len(dataset.luns)


def predicted(dataset: Dataset, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    will = {"layout": dataset.layout, "luns": list(dataset.luns), "state": "Okay"}
    now = described(dataset, actual)
    return will if now is None or now["state"] == "nothing" else now
