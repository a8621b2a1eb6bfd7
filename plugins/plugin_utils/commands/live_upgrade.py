# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot environments of Solaris 10: lucreate, luupgrade, lumount, luactivate, ludelete, lustatus, lucurr (section 1M of its manual)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError
from ..model.patching.patch import PatchId
from . import patchadd

#: lucreate(1M): at most 30 characters, none special to a shell.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}\Z")
_HEADING = ["Name", "Complete", "Now", "On", "Reboot", "Delete", "Status"]
#: What lustatus says on a system that never had lucreate run, on stderr and not with exit code 0.
_NONE = "No boot environments are configured on this system"

#: lutab(4) lists them; there is none before the first lucreate.
_STATUS = "test -s /etc/lutab || exit 0; exec lustatus"

_MARKS = "heliostat: marks of patchadd"
_PROOF = f"""\
showrev -p -R "$1" || exit
shift
echo {_MARKS}
exec "$@\""""


@dataclass(frozen=True, slots=True)
class BootEnvironment:
    """A row of lustatus; ``copy`` is the copy status (lustatus(1M): ACTIVE, COMPARING, UPGRADING or SCHEDULED), '' for ``-``."""

    name: str
    complete: bool
    active: bool
    on_reboot: bool
    can_delete: bool
    copy: str


def valid_name(name: str) -> bool:
    return bool(_NAME.match(name))


def status() -> Command:
    return Command.of("lustatus")


def used() -> Command:
    """``status`` for who does without Live Upgrade: nothing where it was never used. Output: ``parse_used``."""
    return Command.of("/bin/sh", "-c", _STATUS)


def parse_used(output: Output) -> tuple[BootEnvironment, ...]:
    """None where lustatus fails, too: its packages may be gone, or half of them. Raises ParseError."""
    return parse_table(output.stdout) if output.rc == 0 and output.stdout.strip() else ()


def parse_status(output: Output) -> tuple[BootEnvironment, ...]:
    """None where Live Upgrade was never used. Raises CommandFailed where lustatus failed for another reason or is not there."""
    if output.missing:
        raise CommandFailed(
            "lustatus is not there: install the packages SUNWlucfg, SUNWlur and SUNWluu of the release that is to be patched."
        )
    if output.rc == 0:
        return parse_table(output.stdout)
    if _NONE in output.stdout + output.stderr:
        return ()
    raise CommandFailed(f"lustatus ended with {output.rc}: {(output.stderr or output.stdout).strip()}")


def parse_table(text: str) -> tuple[BootEnvironment, ...]:
    """``lustatus``: two heading lines, a ruler, then name and yes/no columns (recorded on Solaris 10 10/08)."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or lines[1].split() != _HEADING or set(lines[2]) - {"-", " "}:
        raise ParseError(f"lustatus: unknown heading {lines[:2]!r}")
    found = []
    for line in lines[3:]:
        fields = line.split(None, 5)
        if len(fields) != 6 or any(field not in ("yes", "no") for field in fields[1:5]):
            raise ParseError(f"lustatus: not a boot environment's line: {line!r}")
        complete, active, on_reboot, can_delete = (field == "yes" for field in fields[1:5])
        copy = fields[5].strip()
        found.append(BootEnvironment(fields[0], complete, active, on_reboot, can_delete, "" if copy == "-" else copy))
    return tuple(found)


def current() -> Command:
    return Command.of("lucurr")


def parse_current(text: str) -> str:
    """``lucurr``: the running boot environment's name, the only line."""
    rows = text.split()
    if len(rows) != 1 or len(text.strip().splitlines()) != 1:
        raise ParseError(f"lucurr: not one name: {text[:80]!r}")
    return rows[0]


def _masked(*words: str, ok: Sequence[int] = (0,)) -> Command:
    """Under the umask that a login of root has: what scripts of packages and patches make there is read by others than root."""
    return Command.of("/bin/sh", "-c", 'umask 022; exec "$@"', words[0], *words, ok=tuple(ok))


def create(name: str) -> Command:
    """A copy of the running one: with a root on ZFS snapshots and clones in the same pool, which takes seconds and hardly any space."""
    return _masked("lucreate", "-n", name)


def delete(name: str) -> Command:
    return Command.of("ludelete", name)


def mount_point(name: str) -> str:
    """Where lumount(1M) mounts when no other place is named."""
    return f"/.alt.{name}"


def mount(name: str) -> Command:
    return Command.of("lumount", name)


def unmount(name: str) -> Command:
    return Command.of("luumount", name)


def installed(name: str) -> Command:
    """The patches of a mounted boot environment (showrev(1M), -R), parsed like those of the running one."""
    return Command.of("showrev", "-p", "-R", mount_point(name))


def zones(name: str) -> Command:
    """The zones that a mounted boot environment knows. Output: ``parse_zones``."""
    return Command.of("cat", f"{mount_point(name)}/etc/zones/index")


def parse_zones(output: Output) -> frozenset[str] | None:
    """Those that have files, without the global zone; None where that is not told. A line is ``name:state:zonepath:uuid``."""
    rows = [line.split(":") for line in output.stdout.splitlines() if not line.startswith("#")] if output.rc == 0 else []
    if not any(row[0] == "global" for row in rows):
        return None
    return frozenset(row[0] for row in rows if len(row) > 2 and row[0] != "global" and row[1] != "configured")


def proof(name: str) -> Command:
    """``installed``, and patchadd's marks of patches that were cut off there, which showrev lists too. Output: ``parse_proof``."""
    root = mount_point(name)
    return Command.of("/bin/sh", "-c", _PROOF, "proof", root, *patchadd.marked([root]).argv)


def parse_proof(text: str) -> tuple[str, frozenset[PatchId]]:
    """What showrev printed, and the patches that were cut off. Raises ParseError."""
    listed, mark, marks = f"\n{text}".partition(f"\n{_MARKS}\n")
    if not mark:
        raise ParseError("showrev: what follows it did not run")
    return listed[1:], frozenset(patch for patch, _root in patchadd.parse_marked(marks))


def add_patches(name: str, directory: str, patches: Sequence[PatchId]) -> Command:
    """Its exit code tells nothing: it fails too when all that could go in went in and some of the named ones did not apply."""
    return _masked("luupgrade", "-t", "-n", name, "-s", directory, *map(str, patches), ok=(0, 1))


def activate(name: str) -> Command:
    """Takes effect at the next ``init 6`` or ``shutdown``, which sync the two; reboot, halt and uadmin would boot the old one again."""
    return Command.of("luactivate", name)
