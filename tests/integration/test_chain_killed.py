# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed in the middle of every step of a chained shutdown and boot; run again, the end is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from .chain_world import CHAIN, make, result, run, running, settle, states, verbs
from .world import World, until

ALL = list(CHAIN)
#: Simulated seconds for which a step is held up, so that the kill strikes in its middle.
HELD = 300.0
STOPS = [
    ("t4a", "ledger1", r"^zlogin ledger1 /sbin/init"),
    ("t8a", "web1", "^zoneadm -z web1 shutdown"),
    ("t5a", "mon1", "^zoneadm -z mon1 shutdown"),
]
BOOTS = [("t5a", "mon1", "^zoneadm -z mon1 boot"), ("t8a", "web1", "^zoneadm -z web1 boot"), ("t4a", "ledger1", "^zoneadm -z ledger1 boot")]


@pytest.fixture(scope="module")
def made(shared: World) -> World:
    make(shared)
    return shared


@pytest.fixture
def chain(made: World) -> Iterator[World]:
    yield made
    assert made.lab.alarms() == []


def killed(world: World, playbook: str, name: str, node: str, step: str) -> None:
    world.lab.fault(node, "slow", match=step, seconds=HELD, times=1)
    variables = {"heliostat_vserver_names": [name], "heliostat_dependencies": "follow"}
    started = world.start(f"heliostat.vdc.vserver_{playbook}", "-e", json.dumps(variables))
    until(lambda: not world.lab.faults(), f"{step} never ran")
    started.kill()


def clean(world: World) -> None:
    with world.repository() as repository:
        assert repository.locks() == []
        assert [name for name in ALL if repository.unfinished(name)] == []
    assert not [job for node in CHAIN.values() for job in (world.root(node) / "var/tmp/heliostat-jobs").glob("*")]


@pytest.mark.campaign
@pytest.mark.parametrize(("node", "name", "step"), STOPS, ids=[name for _node, name, _step in STOPS])
def test_a_chained_shutdown_killed_at_a_step(chain: World, node: str, name: str, step: str) -> None:
    settle(chain, running(*ALL))
    mark = chain.mark()
    killed(chain, "shutdown", "mon1", node, step)
    again = run(chain, "shutdown", vserver_names=["mon1"], dependencies="follow")
    assert again.rc == 0, again.output
    assert set(states(chain).values()) == {"installed"}
    stopped = [line.split()[1] for line in verbs(chain, mark)]
    assert list(dict.fromkeys(stopped)) == ["ledger1", "web1", "mon1"], "slaves first, whatever was killed"
    assert not any(line.startswith("halt") for line in verbs(chain, mark))
    third = result(run(chain, "shutdown", vserver_names=["mon1"], dependencies="follow"))
    assert (third.changed, third.plan) == (False, [])
    clean(chain)


@pytest.mark.campaign
@pytest.mark.parametrize(("node", "name", "step"), BOOTS, ids=[name for _node, name, _step in BOOTS])
def test_a_chained_boot_killed_at_a_step(chain: World, node: str, name: str, step: str) -> None:
    settle(chain, {})
    mark = chain.mark()
    killed(chain, "boot", "ledger1", node, step)
    until(lambda: any(row["argv"] == ["zoneadm", "-z", name, "boot"] for row in chain.since(mark, node=node)), f"{step} never ended")
    again = run(chain, "boot", vserver_names=["ledger1"], dependencies="follow")
    assert again.rc == 0, again.output
    assert set(states(chain).values()) == {"running"}
    assert verbs(chain, mark) == ["boot mon1", "boot web1", "boot ledger1"], "each once, masters first"
    third = result(run(chain, "boot", vserver_names=["ledger1"], dependencies="follow"))
    assert (third.changed, third.plan) == (False, [])
    clean(chain)
