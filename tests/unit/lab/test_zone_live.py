# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running zone's configuration beside its stored one: zoneadm apply, zonecfg -r, and what a boot makes of both."""

from __future__ import annotations

import asyncio

import pytest

from tests.lab.call import COMMANDS
from tests.lab.commands import zonecfg
from tests.lab.commands.resources import prctl
from tests.lab.truth import NetAddress, Zone

from .zone_world import World, disk

FAMILIES = (zonecfg, prctl)


@pytest.fixture
def world() -> World:
    """A running zone with one anet."""
    built = World("s11.4")
    built.run(f"zpool create -m /zones dp {disk(0)}")
    cfg(built, "create -b; set brand=solaris; set zonepath=/zones/z1; add anet; set linkname=net0; end")
    built.ok("zoneadm -z z1 install")
    built.ok("zoneadm -z z1 boot")
    return built


def cfg(world: World, text: str, live: bool = False, rc: int = 0) -> str:
    call, printed = world.call("zonecfg")
    call.argv = ["zonecfg", "-z", "z1", *(["-r"] if live else []), text]
    found = asyncio.run(COMMANDS["zonecfg"](call))
    assert found == rc, printed
    return "".join(line for _, line in printed)


def zone_of(world: World) -> Zone:
    return world.centre.machines["nodea"].zones["z1"]


def test_stored_and_live_go_their_ways(world: World) -> None:
    assert cfg(world, "export", live=True) == cfg(world, "export")
    cfg(world, "set cpu-shares=4; add anet; set linkname=net1; end; set autoboot=true")
    assert "linkname=net1" in cfg(world, "export")
    assert "linkname=net1" not in cfg(world, "export", live=True)
    told = "zone 'z1': Checking: set property cpu-shares=4\nzone 'z1': Checking: Adding anet linkname=net1\n"
    assert world.ok("zoneadm -z z1 apply -n") == told
    assert "linkname=net1" not in cfg(world, "export", live=True)
    assert world.ok("zoneadm -z z1 apply") == told + "zone 'z1': Applying the changes\n"
    assert "linkname=net1" in cfg(world, "export", live=True)
    assert zone_of(world).limits["zone.cpu-shares"] == [[4, "none"]]
    assert world.ok("zoneadm -z z1 apply") == ""
    assert "set autoboot=true" not in cfg(world, "export", live=True)


def test_what_is_passed_over(world: World) -> None:
    world.ok("zfs create dp/data")
    cfg(
        world,
        "select anet linkname=net0; set allowed-address=10.0.0.9/24; end; add dataset; set name=dp/data; end; "
        "add attr; set name=who; set type=string; set value=me; end; set limitpriv=default,dtrace_proc",
    )
    assert world.ok("zoneadm -z z1 apply") == ""
    assert "dp/data" not in cfg(world, "info", live=True)
    assert "10.0.0.9" not in cfg(world, "info", live=True)
    assert world.centre.machines["nodea"].addresses == []
    world.ok("zoneadm -z z1 reboot")
    assert "dp/data" in cfg(world, "info", live=True)
    assert world.centre.machines["nodea"].addresses == [NetAddress("net0", "10.0.0.9/24", "net0/v4", kind="from-gz", zone="z1")]
    assert cfg(world, "export", live=True) == cfg(world, "export")


def test_a_new_link_gets_no_address_live(world: World) -> None:
    cfg(world, "add anet; set linkname=net1; set allowed-address=10.0.0.8/24; end")
    assert world.ok("zoneadm -z z1 apply -q") == ""
    assert "linkname: net1" in cfg(world, "info anet", live=True)
    assert "10.0.0.8" not in cfg(world, "info anet", live=True)


def test_live_mode_lasts_until_the_next_boot(world: World) -> None:
    out = cfg(world, "add capped-memory; set physical=4G; end", live=True)
    assert out == "Checking: Adding capped-memory physical=4G\nApplying the changes\n"
    assert "physical: 4G" in cfg(world, "info", live=True)
    assert "physical" not in cfg(world, "info")
    assert zone_of(world).memory_cap == 4 << 30
    out = cfg(world, "select capped-memory; set physical=2G; end", live=True)
    assert out == "Checking: Modifying capped-memory physical=2G\nApplying the changes\n"
    world.ok("zoneadm -z z1 reboot")
    assert "physical" not in cfg(world, "info", live=True)
    assert zone_of(world).memory_cap == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("set cpu-shares=7", "set property cpu-shares=7"),
        ("set max-lwps=500", "set property max-lwps=500"),
        ("add capped-cpu; set ncpus=1.5; end", "Adding capped-cpu ncpus=1.50"),
        ("add dedicated-cpu; set ncpus=1-2; end", "Adding dedicated-cpu ncpus=1-2"),
        ("add capped-memory; set swap=2G; end", "Adding capped-memory swap=2G"),
        ("add fs; set dir=/d; set special=/export; set type=lofs; end", "Adding fs dir=/d"),
        ("remove anet linkname=net0", "Removing anet linkname=net0"),
        ("select anet linkname=net0; set mtu=9000; end", "Modifying anet linkname=net0"),
        ("set scheduling-class=FSS", "set property scheduling-class=FSS"),
    ],
)
def test_lines(world: World, text: str, told: str) -> None:
    assert cfg(world, text, live=True) == f"Checking: {told}\nApplying the changes\n"


@pytest.mark.parametrize("text", ["set autoboot=true", "add dataset; set name=dp/x; end", "set bootargs=-s", "set hostid=1234"])
def test_live_mode_refuses_the_rest(world: World, text: str) -> None:
    before = cfg(world, "export", live=True)
    assert "lab: not simulated" in cfg(world, text, live=True, rc=125)
    assert cfg(world, "export", live=True) == before


def test_a_file_system_that_cannot_be_mounted_changes_nothing(world: World) -> None:
    before = cfg(world, "export", live=True)
    text = cfg(world, "add fs; set dir=/d; set special=dp/none; set type=zfs; end; set cpu-shares=9", live=True, rc=1)
    assert "could not access zfs dataset 'dp/none'" in text
    assert "Applying" not in text
    assert cfg(world, "export", live=True) == before
    assert zone_of(world).limits["zone.cpu-shares"] == [[1, "none"]]


def test_only_of_running_zones_and_not_on_solaris_10(world: World) -> None:
    world.ok("zoneadm -z z1 halt")
    assert "lab: not simulated" in world.fails("zoneadm -z z1 apply", rc=125)
    assert "lab: not simulated" in cfg(world, "info", live=True, rc=125)
    old = World("s10")
    old.zone()
    old.fails("zoneadm -z z1 apply", rc=2)


def test_shared_addresses_come_and_go(world: World) -> None:
    world.ok("zoneadm -z z1 halt")
    world.ok("zoneadm -z z1 uninstall -F")
    cfg(world, "delete -F")
    machine = world.centre.machines["nodea"]
    machine.addresses.append(NetAddress("net0", "10.0.0.1/24"))
    cfg(world, "create -b; set brand=solaris; set ip-type=shared; set zonepath=/zones/z1; add net; set physical=net0; "
               "set address=10.0.0.5/24; end")  # fmt: skip
    world.ok("zoneadm -z z1 install")
    world.ok("zoneadm -z z1 boot")
    cfg(world, "remove net address=10.0.0.5/24; add net; set physical=net0; set address=10.0.0.6/24; end")
    out = world.ok("zoneadm -z z1 apply")
    assert "Removing net physical=net0 address=10.0.0.5/24\n" in out
    assert "Adding net physical=net0 address=10.0.0.6/24\n" in out
    assert [one.address for one in machine.addresses] == ["10.0.0.1/24", "10.0.0.6/24"]
    cfg(world, "remove net address=10.0.0.6/24; add net; set physical=net0; set address=10.0.0.1/24; end")
    assert "address in use by zone 'global'" in world.fails("zoneadm -z z1 apply")
    assert [one.address for one in machine.addresses] == ["10.0.0.1/24", "10.0.0.6/24"]


def test_a_zone_that_ran_before_its_configuration_was_kept_apart(world: World) -> None:
    zone_of(world).live = None
    cfg(world, "add anet; set linkname=net1; end")
    assert "net1" not in cfg(world, "export", live=True)
    assert "Adding anet linkname=net1" in world.ok("zoneadm -z z1 apply")
