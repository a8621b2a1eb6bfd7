# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations change: now or at the next boot, in a running vServer or a stopped one, on every release. What is promised is there."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from .world import Row, World, until

pytestmark = pytest.mark.campaign("file")

LIVE, STORED, WAITS = "applied live", "applied", "waits for reboot"
CASES = [("web1", "t8a"), ("mon1", "t5a"), ("ledger1", "t4a")]


def task(name: str, **options: Any) -> dict[str, Any]:
    return {"heliostat.vdc.vserver": {"name": name, **options}, "ignore_errors": True}


def change(world: World, node: str, name: str, declared: dict[str, Any], **options: Any) -> list[Row]:
    """Announced, carried out, and asked for again."""
    world.declare(name, declared)
    call = task(name, **options)
    run = world.play(world.book(node, [{**call, "check_mode": True}, call, call]))
    assert len(run.rows) == 3, run.output
    return run.rows


def with_filesystem(declared: dict[str, Any], **filesystem: Any) -> dict[str, Any]:
    new = copy.deepcopy(declared)
    new["filesystems"].append({"type": "data", "dataset": new["datasets"][0]["name"], **filesystem})
    return new


def live(world: World, node: str, name: str, kind: str) -> list[dict[str, Any]]:
    """What the zone lives with, by the lab's truth."""
    zone = world.zone(node, name)
    assert zone is not None
    config = zone["config"] if zone["live"] is None else zone["live"]
    return [item for item in config["resources"] if item["kind"] == kind]


def folders(world: World, node: str, name: str) -> list[str]:
    return [item["dir"] for item in live(world, node, name, "fs")]


def addresses(world: World, node: str, name: str) -> list[str]:
    return [one["address"] for one in world.lab.truth(node)["addresses"] if one["zone"] == name]


def announced(check: Row, run: Row) -> None:
    assert check.status == run.status == "ok", run.message
    assert check.plan == run.plan
    assert check.result["outcomes"] == run.result["outcomes"]
    assert check.result["after"] == run.result["after"]


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "node"), CASES)
def test_a_file_system_comes_and_goes_while_the_vserver_runs(world: World, name: str, node: str) -> None:
    before = world.declared(name)
    after = with_filesystem(before, mountpoint="/u02", size="1G")
    assert world.task(node, "vserver", name=name).status == "ok"

    check, run, again = change(world, node, name, after)
    announced(check, run)
    assert run.result["outcomes"][name] == again.result["outcomes"][name] == {"fs[dir=/u02]": WAITS}
    assert not again.changed
    assert any("takes effect at the next boot: fs[dir=/u02]" in warning for warning in again.result["warnings"])
    assert "/u02" not in folders(world, node, name)

    check, run, again = change(world, node, name, after, apply="now")
    announced(check, run)
    assert run.result["outcomes"][name] == {"fs[dir=/u02]": LIVE}
    assert (again.changed, again.plan, again.result["outcomes"]) == (False, [], {})
    assert "/u02" in folders(world, node, name)

    check, run, again = change(world, node, name, before, apply="now")
    announced(check, run)
    assert run.result["outcomes"][name] == {"fs[dir=/u02]": LIVE}
    assert not again.changed
    assert "/u02" not in folders(world, node, name)
    zone = world.zone(node, name)
    assert zone is not None
    assert zone["state"] == "running"


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "node"), CASES)
@pytest.mark.parametrize("state", ["defined", "installed"])
@pytest.mark.parametrize("apply", ["now", "next_boot"])
def test_a_stopped_vserver_is_told_and_boots_with_it(world: World, name: str, node: str, state: str, apply: str) -> None:
    after = with_filesystem(world.declared(name), mountpoint="/u02")
    after["resources"]["memory"] = "3G"
    assert world.task(node, "vserver", name=name, state=state).status == "ok"
    check, run, again = change(world, node, name, after, state=state, apply=apply)
    announced(check, run)
    assert set(run.result["outcomes"][name].values()) == {STORED}
    assert (again.changed, again.result["outcomes"]) == (False, {})
    if state == "installed" and apply == "now":
        booted = world.task(node, "vserver", name=name)
        assert booted.result["outcomes"] == {}
        assert "/u02" in folders(world, node, name)


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "node"), CASES)
def test_resources_change_while_the_vserver_runs(world: World, name: str, node: str) -> None:
    before = world.declared(name)
    before["resources"] = {"swap": "4G"}
    world.declare(name, before)
    after = copy.deepcopy(before)
    after["resources"]["swap"] = "5G"
    assert world.task(node, "vserver", name=name).status == "ok"
    check, run, again = change(world, node, name, after)
    announced(check, run)
    assert run.result["outcomes"][name] == again.result["outcomes"][name] == {"capped-memory.swap": WAITS}
    assert not again.changed
    assert world.lab.truth(node)["zones"][name]["limits"]["zone.max-swap"][0][0] == 4 << 30
    check, run, again = change(world, node, name, after, apply="now")
    announced(check, run)
    assert run.result["outcomes"][name] == {"capped-memory.swap": LIVE}
    assert (again.changed, again.result["outcomes"]) == (False, {})
    assert world.lab.truth(node)["zones"][name]["limits"]["zone.max-swap"][0][0] == 5 << 30


def test_a_shared_address_comes_and_goes_on_solaris10(world: World) -> None:
    before = world.declared("ledger1")
    only = {**before, "networks": before["networks"][:1]}
    world.declare("ledger1", only)
    assert world.task("t4a", "vserver", name="ledger1").status == "ok"
    check, run, again = change(world, "t4a", "ledger1", before, apply="now")
    announced(check, run)
    new = "net[physical=igb1,address=10.41.0.61/24]"
    assert run.result["outcomes"]["ledger1"] == {new: LIVE, f"{new}.defrouter": WAITS, **_router(run)}
    assert not again.changed
    assert addresses(world, "t4a", "ledger1") == ["10.40.0.61/24", "10.41.0.61/24"]
    check, run, again = change(world, "t4a", "ledger1", only, apply="now")
    announced(check, run)
    assert run.result["outcomes"]["ledger1"][new] == LIVE
    assert addresses(world, "t4a", "ledger1") == ["10.40.0.61/24"]
    assert [one["address"] for one in world.lab.truth("t4a")["addresses"] if one["zone"] is None] == ["10.40.0.14/24", "10.41.0.14/24"]


def _router(run: Row) -> dict[str, str]:
    """The default router goes from one network to the other."""
    other = "net[physical=igb0,address=10.40.0.61/24].defrouter"
    return {other: WAITS} if other in run.result["outcomes"]["ledger1"] else {}


def test_an_anet_comes_without_its_address_and_says_so(world: World) -> None:
    before = world.declared("mon1")
    after = {**before, "networks": [*before["networks"], {"network": "backup", "address": "10.42.0.55"}]}
    assert world.task("t5a", "vserver", name="mon1").status == "ok"
    check, run, again = change(world, "t5a", "mon1", after, apply="now")
    announced(check, run)
    outcomes = run.result["outcomes"]["mon1"]
    assert (outcomes["anet[linkname=net1]"], outcomes["anet[linkname=net1].allowed-address"]) == (LIVE, WAITS)
    assert not again.changed
    assert again.result["outcomes"]["mon1"]["anet[linkname=net1].allowed-address"] == WAITS
    assert [item["linkname"] for item in live(world, "t5a", "mon1", "anet")] == ["net0", "net1"]
    rebooted = world.many("t5a", [("vserver", {"name": "mon1", "state": "halted"}), ("vserver", {"name": "mon1"})])
    assert [row.result["outcomes"] for row in rebooted] == [{}, {}]
    assert "10.42.0.55/24" in addresses(world, "t5a", "mon1")


@pytest.mark.parametrize(("name", "node"), [("mon1", "t5a"), ("ledger1", "t4a")])
def test_the_management_address_is_cut_off_by_force_only(world: World, name: str, node: str) -> None:
    before = world.declared(name)
    public = {"network": "public", "address": "10.41.0.77"}
    after = {**before, "networks": [public]}
    assert world.task(node, "vserver", name=name).status == "ok"
    had = addresses(world, node, name)
    check, run, again = change(world, node, name, after, apply="now")
    for row in (check, run, again):
        assert row.status == "failed"
        assert "in management network management would be cut off while it runs" in row.message
        assert any(word.startswith("impossible: ") for word in row.result["outcomes"][name].values())
    assert addresses(world, node, name) == had
    assert not world.since(world.began, "apply") and not world.since(world.began, "removeif")


@pytest.mark.parametrize(("name", "node"), [("web1", "t8a"), ("ledger1", "t4a")])
def test_a_file_system_in_use_is_not_taken_away(world: World, name: str, node: str) -> None:
    before = world.declared(name)
    place = before["filesystems"][1]["mountpoint"]
    after = {**before, "filesystems": before["filesystems"][:1]}
    assert world.task(node, "vserver", name=name).status == "ok"
    world.lab.patch(f"machines/{node}/holders", {f"/zones/{name}/root{place}": [2717]})
    try:
        _check, run, _again = change(world, node, name, after, apply="now")
        assert run.status == "failed"
        assert f"file system {place} is in use by processes 2717" in run.message
        assert f"fuser -c /zones/{name}/root{place}" in run.message
        assert place in folders(world, node, name)
    finally:
        world.lab.patch(f"machines/{node}/holders", {})


@pytest.mark.parametrize("apply", ["now", "next_boot"])
def test_what_an_installed_zone_keeps_is_refused_and_named(world: World, apply: str) -> None:
    before = world.declared("mon1")
    assert world.task("t5a", "vserver", name="mon1", state="installed").status == "ok"
    check, run, _again = change(world, "t5a", "mon1", {**before, "ip_type": "shared"}, state="installed", apply=apply)
    for row in (check, run):
        assert row.status == "failed"
        assert row.result["outcomes"]["mon1"]["ip-type"] == "impossible: an installed zone keeps it"


def test_an_address_that_answers_is_not_added(world: World) -> None:
    before = world.declared("mon1")
    assert world.task("t5a", "vserver", name="mon1").status == "ok"
    world.lab.patch("addresses_in_use", ["10.42.0.55"])
    after = {**before, "networks": [*before["networks"], {"network": "backup", "address": "10.42.0.55"}]}
    _check, run, _again = change(world, "t5a", "mon1", after)
    assert run.status == "failed"
    assert "address 10.42.0.55 already answers in network backup" in run.message


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("name", "node", "step"),
    [
        ("web1", "t8a", r"^zonecfg -z web1 -f"),
        ("web1", "t8a", r"^zoneadm -z web1 apply"),
        ("ledger1", "t4a", r"^zonecfg -z ledger1 -f"),
        ("ledger1", "t4a", r"^mount -F zfs ledger1/u02"),
    ],
)
def test_a_killed_change_is_taken_up_again(world: World, name: str, node: str, step: str) -> None:
    after = with_filesystem(world.declared(name), mountpoint="/u02")
    assert world.task(node, "vserver", name=name).status == "ok"
    world.declare(name, after)
    book = world.book(node, [task(name, apply="now")])
    world.lab.fault(node, "slow", match=step, seconds=300.0, times=1)
    mark = world.mark()
    run = world.start(book)
    until(lambda: not world.lab.faults(), f"{step} never ran")
    run.kill()
    ended = re.compile(step).search
    until(lambda: any(ended(" ".join(row["argv"])) for row in world.since(mark, node=node)), f"{step} never ended")
    again = world.play(book).of("vserver", node)
    assert again.status == "ok", again.message
    assert "/u02" in folders(world, node, name)
    third = world.play(book).of("vserver", node)
    assert (third.changed, third.result["outcomes"]) == (False, {})


@pytest.mark.parametrize(
    ("name", "node", "match", "text", "what"),
    [
        ("web1", "t8a", r"^zoneadm -z web1 apply", "zone 'web1': Applying the changes", "apply configuration to running zone web1"),
        ("ledger1", "t4a", r"^mount -F zfs ledger1/u02", "", "mount ledger1/u02 on /zones/ledger1/root/u02"),
    ],
)
def test_what_says_it_worked_and_did_not_is_never_believed(world: World, name: str, node: str, match: str, text: str, what: str) -> None:
    after = with_filesystem(world.declared(name), mountpoint="/u02")
    assert world.task(node, "vserver", name=name).status == "ok"
    world.lab.fault(node, "fail", match=match, rc=0, text=text, times=1)
    world.declare(name, after)
    row = world.task(node, "vserver", name=name, apply="now")
    assert row.status == "failed"
    assert f"looking again still asks for: {what}" in row.message
    assert row.result["outcomes"][name] == {"fs[dir=/u02]": WAITS}
    assert "/u02" not in folders(world, node, name)
    row = world.task(node, "vserver", name=name, apply="now")
    assert (row.status, row.result["outcomes"][name]) == ("ok", {"fs[dir=/u02]": LIVE})


@pytest.mark.parametrize("apply", ["now", "next_boot"])
def test_a_dataset_that_is_no_longer_declared_is_given_back(world: World, apply: str) -> None:
    before = world.declared("db1")
    after = {**before, "datasets": before["datasets"][:1], "filesystems": before["filesystems"][:1]}
    assert world.task("t8a", "vserver", name="db1").status == "ok"
    check, run, again = change(world, "t8a", "db1", after, apply=apply)
    announced(check, run)
    path = "dataset[name=db1data]"
    pools = {pool["name"]: pool for pool in world.lab.truth()["pools"].values()}
    if apply == "now":
        assert run.steps[-1] == "export dataset db1data"
        assert run.result["outcomes"]["db1"][path] == LIVE
        assert (again.changed, again.result["outcomes"]) == (False, {})
        assert pools["db1data"]["exported"]
    else:
        assert run.result["outcomes"]["db1"][path] == again.result["outcomes"]["db1"][path] == WAITS
        assert not again.changed
        assert not pools["db1data"]["exported"]
        with world.repository() as repository:
            kept = repository.vserver("db1").declared.datasets
            assert [dataset.name for dataset in kept] == ["db1", "db1data"], "its LUNs are still its own"
        halted, booted = world.many("t8a", [("vserver", {"name": "db1", "state": "halted"}), ("vserver", {"name": "db1"})])
        assert halted.steps == ["shut down zone db1", "export dataset db1data"]
        assert not booted.result["outcomes"]
    with world.repository() as repository:
        assert [dataset.name for dataset in repository.vserver("db1").declared.datasets] == ["db1"]
    check, run, again = change(world, "t8a", "db1", before, apply="now")
    announced_again = [warning for warning in check.result["warnings"] if "planned after the import" in warning]
    assert announced_again and run.status == "ok", "its data comes back"
    assert "/u01" in folders(world, "t8a", "db1")
    assert not again.changed


def test_the_playbook_changes_vservers_wherever_they_live(world: World) -> None:
    for name, node in CASES[1:]:
        assert world.task(node, "vserver", name=name).status == "ok"
        world.declare(name, with_filesystem(world.declared(name), mountpoint="/u02"))
    names = [name for name, _node in CASES[1:]]
    run = world.play("heliostat.vdc.vserver_change", variables={"heliostat_vserver_names": names, "heliostat_vserver_apply": "now"})
    assert run.rc == 0, run.output
    assert run.of("vservers").result["outcomes"] == {name: {"fs[dir=/u02]": LIVE} for name in names}
    for name, node in CASES[1:]:
        assert "/u02" in folders(world, node, name)
