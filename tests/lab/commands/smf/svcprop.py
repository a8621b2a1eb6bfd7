# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svcprop(1): the restarter's and general properties of an instance; other property groups are not in the lab's truth."""

from __future__ import annotations

from ...call import Call, command
from ...truth import Service
from ..options import BadOption, parse
from . import repository


def properties(fmri: str, service: Service) -> dict[str, tuple[str, str]]:
    """``pg/property`` -> (type, value)."""
    return {
        "general/enabled": ("boolean", str(service.enabled).lower()),
        "restarter/logfile": ("astring", repository.log_file(fmri)),
        "restarter/next_state": ("astring", service.next_state if service.next_state not in ("-", "") else "none"),
        "restarter/state": ("astring", service.state),
        "restarter/state_timestamp": ("time", f"{service.since}.000000000"),
    }


@command("svcprop")
async def svcprop(call: Call) -> int:
    try:
        options, rest = parse(call.args, "fqp:tcsCvwaz:" if call.machine.release != "s10" else "fqp:tcsCvw")
    except BadOption as err:
        call.err(f"svcprop: option requires an argument -- {err.letter}\n" if err.missing else f"svcprop: illegal option -- {err.letter}\n")
        call.err("Usage: svcprop [-fqtv] [-C | -c | -s snapshot] [-p [name/]name]... {FMRI | pattern}...\n")
        return 2
    flags = dict(options)
    if flags.keys() & {"f", "s", "w", "a", "C"} or len(rest) != 1:
        return call.not_simulated(" ".join(call.argv))
    try:
        services = repository.of_caller(call, flags.get("z"))
    except KeyError:
        call.err(f"svcprop: invalid zone '{flags['z']}'\n")
        return 1
    found = repository.match(services, rest[0])
    if not found:
        if "q" not in flags:
            call.err(f"svcprop: Pattern '{rest[0]}' doesn't match any entities\n")
        return 1
    if len(found) > 1:
        return call.not_simulated("svcprop of several instances")
    known = properties(found[0], services[found[0]])
    wanted = [text for letter, text in options if letter == "p"]
    if not wanted:
        return call.not_simulated("svcprop without -p")
    for name in wanted:
        single = {name: known[name]} if name in known else {key: pair for key, pair in known.items() if key.startswith(f"{name}/")}
        if not single or name == "general":
            return call.not_simulated(f"svcprop -p {name}")
        plain = name in known and len(wanted) == 1 and "t" not in flags
        if "q" not in flags:
            call.out("".join(f"{value}\n" if plain else f"{key} {kind} {value}\n" for key, (kind, value) in single.items()))
    return 0
