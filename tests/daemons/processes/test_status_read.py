# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's parser of the monitors' status reads what the real ones print."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import heartbeat
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.judgement import Judged, Judgement

from .monitor_process import Monitor
from .test_monitor_fencing import HONEST, fenced_by

Make = Callable[..., Monitor]


def asked(monitor: Monitor, node: str = "") -> Judgement:
    program, *words = map(str, heartbeat.status(str(monitor.built / "heliostat-heartbeat"), node).argv)
    done = subprocess.run([program, "--socket", str(monitor.control), *words], capture_output=True, text=True, timeout=15)
    return heartbeat.parse(Output(done.returncode, done.stdout, done.stderr))


def test_from_never_heard_to_fenced(make_monitor: Make, tmp_path: Path) -> None:
    monitor = fenced_by(make_monitor, tmp_path, HONEST)
    monitor.wait_state("fenced")
    said = asked(monitor)
    fenced, alive = said.nodes["seventeen"], said.nodes["eighteen"]
    assert (fenced.state, fenced.verdict, fenced.incident, fenced.heard, fenced.disputed) == ("fenced", "off", 1, False, False)
    assert fenced.boot == f"{monitor.agents[0].boot:016x}" and fenced.age is not None and fenced.age < 60
    assert (alive.state, alive.verdict, alive.age, alive.heard) == ("alive", "", None, True)
    assert said.shown["armed"] and said.shown["acting"] and said.shown["monitor"] == 1 and said.shown["counts"]["verdicts"] == 1
    monitor.kill()
    monitor.start()
    again = asked(monitor, "seventeen").nodes["seventeen"]
    assert (again.state, again.verdict, again.age, again.boot, again.incident) == ("fenced", "off", None, fenced.boot, 1)


def test_never_heard(make_monitor: Make) -> None:
    never = asked(make_monitor(), "seventeen").nodes["seventeen"]
    assert never == Judged("seventeen", "unheard", incident=never.incident, shown=never.shown)


def test_a_node_that_it_does_not_know(make_monitor: Make) -> None:
    with pytest.raises(CommandFailed, match="no node nobody"):
        asked(make_monitor(), "nobody")


def test_no_monitor(make_monitor: Make) -> None:
    monitor = make_monitor()
    monitor.kill()
    with pytest.raises(CommandFailed, match="control: "):
        asked(monitor)
