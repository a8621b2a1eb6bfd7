# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns: tests with many like cases, each a whole playbook. ``make test`` runs a seeded part of every one, ``make campaign`` all.

``campaign`` at a function: its cases are the parameters. ``pytestmark = campaign("file")``: its cases are the file's tests that have no
mark of their own. HELIOSTAT_CAMPAIGN is the seed of the part (default 1), or ``whole``.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Sequence

import pytest

#: Which part of a campaign's cases a slice has.
PART = 1 / 5
CHOSEN = os.environ.get("HELIOSTAT_CAMPAIGN", "1")


def slice_of(items: Sequence[pytest.Item], seed: str) -> set[str]:
    """The node ids of the cases that the slice leaves out: of each campaign all but a fifth, at least one stays."""
    campaigns: dict[str, list[str]] = {}
    for item in items:
        mark = item.get_closest_marker("campaign")
        if mark:
            whole = item.nodeid.partition("::")[0] if mark.args == ("file",) else item.nodeid.partition("[")[0]
            campaigns.setdefault(whole, []).append(item.nodeid)
    left_out: set[str] = set()
    for name, cases in campaigns.items():
        kept = random.Random(f"{seed} {name}").sample(sorted(cases), math.ceil(len(cases) * PART))
        left_out |= set(cases) - set(kept)
    return left_out


def header() -> str:
    if CHOSEN == "whole":
        return "campaigns: whole"
    return f"campaigns: a fifth of each, HELIOSTAT_CAMPAIGN={CHOSEN} (make campaign: whole)"
