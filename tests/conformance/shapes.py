# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that samples expect sometimes whole and sometimes by their parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType


class TextOrFacts(dict[str, object]):
    """A text, expected as it was printed or by the facts in it."""

    def __init__(self, text: str, facts: Mapping[str, object]) -> None:
        super().__init__(facts)
        self.text = text

    def __str__(self) -> str:
        return self.text


class ValueOrItems(list[object]):
    """A list, expected item by item or as one word: its text, or how many there are."""

    def __init__(self, items: Iterable[object], text: object = None) -> None:
        super().__init__(items)
        self.text = len(self) if text is None else text

    def __str__(self) -> str:
        return str(self.text)


def truth(value: object) -> object:
    """``true`` and ``false`` as samples write them."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def value(cell: str) -> object:
    """A cell as samples write it: whole numbers and decimals as numbers, ``-`` as nothing."""
    if cell in ("-", "--", ""):
        return None
    if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", cell):
        return float(cell) if "." in cell else int(cell)
    return cell


def row(cells: Mapping[str, str], names: Mapping[str, str] = MappingProxyType({})) -> dict[str, object]:
    """A row by its column titles in lower case, blanks and dashes as ``_``, or as ``names`` calls them."""
    return {names.get(title, re.sub(r"[^a-z0-9%@]+", "_", title.lower()).strip("_")): value(cell) for title, cell in cells.items()}
