# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch analysis of generated systems against a generated cross-reference: time and memory, and how both grow.

``python -m tests.benchmarks.patching SYSTEMS LINES PROCESSES`` measures one size, in a process of its own because of the memory.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patchdiag, svr4
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.side_by_side import mapped
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching import summary
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Selection

from .patching_data import catalogue, systems

SIZES = ((100, 30000), (300, 30000), (1000, 30000), (1000, 3000))
#: The size for which there is an aim: seconds in all with two processes on two CPUs.
AIMED, AIM = (1000, 30000), 10.0
_TODAY = date(2012, 6, 1)


def measure(sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """The table's lines."""
    lines = [
        "Each system: 600 packages, its patches and what it lacks on average. From the texts that systems print to the result without",
        "details. CPU seconds and memory are of one process, the last column is what a clock shows where two do the work.",
        "",
        "| systems | lines | patches, missing | CPU s for the reference | CPU s for all | CPU ms a system | MiB | s for all by two |",
        "|---|---|---|---|---|---|---|---|",
    ]
    reached = 0.0
    for count, length in sizes:
        there, missing, read, used, _seconds, memory = _apart(count, length, 1)
        seconds = _apart(count, length, 2)[4]
        each = (float(used) - float(read)) * 1000 / count
        lines.append(f"| {count} | {length} | {there}, {missing} | {read} | {used} | {each:.1f} | {memory} | {seconds} |")
        if (count, length) == AIMED:
            reached = float(seconds)
    if reached:
        lines += ["", f"The aim for {AIMED[0]} systems and {AIMED[1]} lines is {AIM:.0f} s: {'met' if reached < AIM else 'not met'}."]
    return lines


def _apart(*words: int) -> list[str]:
    command = [sys.executable, "-m", "tests.benchmarks.patching", *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def run(count: int, length: int, processes: int) -> str:
    """Installed and missing patches of a system, seconds for the reference, CPU seconds and seconds for all, MiB at most.

    CPU seconds and MiB are of this process, without those that it starts.
    """
    known = catalogue(length)
    text, printed = known.text().encode(), list(systems(known, count))
    del known
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, clock = time.process_time(), time.perf_counter()
    of = index(patchdiag.parse(text))
    read = time.process_time() - start
    gc.freeze()
    there = [svr4.system(one.uname, one.pkginfo, one.showrev) for one in printed]
    gc.freeze()

    def told(place: int) -> summary.Told:
        one = analyse(of, there[place])
        return summary.told(str(place), one, listing(one, Selection(), _TODAY), details=False)

    found = mapped(told, range(count), processes)
    seconds, used = time.perf_counter() - clock, time.process_time() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    installed, missing = (sum(one.described["counts"][what] for one in found) // count for what in ("installed", "missing"))
    return f"{installed} {missing} {read:.1f} {used:.1f} {seconds:.1f} {memory}"


if __name__ == "__main__":
    print(run(*map(int, sys.argv[1:4])))
