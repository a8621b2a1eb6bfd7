# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduling classes: ``dispadmin -d``, ``priocntl -l``."""

from __future__ import annotations

import re

from ..model.command import Command, Output
from .tables import lines, refuse

_UNSET = "Default scheduling class is not set"


def default_class() -> Command:
    """The default scheduling class, dispadmin(1M). Exit 1 when none was set."""
    return Command.of("dispadmin", "-d", ok=(0, 1))


def parse_default(output: Output) -> str:
    """The class that was set, '' where none was (time sharing then). ParseError for any other answer."""
    if output.rc != 0 and _UNSET in output.stderr:
        return ""
    return parse_default_class(output.stdout if output.rc == 0 else output.stderr)


def parse_default_class(text: str) -> str:
    """``dispadmin -d``: the default scheduling class (``FSS``)."""
    match = re.fullmatch(r"([A-Z]+)\s+\(.+\)", text.strip())
    if not match:
        refuse("dispadmin -d", text.strip())
    return match[1]


def parse_classes(text: str) -> tuple[str, ...]:
    """``priocntl -l``: the configured scheduling classes."""
    rows = lines(text)
    if rows[:1] != ["CONFIGURED CLASSES"]:
        refuse("priocntl -l", rows[0] if rows else "", "is not its heading")
    found = []
    for line in rows[1:]:
        match = re.fullmatch(r"([A-Z]+) \(.+\)", line)
        if match:
            found.append(match[1])
        elif set(line) != {"="} and not line[:1].isspace():
            refuse("priocntl -l", line)
    return tuple(found)
