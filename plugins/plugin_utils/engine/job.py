# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts long work on a node as a detached process. What its directory tells is read in ``commands/job.py``."""

from __future__ import annotations

from ..commands.job import ALIVE, BOOT_TIME, JOBS
from ..model.command import Command, File
from . import shell

# HELIOSTAT_SHELL is set by become plugins whose shell has the rights (a profile shell).
# $1 job directory, then the files to keep there; the one called 'command' is run.
_START = f"""\
umask 077
d=$1; shift
mkdir -p {JOBS} || exit 1
if mkdir "$d" 2>/dev/null; then :; else
  if {ALIVE} && test ! -f "$d/rc"; then echo attached; exit 0; fi
  rm -rf "$d" && mkdir "$d" || exit 1
fi
for f in "$@"; do cp "$f" "$d/`basename $f | sed 's/^[0-9]*\\.//'`" || exit 1; done
{BOOT_TIME} >"$d/boot" 2>/dev/null
s='cd "$1"; ${{HELIOSTAT_SHELL-/bin/sh}} ./command >log 2>&1 </dev/null; echo $? >rc.new; mv rc.new rc'
nohup /bin/sh -c "$s" job "$d" >/dev/null 2>&1 </dev/null &
echo $! >"$d/pid"
echo started"""

#: Whose pid ends the command itself (``commands/job.py``, end).
_TOLD = "echo $! >child\nwait $!\n"


def start(name: str, command: Command) -> Command:
    """Starts the job, or attaches to the one of this name that is still running (``attached`` on stdout)."""
    files = [word for word in command.argv if isinstance(word, File)]
    text = f"LC_ALL=C; export LC_ALL\nPATH=$PATH:/usr/sbin:/sbin:/usr/bin; export PATH\n{shell.line(command, f'{JOBS}/{name}')} &\n{_TOLD}"
    return Command.of("/bin/sh", "-c", _START, "job", f"{JOBS}/{name}", File("command", text), *files, secrets=command.secrets)
