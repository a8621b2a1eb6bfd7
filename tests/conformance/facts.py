# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing what is expected of a sample with what a parser made of it.

``expect`` must be contained in what is parsed: mappings by key, lists item by item in order, everything else by value.
A fact that is expected and has no counterpart is *uncovered*, never right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Literal

Verdict = Literal["right", "wrong", "uncovered"]


@dataclass(frozen=True)
class Fact:
    """One expected value, where it stands in ``expect``, and what became of it."""

    path: str
    verdict: Verdict
    expected: object
    found: object = None


@dataclass(frozen=True)
class Table:
    """Rows that samples expect as a list, by the ``key`` column, or counted (``rows``, ``count``, ``first``, ``last``, ``all_x``).

    ``about`` holds facts of the whole table. An expected row that is not there is wrong, not
    uncovered, once any other expected row was found by the same column.
    """

    rows: Sequence[Mapping[str, object]]
    key: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    value: str = ""  # the column meant where a row is expected to be a single value


MISSING = object()
COUNTS = ("rows", "count", "samples")


def compare(expected: object, found: object, path: str = "") -> Iterator[Fact]:
    """Facts of ``expected``, each with its verdict against ``found``."""
    if found is MISSING:
        yield Fact(path, "uncovered", expected)
    elif isinstance(found, Table):
        yield from _table(expected, found, path)
    elif is_dataclass(found) and not isinstance(found, type):
        yield from compare(expected, asdict(found), path)
    elif isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield Fact(path, "wrong", expected, found)
            return
        for name, value in expected.items():
            yield from _member(name, value, found, f"{path}/{name}")
    elif isinstance(expected, list):
        yield from _list(expected, found, path)
    else:
        if type(found) in (list, tuple) and len(found) == 1:
            found = found[0]  # a list of one is written as its item
        yield Fact(path, "right" if same(expected, found) else "wrong", expected, found)


def same(expected: object, found: object) -> bool:
    """Equal values; a number may be written as text, and nothing is None, '' or an empty list; truth is no number."""
    if expected in (None, "", []) or found in (None, "", (), []):
        return expected in (None, "", []) and found in (None, "", (), [])
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) or isinstance(found, int | float):
        try:
            return float(expected) == float(found)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return str(expected) == str(found)  # a list that stands for its length (shapes.ValueOrItems)
    return str(expected) == str(found)


def _member(name: object, value: object, found: Mapping[str, object], path: str) -> Iterator[Fact]:
    """One key of an expected mapping; ``x_include`` asks that the list ``x`` holds these items."""
    word = str(name)
    if word in found:
        yield from compare(value, found[word], path)
    elif name in found:
        yield from compare(value, found[name], path)  # type: ignore[index]
    elif (
        word.endswith("_include")
        and isinstance(value, list)
        and isinstance(listed := found.get(word.removesuffix("_include")), list | tuple)
    ):
        yield Fact(path, "right" if all(item in listed for item in value) else "wrong", value, listed)
    else:
        yield Fact(path, "uncovered", value)


def _list(expected: list[object], found: object, path: str) -> Iterator[Fact]:
    """Items one to one; where more were parsed than are expected, the expected ones must appear in their order."""
    if found in (None, "") and not expected:
        yield Fact(path, "right", expected, found)
        return
    if not isinstance(found, list | tuple) or len(found) < len(expected) or (found and not expected):
        yield Fact(path, "wrong", expected, found)
        return
    position = 0
    for number, item in enumerate(expected):
        spare = len(found) - position - (len(expected) - number)
        best = list(compare(item, found[position], f"{path}[{number}]"))
        skipped = 0
        for step in range(1, spare + 1):
            if not any(fact.verdict == "wrong" for fact in best):
                break
            other = list(compare(item, found[position + step], f"{path}[{number}]"))
            if not any(fact.verdict == "wrong" for fact in other):
                best, skipped = other, step
        yield from best
        position += skipped + 1


def _table(expected: object, table: Table, path: str) -> Iterator[Fact]:
    if isinstance(expected, list):
        rows: list[object] = list(table.rows)
        if expected and not isinstance(expected[0], Mapping):
            rows = [row.get(table.key) for row in table.rows]
        yield from compare(expected, rows, path)
        return
    if not isinstance(expected, Mapping):
        yield Fact(path, "wrong", expected, table)
        return
    by_key = {str(row.get(table.key)): row for row in table.rows}
    keyed = any(str(name) in by_key for name in expected)
    single = table.rows[0] if len(table.rows) == 1 else {}
    for name, value in expected.items():
        word, here = str(name), f"{path}/{name}"
        if word in table.about:
            yield from compare(value, table.about[word], here)
        elif word in by_key:
            row = by_key[word]
            yield from compare(value, row if isinstance(value, Mapping) or not table.value else row.get(table.value, MISSING), here)
        elif word in COUNTS:
            yield from compare(value, len(table.rows), here)
        elif word in ("first", "last") and table.rows:
            yield from compare(value, table.rows[0 if word == "first" else -1], here)
        elif word.startswith("all_") and table.rows and word.removeprefix("all_") in table.rows[0]:
            for row in table.rows:
                yield from compare(value, row.get(word.removeprefix("all_"), MISSING), here)
        elif word in single:
            yield from compare(value, single[word], here)
        elif isinstance(value, Mapping) and keyed:
            yield Fact(here, "wrong", value, f"no row {word} among {', '.join(list(by_key)[:8])}")
        else:
            yield Fact(here, "uncovered", value)
