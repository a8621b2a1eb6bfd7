# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How unpacked patches on a node go in, by their own files: patchinfo, the pkginfo of each package, and where there is no patchinfo the
README.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError
from ..model.patching.archive import Properties
from ..model.patching.patch import PatchId
from . import patch_archive

#: Nothing in a patch's files begins a line so.
_HEAD = "==heliostat-patch=="

_READ = f"""\
cd "$1" || exit 0
shift
for p in "$@"; do
  test -d $p || continue
  if test -f $p/patchinfo; then echo; echo {_HEAD} $p patchinfo; cat $p/patchinfo
  elif test -f $p/README.$p; then echo; echo {_HEAD} $p readme; cat $p/README.$p; fi
  for f in $p/*/pkginfo; do test -f $f && {{ echo; echo {_HEAD} $p pkginfo; cat $f; }}
  done
done
exit 0"""


def read(depot: str, patches: Sequence[PatchId]) -> Command:
    """Output: ``parse``."""
    return Command.of("/bin/sh", "-c", _READ, "read", depot, *(str(patch) for patch in patches))


def parse(output: Output) -> dict[PatchId, Properties]:
    """Those of which something is told that can be read. Raises CommandFailed where the node could not look."""
    if output.rc != 0:
        raise CommandFailed(f"the depot could not be read (exit code {output.rc}): {output.stderr.strip()}")
    texts: dict[PatchId, dict[str, list[str]]] = {}
    for part in re.split(rf"^{_HEAD} ", f"\n{output.stdout}", flags=re.MULTILINE)[1:]:
        head, _newline, text = part.partition("\n")
        patch, _blank, kind = head.partition(" ")
        texts.setdefault(PatchId.parse(patch), {}).setdefault(kind, []).append(text)
    found = {}
    for known, kinds in texts.items():
        patchinfo, readme = (kinds.get(kind, [None])[0] for kind in ("patchinfo", "readme"))
        try:
            found[known] = patch_archive.properties(patchinfo, readme, kinds.get("pkginfo", []))
        except ParseError:
            continue  # what it asks for is not known, which counts as single user
    return found
