# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins a sample to the one before it: intervals, or a gap with its reason.

CPU time of a node is a counter: its difference is what was used in between. What zones and domains use is told for a moment; a sample
stands for the time since the one before. Where the two cannot be told to belong together there is a gap: never a zero, never a spike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .sample import Gap, Interval, Last, Reading, Sample

#: Seconds, and part of the time that passed, by which the clocks of node and taker may differ over an interval.
CLOCK_SECONDS, CLOCK_PART = 2.0, 0.05
#: Counters and clock are not read at the same instant: a busy machine may seem to use that much more than all of its CPUs.
MORE_THAN_ALL = 1.02


@dataclass(frozen=True, slots=True)
class Joined:
    """``taken``: the sample is the youngest now. ``note`` says why it is not, or why there are no intervals."""

    intervals: tuple[Interval, ...] = ()
    gaps: tuple[Gap, ...] = ()
    taken: bool = True
    note: str = ""


def last_of(sample: Sample) -> Last:
    """What the next sample of the node is joined to."""
    zones, domains = frozenset(sample.zones), frozenset(sample.domains)
    return Last(sample.at, sample.boot, sample.uptime, sample.cpus, sample.busy, zones, domains)


def joined(last: Last | None, sample: Sample, longest: float) -> Joined:
    """The time between two samples of a node. Samples more than ``longest`` seconds apart are not joined."""
    if last is None:
        return Joined(note="first sample")
    if sample.at <= last.at:
        if sample.boot == last.boot and sample.uptime <= last.uptime:
            return Joined(taken=False, note="not younger than the last sample")
        return Joined(note="the clock of whoever samples went back")
    if reason := _break(last, sample, longest):
        told = [("node", sample.node), *_in_both(last, sample)]
        return Joined(gaps=tuple(Gap(kind, name, last.at, sample.at, reason) for kind, name in told), note=reason)
    return Joined(tuple(_intervals(last, sample)))


def _break(last: Last, sample: Sample, longest: float) -> str:
    """Why nothing is known of the time between, '' when it is."""
    if last.broken:
        return last.broken
    wall, up = (sample.at - last.at).total_seconds(), sample.uptime - last.uptime
    same_clock = abs(wall - up) <= max(CLOCK_SECONDS, CLOCK_PART * max(up, 0.0))
    if up <= 0 or (sample.boot != last.boot and not same_clock):
        return "the node was booted"
    if sample.boot != last.boot:
        return "the node's clock was set"
    if not same_clock:
        return f"clocks disagree: {wall:.0f} s here, {up:.0f} s on the node"
    if wall > longest:
        return f"no sample for {wall:.0f} s"
    if sample.cpus != last.cpus:
        return f"the node has {sample.cpus} CPUs, it had {last.cpus}"
    if sample.busy < last.busy:
        return "the node's counters began anew"
    if sample.busy - last.busy > sample.cpus * max(up, wall) * MORE_THAN_ALL:
        return "the node's counters tell more than its CPUs can do"
    return ""


def _in_both(last: Last, sample: Sample) -> Iterator[tuple[str, str]]:
    yield from (("vserver", name) for name in sorted(last.zones & set(sample.zones)))
    yield from (("gdom", name) for name in sorted(last.domains & set(sample.domains)))


def _intervals(last: Last, sample: Sample) -> Iterator[Interval]:
    cpu = min((sample.busy - last.busy) / (sample.uptime - last.uptime), float(sample.cpus))
    yield from _of("node", sample.node, Reading(cpu, sample.memory), last.at, sample)
    for kind, name in _in_both(last, sample):
        yield from _of(kind, name, (sample.zones if kind == "vserver" else sample.domains)[name], last.at, sample)


def _of(kind: str, name: str, reading: Reading, start: datetime, sample: Sample) -> Iterator[Interval]:
    if reading.cpu is not None:
        yield Interval(kind, name, "cpu", start, sample.at, reading.cpu)
        if sample.rating and kind != "gdom":
            yield Interval(kind, name, "base_units", start, sample.at, reading.cpu / sample.cpus * sample.rating)
    if reading.memory is not None:
        yield Interval(kind, name, "memory", start, sample.at, float(reading.memory))


def after(interval: Interval, moment: datetime | None) -> Interval | None:
    """The part of an interval that lies after ``moment``: nothing is counted twice. None where none does."""
    if moment is None or moment <= interval.start:
        return interval
    if moment >= interval.ended - timedelta(milliseconds=1):
        return None
    return Interval(interval.kind, interval.name, interval.metric, moment, interval.ended, interval.value)
