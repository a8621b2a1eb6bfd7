# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets on a real ZFS that lost a disk, or what was on it."""

from __future__ import annotations

import re

import pytest

from .zfs_hosts import LUNS, Pair, disk
from .zfs_runs import dataset, datasets

WEB1 = dataset()


def test_a_mirror_with_one_half_offline(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    hosts.a.ok(f"zpool offline web1 /dev/{disk(2)}")
    status = "One or more devices has been taken offline by the administrator."
    seen = datasets(hosts.a, WEB1).report
    assert (seen.changed, seen.failures, len(seen.warnings)) == (False, {}, 1)
    assert seen.warnings[0].startswith(f"dataset web1 is DEGRADED on node nodea, of its disks {disk(2)} OFFLINE: {status}")
    datasets(hosts.a, WEB1, "exported")
    taken = datasets(hosts.b, WEB1)
    assert (taken.steps, taken.report.failures) == (["import dataset web1"], {})
    assert f"of its disks {disk(2)} OFFLINE: One or more devices are offlined." in taken.report.warnings[0]


@pytest.mark.parametrize("loss", ["wipe", "hide"])
def test_a_mirror_that_lost_one_half_still_moves(hosts: Pair, loss: str) -> None:
    """What ZFS calls the lost half differs: first its device, after an import without it only a number."""
    datasets(hosts.a, WEB1)
    datasets(hosts.a, WEB1, "exported")
    getattr(hosts, loss)(LUNS[1])
    names = []
    for host in (hosts.b, hosts.a, hosts.b):
        moved = datasets(host, WEB1)
        assert (moved.steps, moved.report.failures) == (["import dataset web1"], {})
        assert "UNAVAIL: One or more devices" in moved.report.warnings[0]
        names.append(re.findall(r"of its disks (\S+) UNAVAIL", moved.report.warnings[0])[0])
        again = datasets(host, WEB1).report
        assert (again.changed, again.failures, len(again.warnings)) == (False, {}, 1)
        assert datasets(host, WEB1, "exported").report.failures == {}
    assert names[0] == disk(2), "the first import knows its device"
    assert all(name.isdecimal() for name in names[1:]), "the next ones only its number in ZFS"


def test_a_mirror_with_one_half_overwritten_in_use(hosts: Pair) -> None:
    datasets(hosts.a, WEB1)
    hosts.a.ok("zfs create -o mountpoint=/zones/web1 web1/zone && dd if=/dev/urandom of=/zones/web1/file bs=1M count=8 conv=fsync")
    hosts.damage(LUNS[1])
    hosts.a.ok("zpool scrub web1; while zpool status web1 | grep 'in progress' >/dev/null; do sleep 0.1; done")
    status = hosts.a.ok("zpool status web1")
    assert "ZFS-8000-9P" in status, status
    assert datasets(hosts.a, WEB1).report.failures == {}


def test_a_stripe_without_one_of_its_luns_is_not_touched(hosts: Pair) -> None:
    wanted = dataset("web1", (1, 2), "stripe")
    datasets(hosts.a, wanted)
    datasets(hosts.a, wanted, "exported")
    hosts.hide(LUNS[1])
    assert "Additional devices are known to be part of this pool" in hosts.b.ok("zpool import")
    tried = datasets(hosts.b, wanted)
    assert "is UNAVAIL (One or more devices are missing from the system.). Make its LUNs visible first." in tried.report.failures["web1"]
    assert tried.steps == []
    other = datasets(hosts.b, dataset("web2", (3, 4)))
    assert other.report.failures == {}, "a pool that is not whole is no reason to do nothing else"
    assert "carries pool web1" in datasets(hosts.b, dataset("web3", (1, 5))).report.failures["web3"]
