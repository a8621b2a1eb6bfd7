# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems on volumes: made, mounted, grown while there is room, renamed and removed while nobody uses them, never shrunk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.mount import Mount
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import driver, whole
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.volumes import Metadevice
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .estate import LUNS, NETWORKS
from .test_volume_datasets import D, a_group, a_set, fresh, mirror, shown, volume, where

G = 1 << 30
PREFIX = {"svm": "/dev/md/pay1/{}dsk/{}", "vxvm": "/dev/vx/{}dsk/pay1/{}"}
ROOT = {"svm": "d10", "vxvm": "zone"}
DATA = {"svm": "d11", "vxvm": "ledger"}
KIND = {"svm": "ufs", "vxvm": "vxfs"}
MANAGERS = ["svm", "vxvm"]


def declared(manager: str, *more: dict[str, Any], **root: Any) -> VServer:
    filesystems = [{"type": "root", "dataset": "pay1", "size": "6G"} | root]
    filesystems += [{"type": "data", "dataset": "pay1"} | one for one in more]
    given = {
        "compute_pool": "legacy",
        "brand": "native",
        "ip_type": "shared",
        "datasets": [{"name": "pay1", "manager": manager, "layout": "mirror", "luns": ["lun1", "lun2"]}],
        "filesystems": filesystems,
        "networks": [{"network": "management", "address": "10.40.0.51"}],
    }
    return declaration.vserver("pay1", given, declaration.networks(NETWORKS), declaration.luns(LUNS))


def raw(manager: str, name: str) -> str:
    return PREFIX[manager].format("r", name)


def block(manager: str, name: str) -> str:
    return PREFIX[manager].format("", name)


def at(manager: str, *places: tuple[str, str]) -> tuple[Mount, ...]:
    return tuple(Mount(path, block(manager, name), "", "") for name, path in places)


def having(manager: str, sizes: dict[str, int], **options: Any) -> NodeActual:
    """A node with these volumes, each with its file system, the root mounted."""
    if manager == "svm":
        soft = {name: Metadevice(name, "soft", ("d0",), size, "Okay", ((32, size // 512),)) for name, size in sizes.items()}
        actual = a_set(devices={name: one for name, one in mirror().items() if name != "d10"} | soft)
    else:
        actual = a_group(*(volume(name, size) for name, size in sizes.items()))
    kinds = {raw(manager, name): KIND[manager] for name in sizes}
    path = {"pay1": ZonePath("drwx------", False)}
    given = {"kinds": kinds, "mounts": at(manager, (ROOT[manager], "/zones/pay1")), "zonepaths": path, "rooms": {"pay1": 10 * G}}
    return replace(actual, **(given | options))


def made(vserver: VServer, actual: NodeActual) -> tuple[list[str], list[str], str]:
    steps, warnings, unseen = whole.present(vserver, actual, where())
    return shown(steps), warnings, unseen


def test_made_and_mounted() -> None:
    svm = made(declared("svm", {"name": "d11", "mountpoint": "/ledger", "size": "2G"}), fresh())[0]
    assert svm[6:] == [
        "metainit -s pay1 d10 -p d0 12582912b",
        "newfs /dev/md/pay1/rdsk/d10",
        "mkdir -p /zones/pay1",
        "mount -F ufs /dev/md/pay1/dsk/d10 /zones/pay1",
        "chmod 700 /zones/pay1",
        "metainit -s pay1 d11 -p d0 4194304b",
        "newfs /dev/md/pay1/rdsk/d11",
    ]
    vxvm = made(declared("vxvm", {"mountpoint": "/ledger", "size": "2G"}), fresh())[0]
    assert vxvm[3:] == [
        "vxassist -g pay1 make zone 12582912s layout=mirror nmirror=2 pay101 pay102",
        "mkfs -F vxfs -o largefiles /dev/vx/rdsk/pay1/zone",
        "mkdir -p /zones/pay1",
        "mount -F vxfs /dev/vx/dsk/pay1/zone /zones/pay1",
        "chmod 700 /zones/pay1",
        "vxassist -g pay1 make ledger 4194304s layout=mirror nmirror=2 pay101 pay102",
        "mkfs -F vxfs -o largefiles /dev/vx/rdsk/pay1/ledger",
    ]


@pytest.mark.parametrize("manager", MANAGERS)
def test_what_is_as_declared_needs_nothing(manager: str) -> None:
    vserver = declared(manager, {"name": DATA[manager], "mountpoint": "/ledger", "size": "2G"})
    actual = having(manager, {ROOT[manager]: 6 * G, DATA[manager]: 2 * G})
    assert made(vserver, actual) == ([], [], "")
    for one in vserver.filesystems:
        using = driver.of(vserver.datasets[0])
        assert using.described_filesystem(one, actual) == using.predicted_filesystem(one, vserver, actual)


@pytest.mark.parametrize("manager", MANAGERS)
def test_an_old_root_is_checked_and_mounted_and_looked_at_before_more_is_said(manager: str) -> None:
    actual = having(manager, {ROOT[manager]: 6 * G}, mounts=(), zonepaths={})
    steps, _warnings, unseen = made(declared(manager), actual)
    preen = "-o p " if manager == "svm" else ""
    assert steps == [
        "mkdir -p /zones/pay1",
        f"fsck -F {KIND[manager]} {preen}{raw(manager, ROOT[manager])}",
        f"mount -F {KIND[manager]} {block(manager, ROOT[manager])} /zones/pay1",
        "chmod 700 /zones/pay1",
    ]
    assert "planned after it is mounted" in unseen
    installed = replace(actual, zones={"pay1": ZoneStatus("pay1", "installed", "/zones/pay1")})
    assert "planned after it is mounted" in made(declared(manager), installed)[2], "whether it has its identity is not to be seen before"


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_volume_without_file_system_gets_one_unless_a_zone_used_it(manager: str) -> None:
    empty = having(manager, {ROOT[manager]: 6 * G}, kinds={raw(manager, ROOT[manager]): ""}, mounts=(), zonepaths={})
    assert made(declared(manager), empty)[0][0].split()[0] in ("newfs", "mkfs")
    used = replace(empty, zones={"pay1": ZoneStatus("pay1", "installed", "/zones/pay1")})
    with pytest.raises(Refused, match="No empty one is put in its place"):
        made(declared(manager), used)
    with pytest.raises(Refused, match="fstyp cannot tell what is on"):
        made(declared(manager), replace(empty, kinds={}))
    with pytest.raises(Refused, match="holds a file system of type hsfs"):
        made(declared(manager), replace(empty, kinds={raw(manager, ROOT[manager]): "hsfs"}))


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_zone_path_that_is_somebody_elses_is_not_mounted_over(manager: str) -> None:
    mine = having(manager, {ROOT[manager]: 6 * G}, mounts=())
    with pytest.raises(Refused, match="holds something while its root"):
        made(declared(manager), mine)
    with pytest.raises(Refused, match="is mounted on /zones/pay1, not its root"):
        made(declared(manager), replace(mine, mounts=(Mount("/zones/pay1", "rpool/zones", "", ""),)))
    with pytest.raises(Refused, match=r"its root .* is mounted on /mnt"):
        made(declared(manager), replace(mine, mounts=at(manager, (ROOT[manager], "/mnt"))))


def test_growing() -> None:
    inside = ("/zones/pay1/root/ledger",)
    for manager, steps in (
        ("svm", ["metattach -s pay1 d11 2097152b", "growfs -M /zones/pay1/root/ledger /dev/md/pay1/rdsk/d11"]),
        ("vxvm", ["/etc/vx/bin/vxresize -F vxfs -g pay1 ledger 6291456s"]),
    ):
        vserver = declared(manager, {"name": DATA[manager], "mountpoint": "/ledger", "size": "3G"})
        actual = having(manager, {ROOT[manager]: 6 * G, DATA[manager]: 2 * G})
        running = replace(actual, mounts=(*(actual.mounts or ()), *at(manager, (DATA[manager], *inside))))
        assert made(vserver, running)[0] == steps
    assert made(declared("svm", {"name": "d11", "mountpoint": "/l", "size": "3G"}), having("svm", {"d10": 6 * G, "d11": 2 * G}))[0] == [
        "metattach -s pay1 d11 2097152b",
        "growfs /dev/md/pay1/rdsk/d11",
    ]


def test_vxfs_that_nobody_has_mounted_is_mounted_aside_to_grow() -> None:
    vserver = declared("vxvm", {"name": "ledger", "mountpoint": "/ledger", "size": "3G"})
    actual = having("vxvm", {"zone": 6 * G, "ledger": 2 * G})
    aside = "/var/run/heliostat-grow/pay1.ledger"
    grow = "/etc/vx/bin/vxresize -F vxfs -g pay1 ledger 6291456s"
    assert made(vserver, actual)[0] == [
        f"mkdir -p {aside}",
        "fsck -F vxfs /dev/vx/rdsk/pay1/ledger",
        f"mount -F vxfs /dev/vx/dsk/pay1/ledger {aside}",
        grow,
        f"umount {aside}",
    ]
    killed = replace(actual, mounts=(*(actual.mounts or ()), *at("vxvm", ("ledger", aside))))
    assert made(vserver, killed)[0] == [grow, f"umount {aside}"]
    late = replace(having("vxvm", {"zone": 6 * G, "ledger": 3 * G}), mounts=killed.mounts)
    assert made(vserver, late)[0] == [f"umount {aside}"]


def test_a_file_system_that_lags_behind_its_volume_grows() -> None:
    vserver = declared("svm")
    for span, steps in ((6 * G - (8 << 20), []), (4 * G, ["growfs -M /zones/pay1 /dev/md/pay1/rdsk/d10"])):
        assert made(vserver, having("svm", {"d10": 6 * G}, spans={"/dev/md/pay1/rdsk/d10": span}))[0] == steps


@pytest.mark.parametrize("manager", MANAGERS)
def test_nothing_shrinks_and_nothing_outgrows_its_dataset(manager: str) -> None:
    actual = having(manager, {ROOT[manager]: 9 * G})
    steps, (warning,), _unseen = made(declared(manager), actual)
    assert (steps, "never shrunk: it stays as it is. Declare what it has" in warning) == ([], True)
    with pytest.raises(Refused, match=r"needs \d+ bytes more, disk (set|group) pay1 on node t8a has \d+ left"):
        made(declared(manager, size="40G"), actual)
    with pytest.raises(Refused, match=r"needs \d+ bytes more"):
        made(declared(manager, {"name": DATA[manager], "mountpoint": "/ledger", "size": "15G"}), having(manager, {ROOT[manager]: 6 * G}))


@pytest.mark.parametrize("manager", MANAGERS)
def test_renaming(manager: str) -> None:
    new = {"svm": "d12", "vxvm": "books"}[manager]
    entry = {"name": new, "renamed_from": DATA[manager], "mountpoint": "/ledger", "size": "2G"}
    actual = having(manager, {ROOT[manager]: 6 * G, DATA[manager]: 2 * G})
    old = DATA[manager]
    words = {"svm": f"metarename -s pay1 {old} {new}", "vxvm": f"vxedit -g pay1 rename {old} {new}"}
    vserver = declared(manager, entry)
    assert made(vserver, actual) == ([words[manager]], [], "")
    busy = replace(actual, mounts=(*(actual.mounts or ()), *at(manager, (old, "/zones/pay1/root/ledger"))))
    with pytest.raises(Refused, match=r"neither renamed nor destroyed. Halt the vServer first"):
        made(vserver, busy)
    done = having(manager, {ROOT[manager]: 6 * G, new: 2 * G})
    assert made(vserver, done) == ([], [], ""), "what was renamed stays so"


@pytest.mark.parametrize("manager", MANAGERS)
def test_removing(manager: str) -> None:
    vserver = declared(manager)
    (dataset,) = vserver.datasets
    name = DATA[manager]
    actual = having(manager, {ROOT[manager]: 6 * G, name: 2 * G})
    words = {"svm": f"metaclear -s pay1 {name}", "vxvm": f"vxedit -g pay1 -rf rm {name}"}
    using = driver.of(dataset)
    assert shown(using.filesystem_removed(dataset, name, vserver, actual, where())) == [words[manager]]
    assert using.filesystem_removed(dataset, {"svm": "d99", "vxvm": "other"}[manager], vserver, actual, where()) == []
    busy = replace(actual, mounts=at(manager, (name, "/mnt")))
    with pytest.raises(Refused, match="is mounted on /mnt"):
        using.filesystem_removed(dataset, name, vserver, busy, where())
    inside = replace(actual, mounts=at(manager, (name, "/zones/pay1/root/ledger")))
    assert shown(using.filesystem_removed(dataset, name, vserver, whole.freed("pay1", inside), where())) == [words[manager]]


def test_what_destroy_may_name() -> None:
    vserver = declared("svm", {"name": "d11", "mountpoint": "/ledger", "size": "2G"})
    assert [rest for _dataset, rest in whole.named(vserver, {"pay1/d20", "gone"}, {"gone"})] == ["d20"]
    for named, message in (
        ("pay1/d11", "still declared. Take it out of filesystems first"),
        ("pay1", "is still declared and destroyed by state absent only"),
        ("pay1/", "destroyed by state absent only"),
        ("other/d11", "none of its datasets and file systems"),
        ("pay1/d11/d12", "none of its datasets and file systems"),
    ):
        with pytest.raises(Refused, match=message):
            whole.named(vserver, {named}, ())
    with pytest.raises(Refused, match="with state absent whole datasets are destroyed"):
        whole.check_destroy(vserver, {"pay1/d11"})


@pytest.mark.parametrize("manager", MANAGERS)
def test_others_on_the_dataset_are_in_the_way(manager: str) -> None:
    name = DATA[manager]
    vserver = declared(manager)
    (dataset,) = vserver.datasets
    actual = having(manager, {ROOT[manager]: 6 * G, name: 2 * G})
    with pytest.raises(Refused, match=f"holds what it does not declare: pay1/{name}"):
        whole.one_gone(dataset, vserver, True, actual, where())
    zone = ZoneStatus("bills", "installed", "/zones/bills")
    other = replace(actual, zones={"bills": zone}, mounts=at(manager, (ROOT[manager], "/zones/pay1"), (name, "/zones/bills")))
    for doomed in (True, False):
        with pytest.raises(Refused, match=r"zone bills \(installed\) of node t8a lies on it"):
            whole.one_gone(dataset, vserver, doomed, other, where())


def test_a_metadevice_that_carries_others_is_no_file_system() -> None:
    soft = Metadevice("d10", "stripe", (D[0],), 6 * G, "Okay")
    with pytest.raises(Refused, match="is a stripe, no soft partition"):
        made(declared("svm"), a_set(devices=mirror(d10=soft)))
    broken = Metadevice("d10", "soft", ("d0",), 6 * G, "Errored")
    with pytest.raises(Refused, match=r"is Errored. Repair it first"):
        made(declared("svm"), a_set(devices=mirror(d10=broken)))


@pytest.mark.parametrize(
    ("manager", "root", "data", "message"),
    [
        ("svm", {"size": None}, {}, "size is not set: a volume of svm has a size"),
        ("svm", {"name": "root"}, {}, "Solaris Volume Manager calls a volume dN"),
        ("svm", {"name": "d9"}, {}, "d0 to d9 carry the layout"),
        ("svm", {}, {"mountpoint": "/x", "size": "1G"}, "calls a volume dN"),
        ("svm", {"fstype": "vxfs"}, {}, "fstype 'vxfs' is none of ufs"),
        ("vxvm", {"name": "a" * 28}, {}, "a VxVM volume's name is a letter"),
        ("vxvm", {"renamed_from": "zone"}, {}, "is its present name"),
        ("vxvm", {}, {"mountpoint": "/x", "size": "1G", "renamed_from": "zone"}, "another of its file systems is or was"),
    ],
)
def test_what_cannot_be_declared(manager: str, root: dict[str, Any], data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition, match=message):
        declared(manager, *([data] if data else []), **root)


def test_where_volumes_cannot_be() -> None:
    vserver = declared("svm")
    given = {
        "datasets": [{"name": "pay1", "manager": "svm", "luns": ["lun1"]}],
        "filesystems": [{"type": "root", "dataset": "pay1", "size": "6G"}],
    }
    rest = {"compute_pool": "legacy", "networks": [{"network": "management", "address": "10.40.0.51"}]}
    known = declaration.networks(NETWORKS), declaration.luns(LUNS)
    with pytest.raises(InvalidDefinition, match="a vServer of brand solaris cannot have: it takes Solaris 10"):
        declaration.vserver("pay1", given | rest, *known)
    with pytest.raises(InvalidDefinition, match="nobody takes disk set or group pay1 and mounts /zones/pay1 when the node boots"):
        declaration.vserver("pay1", given | rest | {"brand": "native", "autoboot": True}, *known)
    assert vserver.root.name == "d10"
    zfs = {"datasets": [{"name": "pay1", "luns": ["lun1"]}], "filesystems": [{"type": "root", "dataset": "pay1", "fstype": "ufs"}]}
    with pytest.raises(InvalidDefinition, match="fstype has no meaning on a zpool"):
        declaration.vserver("pay1", zfs | rest, *known)


def test_the_log_of_a_vxfs_is_replayed_before_its_zone_boots() -> None:
    vserver = declared("vxvm", {"mountpoint": "/ledger", "size": "2G"})
    sizes = {"zone": 6 * G, "ledger": 2 * G}
    check = ["fsck -F vxfs /dev/vx/rdsk/pay1/ledger"]
    assert shown(whole.before_boot(vserver, having("vxvm", sizes))) == check
    assert shown(whole.before_boot(vserver, replace(fresh(), vxvm=None))) == check, "volumes were not looked at"
    mounted = at("vxvm", ("zone", "/zones/pay1"), ("ledger", "/mnt"))
    assert whole.before_boot(vserver, having("vxvm", sizes, mounts=mounted)) == []
    assert whole.before_boot(vserver, fresh()) == [], "it is made first"
    ufs = declared("svm", {"name": "d11", "mountpoint": "/ledger", "size": "2G"})
    assert whole.before_boot(ufs, having("svm", {"d10": 6 * G, "d11": 2 * G})) == []
