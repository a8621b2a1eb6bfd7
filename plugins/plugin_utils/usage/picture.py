# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object's usage as a picture: SVG, drawn here so that it needs no library. The same figures give the same file.

A line is the mean, a lighter area above it reaches up to the peak; time of which nothing is known is hatched, and no line crosses it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _LEFT, _RIGHT = 900, 70, 20
_TOP, _HEIGHT, _BETWEEN = 50, 130, 50
_INK, _PALE = "#222222", "#d9d9d9"
_TICKS = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
    timedelta(days=91),
    timedelta(days=365),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric's part of the picture. Values are divided by ``scale`` and shown in ``unit``."""

    metric: str
    title: str
    unit: str
    colour: str
    scale: float = 1.0


PANELS = (
    Panel("cpu", "CPU", "CPUs", "#0072b2"),
    Panel("base_units", "Base units", "units", "#009e73"),
    Panel("memory", "Memory", "GiB", "#d55e00", float(1 << 30)),
)


def svg(title: str, subtitle: str, entries: Sequence[Mapping[str, Any]], since: datetime, until: datetime) -> str:
    """The picture of a timeline (``timeline.entries``). A metric without any figure has no panel."""
    panels = [panel for panel in PANELS if any(panel.metric in entry for entry in entries)] or [PANELS[0]]
    height = _TOP + len(panels) * (_HEIGHT + _BETWEEN)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="12" '
            f'fill="{_INK}" role="img" aria-label="{_quoted(title)}">'
        ),
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        (
            f'<defs><pattern id="gap" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#f4f4f4"/>'
            f'<path d="M0,8 L8,0" stroke="{_PALE}"/></pattern></defs>'
        ),
        f'<text x="{_LEFT}" y="20" font-size="16">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="38" fill="#666666">{escape(subtitle)}</text>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(panel, _TOP + 20 + number * (_HEIGHT + _BETWEEN), entries, since, until)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(panel: Panel, top: float, entries: Sequence[Mapping[str, Any]], since: datetime, until: datetime) -> list[str]:
    figures = [entry[panel.metric]["maximum"] / panel.scale for entry in entries if panel.metric in entry]
    highest, step = _axis(max(figures, default=0.0))

    def x(moment: str | datetime) -> float:
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        part = (min(max(at, since), until) - since) / (until - since)
        return round(_LEFT + part * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(top + _HEIGHT - value / highest * _HEIGHT, 1)

    width = _WIDTH - _LEFT - _RIGHT
    parts = [f'<text x="{_LEFT}" y="{top - 6}">{panel.title} ({panel.unit})</text>']
    for entry in entries:
        if panel.metric not in entry:
            left, right = x(entry["start"]), max(x(entry["ended"]), x(entry["start"]) + 1)
            box = f'x="{left}" y="{top}" width="{round(right - left, 1)}" height="{_HEIGHT}"'
            parts.append(f'<rect {box} fill="url(#gap)"><title>{escape(entry.get("reason", "not measured"))}</title></rect>')
    for number in range(round(highest / step) + 1):
        level = y(number * step)
        parts.append(f'<path d="M{_LEFT},{level} H{_WIDTH - _RIGHT}" stroke="{_PALE}" stroke-width="0.5"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{level + 4}" text-anchor="end">{number * step:g}</text>')
    for run in _runs(panel.metric, entries):
        steps = [(x(one["start"]), x(one["ended"]), one[panel.metric]) for one in run]
        mean = "".join(f"L{left},{y(told['average'] / panel.scale)} H{right}" for left, right, told in steps)
        peak = "".join(f"L{left},{y(told['maximum'] / panel.scale)} H{right}" for left, right, told in steps)
        back = "".join(f"L{right},{y(told['average'] / panel.scale)} H{left}" for left, right, told in reversed(steps))
        parts.append(f'<path d="M{peak[1:]}{back} Z" fill="{panel.colour}" fill-opacity="0.2"/>')
        parts.append(f'<path d="M{mean[1:]}" fill="none" stroke="{panel.colour}" stroke-width="1.5"/>')
    for at, text in _ticks(since, until):
        parts.append(f'<path d="M{x(at)},{top + _HEIGHT} v5" stroke="{_INK}"/>')
        parts.append(f'<text x="{x(at)}" y="{top + _HEIGHT + 18}" text-anchor="middle" font-size="11">{text}</text>')
    parts.append(f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_HEIGHT}" fill="none" stroke="{_INK}" stroke-width="0.5"/>')
    return parts


def _runs(metric: str, entries: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Entries that follow each other without a gap."""
    found: list[list[Mapping[str, Any]]] = []
    reached = None
    for entry in entries:
        if metric not in entry:
            reached = None
            continue
        if entry["start"] != reached:
            found.append([])
        found[-1].append(entry)
        reached = entry["ended"]
    return found


def _axis(highest: float) -> tuple[float, float]:
    """Top of the axis and distance of its lines: 1, 2 or 5 times a power of ten, at most five of them."""
    if highest <= 0:
        return 1.0, 1.0
    power = 10.0 ** math.floor(math.log10(highest / 5))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * 5 >= highest * 0.999999)
    return step * max(1, math.ceil(highest / step - 1e-6)), step


def _ticks(since: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """At most ten moments, on whole units of UTC."""
    step = next((one for one in _TICKS if (until - since) / one <= 10), (until - since) / 10)
    form = "%H:%M" if step < timedelta(days=1) else "%d %b" if step < timedelta(days=91) else "%b %Y"
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    first = math.ceil((since - midnight) / step)
    found = []
    while (at := midnight + first * step) <= until:
        day = step < timedelta(days=1) and (at.hour, at.minute) == (0, 0)
        found.append((at, at.strftime("%d %b" if day else form)))
        first += 1
    return found


def _quoted(text: str) -> str:
    return escape(text, {'"': "&quot;"})
