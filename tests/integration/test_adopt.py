# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adoption on the lab: zones that nobody remembers become variables; deploying these changes nothing on any node."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import yaml

from .world import World

SEED = 20
GIB = 1 << 30


def generated(number: int, chance: random.Random, luns: list[str], solaris10: bool) -> dict[str, Any]:
    """A vServer of its own LUNs and addresses, with whatever else a zone can have."""
    layout = chance.choice(["single", "mirror", "stripe", "stripe_of_mirrors"])
    mine = [luns.pop(0) for _ in range({"single": 1, "mirror": 2, "stripe": 2, "stripe_of_mirrors": 4}[layout])]
    pool = f"gen{number}"
    filesystems: list[dict[str, Any]] = [{"type": "root", "dataset": pool, "size": chance.choice([None, 12 * GIB])}]
    filesystems.append({"type": "data", "dataset": pool, "name": "data", "mountpoint": "/srv/data", "size": chance.choice([None, GIB])})
    if chance.random() < 0.5:
        filesystems.append({"type": "lofs", "source": "/export/shared", "mountpoint": "/shared", "options": ["ro"]})
    resources: dict[str, Any] = {"memory": chance.choice([2 * GIB, 3 * GIB]), "max_lwps": chance.choice([None, 5000])}
    resources |= chance.choice([{"cpu_shares": 12}, {"cpu_cap": 1.5}, {"cpu_cap": 2.25, "swap": 4 * GIB}, {}])
    resources |= chance.choice([{"max_shm_memory": GIB}, {"max_sem_ids": 40, "max_msg_ids": 50}, {}])
    declared: dict[str, Any] = {
        "compute_pool": "legacy" if solaris10 else "production",
        "brand": "native" if solaris10 else "solaris",
        "ip_type": "shared" if solaris10 else "exclusive",
        "autoboot": chance.random() < 0.5,
        "datasets": [{"name": pool, "layout": layout, "luns": mine}],
        "filesystems": filesystems,
        "networks": [
            {"network": "management", "address": f"10.40.0.{150 + number}"},
            {"network": "public", "address": f"10.41.0.{150 + number}"},
        ],
        "resources": resources,
    }
    if solaris10 and chance.random() < 0.5:
        declared["sparse"] = True
    return declared


def test_zones_are_adopted_and_nothing_changes(world: World, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    homes = {"gen1": "t8a", "gen2": "t5a", "gen3": "t4a", "web2": "t8a", "ledger2": "t4a"}
    taken = {lun for name in ("web2", "ledger2") for one in world.declared(name)["datasets"] for lun in one["luns"]}
    names = yaml.safe_load((world.inventory / "group_vars" / "all.yml").read_text())["heliostat_luns"]
    rest = [name for name in names if name not in taken]
    seen = world.lab.truth()["luns"]
    for number, name in enumerate(("gen1", "gen2", "gen3"), 1):
        node = homes[name]
        mine = [lun for lun in rest if node in seen[names[lun]]["visible_to"]]
        declared = generated(number, chance, mine, node == "t4a")
        rest = [lun for lun in rest if lun not in declared["datasets"][0]["luns"]]
        world.declare(name, declared)
    for node in ("t8a", "t5a", "t4a"):
        row = world.task(node, "vservers", names=sorted(name for name, home in homes.items() if home == node))
        assert row.status == "ok", f"seed {SEED}: {row.message}"

    world.fresh_inventory()
    for name in ("web2", "ledger2"):
        (world.inventory / "host_vars" / f"{name}.yml").unlink()
    for name in world.repository_file.parent.glob("*"):
        name.unlink()
    shutil.copy(world.registered, world.repository_file)
    folder = tmp_path / "found"
    folder.mkdir(mode=0o750)
    (folder / "gen1.yml").write_text("mine\n")
    run = world.play("heliostat.vdc.vserver_adopt", variables={"heliostat_adopt_into": str(folder)})
    assert run.rc == 0, run.output
    assert (folder / "gen1.yml").read_text() == "mine\n", "what is there is not written over"
    (folder / "gen1.yml").unlink()
    assert world.play("heliostat.vdc.vserver_adopt", "--check", variables={"heliostat_adopt_into": str(folder)}).rc == 0
    assert not (folder / "gen1.yml").exists()
    run = world.play("heliostat.vdc.vserver_adopt", variables={"heliostat_adopt_into": str(folder)})
    assert run.rc == 0, run.output
    assert sorted(path.stem for path in folder.iterdir()) == sorted(homes)
    (found,) = [row for row in run.rows if row.action.endswith("drift_info")]
    assert [one["by_hand"] for one in found.result["findings"] if one["kind"] == "zone unknown"] == [""] * len(homes)

    for path in folder.iterdir():
        world.declare(path.stem, yaml.safe_load(path.read_text())["heliostat_vserver"])
    assert world.play("heliostat.vdc.node_register").rc == 0
    mark = world.mark()
    deploy = world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": sorted(homes)})
    assert deploy.rc == 0, deploy.output
    for row in deploy.rows:
        if row.action.endswith("vservers"):
            assert row.plan == [], f"seed {SEED}"
    assert not [row for row in world.since(mark) if row["argv"][0] in ("zpool", "zfs") and row["argv"][1] in ("create", "set")]
    with world.repository() as repository:
        assert {record.name: (record.node, record.state) for record in repository.vservers()} == {
            name: (node, "activated") for name, node in homes.items()
        }
    left = world.task("localhost", "drift_info", names=sorted(homes))
    assert left.result["findings"] == []
