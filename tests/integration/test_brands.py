# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brands and ways to install, from declaration to a zone that says which system it is; and what is refused before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .volumes_world import VolumesWorld, volumes_world
from .world import Row, World

pytestmark = pytest.mark.campaign("file")

SOLARIS8: dict[str, Any] = {
    "compute_pool": "legacy",
    "brand": "solaris8",
    "archive": "/export/archives/billing.flar",
    "hostid": "80F0C086",
    "ip_type": "shared",
    "datasets": [{"name": "billing", "layout": "mirror", "luns": ["lun21", "lun22"]}],
    "filesystems": [{"type": "root", "dataset": "billing"}, {"type": "data", "dataset": "billing", "mountpoint": "/billing", "size": "2G"}],
    "networks": [{"network": "management", "address": "10.40.0.71"}],
}
SPARSE: dict[str, Any] = {
    **SOLARIS8,
    "brand": "native",
    "sparse": True,
    "archive": "",
    "hostid": "",
}
ARCHIVED: dict[str, Any] = {
    "compute_pool": "production",
    "archive": "/export/archives/web.uar",
    "datasets": [{"name": "shop", "layout": "mirror", "luns": ["lun01", "lun02"]}],
    "filesystems": [{"type": "root", "dataset": "shop"}],
    "networks": [{"network": "management", "address": "10.40.0.72"}],
}


def put(world: World, node: str, path: str, text: str = "FlAsH-aRcHiVe-2.0\n") -> None:
    file = world.root(node) / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def remove(world: World, node: str, path: str) -> None:
    (world.root(node) / path.lstrip("/")).unlink(missing_ok=True)


def said(world: World, node: str, zone: str, *words: str) -> str:
    done = world.lab.ssh(node, " ".join(["zlogin", zone, *words]))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refused(world: World, row: Row, node: str, name: str, *parts: str) -> None:
    """With these words, and nothing was made."""
    assert row.status == "failed", row
    for part in parts:
        assert part in row.message
    assert world.zone(node, name) is None
    assert [pool["name"] for pool in world.lab.truth()["pools"].values() if pool["name"] != "rpool"] == []


@pytest.mark.parametrize(("brand", "release"), [("solaris8", "5.8"), ("solaris9", "5.9")])
def test_a_system_of_its_own_time_from_its_archive(world: World, brand: str, release: str) -> None:
    put(world, "t4a", SOLARIS8["archive"])
    world.declare("old1", SOLARIS8, brand=brand)
    check = world.task("t4a", "vserver", "--check", name="old1")
    first, again = world.many("t4a", [("vserver", {"name": "old1"})] * 2)
    assert first.status == "ok", first.message
    assert first.plan == check.plan
    assert [what for what in first.steps if "zone old1" in what] == [
        "configure zone old1",
        "install zone old1",
        "write identity of zone old1",
        "boot zone old1",
    ]
    install = world.since(world.began, "zoneadm", "install", node="t4a")
    assert install[0]["argv"] == ["zoneadm", "-z", "old1", "install", "-a", "/export/archives/billing.flar", "-u"]
    assert not again.changed
    assert again.plan == []
    assert said(world, "t4a", "old1", "uname", "-r") == release
    assert said(world, "t4a", "old1", "hostid") == "80f0c086"
    sysidcfg = world.lab.ssh("t4a", "cat /zones/old1/root/etc/sysidcfg").stdout
    assert "network_interface=PRIMARY {hostname=old1 protocol_ipv6=no}" in sysidcfg
    assert "nfs4_domain" not in sysidcfg
    stopped, after = world.many("t4a", [("vserver", {"name": "old1", "state": "halted"})] * 2)
    assert (stopped.status, stopped.steps, after.plan) == ("ok", ["shut down zone old1"], [])


def test_a_preserved_identity_is_kept(world: World) -> None:
    put(world, "t4a", SOLARIS8["archive"])
    world.declare("old1", SOLARIS8, preserve=True)
    row, again = world.many("t4a", [("vserver", {"name": "old1"})] * 2)
    assert row.status == "ok", row.message
    assert "write identity of zone old1" not in row.steps
    assert world.since(world.began, "zoneadm", "install", "-p", node="t4a")
    assert "No such file" in world.lab.ssh("t4a", "ls /zones/old1/root/etc/sysidcfg").stderr
    assert again.plan == []


def test_a_native_zone_from_an_archive(world: World) -> None:
    put(world, "t4a", SOLARIS8["archive"])
    world.declare("old1", SOLARIS8, brand="native", hostid="")
    row, again = world.many("t4a", [("vserver", {"name": "old1"})] * 2)
    assert row.status == "ok", row.message
    assert "write identity of zone old1" in row.steps
    assert world.since(world.began, "zoneadm", "install", "-a", "-u", node="t4a")
    assert again.plan == []


def test_an_archive_that_is_not_there_is_refused_before_anything_is_made(world: World) -> None:
    remove(world, "t4a", SOLARIS8["archive"])
    world.declare("old1", SOLARIS8)
    for words in (("--check",), ()):
        row = world.task("t4a", "vserver", *words, name="old1")
        path = "/export/archives/billing.flar"
        refused(world, row, "t4a", "old1", f"from {path}, which is no file that node t4a can read", "No such file", "Nothing was made")
    (world.root("t4a") / "export/archives/folder").mkdir(parents=True, exist_ok=True)
    world.declare("old1", SOLARIS8, archive="/export/archives/folder")
    refused(world, world.task("t4a", "vserver", name="old1"), "t4a", "old1", "it is a directory")


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("node", "changes", "parts"),
    [
        ("t8a", {"compute_pool": "production"}, ["brand solaris8 does not run on node t8a", "(it has solaris, solaris-kz, solaris10)"]),
        ("t4a", {"brand": "solaris10", "hostid": ""}, ["brand solaris10 does not run on node t4a", "(it has native, solaris8, solaris9)"]),
        ("t4a", {"brand": "lx", "archive": "", "hostid": ""}, ["brand lx does not run on node t4a", "Solaris 10 8/07 or later on x86"]),
        ("t4a", {"brand": "solaris-kz"}, ["brand 'solaris-kz' is no brand of a vServer: a kernel zone is a machine"]),
        ("t4a", {"sparse": True}, ["sparse has no meaning for brand solaris8"]),
        ("t4a", {"archive": ""}, ["brand solaris8 is installed from a flash archive: set archive"]),
    ],
)
def test_what_a_node_cannot_carry_is_refused(world: World, node: str, changes: dict[str, Any], parts: list[str]) -> None:
    world.declare("old1", SOLARIS8, **changes)
    luns = {"datasets": [{"name": "billing", "luns": ["lun01"]}]} if node == "t8a" else {}
    world.declare("old1", SOLARIS8, **changes, **luns)
    refused(world, world.task(node, "vserver", name="old1"), node, "old1", *parts)


def test_placement_goes_where_the_brand_is_offered(world: World) -> None:
    world.declare("old1", SOLARIS8)
    row = world.task("localhost", "placement", names=["old1"])
    assert row.result["placements"] == {"old1": "t4a"}
    world.declare("old2", SOLARIS8, compute_pool="production", datasets=[{"name": "billing", "luns": ["lun01"]}])
    row = world.task("localhost", "placement", names=["old2"])
    assert row.status == "failed"
    assert "t8a runs Oracle Solaris 11.4 SPARC, which does not offer brand solaris8 (it has solaris, solaris-kz, solaris10)" in row.message


def test_a_sparse_root_stays_sparse(world: World) -> None:
    world.declare("thin1", SPARSE)
    row, again = world.many("t4a", [("vserver", {"name": "thin1"})] * 2)
    assert row.status == "ok", row.message
    assert again.plan == []
    exported = world.lab.ssh("t4a", "zonecfg -z thin1 export").stdout
    assert [line for line in exported.splitlines() if line.startswith("set dir=/") and "billing" not in line] == [
        "set dir=/lib",
        "set dir=/platform",
        "set dir=/sbin",
        "set dir=/usr",
    ]
    gathered = world.task("t4a", "vserver", name="thin1", state="gathered")
    assert gathered.result["vservers"]["thin1"]["sparse"] is True
    assert gathered.result["incomplete"] == {}, "adopting it changes nothing"
    world.declare("thin1", SPARSE, sparse=False)
    row = world.task("t4a", "vserver", name="thin1")
    assert row.status == "failed"
    assert "inherit-pkg-dir[dir=/usr] is there, declared is sparse: false" in row.message
    assert "remove and deploy it anew" in row.message
    assert world.lab.ssh("t4a", "zonecfg -z thin1 export").stdout == exported


def test_a_unified_archive(world: World) -> None:
    put(world, "t8a", ARCHIVED["archive"])
    world.declare("shop1", ARCHIVED)
    row, again = world.many("t8a", [("vserver", {"name": "shop1"})] * 2)
    assert row.status == "ok", row.message
    (install,) = world.since(world.began, "zoneadm", "install", node="t8a")
    assert install["argv"][3:7] == ["install", "-a", "/export/archives/web.uar", "-c"]
    assert again.plan == []


def test_a_manifest_of_its_own(world: World) -> None:
    manifest = '<!DOCTYPE auto_install SYSTEM "file:///usr/share/install/ai.dtd.1">\n<auto_install><ai_instance/></auto_install>'
    world.declare("shop1", ARCHIVED, archive="", manifest=manifest)
    row = world.task("t8a", "vserver", name="shop1")
    assert row.status == "ok", row.message
    (install,) = world.since(world.began, "zoneadm", "install", "-m", node="t8a")
    assert install["argv"][5].endswith("/manifest.xml")
    assert "zoneadm -z shop1 install -m '<manifest.xml>' -c '<profile.xml>'".replace("'", "") in " ".join(
        step["command"] for step in row.plan
    ).replace("'", "")


def test_a_disk_that_is_full(world: World) -> None:
    put(world, "t8a", ARCHIVED["archive"])
    world.declare("shop1", ARCHIVED)
    assert world.task("t8a", "vserver", name="shop1", state="defined").status == "ok"
    world.lab.fault("t8a", "disk_full", text="shop")
    row = world.task("t8a", "vserver", name="shop1")
    assert row.status == "failed"
    assert "shop1: 'install zone shop1'" in row.message
    assert "out of space" in row.message
    world.lab.clear_faults()
    row, again = world.many("t8a", [("vserver", {"name": "shop1"})] * 2)
    assert row.status == "ok", row.message
    assert "install zone shop1" in row.steps
    assert again.plan == []


def test_what_an_interrupted_installation_left_goes_only_when_it_can_begin_anew(world: World) -> None:
    put(world, "t8a", ARCHIVED["archive"])
    world.declare("shop1", ARCHIVED)
    assert world.task("t8a", "vserver", name="shop1", state="installed").status == "ok"
    assert world.lab.ssh("t8a", "zoneadm -z shop1 mark incomplete").returncode == 0
    assert "was installed before" in world.task("t8a", "vserver", name="shop1").message
    with world.repository() as repository:  # as it is when the first installation is interrupted
        repository.set_vserver_state("shop1", "defined")
    remove(world, "t8a", ARCHIVED["archive"])
    row = world.task("t8a", "vserver", name="shop1")
    assert "which is no file that node t8a can read" in row.message
    zone = world.zone("t8a", "shop1")
    assert zone is not None
    assert zone["state"] == "incomplete"
    put(world, "t8a", ARCHIVED["archive"])
    row, again = world.many("t8a", [("vserver", {"name": "shop1"})] * 2)
    assert row.status == "ok", row.message
    assert row.steps[0] == "uninstall incomplete zone shop1"
    assert "install zone shop1" in row.steps
    assert again.plan == []


def test_an_archive_of_another_architecture_is_told_in_the_installers_words(world: World) -> None:
    put(world, "t4a", SOLARIS8["archive"])
    world.declare("old1", SOLARIS8)
    text = "ERROR: the archive holds a system of architecture i86pc\n"
    world.lab.fault("t4a", "fail", match="zoneadm -z old1 install", rc=1, text=text, times=1)
    row = world.task("t4a", "vserver", name="old1")
    assert row.status == "failed"
    assert "the archive holds a system of architecture i86pc" in row.message
    assert "old1: 'install zone old1' exit 1" in row.message
    row, again = world.many("t4a", [("vserver", {"name": "old1"})] * 2)
    assert row.status == "ok", row.message
    assert again.plan == []


@pytest.fixture
def two_nodes(tmp_path: Path) -> Iterator[VolumesWorld]:
    """Two Solaris 10 nodes that both have the brands."""
    with volumes_world(tmp_path) as made:
        yield made


def test_an_older_system_moves_without_its_archive(two_nodes: VolumesWorld) -> None:
    world = two_nodes
    put(world, "t4c", SOLARIS8["archive"])
    network = [{"network": "management", "address": "10.42.0.71"}]
    luns = [{"name": "billing", "layout": "mirror", "luns": ["lun01", "lun02"]}]
    world.declare("old1", SOLARIS8, networks=network, datasets=luns)
    row = world.task("t4c", "vserver", name="old1")
    assert row.status == "ok", row.message
    moved, again = world.many("localhost", [("migration", {"names": ["old1"], "target": "t4d"})] * 2)
    assert moved.status == "ok", moved.message
    assert again.plan == []
    assert world.zone("t4c", "old1") is None
    assert said(world, "t4d", "old1", "hostid") == "80f0c086"
    assert said(world, "t4d", "old1", "uname", "-r") == "5.8"
    after = world.task("t4d", "vserver", name="old1")
    assert (after.status, after.plan) == ("ok", [])


def test_it_moves_to_no_node_without_the_brand(two_nodes: VolumesWorld) -> None:
    world = two_nodes
    put(world, "t4c", SOLARIS8["archive"])
    network = [{"network": "management", "address": "10.42.0.71"}]
    luns = [{"name": "billing", "layout": "mirror", "luns": ["lun01", "lun02"]}]
    world.declare("old1", SOLARIS8, networks=network, datasets=luns)
    assert world.task("t4c", "vserver", name="old1").status == "ok"
    world.lab.patch("machines/t4d/brands", ["native"])
    (world.root("t4d") / "usr/lib/brand/solaris8").rmdir()
    assert world.task("t4d", "node", state="present").status == "ok"
    row = world.task("localhost", "migration", names=["old1"], target="t4d")
    assert row.status == "failed"
    assert "cannot go to node t4d: runs Oracle Solaris 10 1/13 s10s_u11wos_24a SPARC, which does not offer brand solaris8" in row.message
    zone = world.zone("t4c", "old1")
    assert zone is not None
    assert zone["state"] == "running"
