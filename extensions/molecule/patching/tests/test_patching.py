# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role made, asked of the node by plain ssh: the patch is there, the node is in multi-user, nothing of the way is left."""

from __future__ import annotations

from typing import Any


def test_the_patch_is_there(host: Any) -> None:
    assert "Patch: 151000-01 " in host.check_output("showrev -p")


def test_the_node_is_in_multi_user(host: Any) -> None:
    assert "run-level 3" in host.check_output("who -r")


def test_nothing_of_the_way_is_left(host: Any) -> None:
    assert host.run("ls /var/tmp/heliostat-patching").rc != 0
    assert host.run("ls /var/tmp/heliostat-jobs").stdout.split() == []


def test_the_repository_knows_what_became_of_it(recorded: Any) -> None:
    (result,) = [row for row in recorded("patch_results") if row["node"] == "t4a"]
    assert (result["number"], result["outcome"]) == ("151000", "installed")
