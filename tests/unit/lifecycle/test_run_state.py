# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Booting and shutting down: the commands, what is waited for, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import run_state
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Step
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .estate import S10, context, deployed, nothing, vserver


def commands(steps: list[Step]) -> list[str]:
    return [shell.show(step.command) for step in steps]


def halted(actual: NodeActual, where=None, declared=None, force: bool = False) -> list[Step]:
    return run_state.halted(declared or vserver(), actual, where or context(), force, 60.0)


@pytest.mark.parametrize("state", ["shutting_down", "down"])
def test_a_zone_on_its_way_down_is_not_booted(state: str) -> None:
    with pytest.raises(Refused, match=f"zone is {state} on node t8a, so it cannot be booted"):
        run_state.running(vserver(), deployed(state), context())


@pytest.mark.parametrize("state", ["configured", "incomplete", "unavailable"])
def test_what_is_not_installed_is_not_booted_as_it_is(state: str) -> None:
    with pytest.raises(Refused, match=f"its zone is {state} on node t8a, .* Deploy it"):
        run_state.alone(vserver(), "running", deployed(state), context(), False, 60.0)
    assert run_state.alone(vserver(), "halted", deployed(state), context(), False, 60.0) == []


def test_alone_boots_and_halts() -> None:
    assert commands(run_state.alone(vserver(), "running", deployed("installed"), context(), False, 60.0)) == ["zoneadm -z web1 boot"]
    assert commands(run_state.alone(vserver(), "halted", deployed(), context(), True, 60.0)) == ["zoneadm -z web1 halt"]
    with pytest.raises(Refused, match="its zone is not there on node t8a"):
        run_state.alone(vserver(), "running", nothing(), context(), False, 60.0)


def test_halting_is_clean_unless_forced() -> None:
    assert commands(halted(deployed())) == ["zoneadm -z web1 shutdown"]
    assert commands(halted(deployed(), force=True)) == ["zoneadm -z web1 halt"]
    assert commands(halted(deployed("ready"))) == ["zoneadm -z web1 halt"]
    on_ten = deployed(zones={"web1": ZoneStatus("web1", "running", "/zones/web1")}, configs={})
    assert commands(halted(on_ten, context(S10), replace(vserver(), brand="native"))) == ["zlogin web1 /sbin/init 5"]
    assert commands(halted(on_ten, context(S10), replace(vserver(), brand="lx"))) == ["zlogin web1 /sbin/init 0"]


def test_a_shutdown_that_runs_is_waited_for_or_ended() -> None:
    going = {"jobs": frozenset({"web1-shutdown"})}
    (joined,) = halted(deployed("shutting_down", **going))
    assert (joined.job, joined.begin) == ("web1-shutdown", "join")
    for force in (False, True):  # it has done its work and is about to end
        (joined,) = halted(deployed("installed", **going), force=force)
        assert (joined.job, joined.begin) == ("web1-shutdown", "join")
    assert halted(deployed("installed")) == []
    assert joined.wait is not None and joined.wait.deadline == 60.0
    assert [step.what for step in halted(deployed("shutting_down", **going), force=True)] == ["end job web1-shutdown", "halt zone web1"]
    (waits,) = halted(deployed("down"))
    assert waits.what == "wait until zone web1 is down"


def test_a_zone_that_is_not_listed_is_gone() -> None:
    listed = Output(0, "0:global:running:/::solaris:shared:-:\n-:web1:installed:/zones/web1::solaris:excl:-:\n")
    assert run_state.ZoneState("web1")(listed) == "installed"
    assert run_state.ZoneState("db1")(listed) == "gone"
