# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.benchmarks.ha [detection] [alarms] [fencing] [idle] [many] [--write]``: failure detection, engine beside engine.

Needs root, and the packages of requirements/debian-bench.txt for the other engines; what is missing is said and left out.
``--write`` puts each table into docs/heartbeat-benchmarks.md as soon as it is measured, in place of the one that stood there.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from ..page import merged, write
from . import alarms, corosync, cost, daemons, detection, fencing, heartbeat, keepalived, processor
from .engine import Bed, Engine

SETTLED = 10  # seconds after the start, before anything is counted
PAGE = Path(__file__).resolve().parents[3] / "docs" / "heartbeat-benchmarks.md"
PARTS = {
    "detection": "From the fault to the word that a node is dead, in seconds: min / median / max",
    "load": "Nodes declared dead that lived: busy CPUs",
    "network": "Nodes declared dead that lived: a bad network, a judge that stands still",
    "fencing": "From the fault to the proof: min / median / max",
    "idle": "What it costs when nothing happens",
    "many": "The monitor with many nodes",
}


def machine() -> str:
    packages = []
    for name in ("corosync", "pacemaker", "heartbeat", "keepalived"):
        done = subprocess.run(["dpkg-query", "--showformat", "${Version}", "--show", name], capture_output=True, text=True)
        packages.append(f"{name} {done.stdout or 'missing'}" if done.returncode == 0 else f"{name} missing")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, {memory} GiB, Linux {platform.release()}, {', '.join(packages)}"


def load() -> str:
    return " ".join(f"{number:.1f}" for number in os.getloadavg())


def engines(build: Path, only_ours: bool) -> list[Engine]:
    others: list[Engine] = [*corosync.settings(), *heartbeat.settings(), *keepalived.settings()]
    return installed([*daemons.settings(build), *([] if only_ours else others)])


def installed(known: list[Engine]) -> list[Engine]:
    """Those that can run here; says what is missing."""
    found = []
    for engine in known:
        if missing := engine.missing():
            print(f"{engine.label}: left out, {', '.join(missing)} is not installed (requirements/debian-bench.txt)", flush=True)
        else:
            found.append(engine)
    return found


def opened(engines: list[Engine], build: Path, folder: Path, prefix: str, times: int) -> list[list[Bed]]:
    """Every engine so many times, each on hosts of its own, running. What was opened is closed where one does not start."""
    sets = [
        [Bed(engine, folder / f"{number}-{index}", f"{prefix}{number}{index}", build / "relay") for index, engine in enumerate(engines)]
        for number in range(times)
    ]

    def start(beds: list[Bed]) -> None:
        for bed in beds:
            bed.open()
            tell(f"{bed.engine.label} runs")

    try:
        with ThreadPoolExecutor(times) as pool:
            list(pool.map(start, sets))
    except BaseException:
        closed(sets)
        raise
    return sets


def closed(sets: list[list[Bed]]) -> None:
    for beds in sets:
        for bed in beds:
            bed.close()


def false_alarms(conditions: str, arguments: argparse.Namespace, build: Path, folder: Path, prefix: str) -> list[str]:
    found, some = [], engines(build, arguments.only_ours)
    for number, (names, own) in enumerate(alarms.groups(conditions)):
        sets = opened(some, build, folder / f"{prefix}{number}", f"{prefix}{number}", len(names))
        try:
            time.sleep(SETTLED)
            found += alarms.measure(sets, names, own or arguments.minutes, tell)
        finally:
            closed(sets)
    return alarms.report(found, some)


def tell(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S}  {text}", file=sys.stderr, flush=True)


def run(arguments: argparse.Namespace, folder: Path) -> None:
    build = daemons.built(folder / "build")
    chance = random.Random(arguments.seed)
    prefix = f"hb{os.getpid():x}"
    parts = arguments.parts or list(PARTS)
    began = load()
    beds: list[Bed] = []

    def add(part: str, lines: list[str]) -> None:
        nonlocal began
        text = f"### {PARTS[part]}\n\n{machine()}; load average before and after: {began}; {load()}.\n\n" + "\n".join(lines)
        print(f"\n{text}", flush=True)
        if arguments.write:
            write(merged(PAGE.read_text(), {PARTS[part]: text}, PARTS.values()), PAGE)
        began = load()

    try:
        if {"detection", "idle"} & set(parts):
            beds = opened(engines(build, arguments.only_ours), build, folder, f"{prefix}a", 1)[0]
        if "idle" in parts:
            time.sleep(10)
            add("idle", cost.idle(beds, arguments.idle))
        if "detection" in parts:
            found = detection.measure(beds, arguments.rounds, tuple(arguments.faults.split(",")), arguments.one_path, tell, chance)
            add("detection", [f"{arguments.rounds} times each.", "", *detection.report(found, arguments.one_path)])
    finally:
        closed([beds])
    for part in ("load", "network"):
        if part in parts:
            add(part, false_alarms(alarms.LOAD if part == "load" else arguments.conditions, arguments, build, folder, f"{prefix}{part[0]}"))
    if "fencing" in parts and (missing := processor.missing()):
        print(f"fencing: left out, {', '.join(missing)} is not installed (requirements/debian-bench.txt)", flush=True)
    elif "fencing" in parts:
        sets = opened(installed(fencing.engines(build, arguments.only_ours)), build, folder / "fencing", f"{prefix}f", 1)
        try:
            fenced = fencing.measure(sets[0], arguments.rounds, tell, chance)
        finally:
            closed(sets)
        add("fencing", [f"{arguments.rounds} times each: crash and freeze in turn.", "", *fencing.report(fenced)])
    if "many" in parts:
        cost.loader(build, daemons.SOURCES)
        add("many", cost.many(build, tuple(int(size) for size in arguments.sizes.split(","))))


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.ha", description=__doc__.splitlines()[0])
    options.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; else all")
    options.add_argument("--rounds", type=int, default=10, help="of each fault (10)")
    options.add_argument("--faults", default=",".join(detection.FAULTS), help="of the detection")
    options.add_argument("--one-path", type=float, default=60, metavar="SECONDS", help="one path is cut for so long (60; 0: not)")
    options.add_argument("--minutes", type=float, default=30, help="of the false alarms (30)")
    options.add_argument(
        "--conditions", default=alarms.NETWORK, help=f"of part network, at once (A+B=MINUTES) or in turn (A,B): {alarms.NETWORK}"
    )
    options.add_argument("--idle", type=float, default=20, metavar="SECONDS", help="of the idle cost (20)")
    options.add_argument("--sizes", default="100,1000,10000", help="nodes of the monitor's cost")
    options.add_argument("--seed", type=int, default=1, help="of when in the engines' rhythm a fault comes (1)")
    options.add_argument("--only-ours", action="store_true", help="not the other engines")
    options.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    return options


def main() -> None:
    options = parser()
    arguments = options.parse_args()
    if unknown := set(arguments.parts) - PARTS.keys():
        options.error(f"{min(unknown)} is none of {', '.join(PARTS)}")
    try:
        alarms.groups(arguments.conditions)
    except ValueError as error:
        options.error(str(error))
    if os.geteuid() != 0:
        options.error("the hosts are network namespaces: only root can make them")
    with tempfile.TemporaryDirectory(prefix="hb-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the engines' own users look into it
        run(arguments, folder)


if __name__ == "__main__":
    main()
