# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on a volume, and another name for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.client import Lab

from .test_svm_nodes import MAKE, run
from .volume_nodes import CENTRE


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab.start(CENTRE, tmp_path / "lab") as running:
        running.clock(speed=1000)
        yield running


def test_names_and_kinds(lab: Lab) -> None:
    run(lab, "t4c", MAKE)
    assert run(lab, "t4c", "fstyp /dev/md/S/rdsk/d20") == "ufs\n"
    assert run(lab, "t4c", "fstyp /dev/md/S/rdsk/d10", rc=1) == "unknown_fstyp (no matches)\n"
    assert run(lab, "t4d", "fstyp /dev/md/S/rdsk/d20", rc=7) == "unknown_fstyp (cannot open device)\n"
    assert run(lab, "t4c", "mkfs -F ufs -m /dev/md/S/rdsk/d20").endswith(" /dev/md/S/rdsk/d20 8388608\n")
    assert "S/d20: metadevice is open" in run(lab, "t4c", "metarename -s S d20 d21", rc=1)
    run(lab, "t4c", "umount /zones/web")
    assert run(lab, "t4c", "metarename -s S d20 d21") == "S/d20: has been renamed to S/d21\n"
    assert run(lab, "t4c", "mount -F ufs /dev/md/S/dsk/d21 /zones/web && cat /zones/web/file") == "written on t4c\n"
