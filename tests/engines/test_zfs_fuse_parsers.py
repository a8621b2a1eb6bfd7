# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our parsers of zpool and zfs over what a real ZFS prints (zpool version 23, zfs version 4: between Solaris 10 9/10 and 8/11).

What differs from Solaris is known and does not reach a parser's result: a line ``Defaulting to 4K blocksize (ashift=12)`` on
stderr, a pool property ``ashift``, names under /dev instead of /dev/dsk, ``scrub:`` where Solaris 11 says ``scan:``.
"""

from __future__ import annotations

import re

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zfs, zpool
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool, Vdev

from .zfs_hosts import LUNS, Pair, ZfsHost, disk

TREES = {
    "single": (disk(1), ["disk"]),
    "stripe": (f"{disk(1)} {disk(2)}", ["disk", "disk"]),
    "mirror": (f"mirror {disk(1)} {disk(2)} {disk(3)}", ["mirror"]),
    "mirrors": (f"mirror {disk(1)} {disk(2)} mirror {disk(3)} {disk(4)}", ["mirror", "mirror"]),
    "raidz1": (f"raidz {disk(1)} {disk(2)} {disk(3)}", ["raidz1"]),
    "raidz2": (f"raidz2 {disk(1)} {disk(2)} {disk(3)} {disk(4)}", ["raidz2"]),
    "spare": (f"mirror {disk(1)} {disk(2)} spare {disk(3)}", ["mirror", "spares"]),
    "log": (f"{disk(1)} log mirror {disk(2)} {disk(3)}", ["disk", "logs"]),
}


def ask(host: ZfsHost, command: Command) -> Output:
    return NodeShell(host.name, host).run([command])[0]


def status(host: ZfsHost, options: str = "") -> Pool:
    (pool,) = zpool.parse_status(host.ok(f"zpool status {options} tp"))
    return pool


def offered(host: ZfsHost) -> Pool:
    (pool,) = zpool.parse_import(ask(host, zpool.importable()).stdout)
    return pool


def leaves(vdevs: tuple[Vdev, ...]) -> list[str]:
    return [name for vdev in vdevs for name in (leaves(vdev.children) if vdev.children else [vdev.name])]


@pytest.mark.parametrize("tree", TREES)
def test_trees(hosts: Pair, tree: str) -> None:
    words, kinds = TREES[tree]
    hosts.a.ok(f"zpool create -f -O mountpoint=none tp {words}")
    disks = [word for word in words.split() if word.startswith("c0t")]
    seen = status(hosts.a)
    assert ([vdev.kind for vdev in seen.vdevs], seen.state, seen.errors) == (kinds, "ONLINE", "No known data errors")
    assert sorted(leaves(seen.vdevs)) == sorted(disks)
    assert seen == status(hosts.a, "-v")
    assert zpool.parse_scan(seen.scan).kind == "none"
    hosts.a.ok("zpool export tp")
    given = offered(hosts.b)
    assert (given.state, given.last_host, given.status) == ("ONLINE", None, "")
    assert given.pool_id.isdecimal()
    assert [vdev.kind for vdev in given.vdevs] == kinds
    assert sorted(leaves(given.vdevs)) == sorted(disks)


def test_nothing_there(hosts: Pair) -> None:
    assert zpool.parse_status(hosts.a.ok("zpool status")) == ()
    assert zpool.parse_list(ask(hosts.a, zpool.list_pools()).stdout) == ()
    assert zfs.parse_list(ask(hosts.a, zfs.list_filesystems()).stdout) == {}
    silent = ask(hosts.a, zpool.importable())
    assert (silent.rc, silent.stdout + silent.stderr, zpool.nothing_importable(silent)) == (1, "", True)
    hosts.a.ok(f"zpool create -O mountpoint=none tp {disk(1)} && zpool destroy tp")
    said = ask(hosts.a, zpool.importable())
    assert (said.rc, said.stderr) == (0, "no pools available to import\n"), "labels of destroyed pools"
    assert zpool.nothing_importable(said)
    for command in (zpool.get_version("tp"), zpool.export_pool("tp"), zpool.destroy("tp"), Command.of("zpool", "status", "tp")):
        assert zpool.is_absent(ask(hosts.a, command)), command


def test_lists_and_properties(hosts: Pair) -> None:
    hosts.a.ok(f"zpool create -O mountpoint=none tp {disk(1)}; zpool create -O mountpoint=none uq {disk(2)}")
    usage = zpool.parse_list(ask(hosts.a, zpool.list_pools()).stdout)
    assert [(pool.name, pool.health) for pool in usage] == [("tp", "ONLINE"), ("uq", "ONLINE")]
    assert all(pool.size >= pool.free > pool.allocated > 0 for pool in usage)
    assert zpool.parse_version(ask(hosts.a, zpool.get_version("tp")).stdout) == 23
    supported = zpool.parse_supported(hosts.a.ok("zpool upgrade -v"))
    assert (supported.version, supported.versions) == (23, tuple(range(1, 24)))
    assert zpool.healthy(hosts.a.ok("zpool status -x")) == ""
    assert zpool.healthy(hosts.a.ok("zpool status -x tp")) == "tp"
    assert zpool.parse_status(hosts.a.ok("zpool status -x tp")) == ()
    hosts.a.ok("zfs create -o quota=20m -o org.example:owner='two words' tp/one")
    hosts.a.ok("zfs snapshot tp/one@first && zfs clone tp/one@first tp/two")
    table = zfs.parse_get_table(hosts.a.ok("zfs get all tp/one"))["tp/one"].properties
    exact = zfs.parse_get(hosts.a.ok("zfs get -Hp -o name,property,value,source all tp/one"))["tp/one"].properties
    assert table.keys() == exact.keys() > {"quota", "mounted", "mountpoint", "org.example:owner"}
    assert (exact["quota"].value, table["quota"].value, exact["quota"].source) == (str(20 * 2**20), "20M", "local")
    assert (exact["mountpoint"].value, exact["mountpoint"].source, exact["mountpoint"].inherited_from) == ("none", "inherited", "tp")
    assert exact["org.example:owner"].value == "two words"
    for key in ("used", "available", "referenced"):
        assert abs(zfs.parse_size(table[key].value) - int(exact[key].value)) <= int(exact[key].value) * 0.006, key
    everything = zfs.parse_get(hosts.a.ok("zfs get -Hp -o name,property,value,source all"))
    assert everything.keys() == {"tp", "tp/one", "tp/one@first", "tp/two", "uq"}
    listed = zfs.parse_list(ask(hosts.a, zfs.list_filesystems()).stdout)
    assert listed.keys() == {"tp", "tp/one", "tp/two", "uq"}
    hosts.a.ok("zfs set quota=none tp/one")
    assert zfs.parse_get(ask(hosts.a, zfs.get(("quota",), "tp/one")).stdout)["tp/one"].properties["quota"].value == "0"


def test_in_use_elsewhere(hosts: Pair) -> None:
    hosts.a.ok(f"zpool create -O mountpoint=none tp mirror {disk(1)} {disk(2)} && zpool offline tp /dev/{disk(2)}")
    given = offered(hosts.b)
    assert "another system" in given.status, "said before anything about its health"
    refused = ask(hosts.b, zpool.import_pool("tp"))
    assert (refused.rc, zpool.last_host(refused.stderr)) == (1, "nodea")
    assert zpool.refusal(refused) == (
        "tp", refused.stderr.splitlines()[0].partition(": ")[2],
    )  # fmt: skip
    assert not zpool.is_absent(refused)
    by_id = ask(hosts.b, zpool.import_pool(given.pool_id))
    assert by_id.rc == 1


def test_repairs_as_they_go(hosts: Pair) -> None:
    hosts.a.ok(f"zpool create -O mountpoint=none tp mirror {disk(1)} {disk(2)}")
    hosts.a.ok("zfs create -o mountpoint=/zones/tp tp/fs && dd if=/dev/urandom of=/zones/tp/file bs=1M count=20 conv=fsync")
    kinds = set()
    for line in (
        f"zpool offline tp /dev/{disk(2)}", f"zpool online tp /dev/{disk(2)}", "zpool scrub tp", "zpool scrub -s tp",
        f"zpool replace tp /dev/{disk(2)} /dev/{disk(3)}", f"zpool attach tp /dev/{disk(1)} /dev/{disk(4)}",
    ):  # fmt: skip
        hosts.a.ok(line)
        for _ in range(100):
            seen = status(hosts.a)
            scan = zpool.parse_scan(seen.scan)
            kinds |= {scan.kind} | {vdev.kind for top in seen.vdevs for vdev in top.children}
            if not scan.in_progress:
                break
            assert scan.percent is not None
        assert scan.kind == "none" or re.fullmatch(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", scan.since), line
    assert {"none", "resilver", "scrub", "disk"} <= kinds
    assert [vdev.state for vdev in seen.vdevs[0].children] == ["ONLINE"] * 3


def test_data_errors(hosts: Pair) -> None:
    hosts.a.ok(f"zpool create -O mountpoint=none tp {disk(1)} && zfs create -o mountpoint=/zones/tp tp/fs")
    hosts.a.ok("yes 'only one copy of this' | head -c 4000000 | dd of=/zones/tp/file conv=fsync && zpool export tp")
    hosts.spoil(LUNS[0], b"only one copy of this")
    hosts.a.ok("zpool import tp && zpool scrub tp; while zpool status tp | grep 'in progress' >/dev/null; do sleep 0.1; done")
    seen = status(hosts.a)
    assert re.fullmatch(r"\d+ data errors, use '-v' for a list", seen.errors)
    assert seen.status.startswith("One or more devices has experienced an error resulting in data corruption.")
    assert seen.vdevs[0].cksum > 10
    assert zpool.healthy(hosts.a.ok("zpool status -x")) is None
    assert status(hosts.a, "-v").errors == "Permanent errors have been detected in the following files:\n/zones/tp/file"
