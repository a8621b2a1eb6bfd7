# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed while a step of a deployment runs; running again converges, with nothing doubled and nothing lost."""

from __future__ import annotations

import re

import pytest

from .world import World, until

#: Simulated seconds for which the step is held up, so that the kill strikes in its middle.
HELD = 300.0

STEPS = [
    ("web1", "t8a", r"^zpool create .*web1"),
    ("web1", "t8a", r"^zfs create .*web1/zone"),
    ("web1", "t8a", r"^zfs create .*web1/srv_www"),
    ("web1", "t8a", r"^zonecfg -z web1 -f"),
    ("web1", "t8a", r"^zoneadm -z web1 install"),
    ("web1", "t8a", r"^zoneadm -z web1 boot"),
    ("web1", "t8a", r"^svcs -z web1"),
    ("ledger1", "t4a", r"^zpool create .*ledger1"),
    ("ledger1", "t4a", r"^zfs create .*ledger1/zone"),
    ("ledger1", "t4a", r"^zonecfg -z ledger1 -f"),
    ("ledger1", "t4a", r"^zoneadm -z ledger1 install"),
    ("ledger1", "t4a", r"^zoneadm -z ledger1 boot"),
]


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "node", "step"), STEPS, ids=[f"{name}-{index}" for index, (name, _, _) in enumerate(STEPS)])
def test_a_killed_controller_is_started_again(world: World, name: str, node: str, step: str) -> None:
    book = world.book(node, [{"heliostat.vdc.vserver": {"name": name}}])
    looked = 1 if "svcs" in step else 0  # the first look asks for the milestone too
    world.lab.fault(node, "slow", match=step, seconds=HELD, skip=looked, times=1)
    mark = world.mark()
    run = world.start(book)
    until(lambda: not world.lab.faults(), f"{step} never ran")
    run.kill()
    if "install" not in step:  # the installation is a job and is joined; anything else ends by itself first
        ended = re.compile(step).search
        until(lambda: sum(bool(ended(" ".join(row["argv"]))) for row in world.since(mark, node=node)) > looked, f"{step} never ended")

    again = world.play(book)
    assert again.rc == 0, again.output
    row = again.of("vserver", node)
    assert any("did not finish" in warning for warning in row.result["warnings"]), row.result["warnings"]
    zone = world.zone(node, name)
    assert zone is not None
    assert zone["state"] == "running"
    for command in (["zpool", "create"], ["zoneadm", "install"], ["zoneadm", "boot"]):
        done = [entry for entry in world.since(mark, *command, node=node) if entry["rc"] == 0]
        assert len(done) == 1, f"{' '.join(command)} succeeded {len(done)} times"
    assert not world.since(mark, "uninstall", node=node)
    third = world.task(node, "vserver", name=name)
    assert not third.changed, third.plan
    with world.repository() as repository:
        assert repository.unfinished(name) == []
        assert repository.vserver(name).state == "activated"
        assert "interrupted" in {entry.outcome for entry in repository.journal(name)}
