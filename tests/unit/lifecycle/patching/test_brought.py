# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out brought is told from what was there before: only that goes when a set is taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import brought
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.result import PatchResult

from .test_rollout import batch, ids, seen
from .upgrading import NODE

ONE, TWO = ids("120001-02 120002-01")
ONLY_ONE = Notes((), batches=(batch("120001-02"),))


def test_what_was_there_before_is_not_brought() -> None:
    """Named with one that was lacking, it went through no patchadd; nor is one ours that patchadd completed in a zone."""
    assert brought.of_batches(seen("120002-01"), seen("120001-02 120002-01", notes=ONLY_ONE), ()) == {ONE}
    assert brought.of_batches(seen("120001-02"), seen("120001-02", notes=ONLY_ONE), ()) == set()
    cut_off = seen("120001-02", cut_off={ONE: ("",)})
    assert brought.of_batches(cut_off, seen("120001-02", notes=ONLY_ONE), ()) == {ONE}


def test_a_run_that_is_taken_up_brought_it() -> None:
    last = seen("120001-02 120002-01", notes=ONLY_ONE)
    assert brought.of_batches(last, last, ()) == {ONE}, "patchadd had ended when the controller was killed"
    assert brought.of_batches(None, last, ()) == {ONE}, "nobody could ask the node before"
    assert brought.of_batches(last, last, {ONE}) == set(), "that is known already"
    assert brought.of_batches(last, seen("120001-02", notes=Notes((), batches=(batch("120001-02"),), backout=True)), ()) == set()


def test_by_live_upgrade() -> None:
    last = replace(NODE, own=Has(dict.fromkeys((ONE, TWO), ())))
    assert brought.of_environment({str(ONE): "missing", str(TWO): "installed"}, last, (), ()) == {ONE}
    assert brought.of_environment({str(ONE): "installed", str(TWO): "installed"}, last, ("luupgrade", str(TWO)), ()) == {TWO}
    waiting = replace(NODE, own=Has({ONE: ()}), inside=Has(dict.fromkeys((ONE, TWO), ())))
    assert brought.of_environment({str(TWO): "pending_reboot"}, waiting, (), ()) == {TWO}
    assert brought.of_environment({str(TWO): "pending_reboot"}, waiting, (), {TWO}) == set()


@pytest.mark.parametrize(
    ("state", "journal", "noted", "expected"),
    [
        ("installed", 7, "", 7),
        ("pending_reboot", 7, "", 7),
        ("installed", None, "120001-02", None),
        ("failed", 7, "120001-02", 7),
        ("failed", 7, "", None),
        ("missing", 7, "120001-02", None),
    ],
)
def test_by_its_last_result(state: Any, journal: int | None, noted: str, expected: int | None) -> None:
    result = PatchResult("n", ONE, state, datetime(2026, 11, 1, tzinfo=UTC), journal=journal)
    assert brought.by(result, ids(noted)) == expected
