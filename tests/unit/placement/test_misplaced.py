# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A placement made while the zone's own node was down is taken back once that node was looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.placing import _misplaced
from tests.unit.lifecycle.estate import vserver

PLACED = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE, AFTER = PLACED - timedelta(hours=1), PLACED + timedelta(hours=1)


def node(name: str, discovered: datetime, *zones: str, pools: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(name=name, discovered=discovered, facts=SimpleNamespace(zones=zones, pools=pools))


@pytest.mark.parametrize(
    ("state", "planned", "other", "expected"),
    [
        ("defined", node("t8a", AFTER), node("t8b", AFTER, "web1"), True),
        ("defined", node("t8a", AFTER), node("t8b", AFTER, pools=("web1",)), True),
        ("defined", node("t8a", AFTER), node("t8b", AFTER), False),
        ("defined", node("t8a", AFTER, "web1"), node("t8b", AFTER, "web1"), False),
        ("defined", node("t8a", AFTER), node("t8b", BEFORE, "web1"), False),
        ("defined", node("t8a", BEFORE), node("t8b", AFTER, "web1"), False),
        ("activated", node("t8a", AFTER), node("t8b", AFTER, "web1"), False),
    ],
    ids=[
        "seen-elsewhere-since",
        "storage-seen-elsewhere-since",
        "seen-nowhere",
        "on-both",
        "old-news-of-the-other",
        "old-news-of-its-own",
        "it-did-live-there",
    ],
)
def test_misplaced(state: str, planned: Any, other: Any, expected: bool) -> None:
    record = SimpleNamespace(name="web1", node="t8a", state=state, changed=PLACED, declared=vserver())
    assert _misplaced(record, [planned, other]) is expected
