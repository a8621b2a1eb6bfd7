# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's zonestat, prstat and kstat tell one load, in the forms that are recorded or published; the rest is not simulated."""

from __future__ import annotations

from tests.lab import load
from tests.lab.commands import usage
from tests.lab.truth import Load, Service, Zone

from .node_world import GIB, nodes
from .zone_world import START, World

FAMILIES = (usage,)
ZONESTAT = "zonestat -p -P zones -r summary 5 1"
PRSTAT = "prstat -c -Z -n 1,8192 1 1"


def busy_world() -> World:
    world = nodes()
    for name in ("t8", "t4"):
        world.centre.machines[name].zones["web1"] = Zone("web1", "running", zone_id=3)
        world.centre.machines[name].zones["off"] = Zone("off", "installed")
    world.centre.loads = {"t8": Load(2.0, 4 * GIB), "t4": Load(1.0, GIB), "web1": Load(3.25, 8 * GIB), "off": Load(5.0, GIB)}
    return world


def test_zonestat_as_its_source_prints_it() -> None:
    world = busy_world()
    assert world.ok(ZONESTAT, "t8") == (
        "interval:summary:web1:3.25:1.26%:-:-:8388608K:3.12%:-:8388608K:3.12%:-:0:0.00%\n"
        "interval:summary:global:2.00:0.78%:-:-:4194304K:1.56%:-:4194304K:1.56%:-:0:0.00%\n"
    )
    web1 = world.centre.machines["t8"].zones["web1"]
    web1.limits["zone.cpu-cap"], web1.memory_cap = [[650, "deny"]], 16 * GIB
    assert world.ok(ZONESTAT, "t8").startswith("interval:summary:web1:3.25:1.26%:50.00%:-:8388608K:3.12%:50.00%:")
    assert world.fails(ZONESTAT, "t4", rc=127) == "sh: zonestat: not found\n"
    assert world.fails("zonestat 5 1", "t8", rc=125).startswith("lab: not simulated: zonestat 5 1")
    world.centre.machines["t8"].services["svc:/system/zones-monitoring:default"] = Service("disabled")
    assert "zones-monitoring:default" in world.fails(ZONESTAT, "t8", rc=3)


def test_prstat_as_it_was_recorded() -> None:
    world = busy_world()
    world.now = START + 3600
    lines = world.ok(PRSTAT, "t4").splitlines()
    assert lines[2:] == [
        "ZONEID    NPROC  SWAP   RSS MEMORY      TIME  CPU ZONE                        ",
        "     3       40 8192M 8192M   6.2%   3:15:00 5.1% web1                        ",
        "     0       40 1024M 1024M   0.8%   1:00:00 1.6% global                      ",
        "Total: 80 processes, 240 lwps, load averages: 0.10, 0.09, 0.08",
    ]
    assert [line.split()[-1] for line in world.ok("prstat -c -Z -n 1,1 1 1", "t4").splitlines()[3:-1]] == ["web1"]
    assert world.fails("prstat -mL", "t4", rc=125).startswith("lab: not simulated: prstat -mL")


def test_counters_follow_the_load() -> None:
    world = busy_world()
    machine = world.centre.machines["t4"]

    def busy() -> float:
        text = world.ok("kstat -p cpu::sys:cpu_nsec_[ku]*", "t4")
        assert len(text.splitlines()) == 2 * 64
        return sum(int(line.split()[1]) for line in text.splitlines()) / 1e9

    world.now = START + 1000
    first = busy()
    assert round(first) == 4250
    load.change(world.centre, "web1", Load(10.0), START + 1100)
    world.now = START + 1200
    assert round(busy() - first) == 425 + 1100
    machine.boot_time = world.now + 300  # booted: counters begin anew
    world.now += 400
    assert round(busy()) == 1100
    free = 128 * GIB // 8192 - (128 * GIB // 32 + GIB) // 8192
    assert world.ok("kstat -p unix:0:system_pages:freemem", "t4") == f"unix:0:system_pages:freemem\t{free}\n"
    for line in ("kstat -p cpu", "kstat -p cpu::vm:", "kstat -p unix:0:system_pages", "kstat -p cpu::sys:intr"):
        assert world.fails(line, "t4", rc=125).startswith("lab: not simulated")


def test_nobody_uses_more_than_there_is() -> None:
    world = busy_world()
    machine = world.centre.machines["t4"]
    world.centre.loads["web1"] = Load(127.0, 500 * GIB)
    assert load.cpu(world.centre, machine) == 64.0
    assert load.zone_cpu(world.centre, machine, "web1") == 127.0 / 2
    assert load.memory(world.centre, machine) == machine.memory
