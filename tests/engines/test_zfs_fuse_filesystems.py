# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems on a real ZFS: created with their quota, grown, never shrunk, mounted, and absent where ZFS says so."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import NodeUnreachable

from .zfs_hosts import Pair, ZfsHost
from .zfs_runs import Cut, dataset, datasets, filesystems, vserver

MB = 2**20
MADE = ["create file system web1/zone", "make /zones/web1 private", "create file system web1/srv"]


@pytest.fixture
def host(hosts: Pair) -> ZfsHost:
    datasets(hosts.a, dataset())
    return hosts.a


def exact(host: ZfsHost, name: str, key: str) -> str:
    return host.ok(f"zfs get -Hp -o value {key} {name}").strip()


def test_created_with_quota_then_converged(host: ZfsHost) -> None:
    wanted = vserver(root=20 * MB, data=10 * MB)
    made = filesystems(host, wanted)
    assert (made.report.changed, made.report.failures, made.steps) == (True, {}, MADE)
    assert made.report.after == {
        "web1/zone": {"mountpoint": "/zones/web1", "quota": str(20 * MB), "mounted": "yes"},
        "web1/srv": {"mountpoint": "legacy", "quota": str(10 * MB), "mounted": "no"},
    }
    assert host.ok("stat -c %a /zones/web1; zfs mount").split() == ["700", "web1/zone", "/zones/web1"]
    again = filesystems(host, wanted)
    assert (again.report.changed, again.steps, again.trips) == (False, [], 1)


def test_without_a_size_there_is_no_quota(host: ZfsHost) -> None:
    assert filesystems(host, vserver()).steps == MADE
    assert exact(host, "web1/zone", "quota") == "0"
    assert filesystems(host, vserver(root=20 * MB)).steps == [f"set quota of web1/zone to {20 * MB}"]
    assert filesystems(host, vserver()).steps == [], "a quota that is not declared stays"


def test_grown_but_never_shrunk(host: ZfsHost) -> None:
    filesystems(host, vserver(20 * MB, 10 * MB))
    grown = filesystems(host, vserver(20 * MB, 12 * MB + 1))
    assert (grown.steps, grown.report.failures) == ([f"set quota of web1/srv to {12 * MB + 1}"], {})
    assert exact(host, "web1/srv", "quota") == str(12 * MB + 1), "to the byte: -p is not rounded"
    for smaller in (vserver(20 * MB, 10 * MB), vserver(19 * MB, 12 * MB + 1)):
        kept = filesystems(host, smaller)
        assert "A file system is never shrunk" in kept.report.warnings[0]
        assert (kept.steps, kept.report.changed, kept.report.failures) == ([], False, {})


def test_a_quota_below_what_is_used_is_zfss_own_refusal(host: ZfsHost) -> None:
    filesystems(host, vserver())
    host.ok("dd if=/dev/urandom of=/zones/web1/file bs=1M count=8 conv=fsync")
    refused = filesystems(host, vserver(root=4 * MB)).report
    assert "cannot set property for 'web1/zone': size is less than current used or reserved space" in refused.failures["web1"]
    assert not refused.changed


def test_unmounted_is_mounted_again(host: ZfsHost) -> None:
    filesystems(host, vserver())
    host.unmount("web1/zone")
    again = filesystems(host, vserver())
    assert (again.steps[0], again.report.failures) == ("mount web1/zone", {})
    assert again.report.after["web1/zone"]["mounted"] == "yes"


def test_a_mount_point_with_something_in_it(host: ZfsHost) -> None:
    """zfs makes the file system and cannot mount it: exit 1. What is in the way stays, and stays a failure."""
    host.ok("mkdir /zones/web1 && echo mine >/zones/web1/file")
    for steps in (["create file system web1/zone"], ["mount web1/zone"]):
        tried = filesystems(host, vserver())
        assert "cannot mount '/zones/web1': directory is not empty" in tried.report.failures["web1"]
        assert tried.steps == steps
    assert host.ok("cat /zones/web1/file") == "mine\n"


def test_another_mount_point_is_somebodys(host: ZfsHost) -> None:
    host.ok("zfs create -o mountpoint=/zones/other web1/zone")
    assert "has mountpoint /zones/other, declared is /zones/web1" in filesystems(host, vserver()).report.failures["web1"]


def test_everything_moves_to_the_other_host(hosts: Pair, host: ZfsHost) -> None:
    filesystems(host, vserver(20 * MB, 10 * MB))
    datasets(host, dataset(), "exported")
    datasets(hosts.b, dataset())
    assert filesystems(hosts.b, vserver(20 * MB, 10 * MB)).steps == []
    assert hosts.b.ok("stat -c %a /zones/web1") == "700\n"


def test_names_that_are_absent_beside_those_that_are_not(host: ZfsHost) -> None:
    filesystems(host, vserver(20 * MB))
    names = ("web1/zone", "web1/none", "nopool/zone", "web1/srv", "nopool")
    output = NodeShell("nodea", host).run([zfs.get(("quota", "mounted"), *names)])[0]
    assert output.rc == 1
    assert set(zfs.parse_get(output.stdout)) == {"web1/zone", "web1/srv"}
    assert zfs.absent(output) == {"web1/none", "nopool/zone", "nopool"}
    host.kill_zfs()
    silent = NodeShell("nodea", host).run([zfs.get(("quota",), *names)])[0]
    assert (silent.rc, zfs.absent(silent), zfs.is_absent(silent)) == (1, frozenset(), False), "failed is not absent"


@pytest.mark.parametrize("ran", [False, True])
def test_cut_off_anywhere_and_run_again(host: ZfsHost, ran: bool) -> None:
    wanted = vserver(20 * MB, 10 * MB)
    for at in range(1, 9):
        cut = Cut(host, at, ran)
        with suppress(NodeUnreachable):
            filesystems(host, wanted, by=cut)
        assert filesystems(host, wanted).report.failures == {}
        assert filesystems(host, wanted).steps == []
        assert host.ok("stat -c %a /zones/web1") == "700\n"
        if cut.trips < at:
            return
        for name in ("zone", "srv"):
            host.ok(f"until zfs destroy web1/{name} 2>/dev/null; do sleep 0.05; done")  # FUSE unmounts a little later
        host.ok("rmdir /zones/web1")
    pytest.fail("it never came to its end")
