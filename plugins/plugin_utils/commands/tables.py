# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three ways Solaris commands lay out rows: escaped fields (``-p``), blank-separated columns, and fixed positions.

Every function refuses (ParseError) a row that does not fit, naming the command and the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from ..model.errors import ParseError


def refuse(command: str, line: str, why: str = "is not a line this parser knows") -> NoReturn:
    """Give up loudly: the command, the line as it came, and what is wrong with it."""
    raise ParseError(f"{command}: {line!r} {why}")


def lines(text: str) -> list[str]:
    """Non-empty lines without trailing blanks."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def integer(command: str, line: str, word: str) -> int:
    """A decimal number, or a refusal that names the line."""
    if not re.fullmatch(r"-?[0-9]+", word):
        refuse(command, line, f"has {word!r} where a number is expected")
    return int(word)


def split_escaped(line: str, separator: str = ":") -> list[str]:
    """Fields of a parsable line: ``\\`` protects the separator and itself (dladm(1M), ipadm(1M), zoneadm(1M) ``-p``)."""
    fields = [""]
    protected = False
    for char in line:
        if protected:
            fields[-1] += char
            protected = False
        elif char == "\\":
            protected = True
        elif char == separator:
            fields.append("")
        else:
            fields[-1] += char
    if protected:
        fields[-1] += "\\"
    return fields


def parsable(command: str, text: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of ``-p -o columns``. More than one column is needed: a single one is printed without escaping."""
    rows = []
    for line in text.splitlines():
        if not line:
            continue
        fields = [line] if len(columns) == 1 else split_escaped(line)
        if len(fields) < len(columns):
            refuse(command, line, f"has {len(fields)} fields, expected {len(columns)} ({', '.join(columns)})")
        rows.append(dict(zip(columns, fields, strict=False)))
    return rows


def worded(command: str, text: str, *, rest: str | None = None, needs: Sequence[str] = ()) -> list[dict[str, str]]:
    """Rows under a one-line header, cells parted by blanks alone (long cells push the others, so positions do not count).

    ``rest`` names the last column when it may hold several words. ``needs`` are columns without which the table is
    some other table. An empty text is an empty table.
    """
    rows = lines(text)
    if not rows:
        return []
    header = rows[0].split()
    missing = [name for name in needs if name not in header]
    if missing or len(set(header)) != len(header):
        refuse(command, rows[0], f"is not the header expected here (missing: {', '.join(missing) or 'nothing, but a column twice'})")
    if rest is not None and header[-1] != rest:
        refuse(command, rows[0], f"does not end with the column {rest}")
    found = []
    for line in rows[1:]:
        cells = line.split(None, len(header) - 1) if rest else line.split()
        if len(cells) != len(header):
            refuse(command, line, f"has {len(cells)} cells under {len(header)} columns")
        found.append(dict(zip(header, cells, strict=True)))
    return found


def none(cell: str) -> str:
    """A cell of an ofmt table: ``--`` and ``-`` stand for nothing."""
    return "" if cell in ("--", "-") else cell


def ruled(command: str, rule: str, line: str) -> list[str]:
    """Cells under a rule of dashes (``----- ---``): a cell belongs to the dashes it overlaps, an empty one is ''.

    Refused when a word overlaps two columns or none, or two words meet in a column that is not the last.
    """
    spans = [match.span() for match in re.finditer(r"\S+", rule)]
    cells: list[list[str]] = [[] for _span in spans]
    line = line.expandtabs()
    for word in re.finditer(r"\S+", line):
        under = [n for n, (start, end) in enumerate(spans) if word.start() < end and word.end() > start]
        if word.start() >= spans[-1][0]:
            under = [len(spans) - 1]
        if len(under) != 1:
            refuse(command, line, f"has {word.group()!r} under {'no' if not under else 'more than one'} column")
        cells[under[0]].append(word.group())
    if any(len(cell) > 1 for cell in cells[:-1]):
        refuse(command, line, "has two words in one column")
    return [" ".join(cell) for cell in cells]
