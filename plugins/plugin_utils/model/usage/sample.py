# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one look at a node gives, and what of it the next look needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

#: What is measured: CPUs in use, the same in base units of a rated node, bytes of memory.
METRICS = ("cpu", "base_units", "memory")
KINDS = ("node", "vserver", "gdom")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a zone or a guest domain uses at this time: CPUs and bytes. None is what was not told, never nothing."""

    cpu: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a node. Whoever takes it (a playbook, a daemon's packet) gives the same values.

    ``at`` is when, by the clock of whoever took it. ``boot`` (seconds since 1970) tells this boot from others, ``uptime`` is the
    node's monotonic clock in seconds, which nobody can set. ``busy`` are the seconds that all CPUs together worked since the boot, a
    counter; ``memory`` are the bytes in use. ``zones`` and ``domains`` have what runs at this time. ``rating``: base units of the node.
    """

    node: str
    at: datetime
    boot: int
    uptime: float
    cpus: int
    busy: float
    memory: int
    zones: Mapping[str, Reading] = field(default_factory=dict)
    domains: Mapping[str, Reading] = field(default_factory=dict)
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """What is kept of the youngest sample of a node. ``broken``: why the next one cannot be joined to it."""

    at: datetime
    boot: int
    uptime: float
    cpus: int
    busy: float
    zones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` to ``ended`` an object used ``value`` of ``metric``: CPUs, base units or bytes."""

    kind: str
    name: str
    metric: str
    start: datetime
    ended: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``start`` to ``ended`` nothing is known of an object, and why."""

    kind: str
    name: str
    start: datetime
    ended: datetime
    reason: str
