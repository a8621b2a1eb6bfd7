# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot, reboot and shutdown where something is not as it should be: services in maintenance, zones that do not go down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .chain_world import make, result, run, running, settle, state, verbs
from .world import World

MAIL, LOCAL = "svc:/network/smtp:sendmail", "svc:/system/filesystem/local:default"
MILESTONE = "svc:/milestone/multi-user-server:default"
BOTH = ["mon1", "ledger1"]  # Solaris 11 is asked from outside, Solaris 10 inside the zone


@pytest.fixture(scope="module")
def made(shared: World) -> World:
    make(shared)
    for name in BOTH:  # each for itself
        shared.declare(name, shared.declared(name), depends_on=[])
    for name, node in (("mon1", "t5a"), ("ledger1", "t4a")):
        assert shared.task(node, "vserver", name=name, state="installed").status == "ok"
    return shared


@pytest.fixture
def zones(made: World) -> Iterator[World]:
    settle(made, {})
    yield made
    made.lab.clear_faults()
    assert made.lab.alarms() == []


def test_a_service_in_maintenance_is_a_warning_that_names_it(zones: World) -> None:
    for name, node in (("mon1", "t5a"), ("ledger1", "t4a")):
        zones.lab.fault(node, "service_fails", text=f"{name} {MAIL}")
    booted = run(zones, "boot", vserver_names=BOTH)
    assert booted.rc == 0, booted.output
    expected = [
        f"vServer {name}: {MAIL} is in maintenance in zone {name} on node {node}. See zlogin {name} svcs -xv."
        for name, node in (("mon1", "t5a"), ("ledger1", "t4a"))
    ]
    assert set(expected) <= set(result(booted).result["warnings"])
    later = result(run(zones, "boot", vserver_names=BOTH))
    assert (later.changed, later.plan) == (False, [])
    assert set(expected) <= set(later.result["warnings"])
    zones.lab.clear_faults()
    for name, node in (("mon1", "t5a"), ("ledger1", "t4a")):
        assert zones.lab.ssh(node, f"zlogin {name} svcadm clear {MAIL}; sleep 1").returncode == 0
    assert result(run(zones, "boot", vserver_names=BOTH)).result["warnings"] == []


def test_a_milestone_that_cannot_come_ends_the_waiting_with_a_warning(zones: World) -> None:
    for name, node in (("mon1", "t5a"), ("ledger1", "t4a")):
        zones.lab.fault(node, "service_fails", text=f"{name} {LOCAL}")
    booted = run(zones, "boot", vserver_names=BOTH)
    assert booted.rc == 0, booted.output
    held = f"{LOCAL} is in maintenance in zone mon1 on node t5a, and it does not reach {MILESTONE} without it. See zlogin mon1 svcs -xv."
    assert f"vServer mon1: {held}" in result(booted).result["warnings"]
    later = run(zones, "boot", vserver_names=BOTH)
    assert later.rc == 0 and not result(later).changed
    assert result(later).plan == []
    assert f"vServer mon1: {held}" in result(later).result["warnings"]
    whole = zones.task("t5a", "vserver", name="mon1")  # a deployment says the same
    assert not whole.changed
    assert f"vServer mon1: {held}" in whole.result["warnings"]


def test_a_zone_that_does_not_go_down_is_not_halted_unless_that_is_said(zones: World) -> None:
    settle(zones, running("mon1", "ledger1"))
    for name, node in (("mon1", "t5a"), ("ledger1", "t4a")):
        zones.lab.fault(node, "zone_stuck", text=name)
    mark = zones.mark()
    row = result(run(zones, "shutdown", vserver_names=BOTH, vserver_deadline=2))
    assert row.status == "failed"
    assert "mon1: 'shut down zone mon1' on node t5a has not ended after 2 s. Nothing was halted. Look for services that" in row.message
    assert "ledger1: 'shut down zone ledger1' on node t4a is still 'shutting_down' after 2 s instead of 'installed'" in row.message
    assert "fuser -c /zones/mon1" in row.message and "with force to halt it" in row.message
    assert {state(zones, name) for name in BOTH} == {"shutting_down"}
    boot = result(run(zones, "boot", vserver_names=BOTH))
    assert "zone is shutting_down on node t5a, so it cannot be booted. Wait until it is down." in boot.message
    # what holds them is found
    zones.lab.clear_faults()
    done = run(zones, "shutdown", vserver_names=BOTH)
    assert done.rc == 0, done.output
    assert {state(zones, name) for name in BOTH} == {"installed"}
    assert sorted(verbs(zones, mark)) == ["init ledger1", "shutdown mon1"], "the first shutdown is waited for, not asked for again"
    again = result(run(zones, "shutdown", vserver_names=BOTH))
    assert (again.changed, again.plan) == (False, [])
    assert not any((zones.root("t5a") / "var/tmp/heliostat-jobs").glob("*"))


def test_force_halts_although_a_shutdown_is_waiting(zones: World) -> None:
    settle(zones, running("mon1"))
    zones.lab.fault("t5a", "slow", match="zoneadm -z mon1 shutdown", seconds=20000, times=1)
    row = result(run(zones, "shutdown", vserver_names=["mon1"], vserver_deadline=2))
    assert "has not ended after 2 s" in row.message
    forced = run(zones, "shutdown", vserver_names=["mon1"], vserver_force=True)
    assert forced.rc == 0, forced.output
    assert result(forced).steps == ["end job mon1-shutdown", "halt zone mon1"]
    assert state(zones, "mon1") == "installed"
    assert not any((zones.root("t5a") / "var/tmp/heliostat-jobs").glob("*"))
    assert not result(run(zones, "shutdown", vserver_names=["mon1"], vserver_force=True)).changed


def test_a_reboot_is_a_shutdown_and_a_boot(zones: World) -> None:
    settle(zones, running("mon1"))
    mark = zones.mark()
    check = result(run(zones, "reboot", "--check", vserver_names=BOTH))
    real = run(zones, "reboot", vserver_names=BOTH)
    assert real.rc == 0, real.output
    assert check.plan == result(real).plan
    assert result(real).steps == ["shut down zone mon1", "boot zone ledger1", "boot zone mon1"]
    assert {"shutdown mon1", "boot mon1", "boot ledger1"} == set(verbs(zones, mark))
    assert {state(zones, name) for name in BOTH} == {"running"}


def test_a_reboot_that_fails_for_one_leaves_no_other_down(zones: World) -> None:
    settle(zones, running(*BOTH))
    zones.lab.fault("t4a", "fail", match="zlogin ledger1 /sbin/init", rc=1, text="out of luck")
    row = result(run(zones, "reboot", vserver_names=BOTH))
    assert row.status == "failed"
    assert set(row.result["failures"]) == {"ledger1"}
    assert "'shut down zone ledger1' on node t4a exit 1" in row.message
    assert row.steps == ["shut down zone ledger1", "shut down zone mon1", "boot zone mon1"]
    assert {state(zones, name) for name in BOTH} == {"running"}


def test_what_is_not_there_is_not_booted(zones: World) -> None:
    assert zones.task("t8b", "vserver", name="web2", state="defined").status == "ok"
    row = result(run(zones, "boot", vserver_names=["web2", "mon1"]))
    assert row.status == "failed"
    assert "vServer web2: its zone is configured on node t8b, so it cannot be booted as it is. Deploy it" in row.message
    assert state(zones, "mon1") == "running"
    row = result(run(zones, "boot", vserver_names=["git1", "nosuch"]))
    assert "vServer git1 has no node in the repository. Place it first" in row.message
    assert "vServer nosuch is not a host of the inventory" in row.message
    row = result(run(zones, "shutdown", vserver_names=["mon1"], vserver_deadline=0))
    assert "deadline 0: it is a number of seconds" in row.message
