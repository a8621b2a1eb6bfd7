# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches of one node: standard ones while everything runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .patching_world import PatchingWorld, patching_world, states

NODE = "t4p01"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatchingWorld]:
    with patching_world(tmp_path_factory.mktemp("patching")) as made:
        yield made


def test_standard_patches(world: PatchingWorld) -> None:
    """Check mode's plan is the run's; again, nothing; what does not apply is no failure; one that fails is the only one reported."""
    patches = ["120001-02", "120002-01", "120021-01"]
    foreseen = world.install(NODE, "--check", patches=patches)
    assert foreseen.status == "ok", foreseen.message
    assert set(patches).isdisjoint(world.shown(NODE))
    done = world.install(NODE, patches=patches)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert states(done) == {"120001-02": "installed", "120002-01": "installed", "120021-01": "not_applicable"}
    assert {"120001-02", "120002-01"} <= world.shown(NODE)
    assert not (world.root(NODE) / "var/tmp/heliostat-patching").exists()
    again = world.install(NODE, patches=patches[:2])
    assert not again.changed, again.plan
    failing = world.install(NODE, patches=["120003-05", "120020-01"])
    assert failing.status == "failed"
    assert states(failing) == {"120003-05": "installed", "120020-01": "failed"}
    assert "1 of 2 patches did not go in (120020-01: " in failing.message
    with world.repository() as repository:
        kept = {str(one.patch): one.state for one in repository.patching.results([NODE])}
        assert repository.node(NODE).maintenance is False
    assert kept == states(done) | states(failing)
