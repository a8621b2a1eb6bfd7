# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real daemons on the lab: deployed by the role, started by SMF; nodes lost in every way, fenced, recovered from and given back."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import isolation

from .heartbeat_world import HALT, HALTED, LEASE, HeartbeatWorld
from .world import NODES, Run, until

pytestmark = pytest.mark.skipif(
    isolation.choose() != "namespaces" or shutil.which("cc") is None, reason="real processes on machines want namespaces, and a compiler"
)

NAME = "web1"


@pytest.fixture(scope="module")
def bare() -> Iterator[HeartbeatWorld]:
    """Registered nodes without agents. Paths of sockets may be short only."""
    folder = Path(tempfile.mkdtemp(prefix="hb"))
    made = HeartbeatWorld(folder)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


def deploy(world: HeartbeatWorld, *words: str) -> Run:
    """All agents at once. A compiler runs meanwhile, which takes its time on a machine that is busy."""
    limits = ("-l", f"localhost:{':'.join(NODES)}", "-e", f"heliostat_heartbeat_serial={len(NODES)}")
    run = world.start("heliostat.vdc.heartbeat_deploy", *limits, *words).wait(600)
    assert run.rc == 0, run.output
    return run


@pytest.fixture(scope="module")
def deployed(bare: HeartbeatWorld) -> HeartbeatWorld:
    """The role was run three times: what it would do, did, and had to do no more."""
    would = deploy(bare, "--check", "--diff")
    assert would.of("heartbeat", "t8a").changed
    assert "svc:/application/heliostat/agent:default" not in bare.lab.truth("t8a")["services"]
    assert not (bare.root("t8a") / "opt/heliostat").exists()
    assert {row.host for row in deploy(bare).rows if row.changed} == set(NODES)
    assert [row for row in deploy(bare).rows if row.changed] == []
    return bare


@pytest.fixture(scope="module")
def beating(deployed: HeartbeatWorld) -> HeartbeatWorld:
    deployed.start_monitor()
    for node in NODES:
        deployed.wait_state(node, "alive")
    deployed.say("arm")
    done = deployed.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": [NAME, HALTED]})
    assert done.rc == 0, done.output
    return deployed


@pytest.fixture
def heart(beating: HeartbeatWorld) -> Iterator[HeartbeatWorld]:
    """All nodes alive, the monitor armed and acting. Whatever the test did, no alarm may have been raised."""
    beating.all_alive()
    yield beating
    assert beating.lab.alarms() == []


def home(world: HeartbeatWorld) -> str:
    """The node on which the vServer runs."""
    (found,) = [node for node in NODES if (world.zone(node, NAME) or {}).get("state") == "running"]
    return found


def given_up(world: HeartbeatWorld, node: str, since: int) -> list[str]:
    """The states on the way down; its paths need not have become late together."""
    return [state for state in world.passed(node, since) if state != "late"]


def recovered(world: HeartbeatWorld, lost: str, playbook: str, **variables: str) -> str:
    """Recovers a lost node's vServers, which run elsewhere then, and nowhere twice. What was said."""
    run = world.play(f"heliostat.vdc.{playbook}", variables=variables)
    assert run.rc == 0, run.output
    assert home(world) != lost
    return run.output


def released(world: HeartbeatWorld, node: str) -> None:
    """A person looked at the node that came back; the repository is told, then the monitor."""
    run = world.play("heliostat.vdc.node_release", variables={"heliostat_node_name": node})
    assert run.rc == 0, run.output
    world.say("release", node)
    world.wait_state(node, "alive")
    until(lambda: world.service(node, "gate") == "online", "the gate opens")
    until(lambda: world.lab.truth(node)["services"]["svc:/system/zones:default"]["state"] == "online", "zones with autoboot boot")


def test_the_role_starts_the_real_agent_by_smf(deployed: HeartbeatWorld) -> None:
    for node in NODES:
        assert deployed.service(node) == "online"
        assert len(deployed.agents(node)) == 2  # guard and sender


def test_smf_starts_an_agent_that_died_and_stops_one_in_order(heart: HeartbeatWorld) -> None:
    before = heart.agents("t5a")
    assert heart.lab.ssh("t5a", "kill -KILL `cat /var/run/heliostat-agent/pid`").returncode == 0
    until(lambda: len(heart.agents("t5a")) == 2 and not set(heart.agents("t5a")) & set(before), "other processes")
    until(lambda: heart.service("t5a") == "online", "SMF has it online again")
    mark = len(heart.events())
    assert heart.lab.ssh("t5a", "svcadm disable -s application/heliostat/agent:default").returncode == 0
    assert heart.agents("t5a") == []
    heart.wait_state("t5a", "away")
    assert heart.lab.ssh("t5a", "svcadm enable -s application/heliostat/agent:default").returncode == 0
    heart.wait_state("t5a", "alive")
    assert {"suspect", "fencing"}.isdisjoint(heart.passed("t5a", mark))


def test_one_path_cut_is_no_loss(heart: HeartbeatWorld) -> None:
    mark = len(heart.events())
    heart.lab.fault("t8b", "path_cut", text="public")
    late = heart.wait_state("t8b", "late")
    assert (late["paths_alive"], late["paths_known"], late["lease"]) == (1, 2, "held")
    until(lambda: heart.judged("t8b")["heard_ms_ago"] < 1000, "it goes on over the other path", LEASE + HALT)
    heart.lab.clear_faults()
    heart.wait_state("t8b", "alive")
    assert heart.passed("t8b", mark) == ["late", "alive"]


def test_power_cut_is_fenced_recovered_and_the_node_quarantined_when_it_is_back(heart: HeartbeatWorld) -> None:
    lost, mark = home(heart), len(heart.events())
    boot = heart.judged(lost)["boot"]
    heart.lab.power(lost, "off")
    until(lambda: not heart.agents(lost), "its processes are gone", 5)
    judged = heart.wait_state(lost, "fenced")
    assert (judged["verdict"], judged["boot"]) == ("off", boot)
    assert given_up(heart, lost, mark) == ["suspect", "probing", "unreachable", "fencing", "fenced"]
    (verdict,) = [one for one in heart.events()[mark:] if one["event"] == "verdict"]
    assert (verdict["name"], verdict["boot"], verdict["incident"]) == (lost, boot, judged["incident"])
    assert f"by service processor {lost}-sp" in recovered(heart, lost, "vserver_recover", heliostat_lost_node=lost)
    # It is switched on: it speaks with a new boot, is given no lease, and nothing that can fail over starts.
    heart.lab.power(lost, "on", wait=True)
    back = heart.wait_state(lost, "quarantined")
    assert back["boot"] != boot and back["lease"] != "held"
    assert heart.passed(lost, mark)[-2:] == ["returned", "quarantined"]
    assert heart.service(lost, "gate") == "offline"
    assert heart.lab.truth(lost)["services"]["svc:/system/zones:default"]["state"] == "offline"
    assert home(heart) != lost
    released(heart, lost)


def test_halted_zones_prove_nothing_of_their_node(heart: HeartbeatWorld) -> None:
    """A node whose self-fencing halts zones keeps its kernel, and its pools: nothing is taken from it before it is known to be off."""
    lost = "t4a"
    assert (heart.zone(lost, HALTED) or {})["state"] == "running"
    heart.lab.fault(lost, "sp_dead")
    heart.lab.fault(lost, "path_cut", text="*")
    until(lambda: (heart.zone(lost, HALTED) or {})["state"] == "installed", "its agent halts the zone", 3 * (LEASE + HALT))
    assert heart.lab.power(lost, "status") == "running"
    assert heart.wait_state(lost, "unknown")["self_fence"] == "halt-zones"
    run = heart.play("heliostat.vdc.vserver_recover", variables={"heliostat_lost_node": lost})
    assert run.rc == 2
    assert "whether its power is off is not known" in run.of("recovery").message
    heart.lab.power(lost, "off")
    heart.lab.clear_faults()
    assert heart.wait_state(lost, "fenced")["verdict"] == "off"


def test_a_node_that_hangs_is_switched_off(heart: HeartbeatWorld) -> None:
    lost, mark = "t5a", len(heart.events())
    heart.lab.fault(lost, "hang")
    until(lambda: [one.split()[1] for one in heart.agents(lost)] == ["T", "T"], "its agent is stopped")
    assert heart.wait_state(lost, "fenced")["verdict"] == "off"
    assert heart.lab.power(lost, "status") == "off"
    until(lambda: not heart.agents(lost), "its processes are gone", 5)
    assert heart.passed(lost, mark)[-1] == "fenced"


def test_a_panic_is_a_new_boot_of_the_same_node(heart: HeartbeatWorld) -> None:
    """It is back before or after it was given up; either way it lives with another boot, and nobody was fenced twice."""
    boot, mark = heart.judged("t5a")["boot"], len(heart.events())
    heart.lab.power("t5a", "panic", wait=True)
    until(lambda: heart.judged("t5a")["boot"] != boot, "heard with another boot")
    heart.all_alive()
    assert len([one for one in heart.events()[mark:] if one["event"] == "verdict"]) <= 1


def test_cut_off_and_without_service_processor_it_powers_itself_off_and_its_lease_proves_it(heart: HeartbeatWorld) -> None:
    lost, mark = home(heart), len(heart.events())
    heart.lab.fault(lost, "sp_dead")
    heart.lab.fault(lost, "path_cut", text="*")
    until(lambda: heart.lab.power(lost, "status") == "off" and not heart.agents(lost), "it stops itself", 3 * (LEASE + HALT))
    judged = heart.wait_state(lost, "fenced")
    assert judged["verdict"] == "lease"
    assert given_up(heart, lost, mark)[:3] == ["suspect", "probing", "unreachable"]
    # Whoever asks the monitors finds it, and its incident is the proof.
    assert f"incident {judged['incident']} of node {lost}, boot {judged['boot']}" in recovered(heart, lost, "heartbeat_recover")
    again = heart.play("heliostat.vdc.heartbeat_recover")
    assert again.rc == 0 and again.changed == [], again.output
    heart.lab.clear_faults()
    heart.lab.power(lost, "on", wait=True)
    heart.wait_state(lost, "quarantined")
    assert home(heart) != lost
    released(heart, lost)


def test_all_at_once_are_nobodys_death(heart: HeartbeatWorld) -> None:
    """Without a node that is heard the monitor does not know that its own network works: it declares nobody. Nothing of the agents lives
    on without its machine."""
    mark = len(heart.events())
    for node in NODES:
        heart.lab.power(node, "off")
    until(lambda: not any(heart.agents(node) for node in NODES), "their processes are gone", 5)
    for node in NODES:
        heart.wait_state(node, "suspect", "probing")
    time.sleep(2)
    assert not [one for one in heart.events()[mark:] if one["event"] == "verdict" or one.get("to") == "fencing"]
