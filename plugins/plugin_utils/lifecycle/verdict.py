# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the monitors' judgements of a node are worth as a proof of its death, to whom would take over its storage.

A machine that boots imports the pools of its zpool.cache before any service, and so before the gate that holds its zones back (zpool(8),
property cachefile). So a verdict that the machine was off, or stopped itself, counts only as long as it can be taken to be off still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model.judgement import Judged

#: Seconds for which a verdict counts, of a machine that is off and that somebody may switch on.
FRESH = 3600
_HEARD = ("alive", "late")
_BY = {
    "off": "it was off by its service processor when the monitor asked",
    "lease": "its lease ran out, and it powers itself off then",
    "storage": "its access to the storage was taken away",
    "person": "a person acknowledged it to the monitor",
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """``proof`` is why it is dead, '' where that is not known; ``incident`` names the loss that it is about.

    ``heard`` is who hears it: then it lives. ``said`` is what all of them say.
    """

    proof: str
    incident: str
    heard: str
    said: str


def concluded(node: str, judged: Mapping[str, Judged | str], power: bool | None, powers_off: bool, standing: str) -> Conclusion:
    """``judged`` is by monitor what it says of the node, or why it says nothing. ``power`` is what the service processor says now.

    ``powers_off``: its self-fencing leaves the machine without power. ``standing`` is the reason of its quarantine, '' where it is in
    none: a verdict that was acted on counts as long as that lasts.
    """
    known = {name: one for name, one in sorted(judged.items()) if isinstance(one, Judged)}
    heard = ", ".join(name for name, one in known.items() if _hears(one))
    proof = loss = ""
    doubts = {name: _doubt(one, power, powers_off, f"({incident(name, node, one)})" in standing) for name, one in known.items()}
    if not heard and not any(one.disputed for one in known.values()):
        for name in (name for name, doubt in doubts.items() if not doubt):
            loss = incident(name, node, known[name])
            proof = f"{_BY[known[name].verdict]} ({loss})"
            break
    told = [
        f"monitor {name} does not tell ({one})" if isinstance(one, str) else f"monitor {name} says {_told(one, doubts[name])}"
        for name, one in sorted(judged.items())
    ]
    return Conclusion(proof, loss, heard, "; ".join(told))


def incident(monitor: str, node: str, judged: Judged) -> str:
    """Names a loss: recovery runs once for it."""
    return f"incident {judged.incident} of node {node}, boot {judged.boot or 'never heard'}, monitor {monitor}"


def _hears(judged: Judged) -> bool:
    """In maintenance (``away``) a node is heard as well, and after its verdict too where the verdict was wrong."""
    return judged.heard or judged.state in _HEARD


def _doubt(judged: Judged, power: bool | None, powers_off: bool, standing: bool) -> str:
    """Why this is no proof; '' where it is one."""
    if judged.disputed:
        return "two machines have its number"
    if judged.state != "fenced" or not judged.verdict:
        return "nothing is proven"
    if judged.verdict == "storage":
        return ""
    if power is True:
        return "the machine has power by now"
    # What the agent last said of itself: the inventory may have been changed and not deployed.
    if judged.verdict == "lease" and not (powers_off and judged.shown.get("self_fence", "stop") == "stop"):
        return "its self-fencing lets it boot again, which imports its pools: only self_fence {by: stop, how: power_off} leaves it off"
    if standing or (judged.age is not None and judged.age <= FRESH):
        return ""
    return f"that is longer than {FRESH // 60} minutes ago, or was before that monitor's start: it may have been switched on since"


def _told(judged: Judged, doubt: str) -> str:
    verdict = f" by {judged.verdict}" if judged.verdict and judged.state == "fenced" else ""
    return f"{judged.state}{verdict}" + (f", but {doubt}" if doubt and (verdict or judged.disputed) else "")
