# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which zone brands a node has installed: the directories of /usr/lib/brand (S10, S11, illumos alike)."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.command import Command, Output
from ..model.errors import ParseError
from .tables import lines

#: Directories of /usr/lib/brand that no zone has as its brand (code shared by the others).
_NOT_A_BRAND = frozenset({"shared"})


def probes() -> dict[str, Command]:
    return {"brands": Command.of("ls", "/usr/lib/brand", ok=(0, 2))}


def parse(outputs: Mapping[str, Output]) -> tuple[str, ...]:
    """Names of the brands, sorted. No such directory (Solaris 10 before 8/07) means ``native`` alone."""
    output = outputs["brands"]
    if output.rc != 0:
        if "No such file" in output.stderr:
            return ("native",)
        raise ParseError(f"ls /usr/lib/brand failed with exit code {output.rc}: {output.stderr.strip()}")
    found = {name for name in lines(output.stdout) if name not in _NOT_A_BRAND}
    return tuple(sorted(found))
