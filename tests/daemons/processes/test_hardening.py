# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an intruder finds: the built binaries, and what the running processes may still do."""

from __future__ import annotations

import os
import pwd
import re
import resource
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .agent_process import Agent, until
from .monitor_process import Monitor

Make = Callable[..., Monitor]
MakeAgent = Callable[..., Agent]
NAMES = ["heliostat-agent", "heliostat-monitor", "heliostat-heartbeat"]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="drops privileges that only root has")


def readelf(binary: Path, *what: str) -> str:
    return subprocess.run(["readelf", "-W", *what, str(binary)], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", NAMES)
def test_binary(built: Path, name: str) -> None:
    binary = built / name
    headers = readelf(binary, "-h", "-l")
    assert re.search(r"Type:\s+DYN", headers), "position independent"
    assert "GNU_RELRO" in headers
    stack = next(line for line in headers.splitlines() if "GNU_STACK" in line)
    assert "RW " in stack and "E" not in stack.split("GNU_STACK")[1], "no code on the stack"
    assert not [line for line in headers.splitlines() if " LOAD " in line and "RWE" in line]
    dynamic = readelf(binary, "-d")
    assert "BIND_NOW" in dynamic or "NOW" in dynamic
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic and "TEXTREL" not in dynamic
    symbols = readelf(binary, "-s")
    assert "__stack_chk_fail" in symbols and "__snprintf_chk" in symbols or "__vsnprintf_chk" in symbols, "stack protector, fortify"
    assert "__stack_chk_fail" in symbols


def test_agent_stands_alone(built: Path) -> None:
    """Where the system has its libc as an archive: what is locked into memory is the part that is used."""
    flags = (built / "flags").read_text()
    assert ("INTERP" not in readelf(built / "heliostat-agent", "-l")) == ("alone='-static-pie'" in flags)


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


def makes_no_core(pid: int) -> bool:
    limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line for line in limits if line.startswith("Max core file size")).split()[4:6] == ["0", "0"]


def is_locked(pid: int) -> bool:
    seen = status(pid)
    return int(seen["VmLck"].split()[0]) > int(seen["VmRSS"].split()[0]) * 3 // 4


def may_lock() -> bool:
    return os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] > 1 << 26


def may_be_first() -> bool:
    """Whether real-time priorities are to be had here at all: containers often have none."""
    return subprocess.run(["chrt", "-r", "5", "true"], capture_output=True).returncode == 0


def holds_nothing(pid: int, user: str) -> None:
    entry, seen = pwd.getpwnam(user), status(pid)
    assert set(seen["Uid"].split()) == {str(entry.pw_uid)} and set(seen["Gid"].split()) == {str(entry.pw_gid)}
    assert seen["Groups"].split() in ([], [str(entry.pw_gid)])
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(seen[kind], 16) == 0, kind
    assert seen["NoNewPrivs"] == "1"
    assert makes_no_core(pid)
    assert Path(f"/proc/{pid}/mem").stat().st_uid == 0, "nobody of its own user reads its keys"


@AS_ROOT
def test_monitor_is_nobody(make_monitor: Make, tmp_path: Path) -> None:
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    monitor = make_monitor(start=False, user="nobody", lock_memory="yes", real_time="yes")
    entry = pwd.getpwnam("nobody")
    for file in (monitor.directory, monitor.directory / "keys", monitor.configuration):
        os.chown(file, entry.pw_uid, entry.pw_gid)
    monitor.start()
    monitor.alive()
    assert monitor.process is not None
    pid = monitor.process.pid
    holds_nothing(pid, "nobody")
    assert is_locked(pid) or not may_lock()
    if may_be_first():
        assert os.sched_getscheduler(pid) == os.SCHED_RR
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            assert os.sched_getscheduler(int(child)) == os.SCHED_OTHER, "what it starts does not run before it"
    assert stat.S_IMODE(monitor.control.stat().st_mode) == 0o600
    monitor.order("arm")


@AS_ROOT
def test_control_socket_is_closed_to_others(make_monitor: Make, tmp_path: Path) -> None:
    monitor = make_monitor()
    for parent in (monitor.directory, tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    entry = pwd.getpwnam("nobody")
    program = f"import socket; socket.socket(socket.AF_UNIX).connect({str(monitor.control)!r})"
    refused = subprocess.run(
        ["python3", "-c", program], user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], capture_output=True, text=True
    )
    assert "PermissionError" in refused.stderr, refused.stderr


@AS_ROOT
def test_sender_is_nobody_and_guard_can_fence(make_agent: MakeAgent) -> None:
    agent = make_agent(user="nobody", lock_memory="yes", real_time="yes")
    agent.wait_held()
    (sender,) = agent.children()
    holds_nothing(sender, "nobody")
    assert status(agent.guard)["Uid"].split()[0] == "0", "the guard stops the machine: it keeps what it needs for that"
    assert makes_no_core(agent.guard)
    for pid in agent.everybody:
        assert is_locked(pid) or not may_lock()
        if may_be_first():
            assert os.sched_getscheduler(pid) == os.SCHED_RR
        listed = [os.readlink(f"/proc/{pid}/fd/{one}") for one in os.listdir(f"/proc/{pid}/fd")]
        assert not [file for file in listed if file.endswith("/keys")]
    agent.monitor.answering = False
    until(agent.fenced, 5, "it still can")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_keys_that_others_may_read_are_refused(make_agent: MakeAgent, make_monitor: Make, mode: int) -> None:
    agent, monitor = make_agent(start=False), make_monitor(start=False)
    for directory, binary, configuration in (
        (agent.directory, agent.binary, agent.configuration),
        (monitor.directory, monitor.built / "heliostat-monitor", monitor.configuration),
    ):
        (directory / "keys").chmod(mode)
        refused = subprocess.run([str(binary), "--config", str(configuration), "--check-config"], capture_output=True, text=True, timeout=5)
        assert refused.returncode != 0 and "keys" in refused.stderr and "owner" in refused.stderr, refused.stderr
