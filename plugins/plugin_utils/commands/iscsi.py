# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iSCSI: iscsiadm list of the initiator, itadm and stmfadm of the target.

Format: iscsiadm(1M), itadm(1M), stmfadm(1M). All print objects as a line ``Kind: name`` at the left with indented
``label: value`` lines below it; ``itadm list-target`` prints a table with such lines under a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import lines, refuse

_PAIR = re.compile(r"(?P<indent>\s*)(?P<label>[A-Za-z][\w \-/().]*?)\s*:(?: +|\Z)(?P<value>.*)\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """``kind: name`` and what stands below it; of a label that comes more than once, the first is in ``values``, all are in ``every``."""

    kind: str
    name: str
    values: dict[str, str] = field(default_factory=dict)
    every: tuple[tuple[str, str], ...] = ()


def parse_objects(text: str, command: str = "iscsiadm list") -> tuple[Entry, ...]:
    """Objects in the order printed. ``Initiator node alias`` and the like stand at the left too: a label with the object's words."""
    found: list[Entry] = []
    for line in lines(text):
        match = _PAIR.match(line.expandtabs())
        if match is None:
            refuse(command, line, "is not label: value")
        label, value = match["label"].strip(), match["value"].strip()
        if match["indent"] or (found and label.startswith(found[-1].kind.rpartition(" ")[0] + " ") and label != found[-1].kind):
            if not found:
                refuse(command, line, "is indented below nothing")
            last = found[-1]
            last.values.setdefault(label, value)
            found[-1] = Entry(last.kind, last.name, last.values, (*last.every, (label, value)))
        else:
            found.append(Entry(label, value))
    return tuple(found)


def parse_targets(text: str) -> tuple[Entry, ...]:
    """``itadm list-target [-v]``: TARGET NAME, STATE, SESSIONS; with -v more lines below a row."""
    rows = lines(text)
    if rows and rows[0].split() != ["TARGET", "NAME", "STATE", "SESSIONS"]:
        refuse("itadm list-target", rows[0], "is not the heading TARGET NAME, STATE, SESSIONS")
    found: list[Entry] = []
    for line in rows[1:]:
        words = line.split()
        match = _PAIR.match(line.expandtabs())
        if line.startswith((" ", "\t")) and match and found:
            found[-1].values[match["label"]] = match["value"].strip()
        elif len(words) == 3 and words[2].isdecimal() and not line.startswith(" "):
            found.append(Entry("target", words[0], {"state": words[1], "sessions": words[2]}))
        else:
            refuse("itadm list-target", line)
    return tuple(found)
