# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A changed declaration of a vServer: what is done, what becomes of every property, what is refused; by release, state and option."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.mount import Mount
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import changing, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.change import means
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.changing import Change
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import change as words
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.change import LIVE, STORED, WAITS, Impossible, final
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Address
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .declared import Case, cases
from .estate import S10, context, vserver

DATA = {"type": "data", "dataset": "web1", "mountpoint": "/srv/www", "size": "5G"}
MORE = {"type": "data", "dataset": "web1", "mountpoint": "/srv/more"}
INSIDE = {"type": "data", "dataset": "web1", "mountpoint": "/srv/more/inside"}
SHARED = {"type": "lofs", "source": "/export/shared", "mountpoint": "/shared", "options": ["ro"]}
MANAGEMENT = {"network": "management", "address": "10.40.0.51"}
PUBLIC = {"network": "public", "address": "10.41.0.51"}


def made(solaris10: bool = False, filesystems: Any = (DATA,), networks: Any = (MANAGEMENT, PUBLIC), **options: Any) -> VServer:
    if solaris10:
        options = {"brand": "native", "ip_type": "shared", **options}
    root = {"type": "root", "dataset": "web1"}
    return vserver(filesystems=[root, *filesystems], networks=list(networks), **options)


def node(stored: VServer, runs: VServer, state: str = "running", solaris10: bool = False, **seen: Any) -> NodeActual:
    """A node whose zone has one configuration and runs with another."""
    where = context(S10) if solaris10 else context()
    status = ZoneStatus("web1", state, "/zones/web1", brand=stored.brand, ip_type=stored.ip_type)
    actual = NodeActual(
        zones={"web1": status},
        pools={"web1": Pool("web1", "ONLINE")},
        configs={"web1": zone_definition.wanted(stored, where)},
        complete=True,
    )
    if state == "running" and not solaris10:
        actual = replace(actual, live={"web1": zone_definition.wanted(runs, where)})
    if solaris10:
        actual = replace(actual, mounts=tuple(mounts(runs)), addresses=tuple(addresses(runs)))
    return replace(actual, **seen)


def mounts(runs: VServer) -> list[Mount]:
    """As mount(1M) of the global zone shows a running zone of Solaris 10, what it mounted itself included."""
    root, at, date = "/zones/web1/root", "read/write/setuid/devices/zone=web1", "Mon Nov  2 03:04:05 2026"
    own = [
        Mount(f"{root}/proc", "proc", at, date),
        Mount(f"{root}/dev", "/zones/web1/dev", at, date),
        Mount(f"{root}/tmp", "swap", at, date),
    ]
    own.append(Mount(f"{root}/loop", f"{root}/srv", at, date))
    for one in runs.filesystems:
        if one.type != "root":
            special = one.source if one.type == "lofs" else one.zfs
            own.append(Mount(root + one.mountpoint, special, "read only/setuid" if "ro" in one.options else at, date))
    return own


def addresses(runs: VServer) -> list[Address]:
    legs = [Address(context(S10).links[leg.network], str(leg.address), zone="web1") for leg in runs.networks if leg.network != "customers"]  # type: ignore[index]
    return [Address("lo0", "127.0.0.1/8", zone="web1"), Address("igb0", "10.40.0.14/24"), *legs]


def change(wanted: VServer, actual: NodeActual, apply: words.Apply = "now", solaris10: bool = False, **options: Any) -> Change:
    where = context(S10) if solaris10 else context()
    return changing.change(wanted, apply, actual, where, stops=options.pop("stops", False), force=options.pop("force", False))


def steps(found: Change) -> list[str]:
    return [shell.show(step.command) for step in found.steps]


CONFIGURE, APPLY = "zonecfg -z web1 -f <zonecfg>", "zoneadm -z web1 apply"


def test_a_file_system_comes_now_or_at_the_next_boot() -> None:
    before, after = made(), made(filesystems=[DATA, MORE])
    now = change(after, node(before, before))
    assert (steps(now), now.outcomes) == ([CONFIGURE, APPLY], {"fs[dir=/srv/more]": LIVE})
    assert now.warnings == []
    later = change(after, node(before, before), "next_boot")
    assert (steps(later), later.outcomes) == ([CONFIGURE], {"fs[dir=/srv/more]": WAITS})
    assert later.warnings == [
        "vServer web1 is running: takes effect at the next boot: fs[dir=/srv/more] (apply: now would bring it fs[dir=/srv/more])"
    ]


def test_what_waits_is_said_again_and_can_still_be_applied() -> None:
    """A run that stopped between zonecfg and apply, or one with next_boot."""
    before, after = made(), made(filesystems=[DATA, MORE])
    again = change(after, node(after, before), "next_boot")
    assert (steps(again), again.outcomes) == ([], {"fs[dir=/srv/more]": WAITS})
    assert len(again.warnings) == 1
    now = change(after, node(after, before))
    assert (steps(now), now.outcomes) == ([APPLY], {"fs[dir=/srv/more]": LIVE})
    assert change(after, node(after, after)) == Change(runs=now.runs)


@pytest.mark.parametrize("state", ["configured", "installed"])
@pytest.mark.parametrize("apply", ["now", "next_boot"])
def test_a_stopped_zone_is_told_and_that_is_all(state: str, apply: words.Apply) -> None:
    before, after = made(), made(filesystems=[DATA, MORE], networks=[MANAGEMENT], autoboot=True)
    found = change(after, node(before, before, state), apply)
    assert steps(found) == [CONFIGURE]
    assert set(found.outcomes.values()) == {STORED}
    assert found.warnings == []
    assert change(after, node(before, before), apply, stops=True).outcomes == found.outcomes, "it is about to be shut down"


def test_a_new_anet_comes_without_what_apply_passes_over() -> None:
    before, after = made(networks=[MANAGEMENT]), made()
    found = change(after, node(before, before))
    path = "anet[linkname=net1]"
    assert steps(found) == [CONFIGURE, APPLY]
    kept = {f"{path}.allowed-address": WAITS, f"{path}.defrouter": WAITS, "anet[linkname=net0].defrouter": WAITS}
    assert found.outcomes == {path: LIVE, **kept}, "the default router is the public network's"
    later = change(after, node(before, before), "next_boot")
    assert later.outcomes[path] == WAITS
    assert f"{path}.allowed-address" not in later.outcomes, "it waits as a whole"


def test_autoboot_only_tells_of_the_next_boot() -> None:
    found = change(made(autoboot=True), node(made(), made()))
    assert (steps(found), found.outcomes, found.warnings) == ([CONFIGURE], {"autoboot": STORED}, [])


@pytest.mark.parametrize(("have", "path"), [({"brand": "solaris10", "archive": "/a.flar"}, "brand"), ({"ip_type": "shared"}, "ip-type")])
@pytest.mark.parametrize("state", ["installed", "running"])
@pytest.mark.parametrize("apply", ["now", "next_boot"])
def test_what_an_installed_zone_keeps_is_impossible(have: dict[str, Any], path: str, state: str, apply: words.Apply) -> None:
    former = made(networks=[MANAGEMENT], **have)
    with pytest.raises(Impossible, match=f"web1: {path} is .*remove and deploy it anew") as caught:
        change(made(networks=[MANAGEMENT]), node(former, former, state), apply)
    assert caught.value.outcomes == {path: "impossible: an installed zone keeps it"}


@pytest.mark.parametrize("solaris10", [False, True])
def test_the_management_address_is_not_cut_off(solaris10: bool) -> None:
    before, after = made(solaris10), made(solaris10, networks=[PUBLIC])
    have = node(before, before, solaris10=solaris10)
    with pytest.raises(Impossible, match=r"10\.40\.0\.51 in management network management would be cut off while it runs") as caught:
        change(after, have, solaris10=solaris10)
    assert list(caught.value.outcomes.values()) == [
        "impossible: 10.40.0.51 in management network management would be cut off while it runs"
    ]
    assert len(steps(change(after, have, solaris10=solaris10, force=True))) > 1
    assert steps(change(after, have, "next_boot", solaris10=solaris10)) == [CONFIGURE]


@pytest.mark.parametrize("solaris10", [False, True])
def test_a_file_system_in_use_stays(solaris10: bool) -> None:
    before, after = made(solaris10), made(solaris10, filesystems=[])
    have = node(before, before, solaris10=solaris10, in_use={"/zones/web1/root/srv/www": (1234, 99)})
    with pytest.raises(Impossible, match=r"file system /srv/www is in use by processes 1234, 99.*'fuser -c /zones/web1/root/srv/www'"):
        change(after, have, solaris10=solaris10, force=True)
    assert change(after, have, "next_boot", solaris10=solaris10).outcomes == {"fs[dir=/srv/www]": WAITS}


def test_an_address_that_somebody_has_is_refused_for_an_existing_vserver() -> None:
    before, after = made(networks=[MANAGEMENT]), made()
    asked = changing.probes(after, "next_boot", node(before, before), context(), stops=False)
    assert list(asked) == ["ping 10.41.0.51"], "the one that it has answers itself"
    with pytest.raises(Refused, match=r"address 10\.41\.0\.51 already answers in network public"):
        change(after, node(before, before, answering=frozenset({"10.41.0.51"})), "next_boot")
    assert changing.probes(after, "now", node(after, after), context(), stops=False) == {}


def test_a_release_without_live_configuration_waits() -> None:
    before, after = made(), made(filesystems=[DATA, MORE])
    eleven = replace(context(), release=replace(context().release, family="s11.1"))
    have = replace(node(before, before), live={})
    found = changing.change(after, "now", have, eleven, stops=False, force=False)
    assert (steps(found), found.outcomes) == ([CONFIGURE], {"fs[dir=/srv/more]": WAITS})
    assert changing.first_look([after], eleven) == {}


def test_what_cannot_be_read_of_a_running_zone_is_said() -> None:
    before, after = made(), made(filesystems=[DATA, MORE])
    have = replace(node(before, before), live={}, unseen={"web1": "zonecfg: permission denied"})
    found = change(after, have)
    assert (steps(found), found.outcomes) == ([CONFIGURE], {"fs[dir=/srv/more]": WAITS})
    assert "cannot be seen" in found.warnings[1] and "permission denied" in found.warnings[1]


ROOT = "/zones/web1/root"


def test_solaris10_mounts_and_unmounts_by_hand() -> None:
    before, after = made(True), made(True, filesystems=[MORE, SHARED])
    have = node(before, before, solaris10=True, folders={f"{ROOT}/srv": "d", f"{ROOT}/shared": "d"})
    found = change(after, have, solaris10=True)
    assert steps(found) == [
        CONFIGURE,
        f"umount {ROOT}/srv/www",
        f"mkdir -p {ROOT}/srv/more",
        f"mount -F zfs web1/srv_more {ROOT}/srv/more",
        f"mount -F lofs -o ro /export/shared {ROOT}/shared",
    ]
    assert found.outcomes == {"fs[dir=/srv/www]": LIVE, "fs[dir=/srv/more]": LIVE, "fs[dir=/shared]": LIVE}
    asked = changing.probes(after, "now", have, context(S10), stops=False)
    assert [shell.show(command) for command in asked.values()] == [
        f"fuser -c {ROOT}/srv/www",
        f"ls -ld {ROOT}/srv {ROOT}/srv/more {ROOT}/shared",
    ]


def test_solaris10_sees_what_waits() -> None:
    before, after = made(True), made(True, filesystems=[SHARED], networks=[MANAGEMENT])
    found = change(after, node(after, before, solaris10=True), "next_boot", solaris10=True)
    assert steps(found) == []
    assert found.outcomes == {"fs[dir=/srv/www]": WAITS, "fs[dir=/shared]": WAITS, "net[physical=igb1,address=10.41.0.51/24]": WAITS}
    assert change(after, node(after, after, solaris10=True), "next_boot", solaris10=True).outcomes == {}


def test_solaris10_addresses_come_and_go_by_hand() -> None:
    other = {"network": "public", "address": "10.41.0.52"}
    before, after = made(True), made(True, networks=[MANAGEMENT, other])
    found = change(after, node(before, before, solaris10=True), solaris10=True)
    assert steps(found) == [
        CONFIGURE,
        "ifconfig igb1 removeif 10.41.0.51",
        "ifconfig igb1 addif 10.41.0.52/24 broadcast + zone web1 up",
    ]
    new = "net[physical=igb1,address=10.41.0.52/24]"
    assert found.outcomes[new] == LIVE
    moved = [replace(one, interface="igb9") if one.interface == "igb1" else one for one in addresses(after)]
    after_failover = replace(node(after, after, solaris10=True), addresses=tuple(moved))
    assert change(after, after_failover, solaris10=True).steps == [], "IPMP may have moved it"


def test_solaris10_exclusive_links_wait() -> None:
    legs = [{"network": "public", "address": "10.41.0.51", "link": "igb3"}]
    before = made(True, networks=legs, ip_type="exclusive")
    after = made(True, networks=[*legs, {"network": "customers", "address": "10.43.20.51", "link": "igb2"}], ip_type="exclusive")
    found = change(after, node(before, before, solaris10=True), solaris10=True)
    assert (steps(found), found.outcomes) == ([CONFIGURE], {"net[physical=igb120002]": WAITS})


def test_solaris10_does_not_follow_links_made_inside_the_zone() -> None:
    before, after = made(True, filesystems=[]), made(True)
    have = node(before, before, solaris10=True, folders={f"{ROOT}/srv": "l"})
    with pytest.raises(Impossible, match=f"{ROOT}/srv is a link, so a mount from the node could land elsewhere"):
        change(after, have, solaris10=True)


def test_solaris10_mounts_what_lies_inside_another_one_after_it() -> None:
    before, after = made(True, filesystems=[]), made(True, filesystems=[INSIDE, MORE])
    found = change(after, node(before, before, solaris10=True), solaris10=True)
    assert found.again
    assert steps(found)[-1] == f"mount -F zfs web1/srv_more {ROOT}/srv/more"
    half = node(after, made(True, filesystems=[MORE]), solaris10=True, folders={f"{ROOT}/srv/more": "l"})
    assert steps(change(after, half, solaris10=True))[-1] == f"mount -F zfs web1/srv_more_inside {ROOT}/srv/more/inside"
    assert not change(after, half, solaris10=True).again
    gone = change(before, node(before, after, solaris10=True), solaris10=True)
    assert [step.rpartition("/")[2] for step in steps(gone)] == ["inside", "more"], "deepest first"


@given(cases())
@settings(max_examples=60, deadline=None)
def test_a_running_zone_that_is_as_declared_has_nothing_waiting(case: Case) -> None:
    want = zone_definition.wanted(case.vserver, case.context)
    able = means.means(case.context.release, case.vserver)
    assert zonecfg.differences(want, means.reached(want, want, able)) == ()


@given(cases(), cases())
@settings(max_examples=60, deadline=None)
def test_applying_twice_brings_no_more_than_applying_once(first: Case, second: Case) -> None:
    if first.context.release != second.context.release:
        return
    live, want = (zone_definition.wanted(case.vserver, case.context) for case in (first, second))
    able = means.means(second.context.release, second.vserver)
    once = means.reached(live, want, able)
    assert zonecfg.differences(once, means.reached(once, want, able)) == ()


def test_what_was_promised_and_is_not_there_waits() -> None:
    assert final({"a": LIVE, "b": WAITS}, {"a": LIVE}, check=False) == {"a": WAITS, "b": WAITS}
    assert final({"a": LIVE}, {"a": LIVE}, check=True) == {"a": LIVE}
    assert final({"a": LIVE}, {}, check=False) == {"a": LIVE}


@given(cases().filter(lambda case: case.context.release.is_solaris10 and case.vserver.ip_type == "shared"))
@settings(max_examples=40, deadline=None)
def test_mounts_and_addresses_of_solaris10_tell_what_a_zone_runs_with(case: Case) -> None:
    vserver, want = case.vserver, zone_definition.wanted(case.vserver, case.context)
    shown = [
        Mount(
            f"{vserver.zonepath}/root{one.mountpoint}",
            one.source if one.type == "lofs" else one.zfs,
            "/".join(["read only" if "ro" in one.options else "read/write", "setuid", f"zone={vserver.name}"]),
            "Mon Nov  2 03:04:05 2026",
        )
        for one in vserver.filesystems
        if one.type != "root"
    ]
    legs = [Address(str(net.properties["physical"]), str(net.properties["address"]), zone=vserver.name) for net in want.of_kind("net")]
    actual = NodeActual(
        zones={vserver.name: ZoneStatus(vserver.name, "running", vserver.zonepath)},
        pools={dataset.name: Pool(dataset.name, "ONLINE") for dataset in vserver.datasets},
        configs={vserver.name: want},
        mounts=tuple(shown),
        addresses=tuple(legs),
    )
    found = changing.change(vserver, "now", actual, case.context, stops=False, force=False)
    assert (found.steps, found.outcomes) == ([], {})
    empty = replace(actual, mounts=(), addresses=())
    missing = changing.change(vserver, "next_boot", empty, case.context, stops=False, force=False)
    assert len(missing.outcomes) == len(shown) + len(legs)
    assert set(missing.outcomes.values()) == {WAITS}


def test_a_network_that_goes_leaves_the_others_their_names() -> None:
    legs = [MANAGEMENT, PUBLIC, {"network": "customers", "address": "10.43.20.51"}]
    before, after = made(networks=legs), made(networks=[legs[0], legs[2]])
    found = change(after, node(before, before))
    assert {path for path in found.outcomes if not path.endswith("defrouter")} == {"anet[linkname=net1]"}
    script = found.steps[0].command.argv[-1]
    assert "remove anet linkname=net1" in script.content and "net2" not in script.content  # type: ignore[union-attr]
    again = change(before, node(after, after))
    assert "anet[linkname=net2]" in again.outcomes, "the first name that is free: customers is net1 there"
    moved = made(networks=[MANAGEMENT, {"network": "public", "address": "10.41.0.99"}])
    assert list(change(moved, node(made(), made())).outcomes) == ["anet[linkname=net1].allowed-address"]


@given(cases().filter(lambda case: not case.context.release.is_solaris10))
@settings(max_examples=40, deadline=None)
def test_a_zone_that_is_as_declared_keeps_its_link_names(case: Case) -> None:
    want = zone_definition.wanted(case.vserver, case.context)
    status = ZoneStatus(case.vserver.name, "running", case.vserver.zonepath)
    actual = NodeActual(zones={case.vserver.name: status}, pools={}, configs={case.vserver.name: want})
    assert zone_definition.wanted_of(case.vserver, actual, case.context) == want
