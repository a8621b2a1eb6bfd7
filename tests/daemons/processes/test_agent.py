# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's processes against a scripted monitor: what fences, what does not, and when."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .agent_process import NODE, Agent, until
from .scripted_monitor import EXPIRED, EXTENDS, GATED, HELD, LEAVING, NONE, QUARANTINED, SOLICITED, UNARMED, WANTS_VOTE

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux only: children are found by /proc")
Make = Callable[..., Agent]


def test_lease_is_held_over_both_paths(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    time.sleep(1)
    heard = agent.monitor.heard
    assert {one.path for one in heard} == {1, 2}
    assert heard[0].lease == UNARMED and heard[0].session == 0
    assert heard[-1].flags & GATED and heard[-1].node == NODE and heard[-1].memory_total > 0
    assert heard[-1].self_fence == 2 and heard[-1].lease_ms == 2000
    assert len({one.incarnation for one in heard}) == 1
    assert agent.fenced() == []


def test_one_path_cut_is_no_matter(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    agent.monitor.silent = {1}
    time.sleep(3.5)
    assert agent.last_lease() == HELD and agent.fenced() == []
    assert "monitor 1 is silent on path 1" in agent.log()


def test_every_path_cut_fences_when_the_lease_ends(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    agent.monitor.answering = False
    cut = time.time()
    until(agent.fenced, 4, "fenced")
    assert 1.5 < agent.fenced()[0] - cut < 2.5, "the lease's end, less what the guard had not been told"
    agent.monitor.answering = True
    time.sleep(1)
    assert len(agent.fenced()) == 1
    assert agent.last_lease() == EXPIRED, "nothing revives an ended lease"


def test_unarmed_node_fences_nobody(make_agent: Make) -> None:
    agent = make_agent(start=False, lease="1s")
    agent.monitor.answering = False
    agent.start()
    time.sleep(2.5)
    assert agent.last_lease() == UNARMED and agent.fenced() == []
    assert agent.end() == 0


def test_standstill_longer_than_the_lease_fences_first_of_all(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    agent.signal(signal.SIGSTOP)
    time.sleep(3)
    before = len(agent.monitor.heard)
    woken = time.time()
    for pid in reversed(agent.everybody):
        os.kill(pid, signal.SIGCONT)
    until(agent.fenced, 2, "fenced")
    assert agent.fenced()[0] - woken < 0.5
    until(lambda: len(agent.monitor.heard) > before, 2, "heard again")
    assert {one.lease for one in agent.monitor.heard[before:]} == {EXPIRED}


def test_standstill_shorter_than_the_lease_does_not(make_agent: Make) -> None:
    agent = make_agent(lease="3s")
    agent.wait_held()
    agent.signal(signal.SIGSTOP)
    time.sleep(1)
    before = len(agent.monitor.heard)
    agent.signal(signal.SIGCONT)
    time.sleep(0.5)
    assert agent.fenced() == [] and agent.last_lease() == HELD
    assert len(agent.monitor.heard) - before < 2 * 8, "what was missed is not made up for"


def test_killed_sender_is_replaced(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    (sender,) = agent.children()
    os.kill(sender, signal.SIGKILL)
    until(lambda: len({one.incarnation for one in agent.monitor.heard}) == 2, 3, "another incarnation")
    time.sleep(2.5)
    assert agent.last_lease() == HELD and agent.fenced() == []


def test_killed_guard_leaves_the_end_of_the_lease(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    children = agent.children()
    agent.monitor.answering = False
    cut = time.time()
    assert agent.process is not None
    agent.process.kill()
    agent.process.wait()
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), 2, "its children end with it")
    time.sleep(0.5)
    agent.start()
    until(agent.fenced, 4, "fenced by the second guard")
    assert 1.4 < agent.fenced()[0] - cut < 2.6
    assert "goes on where the last guard of this boot stopped" in agent.log()


def test_guard_that_comes_too_late_fences_at_once(make_agent: Make) -> None:
    agent = make_agent(lease="1s")
    agent.wait_held()
    assert agent.process is not None
    agent.process.kill()
    agent.process.wait()
    time.sleep(1.5)
    begun = time.time()
    agent.start()
    until(agent.fenced, 2, "fenced")
    assert agent.fenced()[0] - begun < 0.5


def test_good_bye_is_said_and_fences_nobody(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    assert agent.end() == 0
    assert agent.monitor.heard[-1].flags & LEAVING
    time.sleep(2.5)
    assert agent.fenced() == []
    agent.start()
    agent.wait_held()
    assert agent.fenced() == [], "the end of the old lease fences nobody"


def test_good_bye_that_nobody_hears_keeps_the_lease(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    agent.monitor.answering = False
    assert agent.process is not None
    agent.process.send_signal(signal.SIGTERM)
    assert agent.process.wait(6) == 0
    assert len(agent.fenced()) == 1, "it ended, but fenced: a monitor that has not heard of its leaving may have concluded that"


def test_told_twice_it_goes_unheard(make_agent: Make) -> None:
    agent = make_agent(lease="5s")
    agent.wait_held()
    agent.monitor.answering = False
    assert agent.process is not None
    agent.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert agent.end(2) == 0
    time.sleep(0.5)
    assert agent.fenced() == []


def test_self_fencing_switched_off_is_kept_back_until_heard(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    agent.monitor.answering = False
    agent.settings["self-fence"] = "none"
    agent.write_configuration()
    os.kill(agent.guard, signal.SIGHUP)
    until(agent.fenced, 4, "fenced as was promised")


def test_a_lease_made_shorter_by_reload_is_held_on(make_agent: Make) -> None:
    agent = make_agent(lease="12s")
    agent.wait_held()
    agent.settings["lease"] = "2s"
    agent.write_configuration()
    os.kill(agent.guard, signal.SIGHUP)
    until(lambda: agent.monitor.heard[-1].lease_ms == 2000, 3, "said")
    time.sleep(4)
    assert agent.last_lease() == HELD and agent.fenced() == [], agent.log()


def test_self_fencing_switched_off_by_reload(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    incarnation = agent.monitor.heard[-1].incarnation
    agent.settings["self-fence"] = "none"
    agent.write_configuration()
    os.kill(agent.guard, signal.SIGHUP)
    until(lambda: agent.last_lease() == NONE, 3, "none\n" + agent.log())
    agent.monitor.answering = False
    time.sleep(2.5)
    assert agent.fenced() == []
    assert agent.monitor.heard[-1].incarnation == incarnation, "reloaded, not restarted"


def test_broken_configuration_is_not_reloaded(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    agent.configuration.write_text("node 17 seventeen\nintervall 3s\n")
    os.kill(agent.guard, signal.SIGHUP)
    until(lambda: "not reloaded" in agent.log(), 2, "said")
    assert f'{agent.configuration}:2: no such keyword "intervall"' in agent.log()
    time.sleep(2.5)
    assert agent.last_lease() == HELD


def test_gate_waits_for_the_lease(make_agent: Make) -> None:
    agent = make_agent(start=False)
    agent.monitor.answering = False
    agent.start()
    gate = subprocess.Popen([str(agent.binary), "--config", str(agent.configuration), "--wait-lease"])
    time.sleep(1)
    assert gate.poll() is None
    agent.monitor.answering = True
    assert gate.wait(3) == 0


def test_gate_waits_for_the_release(make_agent: Make) -> None:
    agent = make_agent(start=False)
    agent.monitor.flags = EXTENDS | QUARANTINED
    agent.start()
    until(lambda: (agent.run / "quarantined").exists(), 3, "marked")
    gate = [str(agent.binary), "--config", str(agent.configuration), "--wait-lease"]
    waiting = subprocess.Popen(gate, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    assert waiting.poll() is None
    agent.monitor.flags = EXTENDS
    until(lambda: not (agent.run / "quarantined").exists(), 3, "released")
    assert waiting.wait(5) == 0
    assert waiting.stderr is not None and waiting.stderr.read().count("this node is quarantined") == 1


def test_solicited_it_speaks_at_once(make_agent: Make) -> None:
    agent = make_agent(interval="1s", lease="6s")
    agent.wait_held()
    before = len(agent.monitor.heard)
    asked = time.monotonic()
    for _ in range(50):
        agent.monitor.solicit(1, NODE)
    until(lambda: any(one.flags & SOLICITED for one in agent.monitor.heard[before:]), 2, "solicited")
    said = [one for one in agent.monitor.heard[before:] if one.flags & SOLICITED]
    assert said[0].at - asked < 0.2
    time.sleep(0.2)
    assert len([one for one in agent.monitor.heard[before:] if one.flags & SOLICITED]) <= 2


def test_vote_is_given(make_agent: Make) -> None:
    agent = make_agent(start=False)
    agent.monitor.flags = EXTENDS | WANTS_VOTE
    agent.start()
    until(lambda: agent.monitor.heard and agent.monitor.heard[-1].vote == 1, 4, "voted")
    assert agent.monitor.heard[-1].vote_echo > 0


def test_noise_is_refused_and_harmless(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    good = agent.monitor.answer(agent.monitor.heard[-1])
    here, peer = agent.monitor.sockets[1], agent.monitor.peer[1]
    for noise in (b"", b"x", good[:-1], good + b"x", good[:-1] + bytes([good[-1] ^ 1]), bytes(9000), good, good):
        here.sendto(noise, peer)
    time.sleep(2.5)
    assert agent.last_lease() == HELD
    assert "refused:" in agent.log()


def test_second_agent_of_the_same_directory_is_refused(make_agent: Make) -> None:
    agent = make_agent()
    agent.wait_held()
    second = subprocess.run(
        [str(agent.binary), "--config", str(agent.configuration), "--foreground"], capture_output=True, text=True, timeout=5
    )
    assert second.returncode == 1 and "another agent runs" in second.stderr


def test_zones_are_halted_in_parallel(make_agent: Make, tmp_path: Path) -> None:
    halted = tmp_path / "halted"
    zoneadm = tmp_path / "zoneadm"
    zoneadm.write_text(f'#!/bin/sh\nsleep 0.3\necho "$*" >> {halted}\n')
    zoneadm.chmod(0o755)
    agent = make_agent(zones="web db app", zoneadm=str(zoneadm), self_fence="halt-zones", halt="3s")
    agent.wait_held()
    agent.monitor.answering = False
    until(lambda: "has fenced itself" in agent.log(), 6, "fenced\n" + agent.log())
    assert sorted(halted.read_text().splitlines()) == ["-z app halt", "-z db halt", "-z web halt"]


def test_slot_extends_the_lease_and_a_pill_ends_it(make_agent: Make, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(32768))
    agent = make_agent(slot=f"{disk} 17")
    agent.wait_held()
    until(lambda: "slot" in agent.log() and disk.read_bytes()[17 * 1024 : 17 * 1024 + 4] == b"HVSB", 3, "beats\n" + agent.log())
    until(lambda: "announced" in agent.log(), 3, "announced")
    agent.monitor.answering = False
    time.sleep(3.5)
    assert agent.last_lease() == HELD and agent.fenced() == [], "the slot holds it"
    boot = agent.monitor.heard[-1].boot
    with disk.open("r+b") as opened:
        opened.seek(17 * 1024 + 512)
        opened.write(_pill(agent.key, boot))
    until(agent.fenced, 2, "fenced by the pill")


def _pill(key: bytes, boot: int) -> bytes:
    import hashlib
    import hmac
    import struct

    body = struct.pack(">IBxHI4xQI4xQ", 0x48565350, 1, 3, NODE, boot, 1, 99).ljust(480, b"\0")
    return body + hmac.new(key, body, hashlib.sha256).digest()
