# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools on virtual disks of a guest domain: their names mean nothing elsewhere, and the same name may be another LUN there."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.arrival import arriving
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import luns, zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset

from .estate import LUNS, context, nothing, vserver

L1, L2, L3, L4 = (LUNS[f"lun{number}"] for number in range(1, 5))
MIRROR = Dataset("web1", (L1, L2), "mirror")
POOL = Pool("web1", "ONLINE", (Vdev("mirror-0", "mirror", "ONLINE", (Vdev("c0d1", "disk", "ONLINE"), Vdev("c0d3s0", "disk", "ONLINE"))),))
GUEST = nothing(pools={"web1": POOL}, virtual={"c0d0": "", "c0d1": L1, "c0d3": L2}, disks=None)


def test_its_pool_is_the_declared_one() -> None:
    assert luns.members(POOL.vdevs, GUEST) == [L1, L2]
    assert zfs.present(MIRROR, "web1", GUEST, context()) == ([], [])
    with pytest.raises(Refused, match="on c0d1, c0d3s0; declared"):
        zfs.present(MIRROR, "web1", nothing(pools={"web1": POOL}, disks=None), context())


def test_on_its_way_to_another_guest_it_keeps_its_luns() -> None:
    """There, c0d1 is another LUN."""
    there = nothing(virtual={"c0d1": L3, "c0d3": L4}, disks=None)
    arrived = arriving(vserver(), GUEST, there).actual
    assert luns.members(arrived.pools["web1"].vdevs, arrived) == [L1, L2]
    assert zfs.present(MIRROR, "web1", arrived, context()) == ([], [])


def test_what_tells_no_guid_is_nobodys_elsewhere() -> None:
    odd = Pool("web1", "ONLINE", (Vdev("c0d0", "disk", "ONLINE"),))
    moved = luns.elsewhere(odd, nothing(virtual={"c0d0": ""}, disks=None))
    assert luns.members(moved.vdevs, nothing(virtual={"c0d0": L1}, disks=None)) == ["c0d0 of the other node"]
    plain = Pool("web1", "ONLINE", (Vdev("c1t0d0", "disk", "ONLINE"),))
    assert luns.elsewhere(plain, nothing()) is plain


def test_a_lun_that_is_not_seen_may_be_behind_a_disk_without_guid() -> None:
    blind = nothing(virtual={"c0d0": "", "c0d1": L2, "c0d5": ""}, disks={})
    with pytest.raises(Refused, match=rf"does not see LUN {L1}. \(Its virtual disks c0d0, c0d5 tell no GUID"):
        luns.free_disk(MIRROR, L1, blind, context())
    with pytest.raises(Refused, match=rf"does not see LUN {L1}. Map it"):
        luns.free_disk(MIRROR, L1, nothing(disks={}), context())
