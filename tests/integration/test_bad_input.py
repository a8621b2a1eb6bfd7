# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that cannot be carried out: refused before anything is changed, with the object, the node, the finding and the way out."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from .world import Row, World

#: name of the case → (what is wrong with mon1's declaration, what the message says)
DECLARED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no_such_network": (
        {"networks": [{"network": "guests", "address": "10.40.0.70"}]},
        ["vServer bad", "network 'guests' is not in heliostat_networks, which has", "management"],
    ),
    "no_such_lun": (
        {"datasets": [{"name": "bad", "luns": ["lun99"]}], "filesystems": [{"type": "root", "dataset": "bad"}]},
        ["vServer bad, dataset bad", "LUN 'lun99'", "not in heliostat_luns", "Add it there"],
    ),
    "outside_its_subnet": (
        {"networks": [{"network": "management", "address": "10.41.0.70"}]},
        ["vServer bad", "10.41.0.70", "outside network management (10.40.0.0/24)", "Choose"],
    ),
    "the_gateway": (
        {"networks": [{"network": "management", "address": "10.40.0.1"}]},
        ["vServer bad", "10.40.0.1", "gateway"],
    ),
    "shell_in_mount_point": (
        {
            "datasets": [{"name": "bad", "luns": ["lun12"]}],
            "filesystems": [{"type": "root", "dataset": "bad"}, {"type": "data", "dataset": "bad", "mountpoint": "/srv/$(reboot)"}],
        },
        ["vServer bad", "mount point '/srv/$(reboot)'"],
    ),
    "shell_in_dataset": (
        {"datasets": [{"name": "bad;reboot", "luns": ["lun12"]}], "filesystems": [{"type": "root", "dataset": "bad;reboot"}]},
        ["'bad;reboot'"],
    ),
    "shell_in_option": (
        {
            "datasets": [{"name": "bad", "luns": ["lun12"]}],
            "filesystems": [
                {"type": "root", "dataset": "bad"},
                {"type": "lofs", "source": "/export/shared", "mountpoint": "/shared", "options": ["ro`reboot`"]},
            ],
        },
        ["vServer bad", "options"],
    ),
    "unknown_option": ({"memory": "4G"}, ["vServer bad: unknown option 'memory'", "resources"]),
    "brand_of_another_release": ({"brand": "native"}, ["vServer bad", "brand native does not run on node t8a"]),
    "lun_not_visible": (
        {"datasets": [{"name": "bad", "luns": ["lun24"]}], "filesystems": [{"type": "root", "dataset": "bad"}]},
        ["dataset bad", "node t8a does not see LUN 60060E8007C3F2000030C3F200000118", "Map it"],
    ),
}


@pytest.fixture(scope="module")
def answers(shared: World) -> dict[str, Row]:
    """All cases in one run, each on a vServer of its own name."""
    base = shared.declared("mon1")
    good = {"datasets": [{"name": "bad", "luns": ["lun12"]}], "filesystems": [{"type": "root", "dataset": "bad"}]}
    steps: list[dict[str, Any]] = []
    for name, (wrong, _) in DECLARED.items():
        declared = {"heliostat_vserver": {**base, **good, **wrong}}
        steps += [
            {"ansible.builtin.set_fact": declared, "delegate_to": "bad", "delegate_facts": True},
            {"name": name, "heliostat.vdc.vserver": {"name": "bad"}, "ignore_errors": True},
        ]
    shared.declare("bad", base, **good)
    run = shared.play(shared.book("t8a", steps))
    return {row.task: row for row in run.rows if row.action.endswith("vserver")}


@pytest.mark.parametrize("case", list(DECLARED))
def test_refused(shared: World, answers: dict[str, Row], case: str) -> None:
    row = answers[case]
    assert row.status == "failed", row
    for part in DECLARED[case][1]:
        assert part in row.message
    assert shared.lab.truth("t8a")["zones"] == {}


def test_names_never_reach_a_shell(world: World) -> None:
    """Each is the name of a task's vServer and of an inventory host: refused as a name, nobody is asked."""
    names = ["web;reboot", "$(reboot)", "-F", "web 1", "wëb", "global", "SUNWzone", "a`id`", "a\nb", "'", "x" * 64]
    hosts = {name: {"heliostat_vserver": world.declared("mon1")} for name in names}
    text = yaml.safe_dump({"vservers": {"hosts": hosts}}, allow_unicode=True)
    (world.inventory / "zz_strange.yml").write_text(text)
    before = world.lab.execs()
    rows = world.many("t8a", [("vserver", {"name": name}) for name in names])
    assert world.lab.execs() == before
    for name, row in zip(names, rows, strict=True):
        assert row.status == "failed", name
        assert "zone name" in row.message, name


def test_pool_nobody_belongs_to(world: World) -> None:
    world.declare("lost", world.declared("mon1"), compute_pool="nowhere")
    run = world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vservers": ["lost", "web1"]})
    row = run.of("placement")
    assert row.status == "failed"
    for part in ("vServer lost", "nowhere", "t8a", "production"):
        assert part in row.message
    assert row.result["placements"]["web1"] in ("t8a", "t8b")


def test_lun_of_another_vserver(world: World) -> None:
    assert world.task("t8a", "vserver", name="mon1", state="defined").status == "ok"
    declared = {"datasets": [{"name": "thief", "luns": ["lun11"]}], "filesystems": [{"type": "root", "dataset": "thief"}]}
    legs = {"networks": [{"network": "management", "address": "10.40.0.99"}]}
    world.declare("thief", world.declared("mon1"), **declared, **legs)
    for node in ("t8a", "t8b"):
        row = world.task(node, "vserver", name="thief", state="defined")
        assert row.status == "failed"
        assert "60060E8007C3F2000030C3F20000010B" in row.message
        assert "mon1" in row.message


def test_lun_in_a_foreign_pool(world: World) -> None:
    """A pool that nobody told us of: imported here, imported on another node, and exported."""
    device = "c0t60060E8007C3F2000030C3F20000010Bd0"
    assert world.lab.ssh("t8b", f"zpool create oracle {device}").returncode == 0
    row = world.task("t8a", "vserver", name="mon1")
    assert row.status == "failed"
    for part in ("dataset mon1", "60060E8007C3F2000030C3F20000010B", "pool oracle", "last used by another system and never exported"):
        assert part in row.message
    with world.repository() as repository:
        repository.forget_vserver("mon1")
    row = world.task("t8b", "vserver", name="mon1")
    assert row.status == "failed"
    for part in ("60060E8007C3F2000030C3F20000010B", "pool oracle", "imported on node t8b"):
        assert part in row.message
    assert world.lab.ssh("t8b", "zpool export oracle").returncode == 0
    row = world.task("t8b", "vserver", name="mon1")
    assert row.status == "failed"
    assert "carries pool oracle" in row.message
    pools = [pool["name"] for pool in world.lab.truth()["pools"].values() if pool["name"] != "rpool"]
    assert pools == ["oracle"]


def test_pool_that_another_node_never_exported(world: World) -> None:
    """Deployed on t8a, whose power then goes: t8b must not import its pool."""
    assert world.task("t8a", "vserver", name="mon1").status == "ok"
    world.lab.fault("t8a", "power_cut")
    with world.repository() as repository:
        repository.forget_vserver("mon1")
    row = world.task("t8b", "vserver", name="mon1")
    assert row.status == "failed"
    for part in ("dataset mon1", "never exported", "t8b"):
        assert part in row.message
    assert not world.since(0, "zpool", "import", "mon1", node="t8b")


def test_pool_of_our_name_on_other_luns(world: World) -> None:
    device = "c0t60060E8007C3F2000030C3F20000010Cd0"
    assert world.lab.ssh("t8b", f"zpool create mon1 {device} && zpool export mon1").returncode == 0
    row = world.task("t8a", "vserver", name="mon1")
    assert row.status == "failed"
    assert "60060E8007C3F2000030C3F20000010C" in row.message


def test_address_that_answers(world: World) -> None:
    world.lab.patch("addresses_in_use", ["10.40.0.55"])
    row = world.task("t8a", "vserver", name="mon1")
    assert row.status == "failed"
    for part in ("vServer mon1", "10.40.0.55 already answers in network management", "Choose a free one"):
        assert part in row.message
    assert world.lab.truth("t8a")["zones"] == {}


def test_address_of_another_vserver(world: World) -> None:
    assert world.task("t8a", "vserver", name="web1", state="defined").status == "ok"
    world.declare("mon1", world.declared("mon1"), networks=[{"network": "management", "address": "10.40.0.51"}])
    row = world.task("t8b", "vserver", name="mon1", state="defined")
    assert row.status == "failed"
    for part in ("10.40.0.51", "web1"):
        assert part in row.message


def test_name_of_a_vserver_of_another_node(world: World) -> None:
    assert world.task("t8a", "vserver", name="mon1", state="installed").status == "ok"
    row = world.task("t8b", "vserver", name="mon1")
    assert row.status == "failed"
    for part in ("vServer mon1", "lives on node t8a", "not on t8b"):
        assert part in row.message


def test_one_bad_vserver_stops_no_other(world: World) -> None:
    world.declare("mon1", world.declared("mon1"), networks=[{"network": "management", "address": "10.40.0.54"}])
    world.lab.patch("addresses_in_use", ["10.40.0.54"])
    row = world.task("t8a", "vservers", names=["mon1", "web1"], state="defined")
    assert row.status == "failed"
    assert list(row.result["failures"]) == ["mon1"]
    assert set(world.lab.truth("t8a")["zones"]) == {"web1"}


def test_release_nobody_knows(world: World) -> None:
    text = world.lab.truth("t5a")["release_text"]
    kernel = world.lab.truth("t5a")["kernel"]
    try:
        world.lab.patch("machines/t5a/release_text", text.replace("11.3", "12.1"))
        world.lab.patch("machines/t5a/kernel", "12.1")
        (world.root("t5a") / "etc/release").write_text(text.replace("11.3", "12.1"))
        row = world.task("t5a", "node")
    finally:
        world.lab.patch("machines/t5a/release_text", text)
        world.lab.patch("machines/t5a/kernel", kernel)
        (world.root("t5a") / "etc/release").write_text(text)
    assert row.status == "failed"
    assert "12.1" in row.message


def test_link_that_the_node_lacks(world: World) -> None:
    (world.inventory / "host_vars/t5a.yml").write_text(
        "heliostat_node: {compute_pool: production, networks: {management: net7, public: net1}}\n"
    )
    row = world.task("t5a", "node")
    assert row.status == "failed"
    for part in ("node t5a", "net7", "it has", "net0"):
        assert part in row.message
