# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long work that goes on without us: a detached process on the node with a small directory that tells of it.

JOBS/<name>/ holds ``command`` (what runs), ``pid``, ``child`` (the command's own pid), ``boot`` (the node's boot time, so that a pid of
before a reboot is not believed), ``log`` and, once it has ended, ``rc``. It appears whole, with the pid (``engine/job.py``), and appearing
is the lock: a second start finds it and joins.

Whoever looks asks for the jobs before anything else: a job that ends while the rest is asked has left its traces in that.
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
if test ! -d "$d"; then echo none
elif test -f "$d/rc"; then echo ended `cat "$d/rc"`
elif {ALIVE}; then echo running
elif test -f "$d/rc"; then echo ended `cat "$d/rc"`
elif test -d "$d"; then echo lost
else echo none; fi
tail -40 "$d/log" 2>/dev/null
exit 0"""

_LIST = f"""\
cd {JOBS} 2>/dev/null || exit 0
for j in *; do
  test -d $j && d={JOBS}/$j && if {ALIVE} && test ! -f $d/rc; then echo $j; else echo $j ended; fi
done
exit 0"""


_END = f"""\
d=$1
if {ALIVE}; then
  n=0
  while test ! -s "$d/child" && test $n -lt 10 && kill -0 $p 2>/dev/null; do sleep 1; n=`expr $n + 1`; done
  kill `cat $d/child` 2>/dev/null
  n=0
  while kill -0 $p 2>/dev/null && test $n -lt 10; do sleep 1; n=`expr $n + 1`; done
fi
rm -rf "$d"
"""


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


def end(name: str) -> Command:
    """Ends the command of a job that runs, as a person would with ^C, and forgets the job. What it asked a daemon to do may go on."""
    return Command.of("/bin/sh", "-c", _END, "job", f"{JOBS}/{name}")


def known() -> Command:
    """Names of all jobs, one a line, with the word ``ended`` behind those that run no longer. Output: ``parse_known``."""
    return Command.of("/bin/sh", "-c", _LIST)


def parse_known(output: Output) -> tuple[frozenset[str], frozenset[str]]:
    """The jobs that run, and those that ended (or were killed) and left their directory."""
    if output.rc != 0:
        raise CommandFailed(f"the list of jobs ended with {output.rc}: {output.stderr.strip()}")
    running, ended = set(), set()
    for line in output.stdout.splitlines():
        match line.split():
            case [name]:
                running.add(name)
            case [name, "ended"]:
                ended.add(name)
            case _:
                raise ParseError(f"list of jobs: {line!r} is neither a name nor a name and 'ended'")
    return frozenset(running), frozenset(ended)


def parse_status(output: Output) -> JobStatus:
    first, _newline, log = output.stdout.partition("\n")
    words = first.split()
    match words:
        case ["none" | "running" | "lost" as state]:
            return JobStatus(state, None, log)
        case ["ended", code] if code.isdigit():
            return JobStatus("ended", int(code), log)
    raise ParseError(f"job status: {first!r} is not 'none', 'running', 'lost' or 'ended N' (exit {output.rc}, {output.stderr.strip()!r})")
