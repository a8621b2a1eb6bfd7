# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.lab.commands.zfs.space import nice, number

from .zone_world import START, World, disk

GIB = 1 << 30


@pytest.fixture
def world() -> World:
    built = World("s10")
    built.ok(f"zpool create dp {disk(0)}")
    return built


@pytest.mark.parametrize(("size", "text"), [(0, "0"), (1023, "1023"), (1024, "1K"), (32768, "32K"), (10239, "10.0K"), (10 * GIB, "10G"),
                                            (10670309376, "9.94G"), (2835349504, "2.64G")])  # fmt: skip
def test_nice(size: int, text: str) -> None:
    assert nice(size) == text


SIZES = [("10G", 10 * GIB), ("1.5k", 1536), ("512", 512), ("none", 0), ("5GB", 5 * GIB), ("abc", None), ("", None)]


@pytest.mark.parametrize(("text", "size"), SIZES)
def test_number(text: str, size: int | None) -> None:
    assert number(text) == size


def test_create_and_list(world: World) -> None:
    world.ok("zfs create -p -o mountpoint=/data -o quota=2G dp/a/b")
    assert world.ok("zfs list -H -r -o name,quota,mountpoint dp") == "dp\tnone\t/dp\ndp/a\tnone\t/dp/a\ndp/a/b\t2G\t/data\n"
    header, top = world.ok("zfs list dp").splitlines()
    assert header == "NAME   USED  AVAIL  REFER  MOUNTPOINT"
    assert top == "dp      96K  9.78G    32K  /dp"
    assert world.fails("zfs list dp/nix") == "cannot open 'dp/nix': dataset does not exist\n"


@pytest.mark.parametrize(("line", "text"), [
    ("zfs create dp/a", "cannot create 'dp/a': dataset already exists"),
    ("zfs create dp/x/y", "cannot create 'dp/x/y': parent does not exist"),
    ("zfs create nix/y", "cannot create 'nix/y': no such pool 'nix'"),
    ("zfs create nix", "cannot create 'nix': missing dataset name"),
    ("zfs create dp/x/", "cannot create 'dp/x/': trailing slash in name"),
    ("zfs create dp/x*", "cannot create 'dp/x*': invalid character '*' in name"),
    ("zfs create -o foo=1 dp/x", "cannot create 'dp/x': invalid property 'foo'"),
    ("zfs create -o compression=zap dp/x",
     "cannot create 'dp/x': 'compression' must be one of 'on | off | lzjb | gzip | gzip-[1-9] | zle'"),
    ("zfs create -o used=1 dp/x", "cannot create 'dp/x': 'used' is readonly"),
    ("zfs set quota=abc dp/a", "cannot set property for 'dp/a': bad numeric value 'abc'"),
    ("zfs set quota=1K dp/a", "cannot set property for 'dp/a': size is less than current used or reserved space"),
    ("zfs set reservation=99G dp/a", "cannot set property for 'dp/a': size is greater than available space"),
    ("zfs rename dp/a dp/a/b", "cannot rename to 'dp/a/b': New dataset name cannot be a descendent of current dataset name"),
    ("zfs rename dp/a rpool/a", "cannot rename to 'rpool/a': datasets must be within same pool"),
    ("zfs rename dp/a dp/c", "cannot rename 'dp/a': dataset already exists"),
    ("zfs snapshot dp/nix@x", "cannot open 'dp/nix': dataset does not exist"),
    ("zfs mount dp/a", "cannot mount 'dp/a': filesystem already mounted"),
    ("zfs unmount rpool/ROOT", "cannot unmount 'rpool/ROOT': not currently mounted"),
])  # fmt: skip
def test_refused(world: World, line: str, text: str) -> None:
    world.ok("zfs create dp/a")
    world.ok("zfs create dp/c")
    assert world.fails(line) == text + "\n"


def test_get(world: World) -> None:
    world.ok("zfs create -o compression=on -o quota=1G dp/a")
    world.ok("zfs create dp/a/b")
    assert world.ok("zfs get -H -o property,value,source compression,quota,mounted dp/a/b") == (
        "compression\ton\tinherited from dp/a\nquota\tnone\tdefault\nmounted\tyes\t-\n"
    )
    assert world.ok("zfs get -Hp -o value quota,creation dp/a") == f"{GIB}\n{START}\n"
    assert world.ok("zfs get -H -o value creation dp/a") == "Tue Nov 14 22:13 2023\n"
    assert world.ok("zfs get -H -r -s local -o name,property all dp/a") == "dp/a\tquota\ndp/a\tcompression\n"
    assert "bad property list: invalid property 'nix'\n" in world.fails("zfs get nix dp/a", rc=2)
    world.ok("zfs inherit compression dp/a")
    assert world.ok("zfs get -H -o value,source compression dp/a") == "off\tdefault\n"


def test_space_follows_quota_and_reservation(world: World) -> None:
    world.ok("zfs create -o quota=1G dp/a")
    world.ok("zfs create -o reservation=2G dp/b")
    assert world.ok("zfs get -Hp -o value available dp/a") == f"{GIB - 32768}\n"
    assert int(world.ok("zfs get -Hp -o value used dp")) == 2 * GIB + 2 * 32768


def test_destroy(world: World) -> None:
    world.ok("zfs create -p dp/a/b")
    world.ok("zfs snapshot -r dp/a@one")
    assert world.fails("zfs destroy dp/a") == (
        "cannot destroy 'dp/a': filesystem has children\nuse '-r' to destroy the following datasets:\ndp/a@one\ndp/a/b\ndp/a/b@one\n"
    )
    assert "use 'zpool destroy dp' to destroy the pool itself\n" in world.fails("zfs destroy dp")
    world.ok("zfs destroy -r dp/a@one")
    world.ok("zfs destroy -r dp/a")
    assert world.ok("zfs list -H -o name -t all -r dp") == "dp\n"


def test_snapshots_are_listed_on_request(world: World) -> None:
    world.ok("zfs snapshot dp@s")
    assert world.ok("zfs list -H -o name,used,available,referenced,mountpoint -t snapshot") == "dp@s\t0\t-\t32K\t-\n"
    assert world.fails("zfs snapshot dp@s") == "cannot create snapshot 'dp@s': dataset already exists\n"
    assert world.fails("zfs snapshot -r dp@s").endswith("dataset already exists\nno snapshots were created\n")


def test_zoned_and_legacy(world: World) -> None:
    world.ok("zfs create -o zoned=on dp/lent")
    world.ok("zfs create -o mountpoint=legacy dp/old")
    assert world.fails("zfs mount dp/lent") == "cannot mount 'dp/lent': dataset is exported to a local zone\n"
    assert world.fails("zfs mount dp/old") == "cannot mount 'dp/old': legacy mountpoint\nuse mount(1M) to mount this filesystem\n"
    assert "'mountpoint' cannot be set on dataset in a non-global zone" in world.fails("zfs set mountpoint=/x dp/lent")
    world.zone(resources=[{"kind": "dataset", "name": "dp/lent"}]).zone_id = 4
    assert world.run("zfs list -H -o name", zone="z1") == (0, "dp\ndp/lent\n", "")
    assert world.fails("zfs create dp/mine", zone="z1") == "cannot create 'dp/mine': permission denied\n"
    assert world.fails("zfs destroy dp/lent") == "cannot destroy 'dp/lent': dataset is busy\n"


def test_mountpoint_moves_children(world: World) -> None:
    world.ok("zfs create -p dp/a/b")
    world.ok("zfs set mountpoint=/elsewhere dp/a")
    assert "dp/a/b                          /elsewhere/b\n" in world.ok("zfs mount")
    world.ok("zfs unmount dp/a")
    assert world.ok("zfs get -H -o value mounted dp/a/b") == "no\n"
    world.ok("zfs mount -a")
    assert world.ok("zfs get -H -o value mounted dp/a/b") == "yes\n"


def test_parsable_list_is_solaris_11_only(world: World) -> None:
    assert world.fails("zfs list -p", rc=2).startswith("invalid option 'p'\n")
    assert World().ok("zfs list -Hp -o name,used rpool/ROOT") == "rpool/ROOT\t65536\n"


def test_ordinary_user_and_unknown(world: World) -> None:
    assert world.fails("zfs create dp/x", user="operator") == "cannot create 'dp/x': permission denied\n"
    for line in ("zfs send dp@x", "zfs create -V 1G dp/v", "zfs unmount -a"):
        assert world.fails(line, rc=125).startswith("lab: not simulated: ")


def test_a_mount_point_moves_only_what_inherits_it(world: World) -> None:
    world.ok("zfs create -p dp/a/b")
    world.ok("zfs create -o mountpoint=/own dp/c")
    world.ok("zfs create dp/c/d")
    world.ok("zfs unmount dp/c/d")
    world.ok("zfs set mountpoint=/moved dp")
    mounts = world.ok("zfs list -H -r -o name,mountpoint,mounted dp").splitlines()
    assert mounts == [
        "dp\t/moved\tyes",
        "dp/a\t/moved/a\tyes",
        "dp/a/b\t/moved/a/b\tyes",
        "dp/c\t/own\tyes",
        "dp/c/d\t/own/d\tno",
    ]


def test_expanded_lists_of_share_properties() -> None:
    eleven = World("s11.4")
    eleven.ok(f"zpool create dp {disk(0)}")
    assert eleven.ok("zfs get -H -p -o value -e mountpoint dp") == "/dp\n"
    assert eleven.ok("zfs get -H -o property -e all dp") == eleven.ok("zfs get -H -o property all dp")
    assert "not simulated" in eleven.fails("zfs get -e share.nfs dp", rc=125)
