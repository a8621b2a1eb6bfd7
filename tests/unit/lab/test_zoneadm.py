# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio

import pytest

from tests.lab.call import COMMANDS
from tests.lab.truth import Fault, NetAddress, Zone

from .zone_world import START, World, disk


@pytest.fixture
def world() -> World:
    built = World()
    built.run(f"zpool create -m /zones dp {disk(0)}")
    return built


@pytest.fixture
def old() -> World:
    built = World("s10")
    built.run(f"zpool create -m /zones dp {disk(0)}")
    return built


def installed(world: World) -> Zone:
    zone = world.zone()
    world.ok("zoneadm -z z1 install")
    return zone


def test_list(world: World, old: World) -> None:
    zone = installed(world)
    assert world.ok("zoneadm list") == "global\n"
    own = f"-:z1:installed:/zones/z1:{zone.uuid}:solaris:excl:-::\n"
    assert world.ok("zoneadm list -cp") == f"0:global:running:/::solaris:shared:-:none:\n{own}"
    assert world.ok("zoneadm list -iv").splitlines() == [
        "  ID NAME             STATUS      PATH                         BRAND      IP    ",
        "   0 global           running     /                            solaris    shared",
        "   - z1               installed   /zones/z1                    solaris    excl  ",
    ]
    old.zone(path="/zo:nes/z1")
    assert old.ok("zoneadm list -cp") == "0:global:running:/::native:shared\n-:z1:configured:/zo\\:nes/z1::native:shared\n"
    assert old.ok("zoneadm list -iv").splitlines()[0] == "  ID NAME             STATUS     PATH                           BRAND    IP    "
    assert old.fails("zoneadm list -pv") == "zoneadm: list -p and -v are mutually exclusive.\n"
    assert old.ok("zoneadm -z z1 list") == "z1\n"
    assert old.fails("zoneadm -z nix list") == "zoneadm: nix: No such zone configured\n"
    old.fails("zoneadm -z z1 list -c", rc=2)


RULES = [
    ("configured", "uninstall -F", "is already in state 'configured'."),
    ("configured", "boot", "must be installed before boot."),
    ("configured", "detach", "must be installed before detach."),
    ("configured", "ready", "must be installed before ready."),
    ("configured", "halt", "halt operation is invalid for zones in state 'configured'"),
    ("configured", "reboot", "not running"),
    ("incomplete", "install", "zone is incomplete; uninstall required."),
    ("incomplete", "verify", "zone is incomplete; uninstall required."),
    ("incomplete", "boot", "must be installed before boot."),
    ("incomplete", "attach", "zone is incomplete; uninstall required."),
    ("installed", "install", "is already installed."),
    ("installed", "attach", "is already installed."),
    ("installed", "uninstall", "Input not from terminal and -F not specified:  uninstall not done."),
    ("running", "install", "install operation is invalid for running zones."),
    ("running", "uninstall -F", "uninstall operation is invalid for running zones."),
    ("running", "detach", "detach operation is invalid for running zones."),
    ("running", "mark incomplete", "mark operation is invalid for running zones."),
    ("ready", "reboot", "reboot operation is invalid for zones in state 'ready'"),
]


@pytest.mark.parametrize(("state", "verb", "text"), RULES)
def test_state_rules(old: World, state: str, verb: str, text: str) -> None:
    old.zone().state = state
    assert old.fails(f"zoneadm -z z1 {verb}") == f"zoneadm: zone 'z1': {text}\n"
    assert old.centre.machines["nodea"].zones["z1"].state == state


def test_already_there_is_no_error(world: World, old: World) -> None:
    old.zone().state = "running"
    assert old.run("zoneadm -z z1 boot") == (0, "", "zoneadm: zone 'z1': zone is already booted\n")
    world.zone().state = "installed"
    assert world.run("zoneadm -z z1 halt") == (0, "", "zone 'z1': zone is already halted\n")


def test_who_and_where(world: World) -> None:
    world.zone()
    assert world.fails("zoneadm -z z1 boot", user="operator") == "zoneadm: zone 'z1': only a privileged user may boot a zone.\n"
    assert world.fails("zoneadm -z global boot") == "zoneadm: zone 'global': boot operation is invalid for the global zone.\n"
    assert world.fails("zoneadm -z z1 boot", zone="z1") == "zoneadm: zone 'z1': must be in the global zone to boot a zone.\n"
    assert world.fails("zoneadm -z z1 halt", zone="z1") == "zoneadm: zone 'z1': use halt(1M) to halt this zone.\n"
    assert world.run("zonename", zone="z1")[1] == "z1\n"
    assert world.ok("zonename") == "global\n"
    world.fails("zoneadm -z z1 frob", rc=2)
    assert world.fails("zoneadm -z z1 move /x", rc=125).startswith("lab: not simulated: ")


def test_install_eleven(world: World) -> None:
    zone = world.zone()
    states = []
    world.at_sleep = lambda seconds: states.append(zone.state)
    out = world.ok("zoneadm -z z1 install")
    assert set(states) == {"incomplete"}
    assert zone.state == "installed"
    assert 60 <= world.now - START <= 90
    assert out.startswith("The following ZFS file system(s) have been created:\n    dp/z1\nProgress being logged to /var/log/zones/")
    assert "DOWNLOAD                                PKGS         FILES    XFER (MB)   SPEED\n" in out
    assert "Completed                            280/280   53151/53151  374.3/374.3  3.4M/s\n" in out
    assert "Installing new actions                   71074/71074\n" in out
    below = ("", "/ROOT", "/ROOT/solaris", "/ROOT/solaris/var", "/VARSHARE", "/export", "/export/home")
    assert world.ok("zfs list -H -o name -r dp/z1").split() == ["dp/z1", *(f"dp/z1/rpool{rest}" for rest in below)]
    assert world.ok("zfs get -H -o value mounted,zoned dp/z1/rpool/ROOT/solaris") == "no\non\n"


def test_install_in_the_default_place(world: World) -> None:
    world.zone(path="/system/zones/z1")
    assert "    rpool/VARSHARE/zones/z1\n" in world.ok("zoneadm -z z1 install")


def test_install_ten(old: World) -> None:
    zone = old.zone()
    out = old.ok("zoneadm -z z1 install")
    assert out.startswith("A ZFS file system has been created for this zone.\nPreparing to install zone <z1>.\nCreating list of files")
    assert "Zone <z1> is initialized.\n" in out
    assert zone.state == "installed"


def test_install_without_a_zfs_parent(world: World) -> None:
    zone = world.zone(path="/elsewhere/z1")
    assert world.fails("zoneadm -z z1 install") == (
        "ERROR: the zonepath must be a ZFS dataset.\nThe parent directory of the zonepath must be a ZFS dataset so that the\n"
        "zonepath ZFS dataset can be created properly.\n"
        "zoneadm: zone 'z1': ERROR: installation failed: zone switching to configured state\n"
    )
    assert zone.state == "configured"


def test_install_on_a_full_pool(world: World) -> None:
    zone = world.zone()
    world.at_sleep = lambda seconds: world.centre.faults.append(Fault("*", "disk_full", text="dp")) if seconds == 20 else None
    rc, out, _ = world.run("zoneadm -z z1 install")
    assert rc == 1
    assert "ERROR: auto-install failed.\n" in out
    assert zone.state == "incomplete"
    world.centre.faults.clear()
    world.at_sleep = None
    assert "uninstall required" in world.fails("zoneadm -z z1 install")
    world.ok("zoneadm -z z1 uninstall -F")
    assert zone.state == "configured"
    assert world.ok("zfs list -H -o name -r dp") == "dp\n"


def test_killed_install_stays_incomplete_and_frees_its_lock(world: World) -> None:
    zone = world.zone()

    def kill(seconds: float) -> None:
        if seconds == 10:
            raise asyncio.CancelledError

    world.at_sleep = kill
    with pytest.raises(asyncio.CancelledError):
        world.run("zoneadm -z z1 install")
    world.at_sleep = None
    assert zone.state == "incomplete"
    world.ok("zoneadm -z z1 uninstall -F")
    world.ok("zoneadm -z z1 install")


def test_two_at_once(world: World) -> None:
    world.zone()

    async def both() -> list[int]:
        first, _ = world.call("zoneadm -z z1 install")
        second, printed = world.call("zoneadm -z z1 mark incomplete")
        work = asyncio.create_task(COMMANDS["zoneadm"](first))
        waiting = asyncio.Event()

        async def sleep(seconds: float) -> None:
            waiting.set()
            await asyncio.sleep(0.01)

        first.sleep = sleep
        await waiting.wait()
        rc = await COMMANDS["zoneadm"](second)
        assert printed == [(2, "zoneadm: zone 'z1': another zoneadm may have an operation in progress.\n")]
        return [rc, await work]

    assert asyncio.run(both()) == [1, 0]


def test_brand_not_offered(world: World) -> None:
    world.zone().brand = "solaris8"
    assert world.fails("zoneadm -z z1 install") == "zoneadm: zone 'z1': missing or invalid brand\n"


def test_boot_halt_shutdown(world: World) -> None:
    zone = installed(world)
    states = []
    world.at_sleep = lambda seconds: states.append(zone.state)
    world.ok("zoneadm -z z1 boot")
    assert states == ["ready", "ready"]
    assert (zone.state, zone.zone_id, zone.boot_time) == ("running", 1, world.now)
    assert world.ok("zfs get -H -o value mounted dp/z1/rpool/ROOT/solaris") == "yes\n"
    assert world.fails("zpool export dp") == "cannot unmount '/zones/z1/root/var': Device busy\n"
    states.clear()
    world.ok("zoneadm -z z1 shutdown -r")
    assert states == ["shutting_down", "ready", "ready"]
    assert zone.zone_id == 2
    world.ok("zoneadm -z z1 halt")
    assert (zone.state, zone.zone_id, zone.services) == ("installed", None, {})
    world.ok("zpool export dp")


def test_boot_goes_on_without_its_caller(world: World) -> None:
    zone = installed(world)

    def kill(seconds: float) -> None:
        raise asyncio.CancelledError

    world.at_sleep = kill
    with pytest.raises(asyncio.CancelledError):
        world.run("zoneadm -z z1 boot")
    assert zone.state == "running"


def test_power_cut_during_boot(world: World) -> None:
    zone = installed(world)
    machine = world.centre.machines["nodea"]

    def cut(seconds: float) -> None:
        machine.powered = machine.running = False
        zone.state = "installed"

    world.at_sleep = cut
    world.run("zoneadm -z z1 boot")
    assert zone.state == "installed"


def test_boot_needs_its_file_systems(world: World) -> None:
    zone = installed(world)
    zone.config["resources"] = [{"kind": "fs", "dir": "/data", "special": "dp/data", "type": "zfs"}]
    assert world.fails("zoneadm -z z1 boot") == (
        "cannot verify fs /data: could not access zfs dataset 'dp/data'\nzoneadm: zone z1 failed to verify\n"
    )
    world.ok("zfs create -o mountpoint=legacy dp/data")
    world.ok("zoneadm -z z1 boot")


def test_addresses(old: World) -> None:
    net = {"kind": "net", "physical": "ixgbe0", "address": "10.0.0.5/24"}
    zone = old.zone(resources=[net])
    zone.state = "installed"
    machine = old.centre.machines["nodea"]
    plumbed = NetAddress("ixgbe0", "10.0.0.1/24")
    skipped = "WARNING: skipping network interface 'ixgbe0' which may not be present/plumbed in the global zone.\n"
    assert old.run("zoneadm -z z1 boot") == (0, "", skipped)
    assert machine.addresses == []
    old.ok("zoneadm -z z1 halt")
    machine.addresses.append(plumbed)
    old.ok("zoneadm -z z1 boot")
    assert machine.addresses == [plumbed, NetAddress("ixgbe0", "10.0.0.5/24", unit=1, zone="z1")]
    other = old.zone("z2", "/zones/z2", [net])
    other.state = "installed"
    assert old.fails("zoneadm -z z2 boot") == (
        "zoneadm: zone 'z2': ixgbe0: could not bring network interface up: address in use by zone 'z1': Cannot assign requested address\n"
        "zoneadm: zone 'z2': call to zoneadmd failed\n"
    )
    assert other.state == "installed"
    old.ok("zoneadm -z z1 halt")
    assert machine.addresses == [plumbed]
    zone.config["resources"] = [{**net, "physical": "nix0"}]
    assert old.run("zoneadm -z z1 boot")[2] == (
        "WARNING: skipping network interface 'nix0' which may not be present/plumbed in the global zone.\n"
    )


def test_anet_without_its_lower_link_is_not_guessed(world: World) -> None:
    zone = installed(world)
    zone.config["resources"] = [{"kind": "anet", "linkname": "net0", "lower-link": "net9"}]
    assert "lower-link net9 does not exist" in world.fails("zoneadm -z z1 boot", rc=125)
    assert zone.state == "installed"


def test_move_to_another_machine(world: World) -> None:
    zone = installed(world)
    uuid = zone.uuid
    world.ok("zoneadm -z z1 detach")
    assert zone.state == "configured"
    world.ok("zpool export dp")
    world.ok("zpool import dp", on="nodeb")
    there = world.zone(on="nodeb")
    there.uuid = uuid
    assert "                    Result: Attach Succeeded.\n" in world.ok("zoneadm -z z1 attach -u", on="nodeb")
    assert (there.state, there.uuid) == ("installed", uuid)
    world.ok("zoneadm -z z1 boot", on="nodeb")


def test_attach_without_its_pool(world: World) -> None:
    world.zone(path="/nowhere/z1")
    assert "the zonepath must be a ZFS dataset" in world.fails("zoneadm -z z1 attach")


def test_zlogin(world: World) -> None:
    zone = installed(world)
    assert world.fails("zlogin nix true") == "zlogin: zone 'nix' unknown\n"
    assert world.fails("zlogin z1 true") == "zlogin: login allowed only to running zones (z1 is 'installed').\n"
    world.ok("zoneadm -z z1 boot")
    assert world.run("zlogin -S z1 uname -a") == (7, "in z1: uname -a\n", "")
    assert world.fails("zlogin -C z1", rc=125).startswith("lab: not simulated")
    assert world.fails("zlogin z1 true", zone="z1") == "zlogin: 'zlogin' may only be used from the global zone\n"
    zone.state = "incomplete"
    assert world.fails("zlogin z1 true") == "zlogin: cannot login to a zone which is 'incomplete'\n"
