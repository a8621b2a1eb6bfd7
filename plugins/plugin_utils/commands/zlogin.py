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


def is_not_running(output: Output) -> bool:
    """zlogin itself refused because the zone does not run: the command inside was not tried (zlogin.c)."""
    return output.rc != 0 and "login allowed only to running zones" in output.stderr
