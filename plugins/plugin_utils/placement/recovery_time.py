# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a vServer takes to come up on another node, from how long it took before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model.vserver import VServer

#: What the steps that count begin with.
STEPS = ("import dataset ", "attach zone ", "boot zone ")
#: How many of the youngest times count: hardware and data change.
YOUNGEST = 9


@dataclass(frozen=True, slots=True)
class RecoveryTime:
    """``seconds`` from the first import until it is up, None where that is not known. ``parts``: step → median. ``why``: in words.

    How long it takes until somebody sees that a node is lost, and until its death is proven, comes on top.
    """

    seconds: float | None
    parts: Mapping[str, float]
    why: str


def predicted(vserver: VServer, history: Mapping[str, Sequence[float]]) -> RecoveryTime:
    """``history``: step → seconds, the youngest first."""
    needed = [f"import dataset {dataset.name}" for dataset in vserver.datasets if not dataset.rootzpool]
    needed += [f"attach zone {vserver.name}", f"boot zone {vserver.name}"]
    parts = {step: _median(history[step][:YOUNGEST]) for step in needed if history.get(step)}
    missing = [step for step in needed if step not in parts]
    if missing:
        return RecoveryTime(None, parts, f"not known: the journal has no '{missing[0]}' of it that succeeded")
    fewest = min(len(history[step]) for step in needed)
    return RecoveryTime(sum(parts.values()), parts, f"median of the last {min(fewest, YOUNGEST)} time{'s' if fewest > 1 else ''}")


def _median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
