# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.benchmarks [comparison] [migration] [growth] [inventory] [placement] [patching] [--write]``: measures, prints tables.

Where none is named, all. ``--write`` puts each between the two marks of docs/benchmarks.md, patching of docs/patch-analysis.md, in place of
what that page had of the part.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from . import comparison, growth, migration, patching, placement
from .page import merged, write

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "benchmarks.md"
#: Parts that have their figures on a page of their own.
OWN = {"patching": DOCS / "patch-analysis.md"}


def machine() -> str:
    """What it was measured on, and how busy that was before."""
    load = " ".join(f"{number:.1f}" for number in os.getloadavg())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    versions = subprocess.run([Path(sys.executable).with_name("ansible"), "--version"], capture_output=True, text=True, check=True).stdout
    core = versions.partition("]")[0].rpartition(" ")[2]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, {memory} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}, ansible-core {core}; load before: {load}"
    )


def inventory(nodes: int, vservers: int) -> list[str]:
    """The inventory benchmark in a process of its own, because it measures its own memory."""
    words = [sys.executable, "-m", "tests.benchmarks.inventory", str(nodes), str(vservers)]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help="comparison, migration, growth, inventory, placement, patching; else all")
    parser.add_argument("--write", action="store_true", help="put the tables into the pages of docs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="heliostat-bench-") as name:
        folder = Path(name)
        known = {
            "comparison": lambda: comparison.compare(folder / "one", 40),
            "migration": lambda: migration.measure(folder / "moves"),
            "growth": lambda: growth.grow(folder / "many", (10, 20, 30, 40, 50), 20),
            "inventory": lambda: inventory(1000, 10000),
            "placement": placement.measure,
            "patching": patching.measure,
        }
        unknown = sorted(set(arguments.parts) - known.keys())
        if unknown:
            parser.error(f"{unknown[0]} is none of {', '.join(known)}")
        titles = {part: part.capitalize() for part in known}
        for part in arguments.parts or known:
            text = "\n".join((f"### {titles[part]}", "", machine(), "", *known[part]()))
            print(f"{text}\n", flush=True)
            if arguments.write:
                page = OWN.get(part, PAGE)
                write(merged(page.read_text(), {titles[part]: text}, titles.values()), page)


if __name__ == "__main__":
    main()
