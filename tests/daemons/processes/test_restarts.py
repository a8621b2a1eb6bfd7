# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every part killed in every state: what was promised holds, what was proven is told once, and nobody is declared for it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .agent_process import Agent, until
from .monitor_process import Monitor
from .scripted_monitor import EXPIRED, EXTENDS, HELD, LEAVING, QUARANTINED, UNARMED
from .test_monitor_fencing import HONEST, script

Make = Callable[..., Monitor]
MakeAgent = Callable[..., Agent]

REFUSES = "#!/bin/sh\necho no >&2\nexit 1\n"
SLOW = HONEST.replace("input=$(cat)", "input=$(cat); sleep 1")

# State; text of the fence agent; what is set; where a monitor that was killed there is found a moment later; where the matter ends.
STATES: list[tuple[str, str, dict[str, str], set[str], set[str]]] = [
    ("unheard", HONEST, {}, {"unheard"}, {"unheard"}),
    ("alive", HONEST, {}, {"alive"}, {"alive"}),
    ("late", HONEST, {}, {"alive", "late"}, {"alive", "late"}),
    ("suspect", HONEST, {}, {"alive", "suspect"}, {"suspect"}),
    ("probing", HONEST, {"probe-time": "2s"}, {"alive", "suspect", "probing"}, {"fenced"}),
    ("unreachable", HONEST, {}, {"alive", "suspect", "probing", "unreachable"}, {"unreachable"}),
    ("fencing", SLOW, {}, {"suspect", "unknown", "fencing"}, {"fenced"}),  # suspect: killed before its beginning was written
    ("fenced", HONEST, {}, {"fenced"}, {"fenced"}),
    ("unknown", REFUSES, {}, {"unknown", "fencing"}, {"unknown", "fencing"}),
    ("returned", HONEST, {}, {"returned", "quarantined", "fenced"}, {"quarantined"}),
    ("quarantined", HONEST, {}, {"fenced", "returned", "quarantined"}, {"quarantined"}),
    ("away", HONEST, {}, {"alive", "unheard", "away"}, {"unheard", "away"}),
]


def brought_to(state: str, make_monitor: Make, tmp_path: Path, text: str, settings: dict[str, str]) -> Monitor:
    """A monitor that acts, with seventeen in that state."""
    agent = script(tmp_path, text)
    line = f"fence seventeen 1 power {agent} ip=192.0.2.1 within=5s attempts=1 settle=0s"
    monitor = make_monitor(line, "lease-proof seventeen never", **settings)
    other = monitor.alive(18, "eighteen")
    if state == "unheard":
        monitor.acting()
        return monitor
    node = monitor.alive()
    if state != "unreachable":
        monitor.acting()
    else:
        monitor.order("act")  # and not armed
    if state == "late":
        node.silent = {1}
    elif state == "suspect":
        other.silence()  # so that the monitor's own network is in doubt
        node.silence()
    elif state == "away":
        node.flags |= LEAVING
    elif state != "alive":
        node.silence()
    if state in ("returned", "quarantined"):
        monitor.wait_state("fenced")
        node.incarnation += 2
        node.session = 0
        node.speak()
    if state != "returned":  # that is over within milliseconds
        monitor.wait_state(state, seconds=12)
    return monitor


@pytest.mark.parametrize(("state", "text", "settings", "soon", "last"), STATES, ids=[one[0] for one in STATES])
def test_monitor_killed_in(
    state: str, text: str, settings: dict[str, str], soon: set[str], last: set[str], make_monitor: Make, tmp_path: Path
) -> None:
    monitor = brought_to(state, make_monitor, tmp_path, text, settings)
    fenced_before = state in ("fenced", "returned", "quarantined")
    monitor.kill()
    monitor.start()
    assert monitor.state_of() in soon, monitor.log()[-5000:]
    counts = monitor.ask("counts")[-1]
    assert counts["armed"] == (state != "unreachable")
    monitor.order("act")
    monitor.wait_state(*last, seconds=20)
    time.sleep(1)
    assert monitor.state_of() in last
    verdicts = [one for one in map(json.loads, monitor.journal.read_text().splitlines()) if one["event"] == "verdict"]
    assert len({(one["node"], one["boot"], one["incident"]) for one in verdicts}) <= 1, "one loss, however often it is told"
    assert bool(verdicts) == (fenced_before or last == {"fenced"})
    if state in ("unheard", "alive", "late", "suspect", "away"):
        assert not (tmp_path / "called").exists(), "nobody is switched off because a monitor was restarted"


def test_journal_writer_killed_loses_no_line(make_monitor: Make) -> None:
    monitor = make_monitor()
    assert monitor.process is not None
    children = Path(f"/proc/{monitor.process.pid}/task/{monitor.process.pid}/children")
    if not children.exists():
        pytest.skip("children are found by /proc")
    for turn in range(60):
        monitor.order("arm" if turn % 2 == 0 else "disarm")
        if turn % 20 == 10:
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGKILL)
    until(lambda: monitor.ask("counts")[-1]["daemon"]["journal_waiting_bytes"] == 0, 5, "written")
    sequences = [json.loads(line).get("sequence") for line in monitor.journal.read_text().splitlines() if line.endswith("}")]
    assert set(range(1, max(sequences) + 1)) <= set(sequences), "told twice at worst"


def kill_guard(agent: Agent) -> None:
    children = agent.children()
    assert agent.process is not None
    agent.process.kill()
    agent.process.wait()
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), 2, "its children end with it")


@pytest.mark.parametrize("part", ["guard", "sender"])
@pytest.mark.parametrize("lease", ["unarmed", "held", "expired", "leaving", "quarantined"])
def test_agent_killed_while(lease: str, part: str, make_agent: MakeAgent) -> None:
    agent = make_agent(start=False, lease="3s")
    agent.monitor.answering = lease != "unarmed"
    agent.monitor.flags = EXTENDS | QUARANTINED if lease == "quarantined" else EXTENDS
    agent.start()
    if lease == "unarmed":
        until(lambda: agent.last_lease() == UNARMED, 3, "heard")
    elif lease == "quarantined":
        until(lambda: (agent.run / "quarantined").exists(), 3, "marked")
    else:
        agent.wait_held()
    if lease in ("expired", "leaving"):
        agent.monitor.answering = False
    if lease == "expired":
        until(lambda: agent.fenced() and agent.last_lease() == EXPIRED, 6, "expired")
    if lease == "leaving":
        os.kill(agent.guard, signal.SIGTERM)
        until(lambda: agent.monitor.heard[-1].flags & LEAVING, 2, "says good-bye")
    heard = len(agent.monitor.heard)
    killed = time.time()
    if part == "guard":
        kill_guard(agent)
        agent.start()
    else:
        (sender,) = agent.children()
        os.kill(sender, signal.SIGKILL)
    if lease == "leaving" and part == "guard":
        # The good-bye died with it, unheard: the second guard keeps the promise of the first, and goes on.
        agent.monitor.answering = True
        until(lambda: agent.last_lease() == HELD and len(agent.monitor.heard) > heard, 3, "held again")
    elif lease == "leaving":
        until(lambda: len(agent.monitor.heard) > heard and agent.monitor.heard[-1].flags & LEAVING, 3, "still says good-bye")
        agent.monitor.answering = True
        assert agent.process is not None and agent.process.wait(5) == 0
    else:
        expected = {"unarmed": UNARMED, "held": HELD, "expired": EXPIRED}
        until(lambda: len(agent.monitor.heard) > heard + 2, 5, "heard again\n" + agent.log())
        if lease == "quarantined":
            time.sleep(0.5)
            assert (agent.run / "quarantined").exists()
        else:
            until(lambda: agent.last_lease() == expected[lease], 3, lease + "\n" + agent.log())
    time.sleep(0.5)
    assert [at for at in agent.fenced() if at > killed] == [] or lease == "expired", "no restart fences a node whose lease stands"
    assert len(agent.fenced()) <= 2
