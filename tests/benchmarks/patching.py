# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch analysis of generated systems against a generated cross-reference: time and memory, and how both grow.

``python -m tests.benchmarks.patching SYSTEMS LINES PROCESSES`` measures one size, in a process of its own because of the memory.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patchdiag, svr4
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import Index, index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Selection

from .patching_data import Printed, catalogue, systems

SIZES = ((100, 30000), (300, 30000), (1000, 30000), (1000, 10000), (1000, 3000))
_TODAY = date(2012, 6, 1)


def measure(sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """The table's lines."""
    lines = [
        "Each system: 600 packages, its patches and what it lacks on average. From the texts that systems print to listings in order.",
        "",
        "| systems | lines | patches, missing | CPU s for the reference | CPU s for all | CPU ms a system | MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for count, length in sizes:
        there, missing, read, used, _seconds, memory = _apart(count, length, 1)
        each = (float(used) - float(read)) * 1000 / count
        lines.append(f"| {count} | {length} | {there}, {missing} | {read} | {used} | {each:.1f} | {memory} |")
    return lines


def _apart(*words: int) -> list[str]:
    command = [sys.executable, "-m", "tests.benchmarks.patching", *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def _listed(of: Index, printed: Sequence[Printed]) -> tuple[int, int]:
    """How many patches are installed, and how many are missing."""
    there = missing = 0
    for one in printed:
        system = svr4.system(one.uname, one.pkginfo, one.showrev)
        there += len(system.patches)
        missing += len(listing(analyse(of, system), Selection(), _TODAY).entries)
    return there, missing


def run(count: int, length: int, processes: int) -> str:
    """Installed and missing patches of a system, seconds for the reference, CPU seconds and seconds for all, MiB at most."""
    known = catalogue(length)
    text, printed = known.text().encode(), list(systems(known, count))
    del known
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, clock = time.process_time(), time.perf_counter()
    of = index(patchdiag.parse(text))
    gc.freeze()
    read = time.process_time() - start
    if processes == 1:
        parts = [_listed(of, printed)]
    else:
        _Part.of, _Part.printed = of, printed
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            parts = pool.map(_Part.listed, [(number, processes) for number in range(processes)])
    there, missing = (sum(one[place] for one in parts) // count for place in (0, 1))
    seconds, used = time.perf_counter() - clock, time.process_time() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    return f"{there} {missing} {read:.1f} {used:.1f} {seconds:.1f} {memory}"


class _Part:
    """What forked processes find."""

    of: Index
    printed: Sequence[Printed]

    @classmethod
    def listed(cls, part: tuple[int, int]) -> tuple[int, int]:
        return _listed(cls.of, cls.printed[part[0] :: part[1]])


if __name__ == "__main__":
    print(run(*map(int, sys.argv[1:4])))
