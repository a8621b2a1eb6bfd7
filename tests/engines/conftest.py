# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .zfs_hosts import Pair, missing, pair


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Pair]:
    """Two hosts with a real ZFS each and six empty LUNs; skipped only where there can be none."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with pair(tmp_path) as made:
        yield made
