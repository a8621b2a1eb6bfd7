# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who this process is, and whether another one still lives: what a lock needs to know."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path


def host_name() -> str:
    return socket.gethostname()


def host_identity() -> str:
    """What tells this host and process number space from every other, names being equal in containers and clones.

    On Linux: this boot and this PID name space. A lock from before a reboot is therefore not known to be dead: its host
    may as well be another machine of the same name.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return f"{socket.gethostname()}/{uuid.getnode():012x}"


def started(pid: int) -> str:
    """When a process started, in the kernel's own count (field 22 of /proc/PID/stat, proc(5)); '' where unknown."""
    return next(iter(_fields(pid)[19:20]), "")


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on, proc(5); none where unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return stat.rpartition(")")[2].split()


def is_dead(pid: int, process_started: str) -> bool:
    """The process that was ``pid`` on this host is gone for certain: no such number, ended and not yet reaped by its parent,
    or another process has the number now."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    if _fields(pid)[:1] in (["Z"], ["X"]):
        return True
    now = started(pid)
    return bool(process_started and now and now != process_started)
