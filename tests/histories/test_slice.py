# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few histories, the same every time: what is checked before each change must not find something else by chance.

``make histories`` runs many of other seeds, and makes a failing one smaller.
"""

from __future__ import annotations

from tests.lab import filesystem

from .running import run

SEED = 1306320578
COUNT = 25
STEPS = 5


def test_random_legal_histories() -> None:
    counted, _reasons = run(SEED, COUNT, STEPS, shrink=False)
    assert counted["histories"] >= COUNT
    assert counted["steps"] > COUNT
    assert not filesystem.configured()  # the tests after this one in the same process have no lab
