# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as disk sets and disk groups: made in every layout, taken over, given away, destroyed, refused where that could harm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.mount import Mount
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import Candidate, NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import driver
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.volumes import (
    DiskGroup,
    DiskSet,
    Metadevice,
    Plex,
    Svm,
    Volume,
    VxDevice,
    Vxvm,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset

from .estate import LUNS, S10, context, nothing, pool

L = [LUNS[f"lun{number}"] for number in range(1, 5)]
D = [f"c0t{guid}d0" for guid in L]
SET = Dataset("pay1", (L[0], L[1]), "mirror", "svm")
GROUP = Dataset("pay1", (L[0], L[1]), "mirror", "vxvm")
BOTH = [SET, GROUP]
IDS = ["svm", "vxvm"]
PROOF = "power of t4d is off (ILOM)"


def where(**options: Any) -> NodeContext:
    seen = frozenset(LUNS.values())
    hosts = (Candidate("t8a", "t4c", seen, S10), Candidate("other", "t4d", seen, S10), Candidate("blind", "t4e", frozenset(), S10))
    return context(S10, **({"candidates": hosts} | options))


def devices(**changes: VxDevice) -> dict[str, VxDevice]:
    found = {f"emc{n}": VxDevice(f"emc{n}", "auto:none", "", "online invalid", False, (D[n],)) for n in range(4)}
    return found | changes


def fresh(**options: Any) -> NodeActual:
    """A node with all volume managers and no datasets."""
    return nothing(**({"svm": Svm("t4c", loose=frozenset()), "vxvm": Vxvm("t4c", devices()), "mounts": ()} | options))


def mirror(**changes: Metadevice) -> dict[str, Metadevice]:
    found = {
        "d0": Metadevice("d0", "mirror", ("d1", "d2"), 20 << 30, "Okay"),
        "d1": Metadevice("d1", "stripe", (D[0],), 20 << 30, "Okay"),
        "d2": Metadevice("d2", "stripe", (D[1],), 20 << 30, "Okay"),
        "d10": Metadevice("d10", "soft", ("d0",), 6 << 30, "Okay", ((32, 12582912),)),
    }
    return {name: device for name, device in (found | changes).items() if device is not None}


def a_set(owner: str = "t4c", drives: tuple[str, ...] = (D[0], D[1]), **options: Any) -> NodeActual:
    mine = owner == "t4c"
    given = {"devices": mirror() if mine else None} | options
    found = DiskSet("pay1", {host: host == owner for host in ("t4c", "t4d")}, drives, **given)
    return fresh(svm=Svm("t4c", {"pay1": found}, loose=frozenset()))


def volume(name: str = "zone", size: int = 6 << 30, kstate: str = "ENABLED") -> Volume:
    plexes = tuple(Plex(f"{name}-0{n}", "CONCAT", 1, (f"pay10{n}",), kstate, "ACTIVE") for n in (1, 2))
    return Volume(name, size, kstate, "ACTIVE", plexes)


def on_disk(n: int, **options: Any) -> VxDevice:
    return VxDevice(f"emc{n}", "auto:cdsdisk", "pay1", "online", natives=(D[n],), **({"imported": True} | options))


def a_group(*volumes: Volume, **options: Any) -> NodeActual:
    group = DiskGroup("pay1", {"pay101": "emc0", "pay102": "emc1"}, {one.name: one for one in volumes or (volume(),)})
    state = Vxvm("t4c", devices(emc0=on_disk(0), emc1=on_disk(1)), {"pay1": group})
    return fresh(**({"vxvm": state} | options))


def away(host: str) -> NodeActual:
    """A disk group that is on the disks and not imported; ``host`` '' where it was deported."""
    found = devices(emc0=on_disk(0, imported=False, host=host), emc1=on_disk(1, imported=False, host=host))
    return fresh(vxvm=Vxvm("t4c", found))


def shown(steps: list[Any]) -> list[str]:
    return [shell.show(step.command) for step in steps]


def present(dataset: Dataset, actual: NodeActual, **options: Any) -> list[str]:
    return shown(driver.present(dataset, "pay1", actual, where(**options))[0])


@pytest.mark.parametrize(
    ("layout", "count", "made"),
    [
        ("single", 1, [f"metainit -s pay1 d0 1 1 {D[0]}s0"]),
        ("stripe", 2, [f"metainit -s pay1 d0 1 2 {D[0]}s0 {D[1]}s0"]),
        (
            "mirror",
            2,
            [
                f"metainit -s pay1 d1 1 1 {D[0]}s0",
                f"metainit -s pay1 d2 1 1 {D[1]}s0",
                "metainit -s pay1 d0 -m d1",
                "metattach -s pay1 d0 d2",
            ],
        ),
        (
            "stripe_of_mirrors",
            4,
            [
                f"metainit -s pay1 d1 1 2 {D[0]}s0 {D[2]}s0",
                f"metainit -s pay1 d2 1 2 {D[1]}s0 {D[3]}s0",
                "metainit -s pay1 d0 -m d1",
                "metattach -s pay1 d0 d2",
            ],
        ),
    ],
)
def test_a_disk_set_is_made_in_its_layout_with_every_candidate_as_host(layout: Any, count: int, made: list[str]) -> None:
    words = present(Dataset("pay1", tuple(L[:count]), layout, "svm"), fresh())
    assert words == ["metaset -s pay1 -a -h t4c t4d", f"metaset -s pay1 -a {' '.join(D[:count])}", *made]


def test_a_disk_group_is_made() -> None:
    set_up = ["/etc/vx/bin/vxdisksetup -i emc0", "/etc/vx/bin/vxdisksetup -i emc1"]
    assert present(GROUP, fresh()) == [*set_up, "vxdg init pay1 pay101=emc0 pay102=emc1"]
    ready = VxDevice("emc0", "auto:cdsdisk", "", "online", False, (D[0],))
    assert present(GROUP, fresh(vxvm=Vxvm("t4c", devices(emc0=ready))))[0] == set_up[1]


def test_what_is_as_declared_needs_nothing() -> None:
    assert driver.present(SET, "pay1", a_set(), where()) == ([], [])
    assert driver.present(GROUP, "pay1", a_group(), where()) == ([], [])
    for dataset, actual in ((SET, a_set()), (GROUP, a_group())):
        assert driver.of(dataset).here(dataset, actual)
        assert not driver.of(dataset).offers(dataset, actual)
        assert driver.of(dataset).described(dataset, actual)["luns"] == list(dataset.luns)
        assert driver.of(dataset).described(dataset, actual)["layout"] == "mirror"


@pytest.mark.parametrize("keep", range(4))
def test_an_interrupted_set_is_completed(keep: int) -> None:
    whole = {name: mirror()[name] for name in ("d1", "d2")}
    stages = [{}, {"d1": whole["d1"]}, whole, whole | {"d0": Metadevice("d0", "mirror", ("d1",), 20 << 30, "Okay")}]
    rest = [
        f"metainit -s pay1 d1 1 1 {D[0]}s0",
        f"metainit -s pay1 d2 1 1 {D[1]}s0",
        "metainit -s pay1 d0 -m d1",
        "metattach -s pay1 d0 d2",
    ]
    assert present(SET, a_set(devices=stages[keep])) == rest[keep:]
    no_drives = a_set(drives=(), owner="", devices=None)
    assert present(SET, no_drives)[0] == f"metaset -s pay1 -a {D[0]} {D[1]}", "both hosts are there already"
    half = a_set(drives=(D[0],), devices={})
    assert present(SET, half)[0] == f"metaset -s pay1 -a {D[1]}"


def test_a_host_that_became_a_candidate_is_added() -> None:
    actual = a_set()
    found = replace(actual.svm.sets["pay1"], hosts={"t4c": True})
    assert present(SET, replace(actual, svm=Svm("t4c", {"pay1": found}))) == ["metaset -s pay1 -a -h t4d"]


def test_what_nobody_owns_is_taken() -> None:
    free = a_set(owner="", devices=None, silent=())
    assert driver.of(SET).offers(SET, free)
    assert present(SET, free) == ["metaset -s pay1 -t"]
    assert driver.of(GROUP).offers(GROUP, away(""))
    assert present(GROUP, away("")) == ["vxdg import pay1"]
    assert present(GROUP, away("t4c")) == ["vxdg import pay1"], "its own after a crash"


@pytest.mark.parametrize(
    ("dataset", "actual", "refused", "forced"),
    [
        (SET, a_set(owner="t4d"), "the disk set is owned by host t4d", "metaset -s pay1 -t -f"),
        (SET, a_set(owner="", devices=None, silent=("t4d",)), "whether host t4d owns the disk set is not known", "metaset -s pay1 -t -f"),
        (GROUP, away("t4d"), "imported by host t4d and never deported", "vxdg -C import pay1"),
        (
            replace(GROUP, manager="zfs"),
            nothing(importable=(pool("pay1", "lun1", "lun2", last_host="t4d"),)),
            "the pool was last used by t4d and never exported",
            "zpool import -f pay1",
        ),
    ],
    ids=["svm-owned", "svm-silent", "vxvm", "zfs"],
)
def test_anothers_is_taken_by_proof_only(dataset: Dataset, actual: NodeActual, refused: str, forced: str) -> None:
    with pytest.raises(Refused, match=refused):
        present(dataset, actual)
    with pytest.raises(Refused, match=refused):
        driver.destroyed(dataset, "pay1", actual, where())
    with pytest.raises(Refused, match=refused):  # another's death proves nothing of this host
        driver.present(dataset, "pay1", actual, where(proof=PROOF, dead=frozenset({"t4e"})))
    (step,) = driver.present(dataset, "pay1", actual, where(proof=PROOF, dead=frozenset({"t4d"})))[0]
    assert shell.show(step.command) == forced
    assert PROOF in step.why


def test_proof_forces_nothing_that_is_free() -> None:
    assert present(SET, a_set(owner="", devices=None, silent=()), proof=PROOF) == ["metaset -s pay1 -t"]
    assert present(GROUP, away(""), proof=PROOF) == ["vxdg import pay1"]
    free = nothing(importable=(pool("pay1", "lun1", "lun2"),))
    assert present(replace(SET, manager="zfs"), free, proof=PROOF) == ["zpool import pay1"]


CARRIED = {
    "pool": fresh(pools={"other": pool("other", "lun2", "lun3")}),
    "offered pool": fresh(importable=(pool("other", "lun2", "lun3", last_host="t8b"),)),
    "disk set": fresh(svm=Svm("t4c", {"other": DiskSet("other", {"t4c": False, "t4d": True}, (D[1],))})),
    "foreign disk set": fresh(svm=Svm("t4c", loose=frozenset({D[1]}))),
    "disk group": fresh(vxvm=Vxvm("t4c", devices(emc1=VxDevice("emc1", "auto:cdsdisk", "other", "online", False, (D[1],), "t4d")))),
    "marked": fresh(vxvm=Vxvm("t4c", devices(emc1=VxDevice("emc1", "auto:ZFS", "", "ZFS", False, (D[1],))))),
}


@pytest.mark.parametrize("manager", ["zfs", "svm", "vxvm"])
@pytest.mark.parametrize("actual", CARRIED.values(), ids=CARRIED)
def test_a_lun_that_carries_anything_is_refused_by_every_manager(manager: Any, actual: NodeActual) -> None:
    with pytest.raises(Refused, match=rf"LUN {L[1]} (is|carries) .* on node t8a\. Choose another LUN"):
        present(replace(SET, manager=manager), actual)


def test_a_lun_with_a_file_system_or_vxvm_areas_is_refused() -> None:
    for manager in ("svm", "vxvm"):
        with pytest.raises(Refused, match=rf"LUN {L[0]} holds a file system of type ufs on /dev/rdsk/{D[0]}s2"):
            present(replace(SET, manager=manager), fresh(kinds={f"/dev/rdsk/{D[0]}s2": "ufs", f"/dev/rdsk/{D[0]}s0": ""}))
    ready = fresh(vxvm=Vxvm("t4c", devices(emc0=VxDevice("emc0", "auto:cdsdisk", "", "online", False, (D[0],)))))
    with pytest.raises(Refused, match="vxdiskunsetup emc0"):
        present(SET, ready)


@pytest.mark.parametrize("dataset", BOTH, ids=IDS)
def test_what_was_made_before_is_not_made_again(dataset: Dataset) -> None:
    with pytest.raises(Refused, match=r"it was made before.*state absent and destroy naming pay1"):
        present(dataset, fresh(), created=frozenset({"pay1"}))
    with pytest.raises(Refused, match="belongs to vServer db1 in the repository"):
        present(dataset, fresh(), lun_owners={L[1]: "db1"})


@pytest.mark.parametrize("dataset", BOTH, ids=IDS)
def test_a_manager_that_does_not_work_is_said(dataset: Dataset) -> None:
    broken = fresh(svm=Svm("t4c", trouble="metaset says: there are no existing databases"), vxvm=Vxvm("t4c", trouble="not installed"))
    with pytest.raises(Refused, match=r"node t8a can have no disk (set|group): (metaset says|not installed)"):
        present(dataset, broken)


def test_what_is_not_as_declared_is_refused() -> None:
    for actual, message in (
        (a_set(drives=(D[0], D[2])), "knows a disk set of this name on"),
        (a_set(owner="", devices=None, drives=(D[2], D[3])), "knows a disk set of this name on"),
        (a_set(devices=mirror(d1=Metadevice("d1", "stripe", (D[0], D[2]), 1, "Okay"))), "metadevice d1 of the disk set is stripe of"),
        (a_set(devices=mirror(d0=Metadevice("d0", "stripe", (D[0],), 1, "Okay"))), "needs a mirror of d1"),
    ):
        with pytest.raises(Refused, match=message):
            present(SET, actual)
    with pytest.raises(Refused, match="has a disk group of this name on"):
        present(replace(GROUP, luns=(L[2], L[3])), a_group())
    other = devices(emc0=on_disk(0, imported=False, host=""), emc2=on_disk(2, imported=False, host=""))
    with pytest.raises(Refused, match=r"a disk group of this name lies on .* declared wrongly"):
        present(GROUP, fresh(vxvm=Vxvm("t4c", other)))
    with pytest.raises(Refused, match="Make its LUNs visible first"):
        present(GROUP, fresh(vxvm=Vxvm("t4c", devices(emc0=on_disk(0, imported=False, host="")))))


def test_degraded_is_warned_of_and_failed_refused() -> None:
    bad = {"d2": Metadevice("d2", "stripe", (D[1],), 20 << 30, "Needs maintenance")}
    steps, (warning,) = driver.present(SET, "pay1", a_set(devices=mirror(**bad)), where())
    assert (steps, "d2 Needs maintenance" in warning) == ([], True)
    lost = {"d0": Metadevice("d0", "mirror", ("d1",), 20 << 30, "Okay"), "d2": None}
    with pytest.raises(Refused, match="metadevice d2 of the disk set is missing"):
        driver.present(SET, "pay1", a_set(devices=mirror(**lost)), where())
    bad |= {"d1": Metadevice("d1", "stripe", (D[0],), 20 << 30, "Last Erred")}
    with pytest.raises(Refused, match="no other copy is whole"):
        driver.present(SET, "pay1", a_set(devices=mirror(**bad)), where())
    group = DiskGroup("pay1", {"pay101": "emc0", "pay102": ""}, {"zone": volume()})
    gone = fresh(vxvm=Vxvm("t4c", devices(emc0=on_disk(0)), {"pay1": group}))
    steps, (warning,) = driver.present(GROUP, "pay1", gone, where())
    assert (steps, "disk pay102 of its group is gone" in warning) == ([], True)


def test_volumes_are_started_after_an_import() -> None:
    assert present(GROUP, a_group(volume(kstate="DISABLED"))) == ["vxvol -g pay1 startall"]


def mounts(prefix: str, root: str, *others: tuple[str, str]) -> tuple[Mount, ...]:
    entries = [("/zones/pay1", root), ("/zones/pay1/root/ledger", "d11"), *others]
    return tuple(Mount(path, f"{prefix}{name}", "", "") for path, name in entries)


def test_giving_away() -> None:
    mine = replace(a_set(), mounts=mounts("/dev/md/pay1/dsk/", "d10"))
    assert shown(driver.exported(SET, "pay1", mine, where())) == ["umount /zones/pay1", "metaset -s pay1 -r"]
    mine = replace(a_group(), mounts=mounts("/dev/vx/dsk/pay1/", "zone"))
    assert shown(driver.exported(GROUP, "pay1", mine, where())) == ["umount /zones/pay1", "vxvol -g pay1 stopall", "vxdg deport pay1"]
    for dataset, prefix, actual in ((SET, "/dev/md/pay1/dsk/", a_set()), (GROUP, "/dev/vx/dsk/pay1/", a_group())):
        busy = replace(actual, mounts=mounts(prefix, "zone", ("/mnt", "d12")))
        for act in (driver.exported, driver.destroyed):
            with pytest.raises(Refused, match=r"is mounted on /mnt of node t8a. Nothing was done"):
                act(dataset, "pay1", busy, where())
        assert driver.exported(dataset, "pay1", fresh(), where()) == []
        foreign = replace(dataset, luns=(L[2], L[3]))
        for act in (driver.exported, driver.destroyed):
            with pytest.raises(Refused, match="somebody else's"):
                act(foreign, "pay1", actual, where())


def test_destroying() -> None:
    assert shown(driver.destroyed(SET, "pay1", a_set(), where())) == [
        "metaclear -s pay1 -a",
        f"metaset -s pay1 -d -f {D[0]} {D[1]}",
        "metaset -s pay1 -d -h t4c t4d",
    ]
    assert shown(driver.destroyed(SET, "pay1", a_set(drives=(), owner="", devices=None), where())) == ["metaset -s pay1 -d -h t4c t4d"]
    assert shown(driver.destroyed(GROUP, "pay1", a_group(), where())) == [
        "vxvol -g pay1 stopall",
        "vxdg destroy pay1",
        "/etc/vx/bin/vxdiskunsetup emc0",
        "/etc/vx/bin/vxdiskunsetup emc1",
    ]
    assert shown(driver.destroyed(GROUP, "pay1", away(""), where()))[0] == "vxdg import pay1"
    assert shown(driver.destroyed(SET, "pay1", a_set(owner="", devices=None, silent=()), where()))[0] == "metaset -s pay1 -t"
    for dataset in BOTH:
        assert driver.destroyed(dataset, "pay1", fresh(), where()) == []
        with pytest.raises(Refused, match="does not see LUN"):
            driver.destroyed(dataset, "pay1", fresh(disks={}), where())
    with pytest.raises(Refused, match=r"is no host of the set. Destroy it from one of its hosts"):
        driver.destroyed(SET, "pay1", fresh(svm=Svm("t4c", loose=frozenset({D[0]}))), where())


def test_disks_are_known_by_guid_whatever_their_names() -> None:
    disks = {L[0]: Disk("c7t0d1", L[0]), L[1]: Disk("c7t0d2", L[1])}
    assert present(SET, fresh(disks=disks))[1] == "metaset -s pay1 -a c7t0d1 c7t0d2"
    renamed = a_set(drives=("c7t0d1", "c7t0d2"), devices=None, owner="", silent=())
    assert present(SET, replace(renamed, disks=disks)) == ["metaset -s pay1 -t"]
