# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection is cut while an installation is begun or works as a job; a second run comes while the first's work goes on.

Commands are held up so that what one run looks at or starts lies astride of what the other's job does: begun, ended, seen, taken away.
"""

from __future__ import annotations

import time

import pytest

from .world import World, until

#: Simulated seconds. An installation that is held ends before a look that is held, whenever that began.
INSTALLATION, LOOK, START = 1600.0, 2000.0, 3000.0


def installed_once(world: World) -> None:
    """zoneadm was told once to install, nothing was uninstalled, and nothing is left to do or to clear away."""
    again = world.task("t8a", "vserver", name="mon1")
    assert not again.changed, again.plan
    assert len(world.since(world.began, "zoneadm", "mon1", "install")) == 1
    assert not world.since(world.began, "uninstall")
    zone = world.zone("t8a", "mon1")
    assert zone is not None
    assert zone["state"] == "running"
    assert not [*(world.root("t8a") / "var/tmp/heliostat-jobs").glob("*")]


@pytest.mark.parametrize("held", ["kstat", "zoneadm list -cp", "zonecfg -z mon1 export"])
def test_a_job_that_ends_while_a_second_run_looks(world: World, held: str) -> None:
    """``held`` comes as the jobs are asked for, after that, and when all that tells of the zone was asked."""
    world.lab.fault("t8a", "slow", match="zoneadm -z mon1 install", seconds=INSTALLATION)
    world.lab.fault("t8a", "cut", match="kstat", skip=1)  # the first is the job's start, the second asks how it goes
    first = world.task("t8a", "vserver", name="mon1")
    assert first.status in ("failed", "unreachable"), first
    assert not world.lab.faults()
    world.lab.fault("t8a", "slow", match=held, seconds=LOOK)
    second = world.task("t8a", "vserver", name="mon1")
    assert second.status == "ok", second.message
    assert not world.lab.faults()
    installed_once(world)


def test_a_start_whose_connection_was_cut_and_that_goes_on_behind_a_second_run(world: World) -> None:
    world.lab.fault("t8a", "cut", match="kstat")
    world.lab.fault("t8a", "slow", match="kstat", seconds=START)
    first = world.task("t8a", "vserver", name="mon1")
    assert first.status in ("failed", "unreachable"), first
    assert not world.lab.faults()
    mark = time.monotonic()
    second = world.task("t8a", "vserver", name="mon1")
    assert second.status == "ok", second.message
    until(lambda: [row for row in world.since(world.began, "kstat") if row["duration"] > 10], "the first start never goes on")
    assert time.monotonic() - mark > 1
    time.sleep(1)  # what it might do now
    installed_once(world)
