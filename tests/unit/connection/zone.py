# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone that is this machine: a zlogin that does with its words what zlogin.c does, and an ssh that gives its line to a shell."""

from __future__ import annotations

import stat
from pathlib import Path

# prep_args: every word and a blank, given to su root -c; prep_env: an environment of its own. "down" and "gone" are zones that refuse.
ZLOGIN = """#!/bin/sh
if [ "$1" = -l ]; then
  [ "$2" != nobody2 ] || { echo "su: Unknown id: $2" >&2; exit 1; }
  shift 2
fi
zone=$1; shift
case $zone in
gone) echo "zlogin: zone 'gone' unknown" >&2; exit 1 ;;
down) echo "zlogin: login allowed only to running zones (down is 'installed')." >&2; exit 1 ;;
half) echo "zlogin: cannot login to a zone which is 'incomplete'" >&2; exit 1 ;;
poor) echo "zlogin: You lack sufficient privilege to run this command (all privs required)" >&2; exit 1 ;;
esac
line=
for word do line="$line$word "; done
cd @HOME@
exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/bin HOME=@HOME@ /bin/sh -c "@PROFILE@$line"
"""

SSH = """#!/bin/sh
for word do last=$word; done
printf '%s\\n' "$*" | head -n 1 >>@LOG@
line=`printf '%sx' "$last" | sed 's,/usr/sbin/zlogin,@ZLOGIN@,'`
exec /bin/sh -c "${line%x}"
"""


def build(folder: Path, profile: str = "") -> tuple[Path, Path]:
    """(ssh, zlogin) in ``folder``; ``folder/home`` is where commands begin, ``folder/log`` has a line for each call of ssh."""
    home, log = folder / "home", folder / "log"
    home.mkdir()
    ssh, zlogin = folder / "ssh", folder / "zlogin"
    zlogin.write_text(ZLOGIN.replace("@HOME@", str(home)).replace("@PROFILE@", profile))
    ssh.write_text(SSH.replace("@ZLOGIN@", str(zlogin)).replace("@LOG@", str(log)))
    for program in (ssh, zlogin):
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return ssh, zlogin
