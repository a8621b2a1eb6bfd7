# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery needs nothing on a node, leaves nothing there, and the repository knows what the node says of itself."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

ROOT = os.environ["MOLECULE_PROJECT_DIRECTORY"]


def recorded(name: str) -> dict[str, Any]:
    argv = ["ansible", "localhost", "-i", f"{ROOT}/inventories/lab", "-m", "heliostat.vdc.repository_info", "-a", "query=nodes", "-o"]
    shown = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    nodes = json.loads(shown.partition("=>")[2])["result"]
    return next(dict(node) for node in nodes if node["name"] == name)


def test_the_node_has_no_python(host: Any) -> None:
    assert host.run("python -V").rc == 127
    assert host.run("python3 -V").rc == 127


def test_discovery_leaves_nothing_behind(host: Any) -> None:
    assert host.run("ls -d /var/tmp/heliostat*").rc != 0


def test_the_repository_knows_the_node(host: Any) -> None:
    name = host.run("uname -n").stdout.strip()
    assert recorded(name)["hostid"] == host.run("hostid").stdout.strip()
