# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts long work on a node as a detached process, or joins it. What its directory tells is read in ``commands/job.py``.

The directory is made whole in JOBS/.<name> and then moved to its place by the very process that runs the command: mv(1) of a directory
onto one that holds something fails (rename(2); illumos' mv.c), so of two that start only one runs, and from the first moment the
directory names a process that lives as long as the job. A start whose connection was cut may go on beside that of a later run: the first
to come to its place runs and is joined, and a start takes away what others have prepared, so that none comes later, when all is over.
"""

from __future__ import annotations

from ..commands.job import ALIVE, BOOT_TIME, JOBS
from ..model.command import Command, File
from ..model.plan import Begin
from . import shell

# HELIOSTAT_SHELL is set by become plugins whose shell has the rights (a profile shell).
# $1 job directory, $2 a Begin, then the files to keep there; the one called 'command' is run. ALIVE sets p, b and n.
# What the job says is awaited: that its directory is in its place.
_START = f"""\
umask 077
d=$1; begin=$2; shift; shift
if test $begin = join; then
  if test -d "$d"; then echo attached; else echo gone; fi
  exit 0
fi
name=`basename "$d"`
top={JOBS}/.$name; new=$top/$$
rm -rf "$top"
mkdir -p "$new/$name" || exit 1
if test $begin = anew && test -d "$d"; then
  if {ALIVE} && test ! -f "$d/rc"; then rm -rf "$top"; echo attached; exit 0; fi
  mv "$d" "$new/old" 2>/dev/null
  test "`cat $new/old/pid 2>/dev/null`" = "$p" || mv "$new/old" "$d" 2>/dev/null
fi
for f in "$@"; do cp "$f" "$new/$name/`basename $f | sed 's/^[0-9]*\\.//'`" || exit 1; done
{BOOT_TIME} >"$new/$name/boot" 2>/dev/null
s='echo $$ >"$1/pid" && mv "$1" {JOBS}/ 2>/dev/null && cd "$2" || exit 1
(echo started) 2>/dev/null
exec >log 2>&1
${{HELIOSTAT_SHELL-/bin/sh}} ./command; echo $? >rc.new; mv rc.new rc'
said=`nohup /bin/sh -c "$s" job "$new/$name" "$d" 2>/dev/null </dev/null &`
rm -rf "$new"
rmdir "$top" 2>/dev/null
if test -n "$said"; then echo started
elif test -d "$d"; then echo attached
else echo "$d cannot be made" >&2; exit 1; fi"""

#: Whose pid ends the command itself (``commands/job.py``, end).
_TOLD = "echo $! >child\nwait $!\n"


def start(name: str, command: Command, begin: Begin = "anew") -> Command:
    """Starts the job or joins the one of this name (``attached`` on stdout): see ``Begin``. ``gone``: there was none to join."""
    files = [word for word in command.argv if isinstance(word, File)]
    text = f"LC_ALL=C; export LC_ALL\nPATH=$PATH:/usr/sbin:/sbin:/usr/bin; export PATH\n{shell.line(command, f'{JOBS}/{name}')} &\n{_TOLD}"
    return Command.of("/bin/sh", "-c", _START, "job", f"{JOBS}/{name}", begin, File("command", text), *files, secrets=command.secrets)
