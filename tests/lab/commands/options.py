# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""getopt(3C) as the simulated commands use it, and the way they give up."""

from __future__ import annotations

import getopt


class BadOption(Exception):
    """An option getopt refuses; ``missing`` when the option is known but its argument is not there."""

    def __init__(self, letter: str, missing: bool) -> None:
        super().__init__(letter)
        self.letter = letter
        self.missing = missing


class Refused(Exception):
    """The command prints ``text`` on stderr and exits with ``rc``."""

    def __init__(self, text: str, rc: int = 1) -> None:
        super().__init__(text)
        self.text = text if text.endswith("\n") else text + "\n"
        self.rc = rc


class Unknown(Exception):
    """The lab does not know what the real command does here."""


def parse(args: list[str], letters: str) -> tuple[list[tuple[str, str]], list[str]]:
    """``[(letter, argument)]`` and the operands. ``letters`` as in getopt(3C). Raises BadOption."""
    if args and args[0].startswith("--") and args[0] != "--":
        raise BadOption("-", False)
    try:
        found, rest = getopt.getopt(args, letters)
    except getopt.GetoptError as err:
        raise BadOption(err.opt, "requires argument" in err.msg) from None
    return [(flag[1:], value) for flag, value in found], rest
