# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples as cells of a table. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence


def spread(samples: Sequence[float | None], digits: int = 2) -> str:
    """``min / median / max``; samples that are None (not noticed within the limit) are told beside it."""
    known = [sample for sample in samples if sample is not None]
    if not samples:
        return "not measured"
    missed = f" ({len(samples) - len(known)} of {len(samples)} never)" if len(known) < len(samples) else ""
    if not known:
        return f"never ({len(samples)} of {len(samples)})"
    return " / ".join(f"{value:.{digits}f}" for value in (min(known), statistics.median(known), max(known))) + missed


def within(samples: Sequence[float | None], median: float, most: float) -> bool:
    """Whether all were noticed, half of them within ``median`` and all within ``most``."""
    known = [sample for sample in samples if sample is not None]
    return len(known) == len(samples) > 0 and statistics.median(known) <= median and max(known) <= most


def verdict(met: bool) -> str:
    return "met" if met else "**missed**"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
    ]
