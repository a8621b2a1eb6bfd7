# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.lab.commands.smf import repository
from tests.lab.commands.smf.svcs import stime
from tests.lab.truth import Service

from .zone_world import START, World

SSH = "svc:/network/ssh:default"


@pytest.fixture
def world() -> World:
    return World()


def state(world: World, fmri: str = SSH) -> str:
    return world.ok(f"svcs -H -o state,nstate {fmri}")


def test_table(world: World) -> None:
    assert world.ok("svcs ssh") == "STATE          STIME    FMRI\nonline         20:13:20 svc:/network/ssh:default\n"
    assert world.ok("svcs -H network/ssh:default") == world.ok(f"svcs -H {SSH}")
    lines = world.ok("svcs -H").splitlines()
    assert len(lines) < len(world.ok("svcs -aH").splitlines())
    assert not any(line.startswith("disabled") for line in lines)


@pytest.mark.parametrize(("age", "text"), [(0, "22:13:20"), (3600 * 14, " 8:13:20"), (86400, "Nov_13  "), (86400 * 400, "2022    ")])
def test_stime(age: int, text: str) -> None:
    assert stime(START, START - age) == text


def test_no_match(world: World) -> None:
    assert world.run("svcs nix") == (1, "STATE          STIME    FMRI\n", "svcs: Pattern 'nix' doesn't match any instances\n")
    assert world.fails("svcadm enable nix") == "svcadm: Pattern 'nix' doesn't match any instances\n"
    assert world.fails("svcadm enable filesystem/local:nix") == "svcadm: Pattern 'filesystem/local:nix' doesn't match any instances\n"


def test_several_instances(world: World) -> None:
    assert world.fails("svcadm disable rad") == (
        "svcadm: Pattern 'rad' matches multiple instances:\n    svc:/system/rad:local\n    svc:/system/rad:remote\n"
    )
    assert len(world.ok("svcs -aH *rad:*").splitlines()) == 2


def test_disable_and_enable_take_time(world: World) -> None:
    world.ok("svcadm disable ssh")
    assert state(world) == "online         disabled\n"
    assert world.ok("svcs -H ssh").startswith("online* ")
    world.now += 1
    assert state(world) == "disabled       -\n"
    world.ok("svcadm enable ssh")
    assert state(world) == "offline        online\n"
    world.now += 1
    assert state(world) == "online         -\n"


def test_wait(world: World) -> None:
    world.ok("svcadm disable -s ssh")
    assert state(world) == "disabled       -\n"
    world.ok("svcadm enable -s ssh")
    assert state(world) == "online         -\n"
    world.ok("svcadm restart -s ssh")
    assert state(world) == "online         -\n"
    assert world.centre.machines["nodea"].services[SSH].since > START


def test_temporary(world: World) -> None:
    world.ok("svcadm disable -st ssh")
    assert "enabled      false (temporary)\n" in world.ok("svcs -l ssh")
    world.ok("svcadm enable ssh")
    assert "enabled      true\n" in world.ok("svcs -l ssh")


def test_maintenance(world: World) -> None:
    assert world.fails("svcadm clear ssh") == f'svcadm: Instance "{SSH}" is not in a maintenance or degraded state.\n'
    world.ok("svcadm mark maintenance ssh")
    text = world.ok("svcs -xv")
    assert text.startswith("svc:/network/ssh:default (SSH server)\n State: maintenance since Tue Nov 14 22:13:20 2023\nReason: ")
    assert "   See: http://support.oracle.com/msg/SMF-8000-KS\n   See: /var/svc/log/network-ssh:default.log\n" in text
    assert world.fails("svcadm enable -s ssh", rc=3) == f'svcadm: Instance "{SSH}" is in maintenance state.\n'
    world.ok("svcadm clear ssh")
    world.now += 1
    assert state(world) == "online         -\n"
    assert world.ok("svcs -x") == ""


def test_dependencies(world: World) -> None:
    assert "dependency   require_all/none svc:/milestone/multi-user (online)\n" in world.ok("svcs -l multi-user-server")
    assert "svc:/milestone/multi-user:default" in world.ok("svcs -d multi-user-server")
    assert "svc:/milestone/multi-user-server:default" in world.ok("svcs -D multi-user:default")


def test_svcprop(world: World) -> None:
    assert world.ok("svcprop -p restarter/state ssh") == "online\n"
    assert world.ok("svcprop -p restarter/state -p restarter/next_state ssh") == (
        "restarter/state astring online\nrestarter/next_state astring none\n"
    )
    assert world.fails("svcprop -p config/x ssh", rc=125).startswith("lab: not simulated")


def test_zones(world: World) -> None:
    zone = world.zone()
    assert world.fails("svcs -z z1") == "svcs: invalid zone 'z1'\n"
    zone.state, zone.zone_id, zone.boot_time = "running", 1, START
    server = "svc:/milestone/multi-user-server:default"
    assert world.ok(f"svcs -z z1 -H -o state {server}") == "offline*\n"
    seen = [world.ok(f"svcs -z z1 -H -o state {server}")]
    for _ in range(repository.BOOT_SECONDS):
        world.now += 1
        seen.append(world.ok(f"svcs -z z1 -H -o state {server}"))
    assert seen == ["offline*\n"] * repository.BOOT_SECONDS + ["online\n"]
    assert world.run(f"svcs -H -o state {server}", zone="z1")[1] == "online\n"
    world.ok("svcadm -z z1 disable -s ssh")
    assert state(world) == "online         -\n"
    assert "z1               disabled" in world.ok("svcs -aHZ -o zone,state,fmri ssh")


def test_solaris_10_has_no_zone_options() -> None:
    old = World("s10")
    assert "illegal option -- z" in old.fails("svcs -z z1", rc=2)
    assert "illegal option -- z" in old.fails("svcadm -z z1 enable ssh", rc=2)
    assert "illegal option -- s" in old.fails("svcadm restart -s ssh", rc=2)


def test_ordinary_user(world: World) -> None:
    text = f'svcadm: {SSH}: Couldn\'t modify "general" property group (permission denied).\n'
    assert world.fails("svcadm disable ssh", user="operator") == text


def test_settle_runs_through_a_restart() -> None:
    service = Service("online", "offline", since=0, due=5)
    repository.settle({SSH: service}, 4)
    assert service.state == "online"
    repository.settle({SSH: service}, 5)
    assert (service.state, service.next_state) == ("offline", "online")
    repository.settle({SSH: service}, 9)
    assert (service.state, service.next_state, service.since) == ("online", "-", 6)
