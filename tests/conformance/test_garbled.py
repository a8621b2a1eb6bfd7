# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A damaged sample is refused or read as what is left of it: a parser never ends in any other exception."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

from .family import adapter
from .samples import Sample, corpus, read


def damaged(text: str) -> Iterator[str]:
    """Nothing, halves, every single line of the first forty missing, cut or replaced by words that are not data."""
    lines = text.splitlines()[:40]
    yield from ("", "\n", "cannot open\n", text[: len(text) // 2], text[len(text) // 2 :])
    for number, line in enumerate(lines):
        for other in ([], [line[: len(line) // 2]], ["a b c d e f"], ["-"], [line.replace(" ", "", 1)]):
            yield "\n".join([*lines[:number], *other, *lines[number + 1 :]]) + "\n"


def samples() -> list[Sample]:
    root = corpus()
    return read(root / "solaris") if root is not None and (root / "solaris" / "index.yml").is_file() else []


def test_damage_ends_in_a_refusal_or_a_reading() -> None:
    found = samples()
    if not found:
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    refused = 0
    for sample in found:
        parsed = adapter(sample.group)
        for text in damaged(sample.text) if parsed else ():
            try:
                parsed(sample.command, sample.os, text)
            except ParseError:
                refused += 1
            except Exception as defect:
                raise AssertionError(f"{sample.name}: {type(defect).__name__}: {defect} for {text!r}") from defect
    assert refused > 1000  # else nothing was put to the test
