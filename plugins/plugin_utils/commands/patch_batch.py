# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of a roll-out on its node: patchadd while everything runs, patchadd in single user, a reboot and the return from it.

Single user: nobody can log in then but at the console, since sshd is down. So a detached process of root does the whole way by itself:
``init s``, patchadd, ``init 6``. It lives on, because going to single user ends the processes of logins and those of other users than
root, daemon and noaccess (svc.startd's graph.c, published 2005 and later), and because ctrun(1) takes it out of sshd's process contract.
``who -r`` says S as soon as init was asked, so it waits until no service changes its state any more (-a: those that are on their way out
are no longer listed as enabled). Where that does not come to pass nothing is patched and the node is
rebooted. It notes its pid, which ctrun keeps from the shell that starts it, and that it came to its ``init 6``: one that was ended by hand
before that is known by these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model.command import Command, File, Output
from ..model.errors import HeliostatError
from ..model.patching.patch import PatchId
from . import patch_notes, smf
from .job import BOOT_TIME

#: What a batch's rc says where single user was not reached.
LATE = "late"
#: Seconds between two looks, looks in a row without a change.
PAUSE, QUIET = 1, 3

_BEGIN = f"""\
umask 077
b={patch_notes.FOLDER}/batch.$1; shift
mkdir -p {patch_notes.FOLDER} || exit 1
mkdir $b 2>/dev/null || rm -f $b/rc $b/log $b/pid $b/left
cp "$1" $b/ids && echo $2 >$b/rest && {BOOT_TIME} >$b/boot || exit 1
shift; shift"""

#: Ours is 077, for the notes. A patch's scripts make files under that of patchadd's caller: 022 is what a login of root has.
_MASKED = '( umask 022; exec "$@" ) >$b/log 2>&1 </dev/null'

#: Where it is there, the next boot looks for devices anew. It is made before patchadd: whoever reboots the node after it, be it a person,
#: makes the reboot that its patches want.
RECONFIGURE = "/reconfigure"

_RUN = f"""\
{_BEGIN}
if test "`cat $b/rest`" = reconfigure; then touch {RECONFIGURE} || exit 1; fi
{_MASKED}
r=$?
sync
echo $r >$b/rc.new && mv $b/rc.new $b/rc || exit 1
tail -40 $b/log
exit 0"""

_ALONE = f"""\
b=$1; limit=$2; reconfigure=$3; shift; shift; shift
echo $$ >$b/pid.new && mv $b/pid.new $b/pid
/sbin/init s
n=0; quiet=0; rc={LATE}
while test $n -lt $limit; do
  sleep {PAUSE}; n=`expr $n + {PAUSE}`
  case "`who -r`" in *run-level\\ S*) : ;; *) quiet=0; continue ;; esac
  if svcs -a -H -o nstate | grep '[a-z]' >/dev/null; then quiet=0; continue; fi
  if svcs -H -o state svc:/milestone/multi-user:default | grep online >/dev/null; then quiet=0; continue; fi
  quiet=`expr $quiet + 1`
  if test $quiet -ge {QUIET}; then rc=; break; fi
done
if test -z "$rc"; then
  if test $reconfigure = yes; then touch {RECONFIGURE}; fi
  {_MASKED}
  rc=$?
fi
echo $rc >$b/rc.new && mv $b/rc.new $b/rc
sync
: >$b/left
exec /sbin/init 6"""

_LAUNCH = f"""\
{_BEGIN}
cp $b/boot {patch_notes.FOLDER}/asked && cp "$1" $b/script || exit 1
shift
c=
ctrun -l child /bin/sh -c : >/dev/null 2>&1 && c="ctrun -l none"
nohup $c /bin/sh $b/script $b "$@" >$b/out 2>&1 </dev/null &
echo begun"""

_REBOOT = f"""\
umask 077
mkdir -p {patch_notes.FOLDER} && {BOOT_TIME} >{patch_notes.FOLDER}/asked || exit 1
if test "$1" = yes; then touch {RECONFIGURE} || exit 1; fi
shift
nohup /bin/sh -c 'sleep 1; exec "$@"' reboot "$@" >/dev/null 2>&1 </dev/null &
echo asked"""

_BACK = f"""\
cat {patch_notes.FOLDER}/asked 2>/dev/null || echo
{BOOT_TIME} || exit 1
svcs -H -o state,nstate,fmri"""


def multi_user(number: int, patches: Sequence[PatchId], patchadd: Command, *, waits: bool, reconfigure: bool = False) -> Command:
    """patchadd as batch ``number``; it ends with 0 whatever became of the patches. ``waits``: these want a reboot."""
    rest = "reconfigure" if reconfigure else "reboot" if waits else "none"
    return Command.of("/bin/sh", "-c", _RUN, "batch", *_head(number, patches, rest), *patchadd.argv)


def single_user(number: int, patches: Sequence[PatchId], patchadd: Command, *, limit: int, reconfigure: bool) -> Command:
    """Begins the way through single user and answers at once; ``limit`` is how many seconds the services may take to stop."""
    words = (str(limit), "yes" if reconfigure else "no", *patchadd.argv)
    return Command.of("/bin/sh", "-c", _LAUNCH, "batch", *_head(number, patches, "alone"), File("script", _ALONE), *words)


def _head(number: int, patches: Sequence[PatchId], rest: str) -> tuple[str | File, ...]:
    return str(number), File("ids", patch_notes.lines([str(patch) for patch in patches])), rest


def reboot(*, reconfigure: bool) -> Command:
    """``init 6``, which stops services in order (reboot(1M) does not), a second after this has answered."""
    return Command.of("/bin/sh", "-c", _REBOOT, "reboot", "yes" if reconfigure else "no", "/sbin/init", "6")


def reboot_by(command: Command) -> Command:
    """The same by another command than ``init 6``."""
    return Command.of("/bin/sh", "-c", _REBOOT, "reboot", "no", *command.argv)


def back() -> Command:
    """Whether the node was booted since that was asked for, and how far it is. Output: ``Back``."""
    return Command.of("/bin/sh", "-c", _BACK)


@dataclass(frozen=True, slots=True)
class Back:
    """Reads ``back`` as one word: ``down soon`` (it is still the old boot), ``booting``, ``up``, ``held up`` by services in maintenance."""

    #: What it says instead of those of a node that does not answer.
    AWAY = "away"

    def __call__(self, output: Output) -> str:
        if output.rc != 0:
            return "booting"
        asked, _newline, rest = output.stdout.partition("\n")
        now, _newline, listing = rest.partition("\n")
        try:
            if patch_notes.boot_time(asked) == patch_notes.boot_time(now):
                return "down soon"
            services = {service.fmri: service for service in smf.parse_states(listing)}
        except HeliostatError:
            return "unreadable"
        zones = services.get(ZONES)
        if MILESTONE in services and services[MILESTONE].state == "online" and not (zones and zones.next_state):
            return "up"
        moving = any(service.next_state for service in services.values())
        return "held up" if not moving and any(service.state == "maintenance" for service in services.values()) else "booting"


#: What a node has booted with, and what boots its zones after that.
MILESTONE = "svc:/milestone/multi-user-server:default"
ZONES = "svc:/system/zones:default"
