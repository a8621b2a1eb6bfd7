# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not a fresh packet of a node that is declared does nothing, is counted by its name, and holds up nobody."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable

from .agent_process import until
from .monitor_process import Monitor
from .scripted_agent import Agent
from .scripted_monitor import CHALLENGE, EXTENDS

Make = Callable[..., Monitor]


def refused(monitor: Monitor, reason: str, before: dict[str, int], least: int = 1) -> None:
    until(lambda: monitor.counts()[reason] >= before[reason] + least, 3, f"{reason}: {before} {monitor.counts()}")


def test_agent_is_challenged_believed_and_answered(make_monitor: Make) -> None:
    monitor = make_monitor()
    agent = monitor.alive()
    assert agent.answers[0].flags & CHALLENGE and not agent.answers[0].flags & EXTENDS
    until(lambda: agent.answers[-1].flags & EXTENDS, 2, "an answer that extends")
    assert {answer.path for answer in agent.answers} == {1, 2}
    assert agent.answers[-1].echo_incarnation == agent.incarnation
    seen = monitor.ask("status seventeen")[0]
    assert (seen["zones"], seen["memory_mib"], seen["load_thousandths"], seen["paths_alive"]) == (3, 4096, 250, 2)
    assert int(seen["boot"], 16) == agent.boot


def test_bad_packets_are_refused_by_name(make_monitor: Make) -> None:
    monitor = make_monitor()
    agent = monitor.alive()
    other = monitor.agent()
    other.boot, other.incarnation, other.session = agent.boot, agent.incarnation, agent.session
    before = monitor.counts()
    forged = bytearray(other.packet(1))
    forged[-1] ^= 1
    foreign = Agent(17, 1, 3, b"\0" * 32, monitor.ports)
    unknown = monitor.agent(4711)
    for data in (forged, foreign.packet(1)):
        other.send(1, bytes(data))
    refused(monitor, "refused_seal", before, 2)
    other.send(1, other.packet(1, version=2))
    refused(monitor, "refused_version", before)
    whole = other.packet(1)
    for data in (b"", b"\0", whole[:47], whole[:-1], whole + b"\0", os.urandom(len(whole)), b"\xff" * 9000, other.packet(1, kind=99)):
        other.send(1, data)
    refused(monitor, "refused_malformed", before, 7)
    unknown.send(1, unknown.packet(1))
    refused(monitor, "refused_unknown", before)
    foreign.close()
    assert monitor.state_of() == "alive" and monitor.state_of("eighteen") == "unheard"


def test_recorded_packets_are_never_believed(make_monitor: Make) -> None:
    monitor = make_monitor()
    agent = monitor.agent()
    recorded: list[tuple[int, bytes]] = []
    send = agent.send
    agent.send = lambda path, data: (recorded.append((path, data)), send(path, data))[1]  # type: ignore[method-assign]
    agent.start()
    monitor.wait_state("alive")
    agent.silence()
    time.sleep(0.1)
    before = monitor.counts()
    for path, data in recorded:
        send(path, data)
    refused(monitor, "refused_replay", before)
    assert monitor.counts()["believed"] == before["believed"]
    monitor.kill()
    monitor.start()
    before = monitor.counts()
    for path, data in recorded:
        send(path, data)
    until(lambda: monitor.counts()["received"] >= len(recorded), 3, "all received")
    assert monitor.counts()["believed"] == before["believed"] == 0
    monitor.wait_state("suspect", "probing", "unreachable")


def test_two_machines_with_one_number_are_disputed_and_not_fenced(make_monitor: Make) -> None:
    monitor = make_monitor("fence seventeen 1 power /bin/false ip=127.0.0.1")
    monitor.alive()
    monitor.acting()
    second = monitor.agent()
    second.start()
    monitor.wait_said("duplicate")
    assert monitor.ask("status seventeen")[0]["disputed"]
    for agent in monitor.agents:
        agent.silence()
    time.sleep(1)
    assert monitor.said("fence_agent") == []
    assert monitor.state_of() not in ("fencing", "fenced")


def test_flood_does_not_silence_a_node(make_monitor: Make) -> None:
    monitor = make_monitor()
    monitor.alive()
    end = time.monotonic() + 2
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        while time.monotonic() < end:
            for _ in range(200):
                flood.sendto(b"\x48\x56\x48\x42" + bytes(140), ("127.0.0.1", monitor.ports[1]))
            time.sleep(0.005)
    assert monitor.state_of() in ("alive", "late")
    assert not [one for one in monitor.said("state") if one["to"] in ("probing", "unreachable")]


def test_monitor_that_stood_still_declares_nobody(make_monitor: Make) -> None:
    monitor = make_monitor(acting="votes")
    monitor.alive()
    monitor.alive(18, "eighteen")
    monitor.acting()
    for _ in range(2):
        monitor.signal(signal.SIGSTOP)
        time.sleep(3)
        monitor.signal(signal.SIGCONT)
        time.sleep(1)
    assert [one for one in monitor.said("state") if one["to"] in ("suspect", "probing", "unreachable", "fencing")] == []
    assert monitor.state_of() == monitor.state_of("eighteen") == "alive"


def dropped(port: int) -> int:
    """Packets that the socket of that port had no room for."""
    with open("/proc/net/udp") as sockets:
        rows = [line.split() for line in sockets][1:]
    return sum(int(row[-1]) for row in rows if row[1].endswith(f":{port:04X}"))


def test_socket_that_overflowed_declares_nobody(make_monitor: Make) -> None:
    monitor = make_monitor(acting="votes")
    monitor.alive()
    monitor.alive(18, "eighteen")
    monitor.acting()
    monitor.signal(signal.SIGSTOP)
    rubbish, end = os.urandom(190), time.monotonic() + 20
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        while not all(dropped(port) > 100 for port in monitor.ports.values()):
            assert time.monotonic() < end, "no socket is that large"
            for port in monitor.ports.values():
                for _ in range(1000):
                    flood.sendto(rubbish, ("127.0.0.1", port))
    monitor.signal(signal.SIGCONT)
    time.sleep(2)
    assert [one for one in monitor.said("state") if one["to"] in ("suspect", "probing", "unreachable", "fencing")] == []
    assert monitor.state_of() == monitor.state_of("eighteen") == "alive"
