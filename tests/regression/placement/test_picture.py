# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the documentation shows what placement decides today (``python -m tests.regression.placement.picture`` draws it)."""

from __future__ import annotations

from .picture import PAGE, svg


def test_the_picture_is_what_is_decided() -> None:
    assert PAGE.read_text() == svg()
