# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers on disk sets of Solaris Volume Manager and disk groups of Veritas: made, changed, moved by hand, destroyed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from .volumes_world import G, VolumesWorld

MANAGERS = ["svm", "vxvm"]
BLOCKS = {"svm": "/dev/md/pay1/dsk/{}", "vxvm": "/dev/vx/dsk/pay1/{}"}
ROOTS = {"svm": "d10", "vxvm": "zone"}
DATA = {"svm": "d11", "vxvm": "ledger"}
TYPES = {"svm": "ufs", "vxvm": "vxfs"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[VolumesWorld]:
    control_paths = Path(tempfile.mkdtemp(prefix="hl"))
    made = VolumesWorld(tmp_path, control_paths)
    yield made
    alarms = made.lab.alarms()
    made.stop()
    shutil.rmtree(control_paths)
    assert alarms == []


def mounted(world: VolumesWorld, node: str) -> dict[str, str]:
    """Mount point → device, as the node says."""
    done = world.lab.ssh(node, "mount")
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: line.split()[2] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("manager", MANAGERS)
def test_deployed_twice_and_foreseen(world: VolumesWorld, manager: str) -> None:
    world.vserver(manager)
    call = {"heliostat.vdc.vserver": {"name": "pay1"}}
    run = world.play(world.book("t4c", [{**call, "check_mode": True}, call, call]))
    assert run.rc == 0, run.output
    check, real, again = run.rows
    assert check.plan == real.plan
    assert check.result["after"]["pay1"] == real.result["after"]["pay1"]
    assert (again.changed, again.plan) == (False, [])
    seen = mounted(world, "t4c")
    assert seen["/zones/pay1"] == BLOCKS[manager].format(ROOTS[manager])
    assert seen["/zones/pay1/root/ledger"] == BLOCKS[manager].format(DATA[manager])
    zone = world.zone("t4c", "pay1")
    assert zone is not None
    assert zone["state"] == "running"
    after = real.result["after"]["pay1"]
    assert after["datasets"]["pay1"]["layout"] == "mirror"
    assert after["filesystems"][f"pay1/{DATA[manager]}"] == {"type": TYPES[manager], "size": 2 * G}
