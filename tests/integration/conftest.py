# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab for each test process; every test starts from clean nodes and ends by asking the lab for alarms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import campaign
from .evacuation_world import EvacuationWorld
from .world import World


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of campaigns only a slice, unless one case was asked for by name."""
    if campaign.CHOSEN == "whole" or any("::" in word for word in config.args):
        return
    left_out = campaign.slice_of(items, campaign.CHOSEN)
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
    items[:] = [item for item in items if item.nodeid not in left_out]


def pytest_report_header() -> str:
    return campaign.header()


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The lab with its inventory, as the last test left it."""
    made = World(tmp_path_factory.mktemp("centre"))
    yield made
    made.stop()


@pytest.fixture
def world(centre: World) -> Iterator[World]:
    """A data centre without vServers whose nodes are registered. Whatever the test did, no alarm may have been raised."""
    centre.reset()
    yield centre
    assert centre.lab.alarms() == []


@pytest.fixture(scope="module")
def shared(centre: World) -> Iterator[World]:
    """The same for all tests of a module, which then build on each other's state."""
    centre.reset()
    yield centre
    assert centre.lab.alarms() == []


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvacuationWorld]:
    """Four nodes with their vServers, deployed once."""
    made = EvacuationWorld(tmp_path_factory.mktemp("estate"))
    try:
        made.deployed()
        yield made
    finally:
        made.stop()


@pytest.fixture
def estate(crowded: EvacuationWorld) -> Iterator[EvacuationWorld]:
    """The same, as it was deployed. Whatever the test did, no alarm may have been raised."""
    crowded.reset()
    yield crowded
    assert crowded.lab.alarms() == []
