# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that came back is released only when nothing that lives elsewhere runs or is imported there, whatever manages its LUNs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.quarantine import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.volumes import DiskGroup, DiskSet, Svm, Vxvm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Manager
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .estate import S10, context, nothing, pool, vserver

SET = DiskSet("web1", {"t4c": True, "t4d": False}, ("c0t1d0",))
HELD: dict[Manager, NodeActual] = {
    "zfs": nothing(pools={"web1": pool("web1", "lun1", "lun2")}),
    "svm": nothing(svm=Svm("t4c", {"web1": SET}, loose=frozenset())),
    "vxvm": nothing(vxvm=Vxvm("t4c", groups={"web1": DiskGroup("web1")})),
}
GONE: dict[Manager, NodeActual] = {
    "zfs": nothing(),
    "svm": nothing(svm=Svm("t4c", {"web1": replace(SET, hosts={"t4c": False, "t4d": True})}, loose=frozenset())),
    "vxvm": nothing(vxvm=Vxvm("t4c")),
}


def release(manager: Manager) -> Release:
    declared = vserver()
    datasets = tuple(replace(dataset, manager=manager) for dataset in declared.datasets)
    return Release({"web1": (replace(declared, datasets=datasets), "t4d")}, context(S10))


@pytest.mark.parametrize("manager", ["zfs", "svm", "vxvm"])
def test_what_is_still_imported_keeps_the_node_in_quarantine(manager: Manager) -> None:
    told = release(manager).refusals(HELD[manager])["web1"]
    assert "dataset web1 of vServer web1 is imported there, and the vServer lives on node t4d" in told
    assert "stays in quarantine" in told
    assert release(manager).refusals(GONE[manager]) == {}


@pytest.mark.parametrize("manager", ["zfs", "svm", "vxvm"])
def test_every_volume_manager_of_those_that_moved_is_asked(manager: Manager) -> None:
    asked = release(manager).look(None)
    assert {"zones", "pools"} <= asked.keys()
    assert ("svm sets" in asked, "vxvm devices" in asked) == (manager == "svm", manager == "vxvm")


@pytest.mark.parametrize("probe", ["zones", "pools"])
def test_what_cannot_be_listed_is_not_taken_for_gone(probe: str) -> None:
    answers = {"zones": Output(0, "0:global:running:/::ipkg:shared\n"), "pools": Output(0, "no pools available\n")}
    with pytest.raises(CommandFailed, match="stays in quarantine"):
        release("zfs").read(None, answers | {probe: Output(1, "", "internal error")})


def test_a_zone_that_runs_there_is_to_be_halted_at_once() -> None:
    running = nothing(zones={"web1": ZoneStatus("web1", "running", "/zones/web1", 1)})
    assert "Halt it now ('zoneadm -z web1 halt')" in release("zfs").refusals(running)["web1"]
