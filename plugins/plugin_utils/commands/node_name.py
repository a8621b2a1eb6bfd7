# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name by which a node knows itself: uname(1) -n. Disk sets and disk groups are owned under it."""

from __future__ import annotations

from ..model.command import Command, Output
from ..model.errors import CommandFailed


def probe() -> Command:
    return Command.of("uname", "-n")


def parse(output: Output) -> str:
    name = output.stdout.strip()
    if output.rc != 0 or not name or len(name.split()) != 1:
        raise CommandFailed(f"'uname -n' ended with {output.rc} and said {name!r}: the node's own name is not known.")
    return name
