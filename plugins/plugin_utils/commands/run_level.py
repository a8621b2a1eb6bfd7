# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""who(1) -r: the run level, for itself (Solaris 10) or where there is no SMF to ask (Solaris 8 and 9, Linux)."""

from __future__ import annotations

import re

from ..model.command import Command, Output


def probe() -> Command:
    return Command.of("who", "-r")


def parse(output: Output) -> str:
    """The run level, one character; '' while there is none yet.

    Solaris: ``   .       run-level 3  Sep  1 14:45     3      0  S``, Linux: ``run-level 3  Jul 28 09:15  last=S``.
    """
    found = re.search(r"\brun-level ([0-9A-Za-z])(?=\s)", output.stdout) if output.rc == 0 else None
    return found[1] if found else ""
