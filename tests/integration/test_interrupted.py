# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between two steps the controller is killed; in the middle of a step the node loses its power. Running again converges.

Beside test_killed.py, where the controller is killed while a step runs.
"""

from __future__ import annotations

from functools import cache

import pytest

from .world import World, until

#: Simulated seconds for which a step is held up, so that the power goes in its middle.
HELD = 2000.0

WEB1 = [
    ["zpool", "create", "web1"],
    ["zfs", "create", "web1/zone"],
    ["zfs", "create", "web1/srv_www"],
    ["zonecfg", "-z", "web1", "-f"],
    ["zoneadm", "web1", "install"],
    ["zoneadm", "web1", "boot"],
]
LEDGER1 = [["zonecfg", "-z", "ledger1", "-f"], ["zoneadm", "ledger1", "install"], ["zoneadm", "ledger1", "boot"]]
CASES = [("web1", "t8a", words) for words in WEB1] + [("ledger1", "t4a", words) for words in LEDGER1]
IDS = [f"{name}-{words[0]}-{words[-1].replace('/', '_')}" for name, _, words in CASES]


@cache
def whole_plan(world: World, name: str, node: str) -> list[str]:
    """The steps of a deployment from nothing."""
    return world.task(node, "vserver", "--check", name=name).steps


def converges(world: World, name: str, node: str) -> list[str]:
    """Running again reaches the goal, once more changes nothing; the steps that were still to do."""
    book = world.book(node, [{"heliostat.vdc.vserver": {"name": name}}] * 2)
    run = world.play(book)
    assert run.rc == 0, run.output
    again, third = run.rows
    assert not third.changed, third.plan
    zone = world.zone(node, name)
    assert zone is not None
    assert zone["state"] == "running"
    pools = [pool["name"] for pool in world.lab.truth()["pools"].values() if pool["name"] != "rpool"]
    assert pools == [name]
    created = [row for row in world.since(world.began, "zpool", "create") if row["rc"] == 0]
    assert len(created) == 1
    assert not any((world.root(node) / "var/tmp/heliostat-jobs").glob("*"))
    with world.repository() as repository:
        assert repository.vserver(name).state == "activated"
        assert repository.unfinished(name) == []
        assert repository.locks() == []
    return again.steps


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "node", "words"), CASES, ids=IDS)
def test_controller_killed_after_a_step(world: World, name: str, node: str, words: list[str]) -> None:
    """What was done is not done again."""
    whole = whole_plan(world, name, node)
    run = world.start(world.book(node, [{"heliostat.vdc.vserver": {"name": name}}]))
    until(lambda: [row for row in world.since(world.began, *words) if row["rc"] == 0], f"{' '.join(words)} never ended")
    run.kill()
    left = converges(world, name, node)
    left = [step for step in left if not step.startswith(("wait for", "clear away job"))]
    assert left == whole[len(whole) - len(left) :]
    for each in (["zoneadm", name, "install"], ["zoneadm", name, "boot"], ["zonecfg", "-z", name, "-f"]):
        assert len([row for row in world.since(world.began, *each) if row["rc"] == 0]) == 1, each
    assert not world.since(world.began, "uninstall")


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "node", "words"), CASES, ids=IDS)
def test_power_cut_in_the_middle_of_a_step(world: World, name: str, node: str, words: list[str]) -> None:
    """The step may have been done or not; what it left half done is cleared away."""
    inner = ".* ".join(words[:1] + words[-1:]) if words[-1] != "-f" else f"zonecfg -z {name} -f"
    world.lab.fault(node, "slow", match=inner, seconds=HELD)
    run = world.start(world.book(node, [{"heliostat.vdc.vserver": {"name": name}}]))
    until(lambda: not world.lab.faults(), f"{inner} never ran")
    world.lab.fault(node, "power_cut")
    ended = run.wait()
    assert ended.rc == 4, ended.output
    assert ended.rows[0].status == "unreachable"
    world.lab.power(node, "on", wait=True)
    converges(world, name, node)
