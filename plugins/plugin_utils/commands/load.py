# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How busy a node and its zones are: ``vmstat``, ``prstat``, ``mpstat``, ``sar``, ``rcapstat -z`` (monitoring).

The first sample of vmstat and mpstat is the average since boot, which the caller has to know. Numbers are as printed:
vmstat counts kilobytes, sar pages and blocks of 512 bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import integer, lines, none, refuse, worded

_PRSTAT_ROW = re.compile(r"\s*(?P<cells>-?[0-9]+\s.*)")
_TOTAL = re.compile(r"Total: (?P<processes>[0-9]+) processes, (?P<lwps>[0-9]+) lwps, load averages: (?P<load>[0-9.]+, [0-9.]+, [0-9.]+)")


def parse_vmstat(text: str) -> list[dict[str, int]]:
    """``vmstat`` and ``vmstat -p``: samples by column; disk columns get their position (``disk0`` ...), sy is ``sy`` of cpu.

    In plain vmstat ``sy`` comes twice: of faults it is called ``faults_sy``.
    """
    samples: list[dict[str, int]] = []
    names: list[str] = []
    for line in lines(text):
        words = line.split()
        if words[0] in ("kthr", "memory"):
            continue
        if not words[0].lstrip("-").isdigit():
            names = _vmstat_names(line)
            continue
        if len(words) != len(names):
            refuse("vmstat", line, f"has {len(words)} cells under {len(names)} columns")
        samples.append({name: integer("vmstat", line, word) for name, word in zip(names, words, strict=True)})
    return samples


def _vmstat_names(line: str) -> list[str]:
    names = line.split()
    if "sr" in names and "in" in names:
        first, last = names.index("sr") + 1, names.index("in")
        names[first:last] = [f"disk{number}" for number in range(last - first)]
        names[names.index("sy")] = "faults_sy"
    if len(set(names)) != len(names) or not {"swap", "free"} <= set(names):
        refuse("vmstat", line, "is not its heading")
    return names


@dataclass(frozen=True, slots=True)
class Totals:
    """Last line of prstat."""

    processes: int
    lwps: int
    load: tuple[float, ...]


def parse_prstat(text: str) -> tuple[list[dict[str, str]], list[dict[str, str]], Totals | None]:
    """Processes, zones (``-Z``) and the totals of the last report; cells by heading, as printed."""
    processes: list[dict[str, str]] = []
    zones: list[dict[str, str]] = []
    totals = None
    names: list[str] = []
    into = processes
    for line in lines(text):
        total = _TOTAL.fullmatch(line.strip())
        words = line.split()
        if words[0] in ("PID", "ZONEID"):
            names, into = words, processes if words[0] == "PID" else zones
            into.clear()
        elif total:
            totals = Totals(int(total["processes"]), int(total["lwps"]), tuple(float(word) for word in total["load"].split(", ")))
        elif names and _PRSTAT_ROW.fullmatch(line) and len(words) == len(names):
            into.append(dict(zip(names, words, strict=True)))
        else:
            refuse("prstat", line)
    return processes, zones, totals


def parse_mpstat(text: str) -> list[dict[str, int]]:
    """``mpstat``: rows of the last report, one a virtual processor."""
    reports: list[list[dict[str, int]]] = []
    names: list[str] = []
    for line in lines(text):
        words = line.split()
        if words[0] in ("CPU", "SET"):
            names = words
            reports.append([])
        elif not names or len(words) != len(names):
            refuse("mpstat", line)
        else:
            reports[-1].append({name: integer("mpstat", line, word) for name, word in zip(names, words, strict=True)})
    return reports[-1] if reports else []


def parse_sar(text: str) -> tuple[list[dict[str, float]], dict[str, float]]:
    """``sar`` with one line a sample (-u, -r, -q …): samples and the average; column names without ``%``."""
    samples: list[dict[str, float]] = []
    average: dict[str, float] = {}
    names: list[str] = []
    for line in lines(text):
        words = line.split()
        if words[0] == "SunOS" and not names:
            continue
        timed = re.fullmatch(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", words[0])
        values = [re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", word) for word in words[1:]]
        if timed and not any(values):
            names = [name.lstrip("%") for name in words[1:]]
        elif (timed or words[0] == "Average") and all(values) and len(values) == len(names):
            row = {name: float(word) for name, word in zip(names, words[1:], strict=True)}
            if timed:
                samples.append(row)
            else:
                average = row
        else:
            refuse("sar", line)
    return samples, average


def parse_rcapstat(text: str) -> list[dict[str, str]]:
    """``rcapstat -z``: a row a capped zone and report, sizes as printed (``31M``)."""
    rows = lines(text)
    headings = [line for line in rows if line.split()[:2] == ["id", "zone"]]
    if not headings or rows[0] != headings[0]:
        refuse("rcapstat -z", rows[0] if rows else "", "is not its heading")
    body = "\n".join([rows[0], *(line for line in rows[1:] if line not in headings)])
    return [{name: none(cell) for name, cell in row.items()} for row in worded("rcapstat -z", body, needs=("id", "zone", "rss", "cap"))]


def parse_netstat_interval(text: str) -> list[dict[str, int]]:
    """``netstat -i INTERVAL``: a sample a line, of one interface and, as ``total_…``, of all (netstat(1M)); headers come again."""
    names = ("packets", "errs", "packets", "errs", "colls")
    columns = [f"{side}{way}{name}" for side in ("", "total_") for way, name in zip(("in_", "in_", "out_", "out_", ""), names, strict=True)]
    samples = []
    for line in lines(text):
        words = line.split()
        if words[:1] == ["input"] or words == [*names, *names]:
            continue
        if len(words) != len(columns):
            refuse("netstat -i", line, f"has {len(words)} figures, expected {len(columns)}")
        samples.append({name: integer("netstat -i", line, word) for name, word in zip(columns, words, strict=True)})
    return samples
