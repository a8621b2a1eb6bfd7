# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's output of zones, ZFS and SMF has the layout of recorded output."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.lab.truth import LocalDisk
from tests.unit.lab.zone_world import START, World

CORPUS = Path(os.environ.get("HELIOSTAT_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "solaris"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus")


def sample(name: str) -> str:
    return (CORPUS / name).read_text()


def test_zpool_status_of_solaris_10() -> None:
    world = World("s10")
    world.centre.machines["nodea"].disks = [LocalDisk("c3t0d0", 1 << 38)]
    world.centre.pools["rpool-nodea"].tree = [["disk", ["nodea:c3t0d0s0"]]]
    recorded = re.sub(r"^ {8}", "\t", sample("468-zpool-status-rpool-s10.txt"), flags=re.MULTILINE)
    assert world.ok("zpool status rpool").rstrip("\n") == recorded.rstrip("\n")


def test_zoneadm_list() -> None:
    world = World("s10")
    world.zone("zoneA", "/export/zones/zoneA").state = "installed"
    running = world.zone("zoneB", "/export/zones/zoneB")
    running.state, running.zone_id = "running", 8
    ours = [line.rstrip() for line in world.ok("zoneadm list -cv").splitlines()]
    assert ours == [line.rstrip() for line in sample("420-zoneadm-list-cv-s10-native.txt").splitlines()]
    assert World("s11.4").ok("zoneadm list -cp") == sample("416-zoneadm-list-cp-s11.4-ten-fields.txt").rstrip("\n") + "\n"
    header = sample("423-zoneadm-list-cv-s11.4-kernel-zone.txt").splitlines()[0]
    assert World("s11.4").ok("zoneadm list -v").splitlines()[0] == header


def test_svcs() -> None:
    world = World("s10")
    services = world.centre.machines["nodea"].services
    services["svc:/system/console-login:default"].since = START - START % 86400 + 14 * 3600 + 38 * 60 + 27
    recorded = sample("347-svcs-one-s10.txt").rstrip("\n") + "\n"
    assert world.ok("svcs svc:/system/console-login:default") == recorded
    world.ok("svcadm disable cron")
    assert world.ok("svcs -H -o state,nstate cron").split() == sample("330-svcs-H-state-nstate-transition.txt").split()
    assert world.ok("svcs -H -o state,nstate ssh") == sample("329-svcs-H-state-nstate-steady.txt").rstrip("\n") + "\n"


def test_versions_of_pools_are_those_recorded() -> None:
    recorded = [line for line in sample("476-zpool-upgrade-v-s11-34.txt").splitlines() if re.match(r" \d", line)]
    ours = [line for line in World("s10").ok("zpool upgrade -v").splitlines() if re.match(r" \d", line)]
    assert ours == recorded[:32]
