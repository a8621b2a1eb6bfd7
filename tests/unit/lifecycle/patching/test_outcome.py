# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a patch did not go in, by what patchadd printed of it or of the only patch of its run."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.outcome import of as outcomes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due

from .test_rollout import STANDARD, batch, due, ids, outcome, seen

WANTED = due(p120001_02=STANDARD, p120002_01=STANDARD)
PKGADD = "Pkgadd of SUNWcsr package failed with error code 1.\n"


def reason(ids: str, rc: str, log: str, installed: str = "") -> str:
    state, why = outcome(seen(installed, notes=Notes((), batches=(batch(ids, rc=rc, log=log),))), WANTED, "120002-01")
    assert state == "failed"
    return why


def test_a_line_without_a_patch_is_the_reason_of_a_single_one() -> None:
    assert reason("120002-01", "5", PKGADD) == "Pkgadd of SUNWcsr package failed with error code 1"
    assert reason("120002-01", "35", "A later version of 120002 has already been installed\n") == "it is obsoleted by a later revision"
    named = f"{PKGADD}See /tmp/log.120002-01 for reason for failure.\n"
    assert reason("120001-02 120002-01", "1", named) == "Pkgadd of SUNWcsr package failed with error code 1"


def test_the_check_of_a_zone_keeps_a_patch_out_of_the_whole_node() -> None:
    log = "z1: For patch 120002-01, required patch 120001-02 does not exist.\n"
    assert reason("120001-02 120002-01", "1", log) == "in zone z1: required patch 120001-02 does not exist"


MORE = ". Installed alone, its exit code tells more"


def test_of_several_it_is_that_of_the_only_one_that_nothing_else_explains() -> None:
    both, said = "120001-02 120002-01", "Pkgadd of SUNWcsr package failed with error code 1"
    assert reason(both, "1", PKGADD, installed="120001-02") == said
    assert reason(both, "1", f"{PKGADD}No Packages from patch 120001-02 are installed on the system.\n") == said
    named = f"Patch 120001-02 failed to install: no room\n{PKGADD}"
    assert reason(both, "1", named) == said


def test_where_that_is_not_known_what_was_printed_is_the_reason() -> None:
    both, unsaid = "120001-02 120002-01", "patchadd ended with 1 and does not say of which patch this is: "
    assert reason(both, "1", PKGADD) == f"{unsaid}Pkgadd of SUNWcsr package failed with error code 1{MORE}"
    two = f"{PKGADD}Checking installed patches...\nThe prepatch script exited with return code 3.\n"
    assert reason(both, "1", two) == (
        f"{unsaid}Pkgadd of SUNWcsr package failed with error code 1; The prepatch script exited with return code 3{MORE}"
    )
    assert reason(both, "1", two, installed="120001-02").startswith(unsaid), "one of the two lines is of nobody known"
    assert reason(both, "1", "Done!\n") == f"patchadd ended with 1 and printed no reason for it{MORE}"


def test_in_a_zone_too() -> None:
    both = "120001-02 120002-01"
    log = f"Patching zone web\nChecking installed patches...\n{PKGADD}\nPatchadd is terminating.\n"

    def lacking(*patches: str, rest: str = log) -> str:
        known = seen(both, zones="web", notes=Notes((), batches=(batch(both, rc="1", log=rest),)))
        has = {patch: packages for patch, packages in known.own.patches.items() if str(patch) not in patches}
        return outcome(replace(known, inside={"web": Has(has, packages=frozenset({"SUNWcsr"}))}), WANTED, "120002-01")[1]

    assert lacking("120002-01") == "zone web lacks it: Pkgadd of SUNWcsr package failed with error code 1"
    assert lacking("120001-02", "120002-01") == (
        f"zone web lacks it: patchadd does not say of which patch this is: Pkgadd of SUNWcsr package failed with error code 1{MORE}"
    )
    assert lacking("120002-01", rest="") == f"zone web lacks it: patchadd printed no reason for it{MORE}"


def test_what_a_run_brought_that_was_killed_is_told_whatever_its_zones() -> None:
    """By the sets it is installed, by the notes on the node that was a roll-out."""
    known = seen("120001-02 120002-01", notes=Notes((), batches=(batch("120001-02"),)))
    wanted = Due("n", installed=ids("120001-02 120002-01"))
    for zones in ("all", "global", "detach"):
        assert [str(patch) for patch in outcomes(wanted, known, zones)] == ["120001-02"]  # type: ignore[arg-type]


def test_a_code_says_nothing_that_showrev_does_not() -> None:
    """2, 6 and 35: it is there, or what does its work. Where showrev shows neither nobody knows what is."""

    def became(installed: str, rc: str, zones: str = "") -> str:
        notes = Notes((), batches=(batch("120002-01", rc=rc),))
        return outcome(seen(installed, zones=zones, notes=notes), WANTED, "120002-01")[0]

    for code in ("2", "6", "35"):
        assert (became("120002-01", code), became("120002-02", code), became("", code)) == ("installed", "obsoleted", "failed")
    assert became("", "8") == "not_applicable"
    assert became("", "8", zones="web") == became("", "8", zones="web-") == "failed", "with zones -t gives no codes but 0"
