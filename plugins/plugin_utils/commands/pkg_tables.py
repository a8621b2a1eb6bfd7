# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smaller tables of pkg(1): search, contents, property, mediator, facet, variant, and history -l.

Columns are as wide as their widest cell, so a cell is what stands under its title; only the last one may hold blanks.
"""

from __future__ import annotations

import re

from .tables import lines, refuse


def parse_columns(text: str, command: str = "pkg") -> tuple[dict[str, str], ...]:
    """Rows by column title, by position: cells may be empty (``preferred-authority``), and titles may hold blanks (``VER. SRC.``).

    Titles are parted by the column starts that every row respects; refused where a row has text across a column's start.
    """
    rows = lines(text)
    if not rows:
        return ()
    starts = [match.start() for match in re.finditer(r"\S+", rows[0])]
    if re.search(r"(?:VER|IMPL)\. SRC\.", rows[0]):
        starts = [match.start() for match in re.finditer(r"(?:VER|IMPL)\. SRC\.|\S+", rows[0])]
    bounds = list(zip(starts, [*starts[1:], None], strict=True))
    titles = [rows[0][start:end].strip() for start, end in bounds]
    if any(not re.fullmatch(r"[A-Z][A-Z./ ]*", title) for title in titles):
        refuse(command, rows[0], "is not a row of column titles")
    found = []
    for line in rows[1:]:
        if any(line[start - 1 : start].strip() for start in starts[1:]):
            refuse(command, line, "does not stand under its titles")
        found.append(dict(zip(titles, (line[start:end].strip() for start, end in bounds), strict=True)))
    return tuple(found)


def parse_history_details(text: str) -> tuple[dict[str, str], ...]:
    """``pkg history -l``: blocks of ``Label: value``; a label without one is followed by indented or bare lines, joined here."""
    found: list[dict[str, str]] = []
    label = ""
    for line in lines(text):
        match = re.match(r" *(?P<label>[A-Z][A-Za-z ]+): ?(?P<value>.*)\Z", line)
        if match and match["label"] == "Operation":
            found.append({})
        if match and found and (match["label"] not in found[-1]):
            label = match["label"]
            found[-1][label] = match["value"].strip()
        elif found and label:
            found[-1][label] = f"{found[-1][label]}\n{line.strip()}".strip()
        else:
            refuse("pkg history -l", line, "stands before the first operation")
    return tuple(found)
