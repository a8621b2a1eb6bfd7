# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a zone's data lay on is gone: nothing empty takes its place, whatever state is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import vserver as planner
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused

from .estate import context, deployed, nothing, vserver


def plan(actual: NodeActual, state: str = "running") -> list[str]:
    return [step.what for step in planner.plan(Wanted(vserver(), state), actual, context()).steps]  # type: ignore[arg-type]


def without(have: NodeActual, *filesystems: str) -> NodeActual:
    return replace(have, zfs={name: entry for name, entry in have.zfs.items() if name not in filesystems})


@pytest.mark.parametrize("wanted", ["defined", "installed", "running", "halted"])
@pytest.mark.parametrize("status", ["installed", "running", "configured"])
def test_a_pool_that_a_zone_used_is_not_made_again(status: str, wanted: str) -> None:
    have = deployed(status)
    destroyed = replace(nothing(), zones=have.zones, configs=have.configs)
    with pytest.raises(Refused, match=r"dataset web1: zone web1 on node t8a uses it, .*'zpool import -D'.*zonecfg -z web1 delete -F"):
        plan(destroyed, wanted)


def test_a_zone_that_is_gone_with_its_pool_starts_anew() -> None:
    assert plan(nothing())[0] == "create dataset web1 (mirror of 2 LUNs)"


def test_the_root_of_an_installed_zone_is_not_made_again() -> None:
    with pytest.raises(Refused, match=r"the zone is installed, but its file system web1/zone does not exist.*zoneadm -z web1 uninstall -F"):
        plan(without(deployed("installed"), "web1/zone"))


def test_an_uninstalled_zone_took_its_root_along() -> None:
    assert plan(without(deployed("configured", zonepaths={}), "web1/zone"))[0] == "create file system web1/zone"


def test_a_mounted_file_system_is_not_made_again() -> None:
    with pytest.raises(Refused, match=r"its zone mounts file system web1/srv_www, which does not exist.*mountpoint=legacy web1/srv_www"):
        plan(without(deployed("installed"), "web1/srv_www"))


def test_a_dataset_declared_later_is_made() -> None:
    more = vserver(
        datasets=[{"name": "web1", "layout": "mirror", "luns": ["lun1", "lun2"]}, {"name": "more", "luns": ["lun3"]}],
        filesystems=[
            {"type": "root", "dataset": "web1"},
            {"type": "data", "dataset": "web1", "mountpoint": "/srv/www", "size": "5G"},
            {"type": "data", "dataset": "more", "mountpoint": "/more"},
        ],
    )
    have = replace(deployed(), importable=(), disks=nothing().disks)
    steps = [step.what for step in planner.plan(Wanted(more, "running"), have, context()).steps]
    assert steps[:2] == ["create dataset more (single of 1 LUNs)", "create file system more/more"]
