# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every placement case has the summary that was accepted (``python -m tests.regression.placement --accept``)."""

from __future__ import annotations

import pytest

from . import CASES, names, summary


@pytest.mark.parametrize("name", names())
def test_case(name: str) -> None:
    assert summary(name) == (CASES / f"{name}.summary").read_text()


def test_there_are_enough_and_each_summary_has_its_case() -> None:
    assert len(names()) >= 100
    assert sorted(path.stem for path in CASES.glob("*.summary")) == names()


def test_only_contradictions_are_refused() -> None:
    refused = [name for name in names() if summary(name).startswith("refused: ")]
    assert refused and all(name.startswith("contradiction") for name in refused)
