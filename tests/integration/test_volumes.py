# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers on disk sets of Solaris Volume Manager and disk groups of Veritas: made, changed, moved by hand, destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .volumes_world import GUIDS, G, VolumesWorld, volumes_world

pytestmark = pytest.mark.campaign("file")

MANAGERS = ["svm", "vxvm"]
BLOCKS = {"svm": "/dev/md/pay1/dsk/{}", "vxvm": "/dev/vx/dsk/pay1/{}"}
ROOTS = {"svm": "d10", "vxvm": "zone"}
DATA = {"svm": "d11", "vxvm": "ledger"}
TYPES = {"svm": "ufs", "vxvm": "vxfs"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[VolumesWorld]:
    with volumes_world(tmp_path) as made:
        yield made


def mounted(world: VolumesWorld, node: str) -> dict[str, str]:
    """Mount point → device, as the node says."""
    done = world.lab.ssh(node, "mount")
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: line.split()[2] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("manager", MANAGERS)
def test_deployed_twice_and_foreseen(world: VolumesWorld, manager: str) -> None:
    world.vserver(manager)
    call = {"heliostat.vdc.vserver": {"name": "pay1"}}
    run = world.play(world.book("t4c", [{**call, "check_mode": True}, call, call]))
    assert run.rc == 0, run.output
    check, real, again = run.rows
    assert check.plan == real.plan
    assert check.result["after"]["pay1"] == real.result["after"]["pay1"]
    assert (again.changed, again.plan) == (False, [])
    seen = mounted(world, "t4c")
    assert seen["/zones/pay1"] == BLOCKS[manager].format(ROOTS[manager])
    assert seen["/zones/pay1/root/ledger"] == BLOCKS[manager].format(DATA[manager])
    zone = world.zone("t4c", "pay1")
    assert zone is not None
    assert zone["state"] == "running"
    after = real.result["after"]["pay1"]
    assert after["datasets"]["pay1"]["layout"] == "mirror"
    assert after["filesystems"][f"pay1/{DATA[manager]}"] == {"type": TYPES[manager], "size": 2 * G}


def changed(world: VolumesWorld, manager: str, *filesystems: dict[str, object]) -> None:
    """Declares pay1 again with its root, and these data file systems."""
    root = {"type": "root", "dataset": "pay1", "size": "6G"}
    world.vserver(manager, filesystems=[root, *({"type": "data", "dataset": "pay1", **one} for one in filesystems)])


@pytest.mark.parametrize("manager", MANAGERS)
def test_file_systems_grow_come_are_renamed_and_go(world: VolumesWorld, manager: str) -> None:
    """In a running zone it grows under its users; nothing shrinks; nothing that is mounted is renamed or destroyed."""
    ledger, more = DATA[manager], {"svm": "d20", "vxvm": "archive"}[manager]
    renamed = {"svm": "d12", "vxvm": "books"}[manager]
    first = {"name": ledger, "mountpoint": "/ledger", "size": "2G"}
    second = {"name": more, "mountpoint": "/archive", "size": "1G"}
    world.vserver(manager)
    assert world.task("t4c", "vserver", name="pay1").status == "ok"
    changed(world, manager, first | {"size": "3G"})
    row = world.task("t4c", "vserver", name="pay1")
    assert (row.status, row.changed) == ("ok", True), row.message
    assert all(step.startswith("grow ") for step in row.steps), row.steps
    assert row.result["after"]["pay1"]["filesystems"][f"pay1/{ledger}"]["size"] == 3 * G
    assert not world.task("t4c", "vserver", name="pay1").changed
    smaller = first | {"size": "1G"}
    changed(world, manager, smaller)
    row = world.task("t4c", "vserver", name="pay1")
    assert (row.status, row.plan) == ("ok", []), "only the repository follows the declaration"
    assert any("never shrunk" in warning for warning in row.result["warnings"])
    changed(world, manager, first | {"size": "40G"})
    assert "left" in world.task("t4c", "vserver", name="pay1").message
    changed(world, manager, first | {"size": "3G"}, second)
    row = world.task("t4c", "vserver", name="pay1")
    assert row.status == "ok", row.message
    changed(world, manager, first | {"size": "3G", "name": renamed, "renamed_from": ledger}, second)
    assert "mounted on /zones/pay1/root/ledger" in world.task("t4c", "vserver", name="pay1").message
    halted, row = world.many("t4c", [("vserver", {"name": "pay1", "state": "halted", "scope": "run_state"}), ("vserver", {"name": "pay1"})])
    assert (halted.status, row.status) == ("ok", "ok"), row.message
    assert f"rename volume pay1/{ledger} to pay1/{renamed}" in row.steps
    assert mounted(world, "t4c")["/zones/pay1/root/ledger"] == BLOCKS[manager].format(renamed)
    changed(world, manager, first | {"size": "3G", "name": renamed})
    row = world.task("t4c", "vserver", name="pay1", destroy=[f"pay1/{more}"])
    assert any("is destroyed when the zone runs without it" in warning for warning in row.result["warnings"]), row.message
    assert "still declared" in world.task("t4c", "vserver", name="pay1", destroy=[f"pay1/{renamed}"]).message
    rows = world.many("t4c", [("vserver", {"name": "pay1", "state": "halted"}), ("vserver", {"name": "pay1", "destroy": [f"pay1/{more}"]})])
    assert [one.status for one in rows] == ["ok", "ok"], rows[1].message
    assert f"destroy volume pay1/{more}" in rows[1].steps
    assert not world.task("t4c", "vserver", name="pay1", destroy=[f"pay1/{more}"]).changed


@pytest.mark.parametrize("manager", MANAGERS)
def test_detached_here_attached_there_and_destroyed_by_name(world: VolumesWorld, manager: str) -> None:
    world.vserver(manager)
    here, away = world.many("t4c", [("vserver", {"name": "pay1"}), ("vserver", {"name": "pay1", "state": "detached"})])
    assert (here.status, away.status) == ("ok", "ok"), away.message
    assert not [path for path in mounted(world, "t4c") if path.startswith("/zones")]
    row = world.task("t4d", "vserver", name="pay1")
    assert row.status == "ok", row.message
    assert "import dataset pay1" in row.steps
    assert "attach zone pay1" in row.steps
    assert not [step for step in row.steps if "create" in step or "make file" in step]
    zone = world.zone("t4d", "pay1")
    assert zone is not None
    assert zone["state"] == "running"
    doomed = {"name": "pay1", "state": "absent", "destroy": ["pay1"]}
    refused = world.task("t4d", "vserver", **doomed)
    assert "is running on node t4d: stop it first" in refused.message
    gone, again = world.many("t4d", [("vserver", doomed | {"force": True}), ("vserver", doomed)])
    assert (gone.status, again.status, again.changed) == ("ok", "ok", False), gone.message
    assert "destroy dataset pay1" in gone.steps
    row = world.task("t4d", "vserver", name="pay1", state="defined")
    assert row.status == "ok", row.message
    assert "create dataset pay1 (mirror of 2 LUNs)" in row.steps


@pytest.mark.parametrize("manager", MANAGERS)
def test_what_another_host_uses_is_left_alone(world: VolumesWorld, manager: str) -> None:
    """Neither taken nor overwritten, under whatever name and by whichever volume manager."""
    other = {"svm": "vxvm", "vxvm": "svm"}[manager]
    entry = {"name": "pay1", "manager": manager, "layout": "mirror", "luns": ["lun01", "lun02"]}
    made = world.task("t4c", "dataset", **entry)
    assert made.status == "ok", made.message
    taken, overwritten, pooled, same = world.many(
        "t4d",
        [
            ("dataset", entry),
            ("dataset", {"name": "bills", "manager": other, "luns": ["lun01"]}),
            ("dataset", {"name": "bills", "manager": "zfs", "luns": ["lun02"]}),
            ("dataset", {"name": "bills", "manager": manager, "luns": ["lun01"]}),
        ],
    )
    assert taken.status == "failed"
    assert "host t4c" in taken.message
    for row in (overwritten, pooled, same):
        assert row.status == "failed", row.steps
        assert "Choose another LUN" in row.message
    exported = world.task("t4c", "dataset", **entry, state="exported")
    assert exported.status == "ok", exported.message
    taken, gone = world.many("t4d", [("dataset", entry), ("dataset", entry | {"state": "absent", "destroy": "pay1"})])
    assert (taken.steps, gone.status) == (["import dataset pay1"], "ok"), gone.message
    assert "destroy dataset pay1" in gone.steps
    free = world.task("t4d", "dataset", name="bills", manager="zfs", luns=["lun02"])
    assert free.status == "ok", free.message


@pytest.mark.campaign
@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize(("layout", "count"), [("single", 1), ("stripe", 3), ("stripe_of_mirrors", 4)])
def test_every_layout(world: VolumesWorld, manager: str, layout: str, count: int) -> None:
    if (manager, layout) == ("vxvm", "stripe_of_mirrors"):
        pytest.skip("the lab does not simulate layered volumes of VxVM")
    luns = [f"lun{number:02}" for number in range(3, 3 + count)]
    world.vserver(manager, datasets=[{"name": "pay1", "manager": manager, "layout": layout, "luns": luns}])
    row, again = world.many("t4d", [("vserver", {"name": "pay1", "state": "defined"})] * 2)
    assert row.status == "ok", row.message
    assert (again.changed, again.plan) == (False, []), again.message
    assert row.result["after"]["pay1"]["datasets"]["pay1"]["layout"] == layout
    assert row.result["after"]["pay1"]["datasets"]["pay1"]["luns"] == [f"60060E8007C3F2000030C3F2000003{int(lun[3:]):02X}" for lun in luns]


@pytest.mark.campaign
@pytest.mark.parametrize(("manager", "layout"), [("svm", "mirror"), ("vxvm", "mirror"), ("svm", "stripe_of_mirrors"), ("vxvm", "stripe")])
def test_gathered_and_deployed_again_it_changes_nothing(world: VolumesWorld, manager: str, layout: str) -> None:
    several = [f"lun{number:02}" for number in range(1, 5 if layout == "stripe_of_mirrors" else 3)]
    world.vserver(manager, datasets=[{"name": "pay1", "manager": manager, "layout": layout, "luns": several}])
    states = ("running", "gathered")
    _made, row = world.many("t4c", [("vserver", {"name": "pay1", "state": state}) for state in states])
    assert row.status == "ok", row.message
    assert row.result["incomplete"] == {}
    found = row.result["vservers"]["pay1"]
    (dataset,) = found["datasets"]
    assert dataset == {"name": "pay1", "manager": manager, "layout": layout, "luns": dataset["luns"]}
    assert sorted(dataset["luns"]) == GUIDS[: len(several)]
    assert [(one["type"], one["dataset"], one["name"]) for one in found["filesystems"]] == [
        ("root", "pay1", ROOTS[manager]),
        ("data", "pay1", DATA[manager]),
    ]
    assert [one["size"] for one in found["filesystems"]] == [6 * G, 2 * G]
    world.declare("pay1", {"compute_pool": "legacy", **found})
    again = world.task("t4c", "vserver", "--check", name="pay1")
    assert (again.status, again.plan) == ("ok", []), again.message
    drift = world.task("localhost", "drift_info")
    assert drift.result["findings"] == []
