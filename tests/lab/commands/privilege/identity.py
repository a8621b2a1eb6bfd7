# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""id, whoami, logname, groups: who the caller is. Formats: id(1M), groups(1), Solaris 10 and 11."""

from __future__ import annotations

from ...call import Call, command

USERS = {"root": (0, 0, "root"), "operator": (100, 10, "staff")}


@command("id")
async def identity(call: Call) -> int:
    uid, gid, group = USERS[call.user]
    options = "".join(word[1:] for word in call.args if word.startswith("-"))
    names = [word for word in call.args if not word.startswith("-")]
    if names:
        if names[0] not in USERS:
            call.err(f'id: invalid user name: "{names[0]}"\n')
            return 1
        uid, gid, group = USERS[names[0]]
    user = names[0] if names else call.user
    if options == "":
        call.out(f"uid={uid}({user}) gid={gid}({group})\n")
    elif options == "a":
        call.out(f"uid={uid}({user}) gid={gid}({group}) groups={gid}({group})\n")
    elif sorted(options) in (["u"], ["n", "u"]) and call.machine.release != "s10":
        call.out((user if "n" in options else str(uid)) + "\n")
    elif sorted(options) in (["g"], ["g", "n"], ["G"], ["G", "n"]) and call.machine.release != "s10":
        call.out((group if "n" in options else str(gid)) + "\n")
    elif call.machine.release == "s10":  # /usr/bin/id of Solaris 10 knows only -a (and -p)
        call.err("Usage: id [-ap] [user]\n")
        return 1
    else:
        return call.not_simulated("id " + " ".join(call.args))
    return 0


@command("whoami", "logname")
async def whoami(call: Call) -> int:
    call.out(call.user + "\n")
    return 0


@command("groups")
async def groups(call: Call) -> int:
    call.out(USERS[call.user][2] + "\n")
    return 0
