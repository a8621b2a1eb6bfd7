# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counters of a node's kernel, all in one reading: CPU time worked and idle, pages of memory, boot time, monotonic clock.

Format: kstat(1M) -p; cpu:N:sys has nanoseconds by state since the boot (published source of Solaris 10), unix:0:system_pages pages,
and ``snaptime`` of a kstat is when it was read, in seconds of the clock that starts with the boot and that nobody can set.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model.command import Command
from ..model.errors import ParseError
from .kstat import Kstat, parse_parsable
from .tables import integer

_STATES = ("cpu_nsec_user", "cpu_nsec_kernel")


@dataclass(frozen=True, slots=True)
class Counters:
    """``boot``: seconds since 1970; ``uptime``: seconds; ``busy``: seconds that all CPUs together worked; the rest in pages."""

    boot: int
    uptime: float
    cpus: int
    busy: float
    pages: int
    free: int


def read() -> Command:
    """All of it by one kstat."""
    return Command.of(
        "kstat",
        "-p",
        "unix:0:system_misc:boot_time",
        "unix:0:system_misc:snaptime",
        "unix:0:system_pages:physmem",
        "unix:0:system_pages:freemem",
        "cpu::sys:cpu_nsec_[ku]*",
    )


def page_size() -> Command:
    """pagesize(1): bytes of a page."""
    return Command.of("pagesize")


def parse_page_size(text: str) -> int:
    return integer("pagesize", text.strip(), text.strip())


def parse(text: str) -> Counters:
    """Raises ParseError naming what is missing."""
    by_name: dict[str, Kstat] = {}
    cpus: list[Kstat] = []
    for one in parse_parsable(text):
        if (one.module, one.name) == ("cpu", "sys"):
            cpus.append(one)
        else:
            by_name[f"{one.module}:{one.instance}:{one.name}"] = one
    misc, pages = by_name.get("unix:0:system_misc"), by_name.get("unix:0:system_pages")
    if misc is None or pages is None or not cpus:
        raise ParseError("kstat -p: no system_misc, system_pages or CPUs among " + (", ".join(by_name) or "nothing"))
    busy = sum(_count(cpu, state) for cpu in cpus for state in _STATES)
    return Counters(
        _count(misc, "boot_time"),
        _seconds(misc, "snaptime"),
        len(cpus),
        busy / 1e9,
        _count(pages, "physmem"),
        _count(pages, "freemem"),
    )


def _value(one: Kstat, name: str) -> str:
    if name not in one.values:
        raise ParseError(f"kstat -p: {one.module}:{one.instance}:{one.name} has no {name}")
    return one.values[name]


def _count(one: Kstat, name: str) -> int:
    return integer("kstat -p", f"{one.name}:{name}", _value(one, name))


def _seconds(one: Kstat, name: str) -> float:
    try:
        return float(_value(one, name))
    except ValueError:
        raise ParseError(f"kstat -p: {one.name}:{name} has {_value(one, name)!r} where seconds are expected") from None
