# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data centre of clusters in memory."""

from __future__ import annotations

from pathlib import Path

from tests.lab import centre
from tests.lab.commands import live_upgrade, suncluster, system, vcs
from tests.lab.commands.live_upgrade import activating, creating, patching, status
from tests.lab.commands.suncluster import moving
from tests.lab.commands.suncluster import status as cluster_status
from tests.lab.commands.vcs import groups, stopping

from .zone_world import World

FILE = Path("tests/lab/datacentres/clusters.yml")
FAMILIES = (live_upgrade, suncluster, system, vcs, activating, creating, patching, status, moving, cluster_status, groups, stopping)


def clusters() -> World:
    world = World("s10")
    world.centre = centre.read(FILE).truth()
    world.now = centre.START
    return world
