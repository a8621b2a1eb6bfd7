# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs(1M): file systems and their properties. Command lines, parsers and ZFS's own way to write sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..model.command import Command, Output
from ..model.errors import InvalidDefinition, ParseError
from ..model.storage import Zfs, ZfsProperty

_NAME = re.compile(r"[A-Za-z][-_.:A-Za-z0-9]*(?:/[-_.:A-Za-z0-9%]+)*(?:@[-_.:A-Za-z0-9]+)?\Z")
_PROPERTY = re.compile(r"[a-z][-a-z0-9_.:@]*\Z")
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[KMGTPEZ]?)B?\Z", re.IGNORECASE)
_UNITS = {unit: 1024**power for power, unit in enumerate(("", "K", "M", "G", "T", "P", "E", "Z"))}
_SOURCES = ("local", "default", "received", "temporary", "none")
_COLUMNS = ("name", "used", "available", "referenced", "quota", "mountpoint")

#: Texts that mean failure whatever the exit code was.
REFUSED_BY = ("cannot create", "cannot destroy", "cannot mount", "cannot unmount", "cannot rename", "cannot set property")


def zfs_name(name: str) -> str:
    """A full name, pool first, refused unless zfs(1M) would take it."""
    if not _NAME.match(name) or len(name) > 255:
        raise InvalidDefinition(f"ZFS name {name!r}: parts of letters, digits and '-_.:' separated by '/', at most 255 characters.")
    return name


def option_words(flag: str, properties: Mapping[str, str]) -> tuple[str, ...]:
    """``flag property=value`` for each property."""
    words: list[str] = []
    for key, value in properties.items():
        if not _PROPERTY.match(key) or any(ord(character) < 32 for character in value):
            raise InvalidDefinition(f"ZFS property {key!r}={value!r}: not a property name, or a value with control characters.")
        words += [flag, f"{key}={value}"]
    return tuple(words)


def get(properties: Sequence[str], *datasets: str, recursive: bool = False) -> Command:
    """Exact values (-p: sizes in bytes, times in seconds) of ``datasets``, or of all there is. Output: ``parse_get``.

    A dataset that does not exist does not keep zfs from showing the others: see ``absent``.
    """
    words = ["zfs", "get", "-Hp", *(("-r",) if recursive else ()), "-o", "name,property,value,source", ",".join(properties)]
    return Command.of(*words, *(zfs_name(dataset) for dataset in datasets))


def absent(output: Output) -> frozenset[str]:
    """The datasets of which zfs says that they do not exist; any other complaint is none of absence."""
    return frozenset(re.findall(r"^cannot open '([^']+)': dataset does not exist$", output.stderr, re.MULTILINE))


def list_filesystems() -> Command:
    """All file systems. Sizes are for people: ``zfs list`` has no exact form on Solaris 10. Output: ``parse_list``."""
    return Command.of("zfs", "list", "-H", "-t", "filesystem", "-o", ",".join(_COLUMNS))


def create(name: str, properties: Mapping[str, str] | None = None) -> Command:
    return Command.of("zfs", "create", *option_words("-o", properties or {}), zfs_name(name))


def set_property(name: str, key: str, value: str) -> Command:
    return Command.of("zfs", "set", option_words("", {key: value})[1], zfs_name(name))


def destroy(name: str, recursive: bool = False) -> Command:
    """``recursive`` (-r) takes children along, never clones elsewhere (-R is not offered)."""
    return Command.of("zfs", "destroy", *(("-r",) if recursive else ()), zfs_name(name))


def rename(name: str, new_name: str) -> Command:
    return Command.of("zfs", "rename", zfs_name(name), zfs_name(new_name))


def mount(name: str) -> Command:
    return Command.of("zfs", "mount", zfs_name(name))


def parse_size(text: str) -> int:
    """Bytes of ``20.0G``, ``512``, ``1.5T``, ``10M`` (binary units). What zfs prints without -p is rounded to three digits."""
    found = _SIZE.match(text.strip())
    if not found:
        raise ParseError(f"zfs: {text!r} is not a size")
    return int(Fraction(found["number"]) * _UNITS[found["unit"].upper()])


def _property(value: str, source: str, line: str) -> ZfsProperty:
    if source.startswith("inherited from "):
        return ZfsProperty(value, "inherited", source.removeprefix("inherited from "))
    if source in ("-", ""):
        return ZfsProperty(value)
    if source not in _SOURCES:
        raise ParseError(f"zfs get: unknown source {source!r}: {line!r}")
    return ZfsProperty(value, source)


def parse_get(text: str) -> dict[str, Zfs]:
    """``get``'s output by name. A property that does not apply has the value ``-``.

    Solaris 11.1 answers ``sharenfs`` as ``share.nfs`` and shows a share as a dataset ``NAME%``: given as printed.
    """
    found: dict[str, dict[str, ZfsProperty]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != 4:
            raise ParseError(f"zfs get -H: not name, property, value, source: {line!r}")
        name, key, value, source = fields
        found.setdefault(name, {})[key] = _property(value, source, line)
    return {name: Zfs(name, properties) for name, properties in found.items()}


def parse_get_table(text: str) -> dict[str, Zfs]:
    """``zfs get`` for people: columns NAME PROPERTY VALUE SOURCE, cut where the headings start (values may hold blanks)."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or lines[0].split() != ["NAME", "PROPERTY", "VALUE", "SOURCE"]:
        raise ParseError(f"zfs get: unknown header {lines[:1]!r}")
    starts = [lines[0].index(heading) for heading in ("NAME", "PROPERTY", "VALUE", "SOURCE")]
    rows = []
    for line in lines[1:]:
        for start in starts[1:]:
            if line[start - 1 : start] != " " or line[start : start + 1] in ("", " "):
                raise ParseError(f"zfs get: columns are not under their headings: {line!r}")
        bounds = zip(starts, [*starts[1:], None], strict=True)
        rows.append("\t".join(line[start:end].strip() for start, end in bounds))
    return parse_get("\n".join(rows))


def parse_list(text: str) -> dict[str, Zfs]:
    """``list_filesystems``'s output: used, available, referenced, quota, mountpoint as printed."""
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.strip() == "no datasets available":
            continue
        fields = line.split("\t")
        if len(fields) < len(_COLUMNS):
            raise ParseError(f"zfs list -H: not {', '.join(_COLUMNS)}: {line!r}")
        found[fields[0]] = Zfs(fields[0], {key: ZfsProperty(value) for key, value in zip(_COLUMNS[1:], fields[1:], strict=False)})
    return found


def parse_mounts(text: str) -> dict[str, str]:
    """``zfs mount``: name → mount point, a line each; names hold no blanks, mount points may."""
    mounts = {}
    for line in text.splitlines():
        fields = line.split(None, 1)
        if len(fields) != 2 or not fields[1].startswith("/"):
            raise ParseError(f"zfs mount: not a name and a mount point: {line!r}")
        mounts[fields[0]] = fields[1].rstrip()
    return mounts


def is_absent(output: Output) -> bool:
    """There is no such dataset: zfs failed and said just that. Every other failure is a failure, not an absence."""
    return output.rc != 0 and "dataset does not exist" in output.stderr + output.stdout


def refusal(output: Output) -> tuple[str, str] | None:
    """The object and the reason of ``cannot VERB 'OBJECT': REASON`` (``cannot unmount`` names the mount point)."""
    found = re.search(r"^cannot [a-z ]+ '(?P<object>[^']*)': (?P<reason>.+)$", output.stderr + output.stdout, re.MULTILINE)
    return (found["object"], found["reason"]) if found else None
