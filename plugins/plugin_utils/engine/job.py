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

from ..model.command import Command, File, Output
from ..model.errors import CommandFailed, ParseError
from . import shell

JOBS = "/var/tmp/heliostat-jobs"

_BOOT = "kstat -p unix:0:system_misc:boot_time"
# Sets no quotes inside backquotes inside quotes: the old Bourne shell reads them otherwise.
_ALIVE = f'p=`cat $d/pid 2>/dev/null`; b=`cat $d/boot 2>/dev/null`; n=`{_BOOT} 2>/dev/null`; test -n "$p" && kill -0 $p 2>/dev/null && test "$n" = "$b"'

# $1 job directory, then the files to keep there; the one called 'command' is run.
_START = f"""\
umask 077
d=$1; shift
mkdir -p {JOBS} || exit 1
if mkdir "$d" 2>/dev/null; then :; else
  if {_ALIVE} && test ! -f "$d/rc"; then echo attached; exit 0; fi
  rm -rf "$d" && mkdir "$d" || exit 1
fi
for f in "$@"; do cp "$f" "$d/`basename $f | sed 's/^[0-9]*\\.//'`" || exit 1; done
{_BOOT} >"$d/boot" 2>/dev/null
nohup /bin/sh -c 'cd "$1"; /bin/sh ./command >log 2>&1 </dev/null; echo $? >rc.new; mv rc.new rc' job "$d" >/dev/null 2>&1 </dev/null &
echo $! >"$d/pid"
echo started"""

_STATUS = f"""\
d=$1
if test -f "$d/rc"; then echo ended `cat "$d/rc"`
elif {_ALIVE}; then echo running
elif test -f "$d/rc"; then echo ended `cat "$d/rc"`
elif test -d "$d"; then echo lost
else echo none; fi
tail -40 "$d/log" 2>/dev/null
exit 0"""

_LIST = f"cd {JOBS} 2>/dev/null || exit 0; for j in *; do test -d $j && d={JOBS}/$j && if {_ALIVE} && test ! -f $d/rc; then echo $j; fi; done; exit 0"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """``lost``: the process is gone and left no exit code (killed, or the node was rebooted)."""

    state: Literal["none", "running", "ended", "lost"]
    rc: int | None = None
    log: str = ""  # the last 40 lines


def start(name: str, command: Command) -> Command:
    """Starts the job, or attaches to the one of this name that is still running (``attached`` on stdout)."""
    files = [word for word in command.argv if isinstance(word, File)]
    text = "LC_ALL=C; export LC_ALL\nPATH=$PATH:/usr/sbin:/sbin:/usr/bin; export PATH\nexec " + shell.line(command, ".") + "\n"
    return Command.of("/bin/sh", "-c", _START, "job", f"{JOBS}/{name}", File("command", text), *files, secrets=command.secrets)


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
    first, _, log = output.stdout.partition("\n")
    words = first.split()
    match words:
        case ["none" | "running" | "lost" as state]:
            return JobStatus(state, None, log)
        case ["ended", code] if code.isdigit():
            return JobStatus("ended", int(code), log)
    raise ParseError(f"job status: {first!r} is not 'none', 'running', 'lost' or 'ended N' (exit {output.rc}, {output.stderr.strip()!r})")


