# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchadd's pdo.conf(4): how many zones it patches at once (num_proc), for the time of a roll-out.

The roll-out keeps beside its notes what the file was, and what it made of it: a patch of the patch utilities may bring another one while
the roll-out is on its way.
"""

from __future__ import annotations

import re

from ..model.command import Command, File, Output
from . import patch_notes

PATH = "/etc/patch/pdo.conf"
_NONE = "heliostat: there is no such file"
_READ = f"if test -f {PATH}; then cat {PATH}; else echo {_NONE}; fi"
#: White space may be around its words.
_NUM_PROC = re.compile(r"^[ \t]*num_proc[ \t]*=.*$", re.MULTILINE)

_WRITE = f"""\
umask 022
mkdir -p /etc/patch && cp "$1" {PATH}"""

#: Of a file that is another one now, only a line of ours goes.
_PUT_BACK = f"""\
cd {patch_notes.FOLDER} || exit 1
test -f pdo.ours && test -f {PATH} || exit 0
umask 022
if cmp -s pdo.ours {PATH}; then
  if test -f pdo.conf; then cp pdo.conf {PATH}; else rm -f {PATH}; fi
  exit
fi
line="`grep '^num_proc=' pdo.ours | tail -1`"
grep "^$line\\$" {PATH} >/dev/null || exit 0
grep -v "^$line\\$" {PATH} >pdo.new
test -f pdo.conf && grep '^[ \t]*num_proc[ \t]*=' pdo.conf >>pdo.new
cp pdo.new {PATH} && rm -f pdo.new"""


def read() -> Command:
    return Command.of("/bin/sh", "-c", _READ)


def parse(output: Output) -> str | None:
    """None where there is none."""
    return None if output.stdout.strip() == _NONE else output.stdout


def text(former: str, zones_at_once: int) -> str:
    """The file with another num_proc; everything else stays."""
    line = f"num_proc={zones_at_once}"
    if _NUM_PROC.search(former):
        return _NUM_PROC.sub(line, former)
    return former + ("" if not former or former.endswith("\n") else "\n") + f"{line}\n"


def keep(former: str | None, zones_at_once: int) -> Command:
    """Notes what the file was, and what ``write`` makes of it."""
    name = "pdo.none" if former is None else "pdo.conf"
    return patch_notes.keep({name: former or "", "pdo.ours": text(former or "", zones_at_once)})


def write(former: str | None, zones_at_once: int) -> Command:
    return Command.of("/bin/sh", "-c", _WRITE, "write", File("pdo.conf", text(former or "", zones_at_once)))


def put_back() -> Command:
    """As it was before ``write``."""
    return Command.of("/bin/sh", "-c", _PUT_BACK)


def forget() -> Command:
    return patch_notes.drop("pdo.conf", "pdo.none", "pdo.ours")
