# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out says of each patch afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has, Seen, look, read
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due

from .test_rollout import STANDARD, batch, due, outcome, refusal, roll_out, seen, whats


def test_what_became_of_a_patch() -> None:
    wanted = due(p120001_02=STANDARD, p120002_01=STANDARD)

    def after(installed: str, **fields: Any) -> Seen:
        return seen(installed, notes=Notes((), batches=(batch("120001-02 120002-01", **fields),)))

    assert outcome(seen(), wanted, "120001-02") == ("missing", "")
    assert outcome(after("120001-02", rest="reboot"), wanted, "120001-02")[0] == "pending_reboot"
    assert outcome(after("120001-02", rest="reboot", boot=50), wanted, "120001-02") == ("installed", "")
    assert outcome(after("120001-03"), wanted, "120001-02") == ("obsoleted", "a later patch does its work")
    assert outcome(after("", rc=None), wanted, "120001-02") == ("missing", "")
    assert outcome(after("", rc="1"), wanted, "120001-02")[1].startswith("patchadd ended with 1 and printed no reason for it. ")
    assert outcome(after("", rc="3"), wanted, "120001-02") == ("failed", "patchadd ended with 3: it was not run as root")
    assert outcome(after("", rc="late"), wanted, "120001-02")[1].startswith("the node did not come to single user")
    none = "No Packages from patch 120002-01 are installed on the system.\n"
    assert outcome(after("120001-02", rc="1", log=none), wanted, "120002-01")[0] == "not_applicable"
    alone = seen(notes=Notes((), batches=(batch("120002-01", rc="8"),)))
    assert outcome(alone, wanted, "120002-01")[0] == "not_applicable"
    assert outcome(after("120001-02", rc="8"), wanted, "120002-01")[0] == "failed", "of several patches the code tells nothing"
    said = "For patch 120002-01, required patch 120009-01 does not exist.\n"
    assert outcome(after("", rc="1", log=said), wanted, "120002-01") == ("failed", "required patch 120009-01 does not exist")
    assert "1 of 2 patches did not go in (120002-01: required patch" in refusal(wanted, after("120001-02", rc="1", log=said))


def test_a_zone_that_lacks_what_the_node_has() -> None:
    wanted = due(p120001_02=STANDARD)
    known = seen("120001-02", zones="db web", notes=Notes((), batches=(batch("120001-02", rc="1"),)))
    known = replace(known, inside={**known.inside, "web": Has({}, packages=frozenset({"SUNWcsr"}))})
    assert outcome(known, wanted, "120001-02")[1].startswith("zone web lacks it")
    assert outcome(known, wanted, "120001-02", zones="global")[0] == "installed"
    late = replace(known, notes=Notes())
    assert outcome(late, wanted, "120001-02") == ("missing", "zone web lacks it")
    there = Due("n", installed=wanted.install, properties=wanted.properties)
    assert whats(there, replace(late, depot=frozenset(wanted.install))) == ["note what runs", "install 120001-02"]
    assert whats(there, seen("120001-02", zones="db")) == []
    other = replace(known, inside={**known.inside, "web": Has({}, packages=frozenset({"SUNWother"}))})
    assert outcome(other, wanted, "120001-02")[0] == "installed"


def test_what_attach_does_not_bring_is_told() -> None:
    """Zones that were detached meanwhile are held against the node as well; attach -u brings what has to be alike only."""
    wanted = due(p120001_02=STANDARD)
    known = seen("120001-02", zones="db web", notes=Notes((), batches=(batch("120001-02"),)))
    known = replace(known, inside={**known.inside, "web": Has({}, packages=frozenset({"SUNWcsr"}))})
    for notes in (known.notes, Notes()):
        state, why = outcome(replace(known, notes=notes), wanted, "120001-02", zones="detach")
        assert (state, why.startswith("zone web lacks it")) == ("failed", True)
    assert whats(wanted, replace(known, notes=Notes()), zones="detach") == []


def test_a_zone_that_does_not_run_tells_by_its_files() -> None:
    halted = replace(seen("120001-02", zones="db-"), complete=False)
    (probe,) = (name for name in look(halted, "/d", ()) if name.startswith("files"))
    listing = "SUNWcsr/pkginfo\n==\n"
    marks, room = Output(0), Output(0, "Filesystem kbytes used avail capacity Mounted on\nrpool/z 900 100 800 12% /zones/db\n")
    wanted = due(p120001_02=STANDARD)
    for text, state in ((listing + "SUNWcsr/pkginfo:PATCHLIST=120001-02\n", "installed"), (listing, "missing")):
        known = read(halted, {"marks": marks, "room": room, probe: Output(0, text)}, "/d")
        assert outcome(known, wanted, "120001-02")[0] == state
    unread = read(halted, {"marks": marks, "room": room, probe: Output(1)}, "/d")
    assert "what zone db has is not known" in roll_out(wanted).plan(Known(unread))[0].warnings[0]


def test_a_patch_that_was_cut_off_is_not_installed() -> None:
    """The node died after the first of its packages: showrev lists it, patchadd's mark of it stayed."""
    wanted = due(p120001_02=STANDARD)
    patch = wanted.install[0]
    there = Due("n", installed=wanted.install, properties=wanted.properties)
    fields: dict[str, Any] = {"depot": frozenset(wanted.install), "boot": 200}
    died = replace(seen("120001-02", zones="db"), **fields, cut_off={patch: ("",)}, notes=Notes((), batches=(batch("120001-02", rc=None),)))
    for asked in (wanted, there):
        assert outcome(died, asked, "120001-02")[0] == "missing"
        assert "install 120001-02" in whats(asked, died)
        again = replace(died, notes=Notes((), batches=(batch("120001-02", rc="2"),)))
        state, why = outcome(again, asked, "120001-02")
        assert (state, "in the global zone was cut off" in why) == ("failed", True)
        assert outcome(replace(again, cut_off={}), asked, "120001-02") == ("installed", "")
    assert whats(there, replace(died, notes=Notes())) == ["note what runs", "install 120001-02"]
    zone = replace(died, cut_off={patch: ("db",)})
    assert "its installation in zone db was cut off" in outcome(zone, there, "120001-02")[1]
    assert roll_out(there, zones="global").outcomes(zone)[patch].state == "installed"
