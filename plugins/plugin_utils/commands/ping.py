# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ping(1M) as Solaris has it: ``ping host timeout`` prints ``HOST is alive`` or ``no answer from HOST``."""

from __future__ import annotations

from ..model.command import Command, Output
from ..model.errors import CommandFailed


def probe(address: str) -> Command:
    """One answer within one second is enough to know that the address is taken."""
    return Command.of("ping", address, "1", ok=(0, 1))


def answers(output: Output) -> bool:
    """Raises CommandFailed where ping could not ask: then nothing is known of the address."""
    if output.rc not in (0, 1):
        raise CommandFailed(f"'ping' ended with {output.rc}: {(output.stderr or output.stdout).strip() or 'no message'}")
    return output.rc == 0 and "is alive" in output.stdout
