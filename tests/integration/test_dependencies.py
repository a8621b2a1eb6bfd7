# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Masters and slaves on several nodes: refused with the chain shown, or the whole chain in order when that is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .chain_world import CHAIN, make, result, run, running, settle, state, states, verbs
from .world import World

ALL = list(CHAIN)


@pytest.fixture(scope="module")
def made(shared: World) -> World:
    make(shared)
    return shared


@pytest.fixture
def chain(made: World) -> Iterator[World]:
    """The chain, all of it down."""
    settle(made, {})
    yield made
    assert made.lab.alarms() == []


def test_a_boot_without_its_masters_is_refused_with_the_chain(chain: World) -> None:
    mark = chain.mark()
    for words in (("--check",), ()):
        row = result(run(chain, "boot", *words, vserver_names=["ledger1"]))
        assert row.status == "failed"
        assert (
            "vServer ledger1 needs web1 (on node t8a: installed), which needs mon1 (on node t5a: installed). It is not booted before its "
            "masters run: boot them first, or say dependencies: follow, which boots the whole chain in order." in row.message
        )
        assert not row.changed
    assert verbs(chain, mark) == []


def test_follow_boots_masters_first_and_stops_slaves_first(chain: World) -> None:
    mark = chain.mark()
    check = run(chain, "boot", "--check", vserver_names=["ledger1"], dependencies="follow")
    assert check.rc == 0, check.output
    assert verbs(chain, mark) == []
    real = run(chain, "boot", vserver_names=["ledger1"], dependencies="follow")
    assert real.rc == 0, real.output
    assert result(check).plan == result(real).plan
    assert [step["node"] for step in result(real).plan] == ["t5a", "t8a", "t4a"], "shown in the order in which it is done"
    assert verbs(chain, mark) == ["boot mon1", "boot web1", "boot ledger1"]
    assert set(states(chain).values()) == {"running"}
    again = result(run(chain, "boot", vserver_names=["ledger1"], dependencies="follow"))
    assert (again.changed, again.plan) == (False, [])

    mark = chain.mark()
    refused = result(run(chain, "shutdown", vserver_names=["mon1"]))
    assert (
        "vServer mon1 is needed by web1 (on node t8a: running), which is needed by ledger1 (on node t4a: running). It is not stopped while "
        "its slaves run: stop them first, or say dependencies: follow, which stops the whole chain in order." in refused.message
    )
    assert verbs(chain, mark) == []
    check = run(chain, "shutdown", "--check", vserver_names=["mon1"], dependencies="follow")
    real = run(chain, "shutdown", vserver_names=["mon1"], dependencies="follow")
    assert real.rc == 0, real.output
    assert result(check).plan == result(real).plan
    assert verbs(chain, mark) == ["init ledger1", "shutdown web1", "shutdown mon1"]
    assert set(states(chain).values()) == {"installed"}
    again = result(run(chain, "shutdown", vserver_names=["mon1"], dependencies="follow"))
    assert (again.changed, again.plan) == (False, [])


def test_those_of_one_task_wait_for_each_other_without_being_asked(chain: World) -> None:
    mark = chain.mark()
    assert run(chain, "boot", vserver_names=ALL).rc == 0
    assert verbs(chain, mark) == ["boot mon1", "boot web1", "boot ledger1"]
    mark = chain.mark()
    assert run(chain, "shutdown", vserver_names=ALL).rc == 0
    assert verbs(chain, mark) == ["init ledger1", "shutdown web1", "shutdown mon1"]


def test_a_reboot_of_a_master_takes_its_slaves_along_or_is_refused(chain: World) -> None:
    settle(chain, running(*ALL))
    mark = chain.mark()
    refused = result(run(chain, "reboot", vserver_names=["web1"]))
    assert "vServer web1 is needed by ledger1 (on node t4a: running). It is not stopped" in refused.message
    assert verbs(chain, mark) == []
    check = run(chain, "reboot", "--check", vserver_names=["web1"], dependencies="follow")
    assert check.rc == 0, check.output
    real = run(chain, "reboot", vserver_names=["web1"], dependencies="follow")
    assert real.rc == 0, real.output
    assert result(check).plan == result(real).plan
    assert verbs(chain, mark) == ["init ledger1", "shutdown web1", "boot web1", "boot ledger1"]
    assert set(states(chain).values()) == {"running"}


def test_nothing_is_rebooted_that_could_not_boot(chain: World) -> None:
    """web1 runs although its master is down: stopping it would be for good."""
    settle(chain, running("web1"))
    mark = chain.mark()
    row = result(run(chain, "reboot", vserver_names=["web1"]))
    assert "vServer web1 needs mon1 (on node t5a: installed)" in row.message
    assert (verbs(chain, mark), state(chain, "web1")) == ([], "running")


def test_a_followed_master_is_not_booted_in_quarantine(chain: World) -> None:
    with chain.repository() as repository:
        repository.flag_node("t8a", quarantine=True, reason="memory errors")
    mark = chain.mark()
    try:
        row = result(run(chain, "boot", vserver_names=["ledger1"], dependencies="follow"))
    finally:
        with chain.repository() as repository:
            repository.flag_node("t8a", quarantine=False)
    assert "vServer web1: node t8a is in quarantine (memory errors)" in row.message
    assert (state(chain, "web1"), state(chain, "ledger1")) == ("installed", "installed")
    assert "boot web1" not in verbs(chain, mark)


def test_a_master_on_a_dead_node_is_unknown_not_down(chain: World) -> None:
    settle(chain, running("web1"))
    chain.lab.power("t8a", "off", wait=True)
    mark = chain.mark()
    row = result(run(chain, "boot", vserver_names=["ledger1", "mon1"]))
    assert "vServer ledger1 needs web1 (on node t8a: unknown, the node does not answer)" in row.message
    assert verbs(chain, mark) == ["boot mon1"]
    row = result(run(chain, "boot", vserver_names=["ledger1"], dependencies="follow"))
    assert "vServer web1: node t8a does not answer. Nothing was changed there." in row.message
    assert "ledger1: not begun, because it comes after web1, which failed" in row.message
    row = result(run(chain, "shutdown", vserver_names=["mon1"]))
    assert "vServer mon1 is needed by web1 (on node t8a: unknown, the node does not answer)" in row.message
    row = result(run(chain, "shutdown", vserver_names=["mon1"], dependencies="follow"))
    assert "mon1: not begun, because it comes after web1, which failed" in row.message
    assert (state(chain, "mon1"), state(chain, "ledger1")) == ("running", "installed")
    info = chain.task("localhost", "dependency_info", names=["ledger1"], measured=True).result
    assert {name: entry["run_state"] for name, entry in info["vservers"].items()} == {
        "mon1": "running",
        "web1": "unknown",
        "ledger1": "installed",
    }
    assert "ledger1 (on node t4a: installed) needs web1 (on node t8a: unknown)" in info["chains"]


def test_a_hung_node_keeps_nobody_waiting_for_ever(chain: World) -> None:
    settle(chain, running("web1"))
    chain.lab.fault("t8a", "hang")
    row = result(run(chain, "boot", vserver_names=["ledger1", "mon1"]))
    assert "vServer ledger1 needs web1 (on node t8a: unknown, the node does not answer)" in row.message
    assert state(chain, "mon1") == "running"


def test_what_comes_after_a_failure_is_not_begun(chain: World) -> None:
    chain.lab.fault("t8a", "fail", match="zoneadm -z web1 boot", rc=1, text="zone 'web1': out of luck")
    mark = chain.mark()
    row = result(run(chain, "boot", vserver_names=ALL))
    assert row.status == "failed"
    assert "web1: 'boot zone web1' on node t8a exit 1" in row.message and "out of luck" in row.message
    assert "ledger1: not begun, because it comes after web1, which failed. See there first." in row.message
    assert set(row.result["failures"]) == {"web1", "ledger1"}
    assert verbs(chain, mark) == ["boot mon1", "boot web1"]
    assert states(chain) == {"mon1": "running", "web1": "installed", "ledger1": "installed"}
    assert run(chain, "boot", vserver_names=ALL).rc == 0
    assert set(states(chain).values()) == {"running"}


def test_a_pool_of_which_some_run_is_booted_whole(chain: World) -> None:
    settle(chain, running("mon1"))
    mark = chain.mark()
    done = run(chain, "boot", compute_pool="production")
    assert done.rc == 0, done.output
    assert verbs(chain, mark) == ["boot web1"]
    assert not result(run(chain, "boot", compute_pool="production")).changed
    both = chain.play("heliostat.vdc.vserver_boot", variables={"heliostat_compute_pool": "production", "heliostat_vserver_names": ["web1"]})
    neither = chain.play("heliostat.vdc.vserver_boot")
    empty = chain.play("heliostat.vdc.vserver_boot", variables={"heliostat_compute_pool": "nosuch"})
    assert both.rc != 0 and neither.rc != 0 and empty.rc != 0
    assert "or the compute pool whose vServers are all meant" in both.output and "or the compute pool" in neither.output
    assert "knows no installed vServer in compute pool nosuch" in empty.output


def test_a_master_is_not_removed_while_others_depend_on_it(chain: World) -> None:
    settle(chain, running(*ALL))
    mark = chain.mark()
    row = result(run(chain, "remove", vserver_names=["mon1"], vserver_force=True, vserver_destroy=["mon1"]))
    assert "vServer mon1 is needed by web1 (on node t8a: running), which is needed by ledger1 (on node t4a: running)" in row.message
    assert verbs(chain, mark) == []
    settle(chain, {})
    mark = chain.mark()
    row = result(run(chain, "remove", vserver_names=["mon1"], vserver_destroy=["mon1"]))
    assert "It is not removed while others depend on it: take it out of depends_on of web1, or remove it too." in row.message
    row = result(run(chain, "remove", vserver_names=["mon1"], vserver_destroy=["mon1"], dependencies="follow"))
    assert "It is not removed while others depend on it" in row.message
    assert verbs(chain, mark) == []
    assert set(states(chain).values()) == {"installed"}
    with chain.repository() as repository:
        assert repository.vserver("mon1").node == "t5a"
        with pytest.raises(Exception, match="web1 depends on it"):
            repository.forget_vserver("mon1", check=True)
    pools = {pool["name"] for pool in chain.lab.truth()["pools"].values()}
    assert "mon1" in pools
