# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long work that goes on without us: a detached process on the node with a small directory that tells of it.

JOBS/<name>/ holds ``command`` (what runs), ``pid``, ``boot`` (the node's boot time, so that a pid of before a reboot is not
believed), ``log`` and, once it has ended, ``rc``. Making the directory is the lock: a second start finds it and attaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError

JOBS = "/var/tmp/heliostat-jobs"

BOOT_TIME = "kstat -p unix:0:system_misc:boot_time"
#: Sets p, b and n. No quotes inside backquotes inside quotes: the old Bourne shell reads them otherwise.
ALIVE = (
    f"p=`cat $d/pid 2>/dev/null`; b=`cat $d/boot 2>/dev/null`; n=`{BOOT_TIME} 2>/dev/null`; "
    'test -n "$p" && kill -0 $p 2>/dev/null && test "$n" = "$b"'
)

_STATUS = f"""\
d=$1
if test -f "$d/rc"; then echo ended `cat "$d/rc"`
elif {ALIVE}; then echo running
elif test -f "$d/rc"; then echo ended `cat "$d/rc"`
elif test -d "$d"; then echo lost
else echo none; fi
tail -40 "$d/log" 2>/dev/null
exit 0"""

_LIST = f"""\
cd {JOBS} 2>/dev/null || exit 0
for j in *; do
  test -d $j && d={JOBS}/$j && if {ALIVE} && test ! -f $d/rc; then echo $j; fi
done
exit 0"""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """``lost``: the process is gone and left no exit code (killed, or the node was rebooted)."""

    state: Literal["none", "running", "ended", "lost"]
    rc: int | None = None
    log: str = ""  # the last 40 lines


def status(name: str) -> Command:
    return Command.of("/bin/sh", "-c", _STATUS, "job", f"{JOBS}/{name}")


def forget(name: str) -> Command:
    """Removes the directory of a job that has ended."""
    return Command.of("rm", "-rf", f"{JOBS}/{name}")


def running() -> Command:
    """Names of all running jobs, one a line."""
    return Command.of("/bin/sh", "-c", _LIST)


def parse_running(output: Output) -> frozenset[str]:
    if output.rc != 0:
        raise CommandFailed(f"the list of running jobs ended with {output.rc}: {output.stderr.strip()}")
    return frozenset(output.stdout.split())


def parse_status(output: Output) -> JobStatus:
    first, _newline, log = output.stdout.partition("\n")
    words = first.split()
    match words:
        case ["none" | "running" | "lost" as state]:
            return JobStatus(state, None, log)
        case ["ended", code] if code.isdigit():
            return JobStatus("ended", int(code), log)
    raise ParseError(f"job status: {first!r} is not 'none', 'running', 'lost' or 'ended N' (exit {output.rc}, {output.stderr.strip()!r})")
