# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a patch did not go in, by what patchadd printed of it or of the only patch of its run."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Notes

from .test_rollout import STANDARD, batch, due, outcome, seen

WANTED = due(p120001_02=STANDARD, p120002_01=STANDARD)
PKGADD = "Pkgadd of SUNWcsr package failed with error code 1.\n"


def reason(ids: str, rc: str, log: str) -> str:
    state, why = outcome(seen(notes=Notes((), batches=(batch(ids, rc=rc, log=log),))), WANTED, "120002-01")
    assert state == "failed"
    return why


def test_a_line_without_a_patch_is_the_reason_of_a_single_one() -> None:
    assert reason("120002-01", "5", PKGADD) == "Pkgadd of SUNWcsr package failed with error code 1"
    assert reason("120002-01", "35", "A later version of 120002 has already been installed\n") == "it is obsoleted by a later revision"
    assert reason("120001-02 120002-01", "1", PKGADD) == "patchadd ended with 1 and said nothing of it"
    named = f"{PKGADD}See /tmp/log.120002-01 for reason for failure.\n"
    assert reason("120001-02 120002-01", "1", named) == "Pkgadd of SUNWcsr package failed with error code 1"


def test_the_check_of_a_zone_keeps_a_patch_out_of_the_whole_node() -> None:
    log = "z1: For patch 120002-01, required patch 120001-02 does not exist.\n"
    assert reason("120001-02 120002-01", "1", log) == "in zone z1: required patch 120001-02 does not exist"
