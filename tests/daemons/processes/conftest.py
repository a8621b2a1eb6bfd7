# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The binary under test: HELIOSTAT_AGENT names one, else it is built once for all tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .agent_process import Agent
from .monitor_process import Monitor

SOURCES = Path(__file__).resolve().parents[3] / "roles" / "heartbeat" / "files"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of the binaries; HELIOSTAT_BUILD names one that is there already."""
    if named := os.environ.get("HELIOSTAT_BUILD"):
        return Path(named)
    build = tmp_path_factory.mktemp("build")
    subprocess.run(["make", "-s", "-C", str(SOURCES), f"BUILD={build}"], check=True)
    return build


@pytest.fixture(scope="session")
def agent_binary(request: pytest.FixtureRequest) -> Path:
    if named := os.environ.get("HELIOSTAT_AGENT"):
        return Path(named)
    build: Path = request.getfixturevalue("built")
    return build / "heliostat-agent"


@pytest.fixture
def make_monitor(built: Path, tmp_path: Path) -> Iterator[Callable[..., Monitor]]:
    made: list[Monitor] = []

    def make(*lines: str, start: bool = True, **settings: str) -> Monitor:
        directory = tmp_path / f"monitor{len(made)}"
        directory.mkdir()
        monitor = Monitor(built, directory, *lines, **{name.replace("_", "-"): value for name, value in settings.items()})
        made.append(monitor)
        if start:
            monitor.start()
        return monitor

    yield make
    for monitor in made:
        monitor.close()


@pytest.fixture
def make_agent(agent_binary: Path, tmp_path: Path) -> Iterator[Callable[..., Agent]]:
    made: list[Agent] = []

    def make(start: bool = True, **settings: str) -> Agent:
        directory = tmp_path / str(len(made))
        directory.mkdir()
        agent = Agent(agent_binary, directory, **{name.replace("_", "-"): value for name, value in settings.items()})
        made.append(agent)
        if start:
            agent.start()
        return agent

    yield make
    for agent in made:
        agent.close()
