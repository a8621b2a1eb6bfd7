# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed at every step of a back-out. Running again: every patch is out, none was taken out twice, and what ran runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .patching_world import DEPOT, PatchingWorld, patching_world, states
from .world import Row

NODE = "t4p01"
#: One while everything runs, one that wants a reboot, one through single user.
PATCHES = ["120001-02", "120010-03", "120012-07"]
ASKED = {"patches": PATCHES, "depot": DEPOT, "single_user": "asked", "state": "absent"}
#: The command in whose middle the controller is killed, by its regular expression; of several calls the first.
#: '' is after the notes were written.
STEPS = {
    "note": "",
    "zone down": r"zlogin z1 /sbin/init 5",
    "single user": r"init s",
    "patchrm": r"patchrm .*120001-02",
    "patchrm of the second": r"patchrm .*120010-03",
    "patchrm of the one in single user": r"patchrm .*120012-07",
    "zone up": r"zoneadm -z z1 boot",
}


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("out")) as made:
        made.make_zone(NODE, "z1")
        brought = made.install(NODE, patches=PATCHES, single_user="asked")
        assert brought.status == "ok", brought.message
        made.began = made.mark()
        yield made


def right(world: PatchingWorld, row: Row) -> None:
    assert row.status == "ok", row.message
    assert states(row) == dict.fromkeys(PATCHES, "missing")
    assert not set(PATCHES) & (world.shown(NODE) | world.shown(NODE, "z1"))
    assert world.zone(NODE, "z1")["state"] == "running"  # type: ignore[index]
    for patch in PATCHES:
        assert len([one for one in world.since(world.began, "patchrm", patch, node=NODE) if one["argv"][0] == "patchrm"]) == 1
    world.nothing_left(NODE, "missing", PATCHES)


@pytest.mark.campaign
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_controller_is_started_again(world: PatchingWorld, step: str) -> None:
    book = world.book(NODE, [{"heliostat.vdc.patch_install": ASKED}])
    world.kill_in(NODE, book, STEPS[step])
    again = world.play(book)
    right(world, again.of("patch_install", NODE))
    third = world.task(NODE, "patch_install", **ASKED)
    assert not third.changed, third.plan
