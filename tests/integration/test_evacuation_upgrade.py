# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only node with room is of a later level: it is a target with ``upgrade`` only, and there is no way home then."""

from __future__ import annotations

from pathlib import Path

from .evacuation_world import HOMES, EvacuationWorld, moves
from .test_evacuation_faults import nothing_left, once
from .test_evacuation_refused import maintenance, shut, untouched


def later(estate: EvacuationWorld, node: str) -> None:
    kernel = estate.lab.truth(node)["kernel"]
    estate.lab.patch(f"machines/{node}/kernel", kernel.replace("11.4.66", "11.4.69"))
    assert estate.lab.truth(node)["kernel"] != kernel


def test_a_node_of_a_later_level(estate: EvacuationWorld, tmp_path: Path) -> None:
    later(estate, "m2")
    assert estate.play("heliostat.vdc.node_register", "-l", "m2").rc == 0
    shut(estate, "m1", "m3")
    refused = estate.evacuate("m4")
    assert refused.rc == 2, refused.output
    for name in ("base1", "lone1"):
        assert "later than the Solaris 11.4.66" in refused.of("evacuation").result["failures"][name]
        assert "attaching it there takes an upgrade" in refused.of("evacuation").result["failures"][name]
    untouched(estate)
    assert not maintenance(estate, "m4"), "nothing can go, so nothing was done"

    agreed = {"plan": str(tmp_path / "m4.json")}
    made = estate.agree("m4", upgrade="minimal", **agreed)
    assert moves(made.of("evacuation_plan")) == {"base1": "m2", "lone1": "m2"}, made.output
    other = estate.evacuate("m4", **agreed)
    assert other.rc == 2 and "was made with upgrade minimal, and is to be carried out with upgrade no" in other.of("evacuation").message
    untouched(estate)
    shown = estate.evacuate("m4", "--check", upgrade="minimal", **agreed)
    run = estate.evacuate("m4", upgrade="minimal", **agreed)
    assert run.rc == 0, run.output
    assert shown.of("evacuation").plan == run.of("evacuation").plan
    commands = {step["command"] for step in run.of("evacuation").plan}
    assert {f"zoneadm -z {name} attach -u" for name in ("base1", "lone1")} <= commands
    assert once(estate) == {**HOMES, "base1": "m2", "lone1": "m2"}
    nothing_left(estate)

    back = estate.bring_back("m4")
    assert back.rc == 2, back.output
    assert set(back.of("evacuation").result["failures"]) == {"base1", "lone1"}
    assert "older than" in back.of("evacuation").result["failures"]["lone1"]
    assert once(estate) == {**HOMES, "base1": "m2", "lone1": "m2"}, "they run on where their software is"
    nothing_left(estate)
