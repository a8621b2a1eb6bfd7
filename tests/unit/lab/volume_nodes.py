# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two running nodes of the lab that share LUNs and have every volume manager."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import client
from tests.lab.client import Lab

CENTRE = Path(client.__file__).parent / "datacentres" / "volumes.yml"


@contextmanager
def volume_nodes(folder: Path) -> Iterator[Lab]:
    with Lab.start(CENTRE, folder) as running:
        running.clock(speed=1000)
        assert running.status().get("broken", []) == []
        yield running


def run(lab: Lab, node: str, line: str, rc: int = 0, stdin: str = "") -> str:
    """What it prints: on stdout, or where it is to fail on stderr."""
    done = lab.ssh(node, line, stdin=stdin)
    assert done.returncode == rc, (line, done.stdout, done.stderr)
    return done.stdout if rc == 0 else done.stderr
