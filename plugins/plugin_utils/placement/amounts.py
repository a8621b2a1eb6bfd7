# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes have and objects need, in words."""

from __future__ import annotations

from math import ceil

_GIB = 1 << 30


def lacking(dimension: str, amount: float) -> str:
    """As ``shown``, but never less than the amount: who adds what is shown has enough."""
    grain = 1.0 if dimension != "memory" else (_GIB if amount >= _GIB else 1 << 20)
    tenths = 10 if dimension != "memory" or amount >= _GIB else 1
    return shown(dimension, ceil(amount / grain * tenths - 1e-9) / tenths * grain)


def shown(dimension: str, amount: float) -> str:
    """``memory`` is bytes; anything else is counted: ``12.5 GiB of memory``, ``4 CPUs``, ``6 base units``."""
    if dimension == "memory":
        return f"{_short(amount / _GIB)} GiB of memory" if amount >= _GIB else f"{amount / (1 << 20):.0f} MiB of memory"
    return f"{_short(amount)} {dimension}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
