# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each engine's own lines say of a node: lost or back. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

VICTIM = "n3"


@dataclass(frozen=True, slots=True)
class Word:
    """An engine's word about a node: ``said`` is ``lost`` (declared dead), ``back`` (member again), or another of its states."""

    node: str
    said: str


_MEMBERSHIP = re.compile(r"\[TOTEM ?\] A new membership \([0-9a-f.]+\) was formed\.(?: Members(?P<changes>.*))?")
_CHANGE = re.compile(r"(joined|left):((?: \d+)+)")


def corosync(line: str) -> list[Word]:
    """``[TOTEM ] A new membership (1.d) was formed. Members joined: 2 left: 3`` (corosync 3.1, standard error)."""
    found = _MEMBERSHIP.search(line)
    if found is None or found["changes"] is None:
        return []
    said = {"joined": "back", "left": "lost"}
    return [Word(f"n{number}", said[what]) for what, numbers in _CHANGE.findall(found["changes"]) for number in numbers.split()]


_TERMINATED = re.compile(r"Peer (\S+) was terminated \(off\) by \S+ on behalf of .*: OK\b")


def pacemaker(line: str) -> list[Word]:
    """``Peer n3 was terminated (off) by n1 on behalf of pacemaker-controld.7@n1: OK`` (pacemaker 2.1, its log)."""
    found = _TERMINATED.search(line)
    return [Word(found[1], "fenced")] if found else []


_DEAD = re.compile(r"WARN: node (\S+): is dead")
_ACTIVE = re.compile(r"Status update for node (\S+): status active")


def heartbeat(line: str) -> list[Word]:
    """``WARN: node n3: is dead``, ``info: Status update for node n3: status active`` (Heartbeat 3.0.6, its log file)."""
    if found := _DEAD.search(line):
        return [Word(found[1], "lost")]
    if found := _ACTIVE.search(line):
        return [Word(found[1], "back")]
    return []


_STATE = re.compile(r"\(\w+\) Entering (MASTER|BACKUP) STATE")


def keepalived(line: str) -> list[Word]:
    """``(v) Entering MASTER STATE`` (keepalived 2.2, console): the backup takes over, so to it the master is dead; BACKUP: it is back."""
    found = _STATE.search(line)
    return [Word(VICTIM, "lost" if found[1] == "MASTER" else "back")] if found else []


_STATES = {"unreachable": "lost", "alive": "back"}


def ours(line: str) -> list[Word]:
    """A JSON line of heliostat-monitor: a node's new state. ``unreachable`` is what declares it; others keep their name."""
    try:
        event = json.loads(line)
    except ValueError:
        return []
    if not isinstance(event, dict) or "to" not in event or "name" not in event or event.get("event") == "path":
        return []
    return [Word(str(event["name"]), _STATES.get(str(event["to"]), str(event["to"])))]
