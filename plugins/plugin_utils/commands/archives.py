# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unified archives: archiveadm info and the progress of archiveadm create.

Format: archiveadm(1M) of Solaris 11.2 and later. ``info`` prints labelled lines, right-aligned before a colon; with -v
sections follow, each with a title of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import lines, refuse

_PROGRESS = re.compile(r" *(?P<percent>[0-9]{1,3})% : (?P<what>.+)\Z")
_LABELLED = re.compile(r" *(?P<label>[A-Z][\w /()-]*?): *(?P<value>.*)\Z")


@dataclass(frozen=True, slots=True)
class Progress:
    """``percent`` is the last one said; ``archive`` and ``log`` are paths, '' when not said."""

    percent: int
    archive: str
    log: str
    steps: tuple[str, ...]

    @property
    def done(self) -> bool:
        return self.percent == 100


def parse_progress(text: str) -> Progress:
    """What ``archiveadm create`` prints while it works. An error text is no progress: refused."""
    percent, log, steps = -1, "", []
    for line in lines(text):
        if match := _PROGRESS.match(line):
            percent = int(match["percent"])
            steps.append(match["what"])
        elif line.startswith("Logging to "):
            log = line.removeprefix("Logging to ").strip()
        else:
            refuse("archiveadm create", line)
    if percent < 0 or percent > 100:
        refuse("archiveadm create", text[:80], "shows no progress")
    named = [step.partition(": ")[2] for step in steps if step.startswith("Unified Archive initialized: ")]
    return Progress(percent, named[0] if named else "", log, tuple(steps))


def parse_info(text: str) -> dict[str, dict[str, str]]:
    """Section title → label → value; the first section is ``Archive Information``."""
    found: dict[str, dict[str, str]] = {}
    section: dict[str, str] | None = None
    for line in lines(text):
        match = _LABELLED.match(line)
        if match and section is not None:
            section[match["label"]] = match["value"]
        elif not line.startswith(" ") and not match:
            section = found.setdefault(line, {})
        else:
            refuse("archiveadm info", line)
    if "Archive Information" not in found:
        refuse("archiveadm info", text[:80], "has no section Archive Information")
    return found
