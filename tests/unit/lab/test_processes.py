# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ps: whether a zone's console is there, which clients wait for, and no guesses about anything else."""

from __future__ import annotations

import pytest

from tests.lab.commands.system import processes
from tests.lab.truth import Service

from .zone_world import World

LOADED = (processes,)  # importing it registers the command
CONSOLE = "svc:/system/console-login:default"


@pytest.mark.parametrize(("release", "init"), [("s10", "/sbin/init"), ("s11.4", "/usr/sbin/init")])
def test_a_zone_is_up_when_its_console_is(release: str, init: str) -> None:
    world = World(release)
    zone = world.zone()
    zone.state = "running"
    zone.services[CONSOLE] = Service("offline", "online", due=world.now + 10)
    assert world.ok("ps -z z1 -o args").splitlines()[:3] == ["COMMAND", "zsched", init]
    assert "ttymon" not in world.ok("ps -z z1 -o args")
    world.now += 10
    assert "/usr/lib/saf/ttymon -g -d /dev/console" in world.ok("ps -z z1 -o args")
    assert world.ok("ps -p 1 -o comm") == f"COMMAND\n{init}\n"


@pytest.mark.parametrize("line", ["ps", "ps -ef", "ps -z nix -o args", "ps -p 2 -o comm", "ps -z z1"])
def test_everything_else_is_refused(line: str) -> None:
    assert "lab: not simulated" in World("s11.4").fails(line, rc=125)
