# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools that lost a disk: ours as long as what is left says so. The pools are shaped as zfs-fuse showed them."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import zfs as dataset
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset

from .estate import LUNS, context, nothing

L1, L2, L3 = (LUNS[f"lun{number}"] for number in range(1, 4))
MIRROR = Dataset("web1", (L1, L2), "mirror")
CORRUPT = "One or more devices contains corrupted data."


def disk(guid: str) -> Vdev:
    return Vdev(f"c0t{guid}d0", "disk", "ONLINE")


def half(name: str, state: str = "UNAVAIL", note: str = "") -> Pool:
    """A mirror as zfs-fuse shows it after an import without its second disk: itself ONLINE."""
    lost = Vdev(name, "disk", state, note=note)
    return Pool("web1", "ONLINE", (Vdev("mirror-0", "mirror", "ONLINE", (disk(L1), lost)),), status=CORRUPT)


@pytest.mark.parametrize("note", ["", f"was /dev/dsk/c0t{L2}d0s0"])
def test_a_mirror_whose_lost_half_has_only_a_number_is_ours_and_warned_of(note: str) -> None:
    broken = half("9089909351652128192", note=note)
    steps, warnings = dataset.present(MIRROR, "web1", nothing(importable=(broken,)), context())
    assert [shell.show(step.command) for step in steps] == ["zpool import web1"]
    told = [f"dataset web1 is ONLINE on node t8a, of its disks 9089909351652128192 UNAVAIL: {CORRUPT}"]
    assert warnings == told
    assert dataset.present(MIRROR, "web1", nothing(pools={"web1": broken}), context()) == ([], told)


@pytest.mark.parametrize(("name", "note"), [(f"c0t{L3}d0", ""), ("9089909351652128192", f"was /dev/dsk/c0t{L3}d0s0"), ("c1t0d0s0", "")])
def test_a_half_that_is_known_to_be_another_lun_is_not_ours(name: str, note: str) -> None:
    for actual in (nothing(importable=(half(name, note=note),)), nothing(pools={"web1": half(name, note=note)})):
        with pytest.raises(Refused, match="declared is mirror on"):
            dataset.present(MIRROR, "web1", actual, context())


def test_numbers_do_not_stand_for_more_disks_than_are_lost() -> None:
    three = Vdev("mirror-0", "mirror", "ONLINE", (disk(L1), disk(L2), Vdev("9089909351652128192", "disk", "UNAVAIL")))
    for vdevs in ((three,), (Vdev("mirror-0", "mirror", "ONLINE", (Vdev("1", "disk"), Vdev("2", "disk"))),)):
        with pytest.raises(Refused):
            dataset.present(MIRROR, "web1", nothing(importable=(Pool("web1", "ONLINE", vdevs),)), context())


def test_a_pool_of_another_layout_is_not_imported() -> None:
    with pytest.raises(Refused, match="layout stripe, lies on"):
        dataset.present(MIRROR, "web1", nothing(importable=(Pool("web1", "ONLINE", (disk(L1), disk(L2))),)), context())
