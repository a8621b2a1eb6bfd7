# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out of patches keeps on its node while it is on its way, so that whoever takes it up later knows how far it came.

FOLDER holds ``backout`` (where patches are taken out instead), ``ran`` (zones that ran before), ``ailing`` (services that were in
maintenance before), ``detached`` (zones to attach again), ``pdo.conf`` or ``pdo.none`` (what /etc/patch/pdo.conf was) with ``pdo.ours``
(what was made of it), ``asked`` (the node's boot time when a reboot was asked for), ``depot`` (patches that single user would not find
elsewhere), and for each call of patchadd a folder ``batch.N`` with ``ids``, ``boot`` (boot time at its begin), ``rest`` (``reboot`` where
the patches work only after one, ``reconfigure`` where that is to be a reconfiguration reboot, ``alone`` where it makes the reboot itself),
``log`` and at last ``rc``. The script that goes to single user is there too (``script``), with its ``pid``, what it printed (``out``), and
``left`` when it asks for the reboot. It survives a reboot: /tmp would not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model.command import Command, File, Output
from ..model.errors import CommandFailed, ParseError
from ..model.patching.patch import PatchId
from .job import ALIVE

FOLDER = "/var/tmp/heliostat-patching"
NAMES = ("ran", "ailing", "detached", "pdo.conf", "pdo.none", "pdo.ours", "asked", "backout")
_PARTS = ("ids", "boot", "rest", "log", "rc", "left")
#: Of the script with that pid: ``alive`` or ``gone``. It is asked before ``left`` is read, which the script makes while it is alive.
_LIFE = "life"
#: Nothing that patchadd or a patch's script prints begins a line so.
_HEAD = "==heliostat-patching=="

_READ = f"""\
cd {FOLDER} 2>/dev/null || exit 0
for f in {" ".join(NAMES)}; do
  if test -f $f; then echo; echo {_HEAD} $f; cat $f; fi
done
for d in batch.*; do
  test -d $d || continue
  if test -f $d/pid; then
    echo; echo {_HEAD} $d/{_LIFE}
    if {ALIVE}; then echo alive; else echo gone; fi
  fi
  for f in {" ".join(_PARTS)}; do
    if test -f $d/$f; then echo; echo {_HEAD} $d/$f; cat $d/$f; fi
  done
done
exit 0"""

_GIVE_UP = f"""\
umask 077
cd {FOLDER} || exit 1
for d
do
  echo reboot >.new && mv .new $d/rest || exit 1
done
rm -f asked"""

_KEEP = f"""\
umask 077
mkdir -p {FOLDER} || exit 1
while test $# -gt 0; do
  cp "$1" {FOLDER}/.new && mv {FOLDER}/.new "{FOLDER}/$2" || exit 1
  shift; shift
done"""


@dataclass(frozen=True, slots=True)
class Batch:
    """One call of patchadd. ``rc`` is None while it runs, and when the node went down under it. ``waits``: its patches want a reboot.
    ``alone``: it goes to single user and reboots the node by itself. ``gone``: it was ended before it asked for that reboot.
    """

    number: int
    patches: tuple[PatchId, ...]
    boot: int
    waits: bool
    alone: bool
    rc: str | None
    log: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """``ran`` is None where no roll-out is on its way. ``pdo``: pdo.conf is to be put back. ``asked``: in which boot a reboot was asked
    for, 0 for none. ``over``: the folder has notes of which nobody needs any more.
    """

    ran: tuple[str, ...] | None = None
    ailing: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()
    pdo: bool = False
    batches: tuple[Batch, ...] = field(default=())
    backout: bool = False
    asked: int = 0
    over: bool = False

    @property
    def next(self) -> int:
        return max((batch.number for batch in self.batches), default=0) + 1

    def ended(self, boot: int) -> bool:
        """There are some, all that they are about was brought back, and what waited for a reboot had it: the node runs in ``boot``."""
        kept = self.ran is not None or self.pdo or self.detached
        return bool(self.backout or self.batches) and not kept and boot > 0 and all(batch.boot != boot for batch in self.batches)


def read() -> Command:
    """Output: ``parse``."""
    return Command.of("/bin/sh", "-c", _READ)


def keep(files: Mapping[str, str]) -> Command:
    """Writes notes, each at once and whole."""
    words: list[str | File] = []
    for number, (name, text) in enumerate(files.items()):
        words += [File(f"note{number}", text), name]
    return Command.of("/bin/sh", "-c", _KEEP, "keep", *words)


def drop(*names: str) -> Command:
    return Command.of("rm", "-f", *(f"{FOLDER}/{name}" for name in names))


def give_up(batches: Sequence[int]) -> Command:
    """Nobody goes through single user for these any more. What went in with them waits for a reboot yet."""
    return Command.of("/bin/sh", "-c", _GIVE_UP, "give up", *(f"batch.{number}" for number in batches))


def forget() -> Command:
    """Once what came of the roll-out is kept elsewhere."""
    return Command.of("rm", "-rf", FOLDER)


def parse(output: Output) -> Notes:
    """Raises CommandFailed, ParseError."""
    if output.rc != 0:
        raise CommandFailed(f"{FOLDER} could not be read (exit code {output.rc}): {output.stderr.strip()}")
    files: dict[str, str] = {}
    for part in f"\n{output.stdout}".split(f"\n{_HEAD} ")[1:]:  # the end of line before it is not the file's
        name, _newline, files[name] = part.partition("\n")
    known = re.compile(rf"batch\.[0-9]+/({'|'.join((_LIFE, *_PARTS))})")
    unknown = next((name for name in files if name not in NAMES and not known.fullmatch(name)), None)
    if unknown:
        raise ParseError(f"{FOLDER}: {unknown!r} is no note of a roll-out")
    return Notes(
        tuple(files["ran"].split()) if "ran" in files else None,
        tuple(files.get("ailing", "").split()),
        tuple(files.get("detached", "").split()),
        "pdo.conf" in files or "pdo.none" in files,
        tuple(_batch(number, files) for number in sorted({int(name[6:].split("/")[0]) for name in files if name.startswith("batch.")})),
        backout="backout" in files,
        asked=boot_time(files.get("asked", "")),
    )


def _batch(number: int, files: Mapping[str, str]) -> Batch:
    def part(name: str) -> str:
        return files.get(f"batch.{number}/{name}", "")

    patches = tuple(PatchId.parse(word) for word in part("ids").split())
    rc = part("rc").strip() or None
    rest = part("rest").strip()
    gone = part(_LIFE).strip() == "gone" and f"batch.{number}/left" not in files
    waits = rest in ("reboot", "reconfigure", "alone")
    return Batch(number, patches, boot_time(part("boot")), waits, rest == "alone", rc, part("log"), gone)


def boot_time(text: str) -> int:
    """Of ``kstat -p unix:0:system_misc:boot_time``: seconds since 1970; 0 for nothing at all. Raises ParseError."""
    if not text.strip():
        return 0
    found = re.fullmatch(r"unix:0:system_misc:boot_time\s+([0-9]+)\s*", text)
    if not found:
        raise ParseError(f"kstat: {text.strip()[:200]!r} is not the node's boot time")
    return int(found[1])


def lines(words: Sequence[str]) -> str:
    return "".join(f"{word}\n" for word in words)
