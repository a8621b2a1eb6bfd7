# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.conformance.parse FAMILY [--release R] < text``: what the product's parser makes of a text, as JSON.

FAMILY is a group (``--list``) or a quoted command line, such as 'zpool status'. Exit code 1 with a message when the
text is refused or nothing reads it.
"""

from __future__ import annotations

import argparse
import json
import sys

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

from .family import adapter, names, of_command, plain

#: The command a group's bare name stands for, where it is not the name itself.
_DEFAULTS = {
    "etc-release": "cat /etc/release",
    "dladm": "dladm show-link",
    "df": "df -k",
    "ifconfig": "ifconfig -a",
    "iostat": "iostat -En",
    "ipadm": "ipadm show-addr",
    "ipmpstat": "ipmpstat -g",
    "kstat": "kstat -p",
    "mpathadm": "mpathadm list lu",
    "netstat": "netstat -rn",
    "pkg": "pkg list",
    "pkginfo": "pkginfo -l",
    "prtconf": "prtconf -vp",
    "swap": "swap -l",
    "uname": "uname -a",
    "vxvm": "vxdisk list",
}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("family", nargs="?", help="a group, or a command line in quotes")
    arguments.add_argument("--release", default="", help="the operating system the text comes from, e.g. 'S11.4 SPARC'")
    arguments.add_argument("--list", action="store_true", help="print the groups and end")
    given = arguments.parse_args()
    if given.list:
        print("\n".join(names()))
        return 0
    if not given.family:
        arguments.error("FAMILY is missing (--list shows the groups)")
    command = given.family if " " in given.family or given.family not in names() else _DEFAULTS.get(given.family, given.family)
    group = given.family if given.family in names() else of_command(given.family)
    parsed = adapter(group) if group else None
    if parsed is None:
        print(f"no parser reads the output of {given.family!r}; --list shows the families", file=sys.stderr)
        return 1
    try:
        found = parsed(command, given.release, sys.stdin.read())
    except ParseError as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    if found is None:
        print(f"no parser covers the command {command!r}", file=sys.stderr)
        return 1
    json.dump(plain(found), sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
