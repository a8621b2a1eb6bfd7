# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed at every step of a roll-out, the node in the middle of one. Running again: no patch twice, none left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .patching_world import DEPOT, PatchingWorld, patching_world, states
from .world import Row, until

NODE = "t4p01"
#: Standard ones go in first because the one after them wants a reboot at once; the last two go through single user.
PATCHES = ["120001-02", "120011-14", "120012-07", "120003-05"]
ASKED = {"patches": PATCHES, "depot": DEPOT, "single_user": "asked"}
#: The command in whose middle the controller is killed, by its regular expression; of several calls the first.
#: '' is after the notes were written.
STEPS = {
    "note": "",
    "patchadd": r"patchadd .*120011-14",
    "zone down": r"zlogin z1 /sbin/init 5",
    "reboot": r"init 6",
    "single user": r"init s",
    "patchadd in single user": r"patchadd .*120012-07",
    "zone up": r"zoneadm -z z1 boot",
}


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("killed")) as made:
        made.make_zone(NODE, "z1")
        made.began = made.mark()
        yield made


def right(world: PatchingWorld, row: Row, times: int = 1) -> None:
    assert row.status == "ok", row.message
    assert set(states(row).values()) == {"installed"}
    assert set(PATCHES) <= world.shown(NODE) & world.shown(NODE, "z1")
    assert world.zone(NODE, "z1")["state"] == "running"  # type: ignore[index]
    for patch in PATCHES:
        done = [entry for entry in world.lab.truth(NODE)["patching"]["installed"].items() if entry[0].strip() == patch]
        assert [count for _name, count in done] == [1], f"{patch} went in {done}"
        assert world.applied(NODE, patch) <= times
    world.nothing_left(NODE, "installed", PATCHES)


@pytest.mark.campaign
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_controller_is_started_again(world: PatchingWorld, step: str) -> None:
    book = world.book(NODE, [{"heliostat.vdc.patch_install": ASKED}])
    world.kill_in(NODE, book, STEPS[step])
    again = world.play(book)
    right(world, again.of("patch_install", NODE))
    third = world.task(NODE, "patch_install", **ASKED)
    assert not third.changed, third.plan


@pytest.mark.campaign
@pytest.mark.parametrize("step", ["patchadd", "patchadd in single user"])
def test_a_node_that_dies_in_the_middle_of_patchadd(world: PatchingWorld, step: str) -> None:
    """What had gone in is there; the patch that was going in is begun again. The run says that the node is gone, nothing is guessed."""
    world.lab.fault(NODE, "slow", match=STEPS[step], seconds=4000.0, times=1)
    run = world.start(
        world.book(
            NODE, [{"heliostat.vdc.patch_install": {**ASKED, "reboot_deadline": 5, "batch_deadline": 10, "single_user_deadline": 5}}]
        )
    )
    until(lambda: not world.lab.faults(), f"{step} never ran")
    world.lab.fault(NODE, "power_cut")
    ended = run.wait()
    row = ended.of("patch_install", NODE)
    assert row.status == "failed", ended.output
    assert "does not answer" in row.message
    assert "its power is off by service processor t4p01-sp" in row.message
    world.lab.power(NODE, "on", wait=True)
    right(world, world.task(NODE, "patch_install", **ASKED), times=2)
