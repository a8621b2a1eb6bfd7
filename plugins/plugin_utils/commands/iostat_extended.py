# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iostat -x: extended device statistics, a sample after another.

Format: iostat(1M). A line ``extended device statistics`` (with -c, -t more words beside it) begins a sample, a header with
r/s, w/s, kr/s or Mr/s, … follows; ``device`` is the first column, or the last with -n.
"""

from __future__ import annotations

import re

from .tables import lines, refuse

_COMMAND = "iostat -x"


def parse(text: str) -> tuple[dict[str, dict[str, float]], ...]:
    """Samples: device → column → figure. A device's name may hold blanks only where it is last (``-n``: mount points do not)."""
    samples: list[dict[str, dict[str, float]]] = []
    header: list[str] = []
    for line in lines(text):
        words = line.split()
        if "extended device statistics" in " ".join(words):
            samples.append({})
            continue
        if "device" in words and "r/s" in words:
            header = words
            continue
        if not samples or not header or len(words) != len(header):
            refuse(_COMMAND, line, "does not fit the header" if header else "stands before the header")
        cells = dict(zip(header, words, strict=True))
        device = cells.pop("device")
        if not all(re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", cell) for cell in cells.values()):
            refuse(_COMMAND, line, "has a figure that is no number")
        samples[-1][device] = {name: float(cell) for name, cell in cells.items()}
    if not samples:
        refuse(_COMMAND, text[:80], "has no extended device statistics")
    return tuple(samples)
