# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain over three nodes and releases: ledger1 (Solaris 10) needs web1 (11.4), which needs mon1 (11.3)."""

from __future__ import annotations

from typing import Any

from .world import Row, Run, World

#: In boot order.
CHAIN = {"mon1": "t5a", "web1": "t8a", "ledger1": "t4a"}
NEEDS = {"web1": ["mon1"], "ledger1": ["web1"]}


def make(world: World) -> None:
    """The chain, installed and down."""
    for name, masters in NEEDS.items():
        world.declare(name, world.declared(name), depends_on=masters)
    for name, node in CHAIN.items():
        row = world.task(node, "vserver", name=name, state="installed")
        assert row.status == "ok", row.message
    settle(world, {})


def settle(world: World, wanted: dict[str, str]) -> None:
    """Brings the chain's zones to run states past the product: ``running`` where wanted, else installed; no faults, no jobs."""
    world.lab.clear_faults()
    for name, node in CHAIN.items():
        if world.lab.power(node, "status") != "running":
            world.lab.power(node, "on", wait=True)
        verb = {("installed", "running"): "boot", ("running", "installed"): "halt"}
        have, want = state(world, name), wanted.get(name, "installed")
        script = "rm -rf /var/tmp/heliostat-jobs\n"
        if have != want:
            script += f"zoneadm -z {name} {verb[(have, want)]}\n"
        done = world.lab.ssh(node, "/bin/sh", stdin=script)
        assert done.returncode == 0, done.stderr


def running(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "running")


def state(world: World, name: str) -> str:
    zone = world.zone(CHAIN[name], name)
    assert zone is not None
    return str(zone["state"])


def states(world: World) -> dict[str, str]:
    return {name: state(world, name) for name in CHAIN}


def verbs(world: World, mark: int) -> list[str]:
    """What brought zones up and down since then, in the order in which it began: ``boot mon1``."""
    found = []
    for row in world.since(mark):
        words = row["argv"]
        if words[:2] == ["zoneadm", "-z"] and words[3:] in (["boot"], ["shutdown"], ["halt"]):
            found.append((row["time"], f"{words[3]} {words[2]}"))
        elif words[0] == "zlogin" and words[2:] == ["/sbin/init", "5"]:
            found.append((row["time"], f"init {words[1]}"))
    return [what for _when, what in sorted(found)]


def run(world: World, playbook: str, *words: str, **variables: Any) -> Run:
    return world.play(
        f"heliostat.vdc.vserver_{playbook}", *words, variables={f"heliostat_{key}": value for key, value in variables.items()}
    )


def result(run: Run) -> Row:
    return run.of("vservers")
