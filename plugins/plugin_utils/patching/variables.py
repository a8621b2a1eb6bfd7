# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of patching. A misspelt one is refused: what it was to prevent would happen."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

PREFIX = "heliostat_patch_"
#: Without the prefix: what a person may give, to the role or to one of the playbooks.
GIVEN = frozenset(
    """
    backout batch_deadline canaries cluster cluster_commit cluster_rolling console depot environment environment_minimum files headroom
    max_failures maximum_age method minimum_age nodes other_pools patches probe reboot reboot_deadline reference reference_file
    report_fail_on report_formats report_into sets show single_user single_user_deadline target verify wanted waves way_back zones
    zones_at_once
    """.split()
)
#: What playbooks and role keep between their tasks.
KEPT = frozenset("back begun done foreseen in_waves members result run services services_now wrong".split())


def misspelt(names: Iterable[str]) -> list[str]:
    """A sentence for each name with the prefix that is no variable of patching, with the one that was probably meant."""
    said = []
    for name in sorted(set(names)):
        word = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and word not in GIVEN | KEPT:
            meant = get_close_matches(word, GIVEN, 1)
            said.append(f"{name} is no variable of patching{f': {PREFIX}{meant[0]}?' if meant else '.'}")
    return said
