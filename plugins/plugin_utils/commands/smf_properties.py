# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMF properties: svcprop(1) and svccfg(1M) ``listprop``. Values are words, blanks in them escaped with a backslash."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.errors import ParseError

_NAME = re.compile(r"(?:svc:/\S+/:properties/|:properties/)?[A-Za-z][-\w.,%]*(?:/[-\w.,:%]+)?\Z")
_TYPE = re.compile(r"(?:count|integer|boolean|astring|ustring|opaque|time|host|hostname|uri|fmri|net_address(?:_v[46])?)\Z")


@dataclass(frozen=True, slots=True)
class ServiceProperty:
    """``type`` is empty where svcprop left it out (a property without values)."""

    name: str
    type: str
    values: tuple[str, ...]


def parse_values(text: str) -> tuple[str, ...]:
    """The values of one property, as ``svcprop -p PG/PROPERTY`` prints them; ``""`` is an empty string."""
    line = text.strip("\n")
    words = re.findall(r"(?:\\.|[^\s\\])+", line)
    return tuple("" if word == '""' else re.sub(r"\\(.)", r"\1", word) for word in words)


def parse_properties(text: str) -> tuple[ServiceProperty, ...]:
    """``svcprop [-p PG] FMRI``: ``pg/property type value...`` a line; with -f the name is a full FMRI."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, _blank, rest = line.strip().partition(" ")
        kind, _blank, values = rest.partition(" ")
        if not _NAME.match(name) or "/" not in name or (kind and not _TYPE.match(kind)):
            raise ParseError(f"svcprop: not a property, its type and its values: {line!r}")
        found.append(ServiceProperty(name, kind, parse_values(values)))
    return tuple(found)


def parse_listprop(text: str) -> tuple[ServiceProperty, ...]:
    """``svccfg listprop``: a property group with its type, then ``pg/property type value``; an empty value leaves its column out.

    Quoted values (``"a b"``) are given without quotes; a group has no values.
    """
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        fields = line.split(None, 2)
        if len(fields) < 2 or not _NAME.match(fields[0]) or ("/" in fields[0] and not _TYPE.match(fields[1])):
            raise ParseError(f"svccfg listprop: not a property and its type: {line!r}")
        quoted = re.findall(r'"((?:\\.|[^"\\])*)"', fields[2]) if len(fields) > 2 else []
        values = tuple(re.sub(r"\\(.)", r"\1", value) for value in quoted) if quoted else parse_values(fields[2]) if len(fields) > 2 else ()
        found.append(ServiceProperty(fields[0], fields[1], values))
    return tuple(found)
