# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zlogin(1): a command inside a running zone."""

from __future__ import annotations

import re

from ..model.command import Command, Output
from ..model.errors import InvalidDefinition

_PLAIN = re.compile(r"[-A-Za-z0-9_./:@%+=,]+\Z")


def run_in(zone: str, command: Command) -> Command:
    """``command`` inside ``zone``, with its standard input and exit codes.

    zlogin joins its words with blanks and hands the line to a shell of the zone, so a word that this second shell could
    read otherwise is refused here, as is a file (it would be written outside the zone).
    """
    words: list[str] = []
    for word in command.argv:
        if not isinstance(word, str) or not _PLAIN.match(word):
            raise InvalidDefinition(
                f"zone {zone}: {word!r} cannot be passed through zlogin, which hands its words to a second shell. "
                "Use plain words only, or send the text as standard input."
            )
        words.append(word)
    return Command(("zlogin", zone, *words), stdin=command.stdin, ok=command.ok, secrets=command.secrets)


# Whole messages (zlogin.c, su(1M)); what runs in the zone has no reason to say one of them about its own zone.
_REFUSALS = (
    (r"zone '{zone}' unknown", "it is not configured there. heliostat.vdc.status shows where it is"),
    (r"cannot login to a zone which is '[\w ]+'", "bring it to state running first"),
    (r"login allowed only to running zones \({zone} is '[\w ]+'\)\.", "bring it to state running first"),
    (r"You lack sufficient privilege .*", "log in to the node as root, or set heliostat_zlogin_become"),
    (r".* is not authorized .*", "give the node's user the authorization solaris.zone.manage, or log in as root"),
    (r"'?zlogin'? (?:may only be used from|not applicable to) the global zone", "the node is one where zones run"),
    (r"(?:could not|failed to|cannot find|unable to|exec failure|insufficient privilege).*", "zlogin failed on the node; try it there"),
)


def refusal(zone: str, user: str, output: Output) -> str | None:
    """Why zlogin did not run the command, and what to do; None when it did: the command's own failure.

    ``user`` is the zone's user. Texts in the C locale.
    """
    lines = output.stderr.strip().splitlines()
    if output.rc == 0 or not lines:
        return None
    last = lines[-1]
    if output.rc in (126, 127) and re.match(r".*/usr/sbin/zlogin'?: ", last):
        return f"{last}: the node has no zlogin. Is it a Solaris node?"
    if output.stdout:
        return None
    if user != "root" and last == f"su: Unknown id: {user}":
        return f"{last}: the zone has no such user. Set heliostat_zlogin_user."
    for pattern, advice in _REFUSALS:
        if output.rc == 1 and re.fullmatch("zlogin: " + pattern.replace("{zone}", re.escape(zone)), last):
            return f"{last.rstrip('.')}: {advice}."
    return None
