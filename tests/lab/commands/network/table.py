# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables as dladm and ipadm print them: fixed columns for people, ``-p -o`` lines for programs.

The rules are those of the ofmt routines both commands share: a column too wide borrows from those after it; parsable output needs ``-o``
and refuses ``all``; several fields are joined with ``:`` and escape ``:`` and ``\\``; a single field is printed as it is; an empty value is
``--`` in a table and empty in a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...call import Call
from ..options import Refused

Row = Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """``widths``: every field the command knows in the order of ``-o all``, and its column's width; ``default``: those shown without -o."""

    widths: Mapping[str, int]
    default: Sequence[str]

    def fields(self, call: Call, text: str | None, parsable: bool) -> list[str]:
        name = call.argv[0]
        if text is None:
            if parsable:
                raise Refused(f"{name}: output fields must be specified in parsable mode")
            return list(self.default)
        wanted = text.lower().split(",")
        if wanted == ["all"]:
            if parsable:
                raise Refused(f"{name}: output field `all' invalid in parsable mode")
            return list(self.widths)
        for field in wanted:
            if field not in self.widths:
                raise Refused(f"{name}: unknown output field: `{field}'")
        return wanted

    def show(self, call: Call, rows: Sequence[Row], fields: Sequence[str], parsable: bool) -> None:
        """Print them; the header comes with the first row, so an empty list prints nothing."""
        if parsable:
            for row in rows:
                values = [row.get(field, "") for field in fields]
                escaped = values if len(values) == 1 else [value.replace("\\", "\\\\").replace(":", "\\:") for value in values]
                call.out(":".join(escaped) + "\n")
            return
        if rows:
            call.out(self.line([field.upper() for field in fields], fields))
        for row in rows:
            call.out(self.line([row.get(field, "") or "--" for field in fields], fields))

    def line(self, values: Sequence[str], fields: Sequence[str]) -> str:
        text, overflow = "", 0
        for place, (value, field) in enumerate(zip(values, fields, strict=True)):
            if place == len(fields) - 1:
                return text + value + "\n"
            width = self.widths[field]
            if len(value) + overflow >= width:
                overflow += len(value) - width + 1
                text += value + " "
                continue
            borrowed = min(overflow, width - len(value))
            overflow, width = overflow - borrowed, width - borrowed
            text += f"{value:<{width}}"
        return text
