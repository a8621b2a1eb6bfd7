# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What analysis says of systems and of groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching import summary
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import Analysis, analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import Listing, listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Selection

from .catalogue import reference, revision, system

REFERENCE = index(
    reference(
        revision("150001-02", recommended=True, security=True),
        revision("150002-01", conflicts="150001-01"),
        revision("150003-01", withdrawn=True),
        revision("150004-03"),
    )
)


def looked(on: System) -> tuple[Analysis, Listing]:
    found = analyse(REFERENCE, on)
    return found, listing(found, Selection(), date(2012, 6, 1))


def test_counts_and_names() -> None:
    told = summary.described(*looked(replace(system("150003-01", "150004-04", "160000-01"), foreign=("ACMEfix",))))
    assert told["counts"] == {
        "installed": 3,
        "listed": 2,
        "missing": 2,
        "recommended": 1,
        "security": 1,
        "refused": 1,
        "withdrawn": 1,
        "unlisted": 2,
    }
    assert told["install"] == ["150001-02"]
    assert [one["patch"] for one in told["patches"]] == ["150001-02", "150002-01"]
    assert (told["withdrawn"], told["unlisted"], told["foreign"]) == (["150003-01"], ["150004-04", "160000-01"], ["ACMEfix"])


def test_without_details_the_patches_are_left_out_and_nothing_else() -> None:
    with_them, without = (summary.described(*looked(system()), details=details) for details in (True, False))
    assert with_them.keys() - without.keys() == {"patches"}
    assert without == {key: value for key, value in with_them.items() if key != "patches"}


def test_of_a_group_those_that_did_not_answer_are_not_among_those_that_lack_nothing() -> None:
    there: dict[str, tuple[str, ...]] = {"a": (), "b": ("150001-02", "150002-01", "150004-03")}
    found = {name: summary.lacking(looked(system(*patches))[1]) for name, patches in there.items()}
    assert summary.together(["a", "b", "c"], found) == {
        "systems": ["a", "b"],
        "unknown": ["c"],
        "complete": ["b"],
        "missing": {"150001-02": ["a"], "150002-01": ["a"], "150004-03": ["a"]},
    }


def test_warnings_name_what_is_withdrawn_or_not_known() -> None:
    analysis, found = looked(system("150003-01", *(f"16000{number}-01" for number in range(7))))
    assert [str(one) for one in summary.unlisted(analysis)] == [str(PatchId(f"16000{number}", 1)) for number in range(7)]
    first, second = summary.warnings("a", summary.described(analysis, found), "2012-06-01")
    assert first == "a: 150003-01 is installed and withdrawn"
    assert second.startswith("a: the reference of 2012-06-01 does not know 160000-01, 160001-01")
    assert second.endswith("160004-01 and 2 more, which are installed")
