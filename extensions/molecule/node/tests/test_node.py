# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery needs nothing on a node, leaves nothing there, and the repository knows what the node says of itself."""

from __future__ import annotations

from typing import Any


def test_the_node_has_no_python(host: Any) -> None:
    assert host.run("python -V").rc == 127
    assert host.run("python3 -V").rc == 127


def test_discovery_leaves_nothing_behind(host: Any) -> None:
    assert host.run("ls -d /var/tmp/heliostat* /tmp/heliostat*").stdout == ""


def test_the_repository_knows_the_node(host: Any, recorded: Any) -> None:
    name = host.check_output("uname -n")
    node = next(row for row in recorded("nodes") if row["name"] == name)
    assert node["hostid"] == host.check_output("hostid")
