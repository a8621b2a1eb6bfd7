# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sudo, su, pfexec and pfsh: run a program as another user, with the rules of the machine's ``operator`` entry.

sudo's options and messages: sudo(8) and its public source; pfexec(1); su(1M). The password is asked for on stderr and read from
stdin with -S, else from the terminal (the stub's stdin).
"""

from __future__ import annotations

from ...call import Call, command
from ...privileges import of_machine

HOMES = {"root": "/root", "operator": "/export/home/operator"}


async def become(call: Call, user: str, argv: list[str], *, home: bool, folder: str = "", profiles: bool = False) -> int:
    """``profiles``: in a profile shell, whose commands get what the profiles grant. The mark passes to all children, as on Solaris 11
    (PRIV_PFEXEC); Solaris 10's stays with pfsh itself, which the lab does not tell apart."""
    if call.run is None:
        return call.not_simulated(call.argv[0] + " without a caller")
    env = {"LAB_USER": user, "USER": user, "LOGNAME": user} | ({"LAB_PFSH": "1"} if profiles else {})
    if home:
        env["HOME"] = HOMES[user]
    return await call.run(argv, env, folder)


@command("pfexec")
async def pfexec(call: Call) -> int:
    """Runs the program with the privileges of the caller's profiles; without them it runs as the caller."""
    if not call.args or call.args[0].startswith("-"):
        if call.args[:1] == ["-P"]:
            return call.not_simulated("pfexec -P")
        call.err("pfexec: usage: pfexec [-P privset] cmd [arg ..]\n")
        return 1
    if call.user == "root" or of_machine(call.machine.name).pfexec:
        return await become(call, "root", call.args, home=False)
    return await become(call, call.user, call.args, home=False, profiles=True)


@command("pfsh")
async def pfsh(call: Call) -> int:
    """The Bourne shell as a profile shell."""
    return await become(call, call.user, ["/bin/sh", *call.args], home=False, profiles=call.user != "root")


def sudo_options(args: list[str]) -> tuple[dict[str, str], list[str]] | str:
    """(options by letter, the rest) or the letter that is not known."""
    found: dict[str, str] = {}
    rest = list(args)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "upgC":
                found[letter] = letters or (rest.pop(0) if rest else "")
                letters = ""
            elif letter in "HSnkEisvl":
                found[letter] = ""
            else:
                return letter
    return found, rest


@command("sudo")
async def sudo(call: Call) -> int:
    parsed = sudo_options(call.args)
    if isinstance(parsed, str):
        call.err(f"sudo: invalid option -- '{parsed}'\nusage: sudo -h | -K | -k | -V\n")
        return 1
    options, rest = parsed
    user = options.get("u", "root")
    if user not in HOMES:
        call.err(f"sudo: unknown user {user}\nsudo: error initializing audit plugin sudoers_audit\n")
        return 1
    if any(letter in options for letter in "gClv"):
        return call.not_simulated("sudo " + " ".join(call.args))
    rules = of_machine(call.machine.name)
    if call.user != "root":
        if not rules.sudo:
            if "n" in options:
                call.err("sudo: a password is required\n")
            else:
                call.err(f"{call.user} is not in the sudoers file.\n")
            return 1
        if rules.password is not None and not await authenticate(call, options, rules.password):
            return 1
    if not rest and not ("i" in options or "s" in options):
        call.err("usage: sudo -h | -K | -k | -V\n")
        return 1
    argv = ["/bin/sh", "-c", " ".join(rest)] if rest and ("i" in options or "s" in options) else rest or ["/bin/sh"]
    return await become(call, user, argv, home="H" in options or "i" in options, folder=HOMES[user] if "i" in options else "")


async def authenticate(call: Call, options: dict[str, str], password: str) -> bool:
    """sudo's three tries."""
    if "n" in options or call.ask is None:
        call.err("sudo: a password is required\n")
        return False
    prompt = options.get("p", f"[sudo] password for {call.user}: ").replace("%u", call.user).replace("%%", "%")
    for attempt in range(3):
        line = await call.ask(prompt)
        if line == password:
            return True
        if line is None:
            call.err(
                "\nsudo: no password was provided\nsudo: a password is required\n"
                if attempt == 0
                else f"\nsudo: {attempt} incorrect password attempts\n"
            )
            return False
        call.err("\nSorry, try again.\n" if attempt < 2 else "\nsudo: 3 incorrect password attempts\n")
    return False


@command("su")
async def su(call: Call) -> int:
    """su [-] [user [args]]: args go to the user's shell."""
    rest = list(call.args)
    login = rest[:1] == ["-"]
    if login:
        rest.pop(0)
    user = rest.pop(0) if rest else "root"
    if user not in HOMES:
        call.err(f"su: Unknown id: {user}\n")
        return 1
    rules = of_machine(call.machine.name)
    if call.user != "root" and rules.password is not None:
        answer = await call.ask("Password: ") if call.ask else None
        if answer != rules.password:
            call.err("\nsu: Sorry\n")
            return 1
    return await become(call, user, ["/bin/sh", *rest], home=login, folder=HOMES[user] if login else "")
