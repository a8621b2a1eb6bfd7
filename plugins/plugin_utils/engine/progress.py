# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the progress of long steps travels from a task to the callback plugin: JSON datagrams on a private unix socket.

The callback sets the address in the environment, the forked workers inherit it. No callback: nobody listens, nothing is sent.
"""

from __future__ import annotations

import json
import os
import socket

ADDRESS = "HELIOSTAT_PROGRESS_SOCKET"


def report(node: str, name: str, what: str, detail: str, percent: int | None, seconds: float) -> None:
    """Tells how far ``what`` of object ``name`` has come. Never fails: progress is for people only."""
    address = os.environ.get(ADDRESS)
    if not address:
        return
    event = {"node": node, "object": name, "step": what, "detail": detail, "percent": percent, "seconds": round(seconds)}
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(json.dumps(event).encode(), address)
    except OSError:
        pass
