# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One dataset by itself: what is asked, planned, refused and shown, over what a real zpool prints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import disks, svm_sets, virtual_disks, vxvm_groups, zonecfg, zpool
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage.datasets import Datasets
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .estate import LUNS, context, nothing, pool, zfs

L1, L2 = LUNS["lun1"], LUNS["lun2"]
STATUS = f"""\
  pool: data1
 state: ONLINE
  scan: none requested
config:

        NAME                                       STATE     READ WRITE CKSUM
        data1                                      ONLINE       0     0     0
          mirror-0                                 ONLINE       0     0     0
            c0t{L1}d0  ONLINE       0     0     0
            c0t{L2}d0  ONLINE       0     0     0

errors: No known data errors
"""
FORMAT = f"""\
Searching for disks...done


AVAILABLE DISK SELECTIONS:
       0. c0t{L1}d0 <HITACHI-OPEN-V-5001 cyl 5459 alt 2 hd 15 sec 512>
          /scsi_vhci/ssd@g{L1.lower()}
       1. c0t{L2}d0 <HITACHI-OPEN-V-5001 cyl 5459 alt 2 hd 15 sec 512>
          /scsi_vhci/ssd@g{L2.lower()}
Specify disk (enter its number):
"""
NONE = Output(0, "no pools available\n")
NO_BUS = Output(1, "", "prtconf: invalid path specified\n")
FIRST = {
    "pools": NONE,
    "virtual disks": NO_BUS,
    "seen sizes": Output(0),
    "seen paths": Output(127, "", "mpathadm: not found\n"),
    "usage": Output(0),
}
#: What may lie on LUNs, of managers that the node does not have.
OTHERS = {
    "svm sets": Output(127, "", "metaset: not found\n"),
    "svm loose": Output(127, "", "metaimport: not found\n"),
    "vxvm devices": Output(127, "", "vxdisk: not found\n"),
    "vxvm paths": Output(127, "", "vxdisk: not found\n"),
}
LOOKED_FOR = {
    "importable": zpool.importable(),
    **{f"disks {key}": probe for key, probe in disks.probes().items()},
    "svm sets": svm_sets.sets(),
    "svm loose": svm_sets.importable(),
    "vxvm devices": vxvm_groups.devices(),
    "vxvm paths": vxvm_groups.natives(),
}
SECOND = OTHERS | {
    "importable": Output(1),
    "disks format": Output(1, FORMAT),
    "disks iostat-En": Output(0),
    "disks mpathadm-list-lu": Output(127, "", "mpathadm: not found\n"),
    "disks prtconf-vdisks": NO_BUS,
}


def operation(state: str = "present", destroy: str = "", **options: Any) -> Datasets:
    return Datasets(Dataset("data1", (L1, L2), "mirror"), state, "data1", destroy, context(**options))  # type: ignore[arg-type]


def test_one_look_when_it_is_there_and_a_second_when_not() -> None:
    wanted = operation()
    probes = disks.probes()
    health = {"seen sizes": probes["iostat-En"], "seen paths": probes["mpathadm-list-lu"], "usage": zpool.list_pools()}
    assert wanted.look(None) == {"pools": zpool.status(), "virtual disks": virtual_disks.probe()} | health
    there = wanted.read(None, FIRST | {"pools": Output(0, STATUS)})
    assert wanted.look(there) == {}
    assert (wanted.plan(there)[0].steps, wanted.refusals(there)) == ((), {})
    missing = wanted.read(None, FIRST)
    assert wanted.look(missing) == LOOKED_FOR
    seen = wanted.read(missing, SECOND)
    assert wanted.look(seen) == {}
    assert [shell.show(step.command) for step in wanted.plan(seen)[0].steps] == [
        f"zpool create -O mountpoint=none data1 mirror c0t{L1}d0 c0t{L2}d0"
    ]


def test_an_exported_pool_is_looked_for_before_it_counts_as_destroyed() -> None:
    wanted = operation("absent", "data1")
    missing = wanted.read(None, FIRST)
    assert wanted.look(missing) == LOOKED_FOR
    assert wanted.plan(wanted.read(missing, SECOND))[0].steps == ()
    (plan,) = wanted.plan(nothing(importable=(pool("data1", "lun1", "lun2"),)))
    assert [shell.show(step.command) for step in plan.steps] == ["zpool import data1"]
    assert ([step.object for step in plan.steps], plan.again) == (["data1"], True), "what lies on it is seen only then"


@pytest.mark.parametrize("state", ["exported", "absent"])
def test_nobody_asks_for_disks_to_give_something_away(state: str) -> None:
    wanted = operation(state)
    assert wanted.look(wanted.read(None, FIRST)) == {}


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"importable": Output(1, "", "cannot open: permission denied")}, CommandFailed, "'zpool import' failed with exit code 1"),
        ({"disks format": Output(127, "", "format: not found")}, ParseError, "format failed with exit code 127"),
        ({"disks iostat-En": Output(1, "", "no kstat")}, ParseError, "iostat -En failed with exit code 1"),
    ],
)
def test_a_look_that_failed_is_no_absence(changed: dict[str, Output], error: type[Exception], message: str) -> None:
    wanted = operation()
    with pytest.raises(CommandFailed, match=r"'zpool status' failed with exit code 1: denied. Nothing was changed"):
        wanted.read(None, FIRST | {"pools": Output(1, "", "denied\n")})
    with pytest.raises(error, match=message):
        wanted.read(wanted.read(None, FIRST), SECOND | changed)


def test_destruction_is_asked_for_by_name() -> None:
    have = nothing(pools={"data1": pool("data1", "lun1", "lun2")})
    refused = {"data1": "dataset data1: state absent destroys all its data. Say so with destroy: data1, or export it instead."}
    for said in ("", "data2", "yes"):
        assert (operation("absent", said).plan(have), operation("absent", said).refusals(have)) == ([], refused)
        assert operation("absent", said).predict(have) == operation("absent", said).describe(have)
    (plan,) = operation("absent", "data1").plan(have)
    assert [shell.show(step.command) for step in plan.steps] == ["zpool destroy data1"]
    assert operation("absent", "").plan(nothing())[0].steps == (), "nothing is there, so there is nothing to name"


def test_every_step_is_of_the_dataset_whoever_owns_it() -> None:
    wanted = Datasets(Dataset("data1", (L1, L2), "mirror"), "present", "web1", "", context(lun_owners={L1: "web1"}))
    (plan,) = wanted.plan(nothing())
    assert (plan.object, [step.object for step in plan.steps]) == ("data1", ["data1"])
    assert "belongs to vServer db1" in operation(lun_owners={L1: "db1"}).refusals(nothing())["data1"]


def test_what_is_foreseen_is_what_is_seen_afterwards() -> None:
    wanted = operation()
    before = wanted.read(wanted.read(None, FIRST), SECOND)
    after = wanted.read(None, FIRST | {"pools": Output(0, STATUS)})
    assert wanted.describe(before) == {"data1": None}
    assert wanted.predict(before) == wanted.describe(after) == {"data1": {"layout": "mirror", "luns": [L1, L2], "state": "ONLINE"}}
    assert wanted.predict(after) == wanted.describe(after)
    assert operation("exported").predict(after) == operation("exported").describe(before) == {"data1": None}
    degraded = nothing(importable=(pool("data1", "lun1", "lun2", state="DEGRADED"),))
    assert wanted.predict(degraded)["data1"]["state"] == "DEGRADED"


def test_others_on_the_pool_are_in_the_way() -> None:
    """Another zone keeps it from being given away too, what nobody declared only from being destroyed."""
    have = nothing(
        pools={"data1": pool("data1", "lun1", "lun2")}, held={"data1": zfs("data1", "none"), "data1/x": zfs("data1/x", "/zones/x")}
    )
    assert "holds what it does not declare: data1/x" in operation("absent", "data1").refusals(have)["data1"]
    (plan,) = operation("exported").plan(have)
    assert [step.what for step in plan.steps] == ["export dataset data1"]
    taken = replace(have, zones={"x": ZoneStatus("x", "installed", "/zones/x")})
    for state, destroy in (("absent", "data1"), ("exported", "")):
        assert "zone x (installed) of node t8a lies on it" in operation(state, destroy).refusals(taken)["data1"]
    own = replace(operation("absent", "data1"), declared=frozenset({"data1/x"}))
    assert [step.what for step in own.plan(have)[0].steps] == ["destroy dataset data1"]
    outputs = FIRST | {"zones": Output(127, "", "zoneadm: not found\n"), "held": Output(0, "data1\tmountpoint\tnone\tlocal\n")}
    assert operation("exported").read(None, outputs).zones == {}, "a node without zones"
    with pytest.raises(CommandFailed, match="'zoneadm list -cp' failed"):
        operation("exported").read(None, outputs | {"zones": Output(1, "", "denied\n")})


def used(kind: str, **properties: str) -> ZoneConfig:
    return ZoneConfig({"zonepath": "/zones/data1"}, (ZoneResource(kind, properties),))


@pytest.mark.parametrize(
    ("config", "what"),
    [
        (used("dataset", name="data1/records"), "data1/records"),
        (used("dataset", name="data1"), "data1"),
        (used("fs", type="zfs", special="data1/logs", dir="/logs"), "data1/logs"),
        (used("fs", type="lofs", special="/data1/logs", dir="/logs"), "/data1/logs"),
        (used("fs", type="ufs", special="/dev/zvol/dsk/data1/v", raw="/dev/zvol/rdsk/data1/v", dir="/v"), "/dev/zvol/dsk/data1/v"),
        (used("device", match="/dev/zvol/rdsk/data1/v"), "/dev/zvol/rdsk/data1/v"),
        (used("dataset", name="data10/records"), ""),
        (used("fs", type="lofs", special="/data10", dir="/logs"), ""),
    ],
)
@pytest.mark.parametrize(("state", "destroy"), [("exported", ""), ("absent", "data1")])
def test_what_a_zone_uses_stays_even_if_the_zone_has_its_name(config: ZoneConfig, what: str, state: str, destroy: str) -> None:
    wanted = operation(state, destroy)
    have = nothing(
        pools={"data1": pool("data1", "lun1", "lun2")},
        held={"data1": zfs("data1", "/data1")},
        zones={"data1": ZoneStatus("data1", "installed", "/zones/data1")},
        complete=True,
    )
    assert wanted.look(have) == {"config data1": zonecfg.export("data1")}
    asked = replace(have, configs={"data1": config})
    assert wanted.look(asked) == {}
    if not what:
        assert wanted.refusals(asked) == {}
        return
    assert f"zone data1 (installed) of node t8a uses {what}, as" in wanted.refusals(asked)["data1"]
    own = replace(wanted, owner="data1", vserver="data1")
    assert (own.look(have), own.refusals(have)) == ({}, {})


@pytest.mark.parametrize(("state", "destroy"), [("exported", ""), ("absent", "data1")])
def test_a_vservers_dataset_goes_away_with_its_name_said_only(state: str, destroy: str) -> None:
    have = nothing(pools={"data1": pool("data1", "lun1", "lun2")})
    wanted = replace(operation(state, destroy), holders={"data1": "it has LUN 1 in its dataset data1"})
    assert "belongs to vServer data1 in the repository (it has LUN 1 in its dataset data1)" in wanted.refusals(have)["data1"]
    assert replace(wanted, vserver="data1").refusals(have) == {}
    assert "dataset data1 of vServer db1: it belongs to vServer data1" in replace(wanted, vserver="db1").refusals(have)["data1"]


def test_a_zone_whose_configuration_cannot_be_read_may_use_it() -> None:
    wanted = operation("exported")
    with pytest.raises(CommandFailed, match="'zonecfg -z x export' failed with exit code 1: denied"):
        wanted.read(nothing(complete=True), {"config x": Output(1, "", "denied\n")})
