# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The slice of a campaign: a fifth of a function's or a file's cases, the same for the same seed, and every case in some slice."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.integration.campaign import slice_of


@dataclass
class Item:
    nodeid: str
    mark: pytest.Mark | None = pytest.mark.campaign.mark

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return self.mark


FILE = pytest.mark.campaign("file").mark
ITEMS = [
    *(Item(f"a.py::many[{number}]") for number in range(10)),
    Item("a.py::one[0]"),
    Item("a.py::plain[0]", None),
    *(Item(f"b.py::test_{number}", FILE) for number in range(11)),
    *(Item(f"b.py::many[{number}]") for number in range(5)),
]


def kept(seed: str) -> set[str]:
    return {item.nodeid for item in ITEMS} - slice_of(ITEMS, seed)  # type: ignore[arg-type]


def test_a_fifth_of_each() -> None:
    found = kept("1")
    assert len([name for name in found if name.startswith("a.py::many")]) == 2
    assert len([name for name in found if name.startswith("b.py::test")]) == 3
    assert len([name for name in found if name.startswith("b.py::many")]) == 1
    assert {"a.py::one[0]", "a.py::plain[0]"} <= found
    assert found == kept("1")


def test_every_case_is_in_some_slice() -> None:
    assert set.union(*(kept(str(seed)) for seed in range(40))) == {item.nodeid for item in ITEMS}
