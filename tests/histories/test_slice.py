# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few histories of another seed every day; ``make histories`` runs many."""

from __future__ import annotations

import os
import random

from .running import run

COUNT = 12
STEPS = 5


def test_random_legal_histories() -> None:
    seed = int(os.environ.get("HISTORIES_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}: HISTORIES_SEED={seed} makes the same histories")
    counted, _reasons = run(seed, COUNT, STEPS)
    assert counted["histories"] >= COUNT
    assert counted["steps"] > COUNT
