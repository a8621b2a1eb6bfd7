# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fencing by programs that are not ours: fence_ipmilan of Debian's fence-agents against the service processor that ipmi_sim simulates."""

from __future__ import annotations

import shutil
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .agent_process import free_port, until
from .monitor_process import Monitor

Make = Callable[..., Monitor]
PROGRAMS = ("/usr/sbin/fence_ipmilan", "ipmitool", "ipmi_sim")  # fence_ipmilan calls ipmitool; its package only recommends it
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
if MISSING:
    warnings.warn(f"real fencing is NOT tested: {', '.join(MISSING)} missing (requirements/debian-daemons.txt)", stacklevel=1)
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"missing: {', '.join(MISSING)}")

# ADDRESS get|set NAME [VALUE]..., as ipmi_sim calls what its chassis_control names.
CHASSIS = """#!/bin/sh
here=$(dirname "$0")
shift
what=$1
shift
case $what in
get) for name; do case $name in power) echo "power:$(cat "$here/power")" ;; *) echo "$name:0" ;; esac; done ;;
set) [ -e "$here/stuck" ] || echo "$2" > "$here/power" ;;
esac
"""
LAN = """name "{name}"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 {port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "{directory}/chassis 0x20"
  user 2 true "admin" "secret" admin 10 none md2 md5 straight
"""
EMULATED = """mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
"""


class ServiceProcessor:
    """One BMC on a port of loopback; the power of its machine is a file."""

    def __init__(self, directory: Path, name: str) -> None:
        self.directory, self.port = directory, free_port()
        (directory / "state").mkdir(parents=True)
        (directory / "power").write_text("1\n")
        (directory / "chassis").write_text(CHASSIS)
        (directory / "chassis").chmod(0o755)
        (directory / "lan.conf").write_text(LAN.format(name=name, port=self.port, directory=directory))
        (directory / "emulated").write_text(EMULATED)
        (directory / "password").touch(0o600)
        self.password("secret")
        self.process = subprocess.Popen(
            ["ipmi_sim", "-c", str(directory / "lan.conf"), "-f", str(directory / "emulated"), "-s", str(directory / "state"), "-n"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def password(self, words: str) -> None:
        (self.directory / "password").write_text(words + "\n")

    def is_on(self) -> bool:
        return (self.directory / "power").read_text() == "1\n"

    def stick(self) -> None:
        """From now on it takes every order and does nothing."""
        (self.directory / "stuck").touch()

    def level(self, node: str, number: int, words: str = "within=60s attempts=1 settle=1s") -> str:
        return (
            f"fence {node} {number} power fence_ipmilan ip=127.0.0.1 ipport={self.port} username=admin"
            f" password=@{self.directory}/password lanplus=1 cipher=3 power_wait=0 login_timeout=3 {words}"
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def make_processor(tmp_path: Path) -> Iterator[Callable[[str], ServiceProcessor]]:
    made: list[ServiceProcessor] = []

    def make(name: str) -> ServiceProcessor:
        made.append(ServiceProcessor(tmp_path / f"bmc-{name}", name))
        return made[-1]

    yield make
    for one in made:
        one.close()


def lost(make_monitor: Make, *levels: str, **settings: str) -> tuple[Monitor, float]:
    """A monitor that acts, and has just lost seventeen: when that was."""
    monitor = make_monitor(*levels, "lease-proof seventeen never", **settings)
    crashing = monitor.alive()
    monitor.alive(18, "eighteen")
    monitor.acting()
    crashing.silence()
    return monitor, time.monotonic()


def test_crash_is_fenced_proven_and_told(make_monitor: Make, make_processor: Callable[[str], ServiceProcessor]) -> None:
    seventeen, eighteen = make_processor("seventeen"), make_processor("eighteen")
    monitor, at = lost(make_monitor, seventeen.level("seventeen", 1), eighteen.level("eighteen", 1))
    monitor.wait_state("fencing", "fenced")
    declared = time.monotonic() - at
    verdict = monitor.wait_said("verdict", seconds=60)
    told = time.monotonic() - at
    print(f"crash to fencing {declared:.2f} s, to the event {told:.2f} s, of which most is fence_ipmilan's")
    assert verdict["node"] == 17 and int(verdict["boot"], 16) == monitor.agents[0].boot
    assert not seventeen.is_on() and eighteen.is_on(), "off is what was lost, and nothing else"
    steps = [one["reason"] for one in monitor.said("fence_agent")]
    assert any("level 1: off" in step for step in steps), steps
    assert monitor.state_of("eighteen") == "alive"
    assert "secret" not in monitor.log() + monitor.journal.read_text()


def test_what_is_off_already_is_proven_as_well(make_monitor: Make, make_processor: Callable[[str], ServiceProcessor]) -> None:
    processor = make_processor("seventeen")
    (processor.directory / "power").write_text("0\n")
    monitor, _ = lost(make_monitor, processor.level("seventeen", 1))
    monitor.wait_state("fenced", seconds=60)


def test_processor_that_obeys_and_does_nothing_is_no_proof(make_monitor: Make, make_processor: Callable[[str], ServiceProcessor]) -> None:
    processor = make_processor("seventeen")
    processor.stick()
    monitor, _ = lost(make_monitor, processor.level("seventeen", 1, "within=3s attempts=1 settle=0s power_timeout=2"))
    monitor.wait_state("unknown", seconds=60)
    assert processor.is_on() and monitor.said("verdict") == []


def test_second_level_proves_what_the_first_cannot(make_monitor: Make, make_processor: Callable[[str], ServiceProcessor]) -> None:
    locked, switch = make_processor("seventeen"), make_processor("switch")
    locked.password("wrong")
    monitor, _ = lost(make_monitor, locked.level("seventeen", 1), switch.level("seventeen", 2))
    monitor.wait_state("fenced", seconds=60)
    assert locked.is_on() and not switch.is_on()
    steps = [one["reason"] for one in monitor.said("fence_agent")]
    assert any(step.startswith("level 1: ") for step in steps) and "level 2: off" in " ".join(steps)


def test_what_the_agent_itself_lacks_is_named(make_monitor: Make, make_processor: Callable[[str], ServiceProcessor]) -> None:
    """Its last line only points at its usage."""
    monitor, _ = lost(make_monitor, make_processor("seventeen").level("seventeen", 1, "attempts=1 ipmitool_path=/nowhere/ipmitool"))
    monitor.wait_state("unknown", seconds=60)
    steps = [one["reason"] for one in monitor.said("fence_agent")]
    assert steps and all(step.endswith("ERROR: Ipmitool not found or not accessible") for step in steps), steps


def test_processor_that_went_with_its_machine_leaves_the_node_unknown(
    make_monitor: Make, make_processor: Callable[[str], ServiceProcessor]
) -> None:
    processor = make_processor("seventeen")
    monitor, _ = lost(make_monitor, processor.level("seventeen", 1, "within=5s attempts=1"))
    processor.close()
    monitor.wait_state("unknown", seconds=60)
    assert monitor.said("verdict") == []
    # Its power comes back, and the service processor with it: the next attempt finds it.
    again = subprocess.Popen(processor.process.args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    processor.process = again
    until(lambda: monitor.state_of() == "fenced", 90, "fenced by a later attempt\n" + monitor.log()[-3000:])
    assert not processor.is_on()
