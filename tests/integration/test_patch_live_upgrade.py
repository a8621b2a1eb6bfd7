# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches by Live Upgrade on the lab: into a copy, proven, booted; refused, cut off at each step, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .clusters_world import KERNEL, STANDARD, ClustersWorld, clusters_world
from .patching_world import states
from .world import Row

NODE, BE = "rad1", "hl-june"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClustersWorld]:
    with clusters_world(tmp_path_factory.mktemp("upgrade")) as made:
        yield made


def upgrade(world: ClustersWorld, *words: str, patches: list[str] | None = None, **args: Any) -> Row:
    chosen = [STANDARD, KERNEL] if patches is None else patches
    return world.install(NODE, *words, method="live_upgrade", environment=BE, patches=chosen, **args)


def test_copied_patched_proven_and_booted(world: ClustersWorld) -> None:
    """Check mode's plan is the run's; the old environment stays; again, nothing. luupgrade ends with 1 and all is in."""
    (old,) = world.environments(NODE)
    foreseen = upgrade(world, "--check")
    assert foreseen.status == "ok", foreseen.message
    assert list(world.environments(NODE)) == [old]
    done = upgrade(world)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert states(done) == {STANDARD: "installed", KERNEL: "installed"}
    assert world.environments(NODE) == {old: (False, False), BE: (True, True)}
    assert {STANDARD, KERNEL} <= world.shown(NODE)
    again = upgrade(world)
    assert not again.changed, again.plan
