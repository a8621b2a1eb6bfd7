# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches taken out of one node: what is refused, which steps there are, what an earlier run left, what became of each patch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patchrm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Batch, Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import refusal
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.backing_out import BackOut, SeenSaved
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.backout import saved_files
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.policy import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

STANDARD, ALONE = Properties("patchinfo"), Properties("patchinfo", "after", single_user=True)
LOW, HIGH, OTHER = (PatchId.parse(one) for one in ("120001-02", "120002-01", "120003-05"))
RECORDS = {
    LOW: Installed(LOW, packages=("SUNWcsr",)),
    HIGH: Installed(HIGH, requires=(LOW,), packages=("SUNWcsr",)),
    OTHER: Installed(OTHER, packages=("SUNWcsr",)),
}


def back_out(*wanted: PatchId, properties: Properties = STANDARD, **policy: Any) -> BackOut:
    return BackOut("n", Due("n", wanted, properties=dict.fromkeys(wanted, properties)), Policy("", **policy), Steps("n", "", out=True))


def seen(*there: PatchId, zone: tuple[PatchId, ...] | None = None, **more: Any) -> SeenSaved:
    """All that is there was kept. ``zone`` is what a running zone has."""
    records = tuple(RECORDS[one] for one in there)
    zones = {} if zone is None else {"z1": ZoneStatus("z1", "running", "/zones/z1")}
    inside = {} if zone is None else {"z1": Has(dict.fromkeys(zone, ("SUNWcsr",)), packages=frozenset({"SUNWcsr"}))}
    fields: dict[str, Any] = {"root": True, "level": "3", "boot": 100, "notes": Notes(), "depot": frozenset(), "complete": True}
    own = Has({one.id: one.packages for one in records})
    saved = frozenset(path for path in saved_files(records) if path.endswith("/undo.Z"))
    return SeenSaved(own=own, zones=zones, inside=inside, installed=records, saved=saved, **(fields | more))


def batch(*patches: PatchId, rc: str | None = "0", log: str = "", boot: int = 100, waits: bool = False, alone: bool = False) -> Batch:
    return Batch(1, patches, boot, waits, alone, rc, log)


def whats(operation: BackOut, known: SeenSaved) -> list[str]:
    return [step.what for plan in operation.plan(Known(known)) for step in plan.steps]


def why(operation: BackOut, known: SeenSaved) -> str:
    return operation.refusals(Known(known)).get("n", "")


def test_standard_ones_while_everything_runs() -> None:
    operation, known = back_out(LOW, HIGH), seen(LOW, HIGH, zone=(LOW, HIGH))
    assert whats(operation, known) == ["note what runs", f"take out {HIGH}, {LOW}"]
    assert why(operation, known) == ""
    assert operation.predict(Known(known)) == {"n": {"patches": {str(LOW): "missing", str(HIGH): "missing"}, "zones": {"z1": "running"}}}


def test_single_user_shuts_zones_down_and_boots_them_again() -> None:
    assert whats(back_out(OTHER, properties=ALONE), seen(OTHER, zone=(OTHER,))) == [
        "note what runs",
        "shut down zone z1",
        f"take out {OTHER} in single user, then a reboot",
        "boot zone z1",
    ]


@pytest.mark.parametrize(
    ("operation", "known", "message"),
    [
        (back_out(LOW), seen(LOW, HIGH), f"{LOW} is required by {HIGH}, installed and staying"),
        (back_out(OTHER), replace(seen(OTHER), saved=frozenset()), "package SUNWcsr kept no old files of it"),
        (back_out(OTHER), seen(LOW, zone=(OTHER,)), "is out of the global zone, and still in zone z1"),
        (back_out(OTHER), seen(OTHER, cut_off={OTHER: ("",)}), "its installation was cut off. Install it again first"),
        (back_out(OTHER), seen(OTHER, root=False), "patchrm wants root"),
        (back_out(OTHER), seen(OTHER, level="S"), "in run level S"),
        (
            back_out(OTHER),
            replace(seen(OTHER), zones={"z1": ZoneStatus("z1", "down", "/zones/z1")}),
            "its zone z1 is down: patchrm fails on it",
        ),
        (back_out(OTHER), seen(OTHER, notes=Notes(ran=())), "a roll-out was begun on it and is not at its end"),
        (back_out(OTHER, properties=ALONE, reboots=False), seen(OTHER), "no patch for a back-out without reboots"),
        (back_out(OTHER, properties=ALONE, no_way_in="its SP is silent"), seen(OTHER), "its SP is silent"),
    ],
)
def test_refused_with_nothing_done(operation: BackOut, known: SeenSaved, message: str) -> None:
    assert whats(operation, known) == []
    assert message in why(operation, known)
    assert why(operation, known).endswith("Nothing was done.")


def test_what_a_roll_out_tried_is_no_back_out() -> None:
    """It is refused while that waits for its reboot, and nothing is said of patchrm, which nobody ran."""
    operation, known = back_out(OTHER), seen(OTHER, notes=Notes(batches=(batch(OTHER, waits=True),)))
    assert operation.outcomes(known)[OTHER].state == "installed"
    assert "a roll-out left a reboot of it to later" in why(operation, known)


def test_a_killed_roll_outs_reboot_is_not_a_back_outs() -> None:
    """Its patch failed, and is not there: nothing is to be taken out, and nothing waits."""
    operation, known = back_out(OTHER), seen(zone=(), notes=Notes(("z1",), batches=(batch(OTHER, rc="1", waits=True),)))
    assert not operation.waits(known)
    assert whats(operation, known) == []
    assert operation.waits(replace(known, notes=replace(known.notes, backout=True)))


def test_a_roll_out_waits_for_a_back_out() -> None:
    known = seen(OTHER, notes=Notes(ran=(), backout=True))
    assert "a back-out was begun on it" in refusal.reason("n", known, (), {}, Policy("/d"))


@pytest.mark.parametrize(
    ("notes", "boot", "ended"),
    [
        (Notes(), 200, False),
        (Notes(backout=True), 200, True),  # killed before anything was noted
        (Notes(batches=(batch(OTHER, waits=True),), backout=True), 200, True),
        (Notes(batches=(batch(OTHER, waits=True),), backout=True), 100, False),
        (Notes(batches=(batch(OTHER, waits=True),), backout=True), 0, False),
        (Notes(ran=(), batches=(batch(OTHER, waits=True),), backout=True), 200, False),
        (Notes(detached=("z1",), batches=(batch(OTHER, waits=True),)), 200, False),
        (Notes(pdo=True, batches=(batch(OTHER, waits=True),)), 200, False),
        (Notes(batches=(batch(OTHER), batch(LOW, boot=200)), backout=True), 200, False),
    ],
)
def test_when_notes_are_nobodys_any_more(notes: Notes, boot: int, ended: bool) -> None:
    assert notes.ended(boot) is ended


@pytest.mark.parametrize(
    ("there", "one", "state", "reason"),
    [
        ((), None, "missing", "it was backed out"),
        ((OTHER,), None, "installed", ""),
        ((OTHER,), batch(OTHER, rc=None), "installed", ""),  # the node died under it
        ((OTHER,), batch(OTHER, rc="late"), "failed", "the node did not come to single user in time"),
        ((OTHER,), batch(OTHER), "failed", "patchrm was cut off before it came to its end"),
        (
            (OTHER,),
            batch(OTHER, log=f"Patch {OTHER} is required by 125000-01\nheliostat: patchrm of {OTHER} ended with 15\n"),
            "failed",
            "patchrm ended with 15: another installed patch requires it (125000-01)",
        ),
        ((), batch(OTHER, waits=True), "pending_reboot", "it is out when the node was booted"),
        ((), batch(OTHER, waits=True, boot=50), "missing", "it was backed out"),
    ],
)
def test_what_became_of_it(there: tuple[PatchId, ...], one: Batch | None, state: str, reason: str) -> None:
    known = seen(*there, notes=Notes(batches=(one,) if one else (), backout=True))
    found = back_out(OTHER).outcomes(known)[OTHER]
    assert found.state == state
    assert found.reason.startswith(reason)


def test_what_runs_is_waited_for_by_its_name() -> None:
    assert whats(back_out(OTHER), seen(OTHER, at_work=True)) == ["wait for the patchrm that runs"]


def test_how_each_of_several_ended() -> None:
    text = f"…\nheliostat: patchrm of {LOW} ended with 0\nPatch …\nheliostat: patchrm of {HIGH} ended with 9\nheliostat: patchrm of"
    assert patchrm.codes(text) == {LOW: 0, HIGH: 9}


@given(st.permutations([LOW, HIGH, OTHER]), st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=5, max_size=5), st.booleans())
def test_interrupted_anywhere_nothing_goes_twice_and_nothing_stays(
    wanted: list[PatchId], interruptions: list[tuple[int, bool]], single_user: bool
) -> None:
    """Each round the node dies after some patchrm's, or the batch comes to its end; then all is looked at and planned anew."""
    operation = back_out(*wanted, properties=ALONE if single_user else STANDARD)
    known, gone, boot = seen(LOW, HIGH, OTHER), list[PatchId](), 100
    for after, dies in [*interruptions, (3, False)]:
        steps = [step for plan in operation.plan(Known(known)) for step in plan.steps if step.what.startswith("take out")]
        if not steps:
            break
        words = [str(word) for word in steps[0].command.argv]
        order = [PatchId.parse(word) for word in words[len(words) - words[::-1].index("patchrm") :]]
        done = order[: after if dies else 3]
        assert not set(done) & set(gone)
        assert all(not (set(RECORDS[one].requires) & set(gone)) for one in done)
        gone += done
        boot += 1
        left = [one for one in RECORDS if one not in gone]
        known = seen(*left, boot=boot, notes=Notes(ran=(), batches=(batch(*order, rc=None if dies else "0", boot=boot - 1),), backout=True))
    assert sorted(gone) == sorted(wanted)
    assert {one.state for one in operation.outcomes(known).values()} == {"missing"}
    assert why(operation, known) == ""


def test_a_clusters_own_software_goes_out_in_single_user_whatever_brought_it() -> None:
    """Sun Cluster 3.0 System Administration Guide, "How to Remove a Sun Cluster Patch": the node is booted outside the cluster."""
    known = seen(LOW, OTHER)
    own = replace(known, own=Has({LOW: ("SUNWcsr",), OTHER: ("SUNWscr.2",)}), installed=known.installed)
    assert whats(back_out(LOW), own) == ["note what runs", f"take out {LOW}"]
    assert whats(back_out(OTHER), own) == ["note what runs", f"take out {OTHER} in single user, then a reboot"]
    (plan,) = back_out(OTHER).plan(Known(own))
    assert "the cluster's own software goes out while the node is no member of it" in plan.steps[-1].why
    assert "nobody gets in but by its console: no" in why(back_out(OTHER, no_way_in="no"), own)
    assert back_out(LOW, OTHER, HIGH).changes(Known(own)) == {LOW: frozenset({"SUNWcsr"}), OTHER: frozenset({"SUNWscr"})}
    assert back_out(LOW).changes(Known(None)) == {}
