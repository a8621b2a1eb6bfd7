# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool with somebody else's zone or file systems on it is neither given away nor destroyed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import vserver as planner
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .estate import context, deployed, vserver, zfs

OURS = {"web1": "none", "web1/zone": "/zones/web1", "web1/zone/rpool": "/rpool", "web1/srv_www": "legacy", "web1/zone@before": "-"}
DESTROY = frozenset({"web1"})


def holding(**more: str) -> NodeActual:
    have = deployed("installed")
    payroll = ZoneStatus("payroll", "installed", "/zones/payroll", brand="solaris", ip_type="exclusive")
    names = OURS | {name.replace("__", "/"): mountpoint for name, mountpoint in more.items()}
    held = {name: zfs(name, mountpoint) for name, mountpoint in names.items()}
    return replace(have, zones={**have.zones, "payroll": payroll}, held=held)


def steps(actual: NodeActual, state: str, destroy: frozenset[str] = frozenset()) -> list[str]:
    return [step.what for step in planner.plan(Wanted(vserver(), state, destroy), actual, context()).steps]  # type: ignore[arg-type]


def test_what_is_its_own_goes_away() -> None:
    assert steps(holding(), "absent", DESTROY)[-1] == "destroy dataset web1"
    assert steps(holding(), "absent")[-1] == "export dataset web1"
    assert steps(holding(), "detached")[-1] == "export dataset web1"


@pytest.mark.parametrize(("state", "destroy"), [("absent", DESTROY), ("absent", frozenset()), ("detached", frozenset())])
def test_another_zone_on_the_pool_is_in_the_way(state: str, destroy: frozenset[str]) -> None:
    with pytest.raises(Refused, match=r"zone payroll \(installed\) of node t8a lies on it, in web1/payroll. Nothing was done"):
        steps(holding(web1__payroll="/zones/payroll"), state, destroy)


def test_what_is_not_declared_is_destroyed_with_nothing() -> None:
    with pytest.raises(Refused, match=r"holds what it does not declare: web1/archive, web1/swap.*'zfs destroy -r web1/archive'"):
        steps(holding(web1__swap="-", web1__archive="/archive", web1__archive__old="/archive/old"), "absent", DESTROY)
    assert steps(holding(web1__archive="/archive"), "absent")[-1] == "export dataset web1", "its data is kept"
