# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk sets: command lines of metaset, metainit, metattach, metarename, metaclear, metaimport, and what metastat -p prints.

metaset(1M), metainit(1M), metattach(1M), md.tab(4). The texts of errors are those of OpenSolaris' libmeta.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model.command import Command, Output
from ..model.errors import CommandFailed, InvalidDefinition
from ..model.volumes import BLOCK, DiskSet, Metadevice
from . import svm
from .tables import integer, lines, refuse

_DRIVE = re.compile(r"c[0-9]+(?:t[0-9A-F]+)?d[0-9]+\Z")
_LOOSE = re.compile(r"\s+(?P<drive>c[0-9]+(?:t[0-9A-Fa-f]+)?d[0-9]+)(?: \*)?")
_NONE = ("there are no existing databases", "service(s) not online in SMF")
_KINDS = {"Mirror": "mirror", "Concat/Stripe": "stripe", "Submirror": "stripe", "Soft Partition": "soft"}
_PATH = re.compile(r"(?:/dev/md/(?:[^/]+/)?r?dsk/|/dev/(?:did/)?r?dsk/)?(?:[\w.-]+/)?(?P<name>[\w.-]+)")


#: Kind, parts, extents.
Shape = tuple[str, tuple[str, ...], tuple[tuple[int, int], ...]]


def sets() -> Command:
    return Command.of("metaset")


def status(name: str) -> Command:
    return Command.of("metastat", "-s", name)


def structure(name: str) -> Command:
    """Output in the form of md.tab(4)."""
    return Command.of("metastat", "-s", name, "-p")


def importable() -> Command:
    """Disk sets on drives that nothing here uses; ``-r`` only reports."""
    return Command.of("metaimport", "-r")


def add_hosts(name: str, hosts: Sequence[str]) -> Command:
    """Makes the set where it does not exist."""
    return Command.of("metaset", "-s", name, "-a", "-h", *hosts)


def add_drives(name: str, drives: Sequence[str]) -> Command:
    """Repartitions drives whose slices do not suit: slice 7 (6 with an EFI label) for replicas, slice 0 for all the rest."""
    if bad := [drive for drive in drives if not _DRIVE.match(drive)]:
        raise InvalidDefinition(f"disk set {name}: {bad[0]!r} is no drive such as c0t600144F0...d0.")
    return Command.of("metaset", "-s", name, "-a", *drives)


def delete_drives(name: str, drives: Sequence[str]) -> Command:
    """-f: without it metaset keeps the last drive."""
    return Command.of("metaset", "-s", name, "-d", "-f", *drives)


def delete_hosts(name: str, hosts: Sequence[str]) -> Command:
    return Command.of("metaset", "-s", name, "-d", "-h", *hosts)


def take(name: str, force: bool = False) -> Command:
    """``force`` only when the owner is proven not to use the set: it takes the reservation away and panics a living one."""
    return Command.of("metaset", "-s", name, "-t", *(("-f",) if force else ()))


def owns(name: str, host: str) -> Command:
    """Whether another host owns the set. Output: ``parse_owns``."""
    return Command.of("metaset", "-s", name, "-o", "-h", host)


def parse_owns(output: Output) -> bool | None:
    """None where the host did not answer: that it does not own the set it says in words."""
    if output.rc == 0:
        return True
    return False if "is not the owner" in output.stderr + output.stdout else None


def release(name: str) -> Command:
    return Command.of("metaset", "-s", name, "-r")


def stripe(name: str, device: str, drives: Sequence[str]) -> Command:
    """A stripe over slice 0 of the drives; of one drive just that slice."""
    return Command.of("metainit", "-s", name, device, "1", str(len(drives)), *(f"{drive}s0" for drive in drives))


def mirror(name: str, device: str, submirror: str) -> Command:
    """One-way: further submirrors are attached, which copies; metainit with several does not."""
    return Command.of("metainit", "-s", name, device, "-m", submirror)


def attach(name: str, device: str, submirror: str) -> Command:
    return Command.of("metattach", "-s", name, device, submirror)


def soft_partition(name: str, device: str, component: str, size: int) -> Command:
    """``size`` bytes, in blocks (``b``), rounded up."""
    return Command.of("metainit", "-s", name, device, "-p", component, f"{-(-size // BLOCK)}b")


def grow(name: str, device: str, by: int) -> Command:
    """Adds ``by`` bytes to a soft partition."""
    return Command.of("metattach", "-s", name, device, f"{-(-by // BLOCK)}b")


def rename(name: str, old: str, new: str) -> Command:
    return Command.of("metarename", "-s", name, old, new)


def clear(name: str, device: str) -> Command:
    return Command.of("metaclear", "-s", name, device)


def clear_all(name: str) -> Command:
    """All metadevices of the set."""
    return Command.of("metaclear", "-s", name, "-a")


def block_device(name: str, device: str) -> str:
    return f"/dev/md/{name}/dsk/{device}"


def raw_device(name: str, device: str) -> str:
    return f"/dev/md/{name}/rdsk/{device}"


def parse_sets(output: Output) -> tuple[dict[str, DiskSet], str]:
    """All sets that the node is a host of, by name, and why SVM does not work there at all ('' when it does)."""
    said = output.stderr + output.stdout
    if output.missing:
        return {}, "it has no metaset command"
    if output.rc != 0:
        trouble = next((text for text in _NONE if text in said), "")
        if not trouble:
            raise CommandFailed(f"'metaset' ended with {output.rc}: {said.strip() or 'no message'}. Which disk sets exist is not known.")
        return {}, f"metaset says: {trouble}"
    return {one.name: DiskSet(one.name, dict(one.hosts), tuple(one.drives)) for one in svm.parse_sets(output.stdout)}, ""


def parse_loose(output: Output) -> frozenset[str] | None:
    """Drives that metaimport -r names as parts of a set; None where it could not tell."""
    if output.rc != 0:
        return None
    found = {match["drive"] for line in output.stdout.splitlines() if (match := _LOOSE.fullmatch(line.rstrip()))}
    if output.stdout.strip() and not found:
        refuse("metaimport -r", lines(output.stdout)[0], "and what follows names no drive")
    return frozenset(found)


def _bare(word: str) -> str:
    """``SET/d1``, ``/dev/md/SET/rdsk/d1``, ``/dev/rdsk/c0t…d0s0``: the last part; a disk's without slice."""
    match = _PATH.fullmatch(word)
    if not match:
        refuse("metastat -p", word, "is no device")
    return re.sub(r"(c[0-9]+(?:t[0-9A-Fa-f]+)?d[0-9]+)s[0-9]+\Z", r"\1", match["name"])


def parse_structure(text: str) -> dict[str, Shape]:
    """``metastat -p``: name → kind, parts, extents. Lines of more than one stripe (a concatenation) are continued with ``\\``."""
    found: dict[str, Shape] = {}
    for line in lines(re.sub(r"\\\n\s*", " ", text)):
        words = line.split()
        name, rest = _bare(words[0]), words[1:]
        if rest[:1] == ["-m"]:
            parts = [word for word in rest[1:] if not word.startswith("-") and not word.isdecimal()]
            found[name] = ("mirror", tuple(_bare(word) for word in parts), ())
        elif rest[:1] == ["-p"]:
            numbers = [integer("metastat -p", line, word) for word in rest[2:] if not word.startswith("-")]
            if rest[2::4] != ["-o"] * (len(numbers) // 2) or rest[4::4] != ["-b"] * (len(numbers) // 2) or len(numbers) % 2:
                refuse("metastat -p", line, "is no soft partition with -o and -b by turns")
            found[name] = ("soft", (_bare(rest[1]),), tuple(zip(numbers[::2], numbers[1::2], strict=True)))
        elif rest and rest[0].isdecimal():
            found[name] = (*_stripes(line, rest), ())
        elif rest:
            found[name] = (rest[0], (), ())  # RAID-5 (-r), trans (-t): not ours, shown as they are
        else:
            refuse("metastat -p", line)
    return found


def _stripes(line: str, words: list[str]) -> tuple[str, tuple[str, ...]]:
    """``ROWS WIDTH SLICE... [-i INTERLACE] WIDTH SLICE... [-h POOL]``."""
    rows = integer("metastat -p", line, words[0])
    parts: list[str] = []
    position = 1
    widths = []
    while position < len(words) and words[position] != "-h":
        if words[position] == "-i":
            position += 2
            continue
        widths.append(integer("metastat -p", line, words[position]))
        parts += [_bare(word) for word in words[position + 1 : position + 1 + widths[-1]]]
        position += 1 + widths[-1]
    if len(widths) != rows or len(parts) != sum(widths):
        refuse("metastat -p", line, f"does not have {rows} stripes")
    return ("stripe" if rows == 1 else "concat"), tuple(parts)


def parse_devices(status_text: str, structure_text: str) -> dict[str, Metadevice]:
    """metastat and metastat -p of one set together, by name without the set."""
    shape = parse_structure(structure_text)
    found = {}
    for block in svm.parse_status(status_text):
        name = _bare(block.name)
        kind, parts, extents = shape.get(name, (_KINDS.get(block.type, block.type), (), ()))
        states = [block.state, *block.submirrors.values(), *(str(row.get("state", "")) for row in block.slices)]
        worst = next((state for state in states if state and state.split()[0] != "Okay"), "Okay")
        found[name] = Metadevice(name, kind, parts, (block.size_blocks or 0) * BLOCK, worst, extents)
    if missing := sorted(set(shape) - set(found)):
        refuse("metastat", missing[0], "is in metastat -p only")
    return found
