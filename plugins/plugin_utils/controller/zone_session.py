# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell lines for the inside of a zone: a command through zlogin, and files without anything but dd in the zone.

zlogin joins its words with blanks and gives the line to ``su USER -c`` in the zone (zlogin.c, prep_args): what is meant passes the
login shell of the node and the one of the zone's user, so it is quoted for both. Plain Bourne shell throughout.
"""

from __future__ import annotations

import re

from ..engine.shell import quote
from ..model.errors import InvalidDefinition
from ..model.names import zone_name

#: What runs zlogin on the node.
BECOME = {"none": "", "pfexec": "/usr/bin/pfexec ", "sudo": "sudo -n "}
BLOCK = 65536
#: Bytes of a file that one round trip moves: Ansible holds them in memory, several times over.
PIECE = 64 * BLOCK

_USER = re.compile(r"[A-Za-z_][-._A-Za-z0-9]{0,31}\Z")

# A command that a signal ended: zlogin itself would answer 0 (WEXITSTATUS of what it did not tell apart). ksh93 counts 256 + signal.
# 255 is what ssh says when the connection broke.
_ENDED = "r=$?; test $r -lt 256 || r=`expr $r - 128`; test $r -ne 255 || r=254; exit $r"

# Nobody reading its input, zlogin would be ended by SIGPIPE and the message lost.
_REFUSE = "{ r=$?; cat >/dev/null; exit $r; }"


def login(zone: str, command: str, user: str = "root", become: str = "none") -> str:
    """The line for the node's shell that runs the shell line ``command`` in ``zone`` as ``user``, by the zone's /bin/sh.

    Its exit code: that of the command; 128 + the signal that ended it; 254 for 255. Raises InvalidDefinition for names that cannot be.
    """
    if not _USER.match(user):
        raise InvalidDefinition(f"vServer {zone}: {user!r} is no name of a user in it. Set heliostat_zlogin_user to a user's name.")
    if become not in BECOME:
        raise InvalidDefinition(f"vServer {zone}: heliostat_zlogin_become is {become!r}; it is one of {', '.join(BECOME)}.")
    inside = f"/bin/sh -c {quote(command)}; {_ENDED}"
    as_user = "" if user == "root" else f"-l {user} "
    return f"/usr/bin/env LC_ALL=C {BECOME[become]}/usr/sbin/zlogin {as_user}{zone_name(zone)} {quote(inside)}"


def named(path: str) -> str:
    """A path that no program takes for an option."""
    return path if path.startswith("/") else f"./{path}"


def write(path: str, offset: int, empty: bool = False) -> str:
    """Standard input to ``path`` from byte ``offset`` (a multiple of BLOCK) on; then its size on stdout.

    The same piece may be written twice. A new file is private; an existing one keeps its mode, owner and links.
    """
    where = f"seek={offset // BLOCK} conv=notrunc" if offset else ""
    source = "</dev/null" if empty else ""
    put = f"dd {quote('of=' + named(path))} bs={BLOCK} {where} {source}"
    return f"LC_ALL=C; export LC_ALL; umask 077; {put} || {_REFUSE}; {_size(path)}"


def read(path: str, offset: int, marker: str) -> str:
    """Lines ``MARKER`` and the file's size, then at most PIECE bytes of ``path`` from ``offset`` on. A profile prints before the marker.

    No backquotes around the name: they would take away backslashes that are in it.
    """
    word = quote(named(path))
    check = f"test -f {word} || {{ echo 'it is not there, or not a regular file' >&2; exit 1; }}"
    get = f"dd {quote('if=' + named(path))} bs={BLOCK} skip={offset // BLOCK} count={PIECE // BLOCK}"
    return f"LC_ALL=C; export LC_ALL; {check}; echo {marker}; {_size(path)}; {get} </dev/null"


def _size(path: str) -> str:
    """Its first line alone: a name may hold newlines."""
    return f"ls -lnL {quote(named(path))} | awk 'NR == 1 {{ print $5 }}'"
