# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours, days, months and years, all in UTC: a day of local time would have 23 or 25 hours twice a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from ..errors import InvalidDefinition

#: What is kept, each made of the one before it.
LEVELS = ("samples", "hours", "days", "months", "years")
ROLLED = LEVELS[1:]
#: Days that each level is kept if nothing else is said; 0: for ever.
KEPT: Mapping[str, int] = {"samples": 14, "hours": 62, "days": 400, "months": 1830, "years": 0}
_LEAST = {"hours": 1, "days": 31, "months": 366, "years": 366}


def start_of(level: str, moment: datetime) -> datetime:
    """When the hour, day, month or year began in which ``moment`` lies."""
    day = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if level == "hours":
        return day
    day = day.replace(hour=0)
    if level == "days":
        return day
    return day.replace(day=1) if level == "months" else day.replace(month=1, day=1)


def end_of(level: str, start: datetime) -> datetime:
    """When the hour, day, month or year ends that began at ``start``."""
    if level in ("hours", "days"):
        return start + (timedelta(hours=1) if level == "hours" else timedelta(days=1))
    return start_of(level, start + timedelta(days=31 if level == "months" else 366))


def starts(level: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """The beginnings of all that overlap the time from ``since`` to ``until``."""
    start = start_of(level, since)
    while start < until:
        yield start
        start = end_of(level, start)


def below(level: str) -> str:
    return LEVELS[LEVELS.index(level) - 1]


def above(level: str) -> str | None:
    """The level made of this one."""
    return LEVELS[LEVELS.index(level) + 1] if level != LEVELS[-1] else None


def check_kept(days: Mapping[str, int]) -> None:
    """Each level must be kept until the one above it is whole. Raises InvalidDefinition."""
    for level in LEVELS:
        if days[level] < 0:
            raise InvalidDefinition(f"keep: {level} cannot be kept for {days[level]} days.")
    for level, least in _LEAST.items():
        lower = below(level)
        if days[level] and (not days[lower] or days[level] < days[lower] + least):
            raise InvalidDefinition(
                f"keep: {level} are made of {lower}: keep them at least {least} days longer ({days[lower]} days of {lower}, "
                f"{days[level]} of {level}), or for ever (0)."
            )


def oldest_kept(level: str, days: int, now: datetime) -> datetime:
    """What of a level began before this may go: only whole buckets of the level above it."""
    return start_of(above(level) or level, now - timedelta(days=days))
