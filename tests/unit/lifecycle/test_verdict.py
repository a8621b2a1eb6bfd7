# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which judgement of a monitor lets a node's storage be taken over, and which does not."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.heartbeat import STATES, VERDICTS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.verdict import FRESH, Conclusion, concluded, incident
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.judgement import Judged

FENCED = Judged("t8a", "fenced", "off", age=30.0, boot="00000000000000ab", incident=4)
ALIVE = Judged("t8a", "alive", boot="00000000000000ab", incident=4, heard=True)
LOSS = "incident 4 of node t8a, boot 00000000000000ab, monitor mgmt1"


def of(*judged: Judged | str, power: bool | None = None, powers_off: bool = False, standing: str = "") -> Conclusion:
    return concluded("t8a", {f"mgmt{number}": one for number, one in enumerate(judged, 1)}, power, powers_off, standing)


def test_off_a_while_ago() -> None:
    told = of(FENCED)
    assert (told.incident, told.heard) == (
        LOSS,
        "",
    ) and told.proof == f"it was off by its service processor when the monitor asked ({LOSS})"


@pytest.mark.parametrize(
    ("judged", "power", "powers_off", "why"),
    [
        (FENCED, True, True, "the machine has power by now"),
        (replace(FENCED, age=FRESH + 1), None, True, "longer than 60 minutes ago"),
        (replace(FENCED, age=None), None, True, "before that monitor's start"),
        (replace(FENCED, verdict="person"), True, True, "has power by now"),
        (replace(FENCED, verdict="person", age=None), None, True, "before that monitor's start"),
        (replace(FENCED, verdict="lease"), None, False, "lets it boot again, which imports its pools"),
        (replace(FENCED, verdict="lease"), True, True, "has power by now"),
        (replace(FENCED, disputed=True), None, True, "two machines have its number"),
    ],
)
def test_no_proof(judged: Judged, power: bool | None, powers_off: bool, why: str) -> None:
    told = of(judged, power=power, powers_off=powers_off)
    assert told.proof == "" and why in told.said


def test_a_lease_counts_where_the_machine_stays_off() -> None:
    by_lease = replace(FENCED, verdict="lease")
    assert of(by_lease, powers_off=True).proof.startswith("its lease ran out, and it powers itself off then")
    assert of(replace(by_lease, shown={"self_fence": "stop"}), powers_off=True).proof
    # The inventory was changed to power_off, and the agent that was lost did not know it.
    assert not of(replace(by_lease, shown={"self_fence": "watchdog"}), powers_off=True).proof


def test_storage_that_was_taken_away_counts_whatever_runs() -> None:
    assert of(replace(FENCED, verdict="storage", age=None), power=True).proof.startswith("its access to the storage was taken away")


def test_a_verdict_that_was_acted_on_counts_as_long_as_the_quarantine() -> None:
    old = replace(FENCED, age=None)
    assert of(old, standing=f"it was off ({incident('mgmt1', 't8a', old)})").proof
    assert not of(old, standing=f"it was off ({incident('mgmt1', 't8a', replace(old, incident=3))})").proof
    assert not of(old, standing=f"it was off ({incident('mgmt10', 't8a', old)})").proof


def test_who_is_heard_by_another_monitor_lives() -> None:
    told = of(FENCED, ALIVE)
    assert (told.proof, told.heard) == ("", "mgmt2")
    assert told.said == "monitor mgmt1 says fenced by off; monitor mgmt2 says alive"
    assert of(FENCED, replace(FENCED, state="quarantined", heard=True)).heard == "mgmt2"


@pytest.mark.parametrize("state", ["away", "fenced", "unknown", "suspect"])
def test_who_is_heard_lives_whatever_is_thought_of_him(state: str) -> None:
    """In maintenance, or after a verdict that was wrong."""
    assert of(replace(FENCED, state=state, heard=True)).heard == "mgmt1"
    assert of(FENCED, Judged("t8a", state, heard=True)).proof == ""


def test_who_was_heard_long_ago_after_his_fencing_does_not_live_for_that() -> None:
    gone = replace(FENCED, state="quarantined", heard=False)
    assert of(gone) == Conclusion("", "", "", "monitor mgmt1 says quarantined")
    assert of(gone, replace(FENCED)).proof


def test_a_dispute_anywhere_is_a_doubt() -> None:
    assert of(FENCED, replace(ALIVE, state="suspect", disputed=True)).proof == ""


def test_who_says_nothing_proves_nothing_and_hinders_nothing() -> None:
    assert of("it does not answer") == Conclusion("", "", "", "monitor mgmt1 does not tell (it does not answer)")
    assert of() == Conclusion("", "", "", "")
    assert of("it does not answer", FENCED).proof.endswith("monitor mgmt2)")


def test_nothing_but_a_fenced_node_with_a_verdict_is_ever_dead() -> None:
    """All that a monitor can say: proof only of what is fenced, by something, and heard by nobody."""
    for state, verdict, heard, disputed, power, powers_off in itertools.product(
        STATES, ("", *VERDICTS), (False, True), (False, True), (None, True), (False, True)
    ):
        judged = Judged("t8a", state, verdict, age=1.0, boot="b", incident=1, heard=heard, disputed=disputed)
        told = of(judged, power=power, powers_off=powers_off)
        if told.proof:
            assert state == "fenced" and verdict and not disputed and (verdict == "storage" or power is None)
            assert verdict != "lease" or powers_off
        assert bool(told.heard) == (heard or state in ("alive", "late"))
