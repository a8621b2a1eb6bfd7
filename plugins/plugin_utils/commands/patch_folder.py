# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packages unpacked patches change: each has a folder in the patch's, named after the package (patchadd(1M))."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError
from ..model.patching.patch import PatchId

_LIST = """\
for p in "$@"; do
  test -d "$p" || continue
  echo "== $p"
  for f in "$p"/*; do test -f "$f/pkginfo" && echo "$f"; done
done
exit 0"""


def packages(depot: str, patches: Sequence[PatchId]) -> Command:
    return Command.of("/bin/sh", "-c", _LIST, "list", *(f"{depot}/{patch}" for patch in patches))


def parse(output: Output, depot: str) -> dict[PatchId, frozenset[str]]:
    """Patch → packages, of those that are there. A platform's own part (``SUNWckr.u``) counts as its package."""
    if output.rc != 0:
        raise CommandFailed(f"the patches in {depot} could not be listed (exit code {output.rc}): {output.stderr.strip()}")
    found: dict[PatchId, frozenset[str]] = {}
    patch = None
    for line in output.stdout.splitlines():
        if match := re.fullmatch(rf"== {re.escape(depot)}/(\S+)", line):
            patch = PatchId.parse(match[1])
            found[patch] = frozenset()
        elif patch is not None and line.startswith(f"{depot}/{patch}/"):
            found[patch] |= {line.rpartition("/")[2].partition(".")[0]}
        else:
            raise ParseError(f"list of patches in {depot}: {line!r} is neither a patch nor a package of the one above")
    return found
