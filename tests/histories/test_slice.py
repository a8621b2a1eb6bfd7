# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few histories of another seed every time; ``make histories`` runs many. pytest prints the seed (tests/conftest.py)."""

from __future__ import annotations

import os

from tests.lab import filesystem

from .running import run

COUNT = 25
STEPS = 5


def test_random_legal_histories() -> None:
    counted, _reasons = run(int(os.environ["HISTORIES_SEED"]), COUNT, STEPS)
    assert counted["histories"] >= COUNT
    assert counted["steps"] > COUNT
    assert not filesystem.configured()  # the tests after this one in the same process have no lab
