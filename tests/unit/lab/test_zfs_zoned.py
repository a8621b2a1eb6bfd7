# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone's own data sets have mount points inside the zone: they do not lie in the way of another zone's paths."""

from __future__ import annotations

from tests.lab.call import Call
from tests.lab.commands.zfs import mounting
from tests.lab.truth import SharedPool, ZfsDataset, Zone

from .zone_world import World


def test_a_zoned_export_is_not_used_by_another_zones_lofs() -> None:
    world = World()
    machine = world.centre.machines["nodea"]
    lofs = {"resources": [{"kind": "fs", "dir": "/shared", "special": "/export/shared", "type": "lofs"}]}
    machine.zones["web2"] = Zone("web2", "running", "/zones/web2", zone_id=2, config=lofs)
    pool = SharedPool("1", "web1", [], 44)
    for name, properties in (("web1", {}), ("web1/zone/rpool", {"zoned": "on"}), ("web1/zone/rpool/export", {"mountpoint": "/export"})):
        pool.datasets[name] = ZfsDataset(name, properties=properties)
    call = Call(world.centre, machine, ["zpool"])
    assert mounting.users(call, pool, pool.datasets["web1/zone/rpool/export"]) == []
    plain = ZfsDataset("web1/export", properties={"mountpoint": "/export"})
    pool.datasets[plain.name] = plain
    assert mounting.users(call, pool, plain) == ["web2"]
