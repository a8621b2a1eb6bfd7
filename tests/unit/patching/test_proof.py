# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a patch on a node, by what the node tells now and what was proven before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.result import PatchResult, State
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.proof import Remembered, Row, Seen, Zone, half, rows, totals

LP, LP_NEXT, KERNEL, NFS, MAIL = (PatchId.parse(one) for one in ("120467-05", "120467-06", "147440-19", "IDR148363-26", "121975-01"))
THEN = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SET = PatchSet("winter", 1, "10", (LP, KERNEL, MAIL))


def there(*patches: PatchId, packages: tuple[str, ...] = ("SUNWpsr",)) -> tuple[Installed, ...]:
    return tuple(Installed(patch, packages=packages) for patch in patches)


def last(patch: PatchId, state: State, reason: str = "", log: str = "", booted: int = 0) -> dict[PatchId, PatchResult]:
    return {patch: PatchResult("t2a", patch, state, THEN, reason, log, booted)}


def told(due: Due | None, seen: Seen, remembered: Remembered | None = None, patch: PatchId = LP) -> Row:
    """The row of one patch, of a set that has no other."""
    (row,) = [row for row in rows("t2a", [replace(SET, patches=(patch,))], due, seen, remembered) if row.set]
    return row


def test_each_state_as_the_node_says_it() -> None:
    due = Due("t2a", installed=(LP,), obsoleted={}, install=(KERNEL,), not_applicable={MAIL: "none of its packages is installed"})
    found = rows("t2a", [SET], due, Seen(there(LP)))
    assert [(row.patch, row.state, row.reason) for row in found] == [
        (LP, "installed", ""),
        (KERNEL, "missing", ""),
        (MAIL, "not_applicable", "none of its packages is installed"),
    ]
    assert found[0].named("lp patch") == replace(found[0], synopsis="lp patch")


def test_a_newer_one_does_its_work() -> None:
    row = told(Due("t2a", obsoleted={LP: LP_NEXT}), Seen(there(LP_NEXT)))
    assert (row.state, row.reason) == ("obsoleted", "120467-06 does its work")


def test_a_newer_one_that_is_not_there_yet() -> None:
    row = told(Due("t2a", obsoleted={LP: LP_NEXT}, install=(LP_NEXT,)), Seen())
    assert (row.state, row.reason) == ("obsoleted", "120467-06 is to do its work, and is not there yet")


def test_a_node_that_does_not_answer_is_unknown_and_its_last_state_is_told() -> None:
    row = told(None, Seen(unknown="node t2a does not answer"), Remembered(last(LP, "pending_reboot")))
    assert (row.state, row.reason) == ("unknown", "node t2a does not answer; it was pending reboot on 2026-11-21")
    assert row.drift == ""
    assert not row.settled


def test_a_failed_one_keeps_its_reason_and_log() -> None:
    row = told(Due("t2a", install=(LP,)), Seen(), Remembered(last(LP, "failed", "no space (18)", "/var/sadm/patch/120467-05/log")))
    assert (row.state, row.reason, row.log, row.at) == ("failed", "no space (18)", "/var/sadm/patch/120467-05/log", THEN)


def test_what_failed_and_is_there_now_is_installed() -> None:
    assert told(Due("t2a", installed=(LP,)), Seen(there(LP)), Remembered(last(LP, "failed", "no space"))).state == "installed"


def test_a_refused_one_is_missing_with_the_reason() -> None:
    row = told(Due("t2a", refused={LP: "requires 118833-36, which is withdrawn"}), Seen())
    assert (row.state, row.reason, row.drift) == ("missing", "requires 118833-36, which is withdrawn", "")


@pytest.mark.parametrize(("before", "now", "state"), [(5, 5, "pending_reboot"), (5, 9, "installed"), (0, 9, "pending_reboot")])
def test_a_reboot_is_pending_until_the_node_says_another_boot(before: int, now: int, state: str) -> None:
    seen = Seen(there(LP), booted=now)
    assert told(Due("t2a", installed=(LP,)), seen, Remembered(last(LP, "pending_reboot", booted=before))).state == state


@pytest.mark.parametrize(
    ("had", "booted", "state", "drift"),
    [
        (frozenset(), 5, "pending_reboot", ""),
        (frozenset(), 9, "missing", "removed"),  # what was booted is not that
        (frozenset({LP}), 5, "missing", "removed"),  # what runs had it
        (None, 5, "missing", "removed"),
    ],
)
def test_what_live_upgrade_put_into_a_copy_waits_for_its_boot(had: frozenset[PatchId] | None, booted: int, state: str, drift: str) -> None:
    kept = Remembered(last(LP, "pending_reboot", "it is in boot environment hl-june, which does not run yet", booted=5), had)
    row = told(Due("t2a", install=(LP,)), Seen(booted=booted), kept)
    assert (row.state, row.drift) == (state, drift)
    assert row.reason == (kept.results[LP].reason if not drift else "it was pending reboot on 2026-11-21 and is so no more")
    assert not row.settled


ZONED = Zone(packages=frozenset({"SUNWpsr"}))


@pytest.mark.parametrize(
    ("zones", "lacking"),
    [
        ({"web2": ZONED, "web1": ZONED}, ("web1", "web2")),
        ({"web1": replace(ZONED, patches=there(LP))}, ()),
        ({"web1": replace(ZONED, patches=there(LP_NEXT))}, ()),  # a higher revision does the work
        ({"web1": replace(ZONED, patches=(Installed(MAIL, obsoletes=(LP,)),))}, ()),
        ({"web1": replace(ZONED, patches=there(PatchId.parse("120467-04")))}, ("web1",)),
        ({"web1": Zone(packages=frozenset({"SUNWpcr"}))}, ()),  # nothing to patch there
        ({"web1": Zone(unknown="it is installed")}, ()),
    ],
)
def test_which_zones_lack_a_patch(zones: dict[str, Zone], lacking: tuple[str, ...]) -> None:
    assert half(there(LP)[0], zones) == lacking


def test_half_patched_is_failed_and_names_the_zones() -> None:
    row = told(Due("t2a", installed=(LP,)), Seen(there(LP), {"web1": ZONED, "web2": ZONED}), Remembered(last(LP, "failed", "no space")))
    assert row.state == "failed"
    assert row.reason == "half patched: 120467-05 is in the global zone, not in zones web1, web2; no space"
    assert row.zones == ("web1", "web2")


def test_half_patched_and_nobody_tried_says_what_to_do() -> None:
    row = told(Due("t2a", installed=(LP,)), Seen(there(LP), {"web1": ZONED}))
    assert (row.state, row.reason.partition("; ")[2]) == ("failed", "a roll-out with zones: all tries it there")


def test_what_was_asked_for_in_the_global_zone_only_is_installed_and_names_the_zones() -> None:
    seen = Seen(there(LP), {"web1": ZONED, "web2": ZONED, "web3": replace(ZONED, patches=there(LP)), "web4": Zone(unknown="no")}, booted=5)
    asked = {LP: replace(last(LP, "installed")[LP], global_only=True)}
    said = "120467-05 is in the global zone only, as zones: global asked for, and not in zones web1, web2"
    row = told(Due("t2a", installed=(LP,)), seen, Remembered(asked))
    assert (row.state, row.reason, row.zones, row.settled) == ("installed", said, ("web1", "web2"), True)
    older = told(Due("t2a", obsoleted={MAIL: LP}), seen, Remembered(asked), MAIL)
    assert (older.state, older.reason) == ("obsoleted", f"120467-05 does its work; {said}")
    waits = {LP: replace(asked[LP], state="pending_reboot", booted=5)}
    row = told(Due("t2a", installed=(LP,)), seen, Remembered(waits))
    assert (row.state, row.reason) == ("pending_reboot", f"it works after a reboot; {said}")
    row = told(Due("t2a", installed=(LP,)), replace(seen, zones={}), Remembered(asked))
    assert (row.state, row.reason, row.zones) == ("installed", "", ())


@pytest.mark.parametrize(
    ("where", "said", "zones"), [(("",), "the global zone", ()), (("", "web1"), "the global zone and zone web1", ("web1",))]
)
def test_one_that_was_cut_off_is_failed_though_it_is_listed(where: tuple[str, ...], said: str, zones: tuple[str, ...]) -> None:
    row = told(Due("t2a", installed=(LP,)), Seen(there(LP), cut_off={LP: where}), Remembered(last(LP, "installed")))
    assert (row.state, row.reason, row.zones) == ("failed", f"the installation of 120467-05 in {said} was cut off", zones)
    gone = told(Due("t2a", install=(LP,)), Seen(cut_off={LP: where}))
    assert gone.state == "missing"


def test_half_patched_by_the_one_that_does_its_work() -> None:
    row = told(Due("t2a", obsoleted={LP: LP_NEXT}), Seen(there(LP_NEXT), {"web1": ZONED}))
    assert (row.state, row.zones) == ("failed", ("web1",))


def test_a_zone_that_does_not_tell_makes_it_unknown() -> None:
    row = told(Due("t2a", installed=(LP,)), Seen(there(LP), {"web1": Zone(unknown="it is installed")}))
    assert (row.state, row.reason) == ("unknown", "120467-05 is in the global zone; zone web1 did not tell: it is installed")


@pytest.mark.parametrize("state", ["installed", "pending_reboot", "obsoleted"])
def test_drift_of_what_was_proven_and_is_gone(state: State) -> None:
    row = told(Due("t2a", install=(LP,)), Seen(), Remembered(last(LP, state)))
    assert (row.state, row.drift) == ("missing", "removed")
    assert row.reason == f"it was {state.replace('_', ' ')} on 2026-11-21 and is so no more"


def test_what_a_back_out_took_away_is_no_drift() -> None:
    assert told(Due("t2a", install=(LP,)), Seen(), Remembered(last(LP, "missing"))).drift == ""


def test_drift_besides_the_sets() -> None:
    kept = Remembered(patches=frozenset({LP, NFS, PatchId.parse("118666-01"), PatchId.parse("119254-42")}))
    seen = Seen(there(LP, PatchId.parse("125000-01"), PatchId.parse("118666-02")))
    found = [row for row in rows("t2a", [replace(SET, patches=(LP,))], Due("t2a", installed=(LP,)), seen, kept) if row.drift]
    assert [(str(row.patch), row.state, row.drift) for row in found] == [
        ("118666-02", "installed", "besides"),  # 118666-01 went with it, and is no loss
        ("119254-42", "missing", "removed"),
        ("125000-01", "installed", "besides"),
        ("IDR148363-26", "missing", "removed"),
    ]
    assert all(row.set is None for row in found)


@pytest.mark.parametrize("seen", [Seen(there(LP)), Seen(unknown="it does not answer")])
def test_without_a_memory_or_an_answer_nothing_is_drift_besides(seen: Seen) -> None:
    remembered = Remembered(patches=None if not seen.unknown else frozenset({NFS}))
    assert rows("t2a", [], None, seen, remembered) == []


def test_totals_count_a_patch_of_two_sets_once_a_node() -> None:
    second = replace(SET, name="lp", patches=(LP,))
    due = Due("t2a", installed=(LP,), install=(KERNEL, MAIL))
    every = rows("t2a", [SET, second], due, Seen(there(LP, NFS)), Remembered(patches=frozenset({LP})))
    every += rows("t2b", [second], None, Seen(unknown="it does not answer"))
    found = totals(every, {"lab": ["t2a", "t2b", "t2c"], "none": []})
    assert {state: count for state, count in found.all.items() if count} == {"installed": 1, "missing": 2, "unknown": 1}
    assert found.nodes["t2a"]["installed"] == 1
    assert found.nodes["t2b"]["unknown"] == 1
    assert (found.sets[SET.key]["installed"], found.sets[second.key]["installed"], found.sets[second.key]["unknown"]) == (1, 1, 1)
    assert found.groups["lab"] == found.all
    assert set(found.groups["none"].values()) == {0}
    assert found.drift == {"t2a": 1, "t2b": 0}
