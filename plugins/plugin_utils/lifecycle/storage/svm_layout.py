# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadevices of a disk set by the layout that is declared: made, completed, checked.

d0 is a stripe, or a mirror of d1, d2 ..., which are the slices 0 of the set's drives. A stripe of mirrors is a mirror of two stripes,
of the first and of the second LUN of each pair: SVM then mirrors slice by slice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...commands import svm_sets
from ...model.command import Command
from ...model.errors import Refused
from ...model.plan import Step
from ...model.volumes import Metadevice
from ...model.vserver import Dataset
from ..context import NodeContext
from .svm_filesystem import TOP


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
    """In the order in which they are made. ``drives`` are those of the declared LUNs, in their order."""
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


def in_use(devices: Mapping[str, Metadevice]) -> bool:
    """Whether the set carries volumes."""
    return any(device.kind == "soft" for device in devices.values())


def completed(dataset: Dataset, owner: str, devices: Mapping[str, Metadevice], drives: Sequence[str]) -> list[Step]:
    """Steps that make what is missing. Raises Refused where a set that carries volumes is not as declared, save for lost submirrors."""
    bare = not in_use(devices)
    steps = []
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


def checked(dataset: Dataset, devices: Mapping[str, Metadevice], context: NodeContext) -> list[str]:
    """Warnings where a submirror is not well or missing. Raises Refused where no copy is whole."""
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
    if len(carriers) < sides and in_use(devices):
        bad.append(f"{len(carriers)} of {sides} submirrors attached to {TOP}")
    return [f"dataset {dataset.name} is impaired on node {context.node}: {', '.join(bad)} (metastat -s {dataset.name})"] if bad else []


def layout_of(top: Metadevice | None, devices: Mapping[str, Metadevice]) -> str:
    """The layout that there is, by its name in a declaration where it has one. ``top`` is d0."""
    if top is None:
        return "nothing"
    if top.kind != "mirror":
        return "single" if top.kind == "stripe" and len(top.parts) == 1 else top.kind
    sides = [devices[name] for name in top.parts if name in devices]
    return "stripe_of_mirrors" if sides and all(len(side.parts) > 1 for side in sides) else "mirror"
