# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that somebody asks about: a moment, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ..model.errors import InvalidDefinition
from ..model.usage.levels import ROLLED, start_of

#: What is looked back if nothing is said.
BACK = {
    "samples": timedelta(days=1),
    "hours": timedelta(days=7),
    "days": timedelta(days=90),
    "months": timedelta(days=730),
    "years": timedelta(days=3653),
}
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def moment(text: str, now: datetime) -> datetime:
    """``2026-03-10``, ``2026-03-10T12:00:00Z`` (UTC where no zone is said), or ``90m``, ``24h``, ``7d``, ``4w`` before ``now``."""
    ago = re.fullmatch(r"([0-9]{1,6})([mhdw])", text)
    try:
        told = now - int(ago[1]) * _UNITS[ago[2]] if ago else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InvalidDefinition(f"{text!r} is neither a moment (2026-03-10T12:00:00Z) nor a time back from now (24h, 7d, 4w).") from None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def period(level: str, since: str | None, until: str | None, now: datetime) -> tuple[datetime, datetime]:
    """From when to when; of roll-ups from the beginning of one. Raises InvalidDefinition when nothing lies between."""
    end = moment(until, now) if until else now
    start = moment(since, now) if since else end - BACK[level]
    if start >= end:
        raise InvalidDefinition(f"nothing lies between {start.isoformat()} and {end.isoformat()}.")
    return start_of(level, start) if level in ROLLED else start, end
