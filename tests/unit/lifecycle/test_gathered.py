# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adoption: what exists as variables, and that deploying these variables changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import (
    ifconfig,
    pools,
    prctl,
    rcapadm,
    virtual_disks,
    zlogin,
    zoneadm,
    zonecfg,
    zpool,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import gathered
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import vserver as planner
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.gathered import Found
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Address
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .declared import Case, cases, converged
from .estate import LUNS, NETWORKS, S10, S11, context, deployed, vserver, zfs

KNOWN = declaration.networks(NETWORKS)


def found_of(case: Case) -> Found:
    actual = converged(case)
    inside: tuple[Address, ...] = ()
    if case.context.release.is_solaris10 and case.vserver.ip_type == "exclusive":
        legs = [resource.properties["physical"] for resource in actual.configs[case.vserver.name].of_kind("net")]
        pairs = zip(legs, case.vserver.networks, strict=True)
        inside = tuple(Address(str(leg), str(attachment.address)) for leg, attachment in pairs)
    return Found(actual.zones, actual.pools, actual.zfs, actual.configs, {case.vserver.name: inside})


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_was_gathered_and_deployed_changes_nothing(case: Case) -> None:
    name, found = case.vserver.name, found_of(case)
    variables, problems = gathered.variables(name, found, case.context.networks)
    assert problems == []
    assert gathered.changes(name, variables, found, case.context) == []
    again = declaration.vserver(name, {"compute_pool": "production", **variables}, case.context.networks, {})
    assert planner.plan(Wanted(again, "running"), converged(case), case.context).steps == ()


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_variables_are_plain_values(case: Case) -> None:
    def plain(value: Any) -> bool:
        if isinstance(value, dict):
            return all(isinstance(key, str) and plain(inner) for key, inner in value.items())
        return all(plain(inner) for inner in value) if isinstance(value, list) else value is None or type(value) in (str, int, float, bool)

    assert plain(gathered.variables(case.vserver.name, found_of(case), case.context.networks)[0])


def test_the_variables_of_web1() -> None:
    actual = deployed()
    variables, problems = gathered.variables("web1", Found(actual.zones, actual.pools, actual.zfs, actual.configs), KNOWN)
    assert problems == []
    assert variables == {
        "brand": "solaris",
        "ip_type": "exclusive",
        "autoboot": False,
        "filesystems": [
            {"type": "root", "dataset": "web1"},
            {"type": "data", "dataset": "web1", "mountpoint": "/srv/www", "size": 5 << 30},
        ],
        "datasets": [{"name": "web1", "layout": "mirror", "luns": [LUNS["lun1"], LUNS["lun2"]]}],
        "networks": [{"network": "management", "address": "10.40.0.51"}, {"network": "public", "address": "10.41.0.51"}],
        "resources": {"memory": 4 << 30},
    }


def _web1(config: ZoneConfig | None = None, **changes: Any) -> Found:
    actual = deployed()
    have = config or actual.configs["web1"]
    return replace(Found(actual.zones, actual.pools, actual.zfs, {"web1": have}), **changes)


def _with(*resources: ZoneResource, without: str = "", **properties: str) -> ZoneConfig:
    have = deployed().configs["web1"]
    kept = tuple(resource for resource in have.resources if resource.kind != without)
    return ZoneConfig({**have.properties, **properties}, (*kept, *resources))


def _rctl(name: str, value: str) -> ZoneResource:
    return ZoneResource("rctl", {"name": name, "value": (value,)})


def _net(**properties: str | tuple[str, ...]) -> ZoneConfig:
    plain = {key.replace("_", "-"): value for key, value in properties.items()}
    return _with(ZoneResource("anet" if "linkname" in plain else "net", plain), without="anet")


BIG = {"web1": Pool("web1", "ONLINE", (Vdev("raidz1-0", "raidz1", "ONLINE", (Vdev("c1t0d0", "disk"), Vdev("c1t1d0", "disk"))),))}


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (_web1(_with(brand="solaris-kz")), "brand solaris-kz"),
        (_web1(_with(limitpriv="default,dtrace_proc")), "limitpriv default,dtrace_proc"),
        (_web1(_with(bootargs="-m verbose")), "bootargs -m verbose"),
        (_web1(_with(ZoneResource("attr", {"name": "n"}))), "attr n"),
        (_web1(_with(ZoneResource("dataset", {"name": "web1/more"}))), "resource dataset"),
        (_web1(_with(_rctl("zone.max-lofs", "(priv=privileged,limit=500,action=deny)"))), "resource control zone.max-lofs"),
        (_web1(_with(ZoneResource("dedicated-cpu", {"cores": "1"}))), "dedicated-cpu with cores"),
        (_web1(_with(_rctl("zone.cpu-cap", "(priv=privileged,limit=50,action=none)"))), "resource control zone.cpu-cap"),
        (_web1(_with(ZoneResource("fs", {"dir": "/u", "special": "/dev/dsk/c1t0d0s6", "type": "ufs"}))), "file system /u of type ufs"),
        (_web1(zfs={}), "zone path /zones/web1 is no ZFS file system of its own"),
        (_web1(zfs={"web1/a/b": zfs("web1/a/b", "/zones/web1")}), "file system web1/a/b (ours are POOL/NAME)"),
        (_web1(pools={}), "dataset web1 (zpool status does not show it)"),
        (_web1(pools=BIG), "dataset web1 on c1t1d0, which tells no GUID"),
        (_web1(pools=BIG), "dataset web1 of layout raidz1"),
        (_web1(_net(linkname="net0")), "address of net0 (it is kept inside the zone)"),
        (_web1(_net(address="www.example.org", physical="net0")), "address www.example.org of net0 (it is a name)"),
        (_web1(_net(address="192.0.2.7/24", physical="net0")), "address 192.0.2.7/24 of net0 (in no network of heliostat_networks)"),
        (_web1(_net(linkname="net0", allowed_address=("10.41.0.51/24", "10.41.0.52/24"))), "further address 10.41.0.52/24 of net0"),
        (
            _web1(_net(linkname="net0", allowed_address=("10.41.0.51/24",), vlan_id="7")),
            "address 10.41.0.51/24 of net0 (in no network of heliostat_networks with VLAN 7)",
        ),
        (
            _web1(zones={"web1": ZoneStatus("web1", "running", "/rpool/web1", brand="solaris", ip_type="exclusive")}),
            "zone path /rpool/web1 (ours is /zones/web1)",
        ),
    ],
)
def test_what_cannot_be_said_is_told(found: Found, problem: str) -> None:
    assert problem in gathered.variables("web1", found, KNOWN)[1]


@pytest.mark.parametrize(
    ("config", "change"),
    [
        (_net(linkname="net0", lower_link="net7", allowed_address=("10.41.0.51/24",)), r"lower-link: net7 → net1"),
        (_net(linkname="net0", lower_link="net1", allowed_address=("10.41.0.51/24",)), r"defrouter: unset → 10\.41\.0\.1"),
        (_with(autoboot="true"), None),
    ],
)
def test_what_can_be_said_but_would_change_something_is_told_as_well(config: ZoneConfig, change: str | None) -> None:
    found = _web1(config)
    variables, problems = gathered.variables("web1", found, KNOWN)
    assert problems == []
    told = gathered.changes("web1", variables, found, context())
    assert (told == []) if change is None else pytest.importorskip("re").search(change, " ".join(told))


def test_a_link_of_the_node_that_solaris_10_names_with_its_vlan() -> None:
    declared = vserver(brand="native", networks=[{"network": "customers", "address": "10.43.20.51"}])
    case = Case({}, declared, context(S10))
    variables, problems = gathered.variables("web1", found_of(case), KNOWN)
    assert (variables["networks"], problems) == ([{"network": "customers", "address": "10.43.20.51", "link": "igb1"}], [])


FIRST = {
    "zones": Output(0, "0:global:running:/::native:shared\n1:web1:running:/zones/web1:f1d6b0a4-ad31-4c37-a1fb-1f3a5e8a1d1c:native:excl\n"),
    "pools": Output(0, "no pools available\n"),
    "virtual disks": Output(0, "channel-devices, instance #0\n"),
    "zfs": Output(0, "web1/zone\tmountpoint\t/zones/web1\tlocal\nweb1/zone\tquota\t0\tdefault\nweb1/zone\tmounted\tyes\t-\n"),
}


LIVE = {"live web1": prctl.controls("web1"), "rcapd": rcapadm.state(), "caps": rcapadm.report(), "sets": pools.active()}


def test_two_round_trips_ask_for_all_there_is() -> None:
    assert gathered.first_look() == {
        "zones": zoneadm.list_zones(),
        "pools": zpool.status(),
        "virtual disks": virtual_disks.probe(),
        "zfs": Command.of("zfs", "get", "-Hp", "-o", "name,property,value,source", "mountpoint,quota,mounted"),
    }
    found = gathered.read_first(FIRST)
    assert set(found.zones) == {"web1"}
    assert gathered.second_look(found, None, solaris10=True) == {
        "config web1": zonecfg.export("web1"),
        "inside web1": zlogin.run_in("web1", ifconfig.probes()["ifconfig"]),
        **LIVE,
    }
    assert set(gathered.second_look(found, None, solaris10=False)) == {"config web1", *LIVE}
    assert gathered.second_look(found, frozenset({"db1"}), solaris10=True) == {}


@pytest.mark.parametrize("name", ["zones", "pools", "zfs"])
def test_a_list_that_failed_is_no_empty_list(name: str) -> None:
    with pytest.raises(CommandFailed, match=f"looking at {name} failed with exit code 1: permission denied"):
        gathered.read_first(FIRST | {name: Output(1, "", "permission denied\n")})


def test_a_node_without_zfs_has_none() -> None:
    assert gathered.read_first(FIRST | {"zfs": Output(1, "", "no datasets available\n")}).zfs == {}


def test_a_configuration_that_cannot_be_read_is_a_failure_and_addresses_are_not() -> None:
    found = gathered.read_first(FIRST)
    export = Output(0, "create -b\nset zonepath=/zones/web1\nset autoboot=true\nadd net\nset physical=igb3\nend\n")
    with pytest.raises(CommandFailed, match=r"zone web1: its configuration cannot be read \(exit 1: web1: Permission denied\)"):
        gathered.read_second(found, {"config web1": Output(1, "", "web1: Permission denied\n")})
    read = gathered.read_second(found, {"config web1": export, "inside web1": Output(1, "", "zlogin: login allowed only to running zones")})
    assert read.configs["web1"].properties["ip-type"] == "exclusive", "zoneadm tells what an export leaves out"
    assert gathered.variables("web1", read, KNOWN)[0]["networks"] == [{"link": "igb3"}]
    told = "igb3: flags=1000843<UP,RUNNING,IPv4> mtu 1500 index 2\n\tinet 10.41.0.62 netmask ffffff00 broadcast 10.41.0.255\n"
    read = gathered.read_second(found, {"config web1": export, "inside web1": Output(0, told)})
    assert gathered.variables("web1", read, KNOWN)[0]["networks"] == [{"network": "public", "address": "10.41.0.62", "link": "igb3"}]


def test_s11_is_not_asked_inside_its_zones() -> None:
    assert not any(key.startswith("inside") for key in gathered.second_look(gathered.read_first(FIRST), None, S11.is_solaris10))
