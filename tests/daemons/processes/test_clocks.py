# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clocks that are set while the daemons run: only what is printed follows them."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .agent_process import until
from .monitor_process import Monitor

Make = Callable[..., Monitor]
WALL = {"time", "gettimeofday", "ftime", "clock_gettime", "clock", "times", "timespec_get", "setitimer", "alarm", "timer_settime"}


def test_clock_is_stepped_both_ways(make_monitor: Make, tmp_path: Path) -> None:
    shim, step = tmp_path / "stepped_clock.so", tmp_path / "step"
    step.write_text("0\n")
    source = Path(__file__).with_name("stepped_clock.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", str(shim), str(source), "-ldl"], check=True)
    monitor = make_monitor("fence seventeen 1 power /bin/false", start=False, acting="votes", metrics_interval="1s")
    monitor.start(env={**os.environ, "LD_PRELOAD": str(shim), "STEPPED_CLOCK": str(step)})
    monitor.alive()
    monitor.alive(18, "eighteen")
    monitor.acting()
    for seconds in (86400, -86400, 400 * 86400, -20000 * 86400, 0):
        step.write_text(f"{seconds}\n")
        time.sleep(0.7)
        monitor.order("maintenance on eighteen")
        monitor.order("maintenance off eighteen")
        until(lambda: monitor.state_of("eighteen") == "alive", 2, "in use again")
        printed = monitor.said("maintenance")[-1]["time"][:4]
        expected = time.gmtime(time.time() + seconds).tm_year
        assert printed == f"{expected:04}", "the step was seen"
        assert monitor.ask("counts")[-1]["acting"]
    assert {one["to"] for one in monitor.said("state") if one["name"] == "seventeen"} == {"alive"}
    assert monitor.said("fence_agent") == []


def test_nothing_else_asks_the_clock_on_the_wall(built: Path) -> None:
    """Of all objects: the platform's file has the clock that nobody sets, one file prints the time of day."""
    listed = subprocess.run(["nm", "-u", str(built / "library.a")], capture_output=True, text=True, check=True).stdout
    users: dict[str, set[str]] = {}
    member = ""
    for line in listed.splitlines():
        if line.endswith(".o:"):
            member = line[:-1]
        elif (found := re.match(r"\s+U (\w+)", line)) and found[1] in WALL:
            users.setdefault(member, set()).add(found[1])
    assert users == {"platform_linux.o": {"clock_gettime"}, "event_line.o": {"gettimeofday"}}
    source = (Path(__file__).resolve().parents[3] / "roles/heartbeat/files/src/platform/platform_linux.c").read_text()
    assert set(re.findall(r"\bCLOCK_\w+", source)) == {"CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "CLOCK_MONOTONIC_RAW"}
