# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role made, asked of the node by plain ssh: two pools in their layouts, on the LUNs that were named."""

from __future__ import annotations

from typing import Any

GUID = "60060E8007C3F2000030C3F2000001"


def test_the_mirror(host: Any) -> None:
    status = host.check_output("zpool status scratch")
    assert "mirror" in status
    assert f"c0t{GUID}09d0" in status
    assert f"c0t{GUID}0Ad0" in status


def test_the_stripe(host: Any) -> None:
    status = host.check_output("zpool status spool")
    assert "mirror" not in status
    assert f"c0t{GUID}0Bd0" in status
    assert f"c0t{GUID}0Cd0" in status
