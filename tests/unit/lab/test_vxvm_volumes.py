# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VxVM in the lab: volumes, their layout and growth, vxprint against recorded lines."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.commands.vxvm import host, space
from tests.lab.diskgroups import DiskGroup, MediaDisk, Volume

from .vxvm_world import group, veritas
from .zone_world import LUNS, World


@pytest.fixture
def world() -> World:
    made = veritas()
    group(made, disks=4)
    return made


def records(world: World, kind: str) -> list[list[str]]:
    return [line.split() for line in world.ok("vxprint -g datadg").splitlines() if line.split()[:1] == [kind]]


def test_lines_of_vxprint_are_those_recorded() -> None:
    """Corpus sample of VxVM 6.0: long names push the next columns, which come back."""
    starts = (0, 3, 16, 29, 38, 47, 56, 65, 73)
    row = host.row(["v", "indus_1c6_vol1", "fsgen", "ENABLED", "633532416", "-", "ACTIVE", "-", "-"], starts)
    assert row == "v  indus_1c6_vol1 fsgen      ENABLED  633532416 -       ACTIVE   -       -\n"
    row = host.row(["pl", "indus_1c6_vol1-01", "indus_1c6_vol1", "ENABLED", "633532416", "-", "ACTIVE", "-", "-"], starts)
    assert row == "pl indus_1c6_vol1-01 indus_1c6_vol1 ENABLED 633532416 - ACTIVE   -       -\n"
    assert host.row(["dm", "emcpower1", "emcpower1", "-", "633534160", "-", "-", "-", "-"], starts).startswith(
        "dm emcpower1    emcpower1    -        633534160 -       -        -       -"
    )


def test_the_largest_volume_is_in_whole_megabytes() -> None:
    """Recorded: a group with 633534160 free sectors held a volume of 633532416."""
    one = DiskGroup("1", "indus", 170, disks={"d": MediaDisk("d", "g", 633534160)})
    assert space.largest(one, space.Layout()) == 633532416


def test_layouts(world: World) -> None:
    world.ok("vxassist -g datadg make plain 1g")
    world.ok("vxassist -g datadg make safe 2g layout=mirror")
    world.ok("vxassist -g datadg make fast 4g layout=stripe")
    assert [row[1:5] for row in records(world, "v")] == [
        ["fast", "fsgen", "ENABLED", "8388608"], ["plain", "fsgen", "ENABLED", "2097152"], ["safe", "fsgen", "ENABLED", "4194304"]
    ]  # fmt: skip
    text = world.ok("vxprint -ht")
    assert "pl fast-01      fast         ENABLED  ACTIVE   8388608  STRIPE    4/128    RW\n" in text
    assert len([row for row in records(world, "sd") if row[2] == "fast-01" and row[4] == "2097152"]) == 4
    plexes = {row[1]: row[2] for row in records(world, "pl")}
    assert [name for name, volume in plexes.items() if volume == "safe"] == ["safe-01", "safe-02"]
    sides = [{row[1].split("-")[0] for row in records(world, "sd") if row[2] == f"safe-0{number}"} for number in (1, 2)]
    assert sides[0] and sides[1] and not sides[0] & sides[1]


def test_no_room(world: World) -> None:
    assert "V-5-1-435 Cannot allocate space for 209715200 block volume" in world.fails("vxassist -g datadg make big 100g", rc=20)
    assert records(world, "v") == []
    maximum = world.ok("vxassist -g datadg maxsize")
    world.ok("vxassist -g datadg make all maxsize")
    assert maximum == f"Maximum volume size: {records(world, 'v')[0][4]} ({int(records(world, 'v')[0][4]) // 2048}Mb)\n"
    assert "V-5-1-15809 No free space remaining in diskgroup datadg" in world.fails("vxassist -g datadg maxsize", rc=20)
    assert "V-5-1-436 Cannot allocate space to grow volume to" in world.fails("vxassist -g datadg growby all 1g", rc=20)
    assert "Record already exists in disk group" in world.fails("vxassist -g datadg make all 1g", rc=12)


def test_growth_is_in_place_where_it_can_be(world: World) -> None:
    world.ok("vxassist -g datadg make vol01 1g d01")
    world.ok("vxassist -g datadg growby vol01 1g")
    assert [row[1:5] for row in records(world, "sd")] == [["d01-01", "vol01-01", "ENABLED", "4194304"]]
    world.ok("vxassist -g datadg growto vol01 12g")
    assert sum(int(row[4]) for row in records(world, "sd")) == 12 * 2097152 == int(records(world, "v")[0][4])
    assert "lab: not simulated" in world.fails("vxassist -g datadg growto vol01 1g", rc=125)


def test_a_grown_lun_is_taken_by_resize(world: World) -> None:
    world.centre.luns[LUNS[0]].size *= 2
    before = int(records(world, "dm")[0][4])
    world.ok("vxdisk -g datadg resize d01")
    assert int(records(world, "dm")[0][4]) > 1.9 * before


def test_the_last_disk_is_resized_with_force_only() -> None:
    world = veritas()
    group(world, disks=1)
    assert "Cannot remove last disk in disk group" in world.fails("vxdisk -g datadg resize d01", rc=20)
    world.ok("vxdisk -f -g datadg resize d01")


@pytest.mark.parametrize(("version", "state"), [("5.1", "Startable"), ("6.0", "Started")])
def test_volumes_start_with_an_import_since_6_0(version: str, state: str) -> None:
    world = veritas(version)
    group(world)
    world.ok("vxassist -g datadg make vol01 1g")
    world.ok("vxdg deport datadg")
    world.ok("vxdg import datadg")
    assert world.ok("vxinfo -g datadg").split()[2] == state
    world.ok("vxvol -g datadg startall")
    assert world.ok("vxinfo -g datadg").split()[2] == "Started"
    world.ok("vxvol -g datadg stopall")
    assert [records(world, "v")[0][place] for place in (3, 6)] == ["DISABLED", "CLEAN"]


def test_names_change_and_volumes_go(world: World) -> None:
    world.ok("vxassist -g datadg make vol01 1g d01")
    world.ok("vxedit -g datadg rename vol01 vol02")
    assert records(world, "v")[0][1] == "vol02" and records(world, "pl")[0][1] == "vol01-01"
    world.ok("vxedit -g datadg rename d01 first")
    assert " first " in world.ok("vxprint -ht")
    assert "lab: not simulated" in world.fails("vxedit -g datadg rm vol02", rc=125)
    world.ok("vxedit -g datadg -rf rm vol02")
    assert records(world, "v") == []
    assert "lab: not simulated" in world.fails("vxassist -g datadg remove volume vol02", rc=125)


operations = st.lists(
    st.tuples(
        st.sampled_from(["make", "grow", "remove"]), st.integers(0, 4), st.integers(1, 9000), st.integers(1, 3), st.sampled_from([1, 2, 3])
    ),
    max_size=25,
)


@given(operations)
@settings(deadline=None)
def test_no_two_subdisks_overlap_and_every_plex_holds_its_volume(history: list[tuple[str, int, int, int, int]]) -> None:
    """Property: whatever is made, grown and removed; a failure leaves everything as it was."""
    disks = [MediaDisk(f"d{number}", str(number), 4096 * (number + 1)) for number in range(5)]
    group = DiskGroup("1", "dg", 170, disks={disk.name: disk for disk in disks})
    for what, number, size, mirrors, columns in history:
        name, length = f"v{number}", space.aligned(group, size)
        before = [(each.name, each.offset, each.length) for each in space.subdisks(group)]
        try:
            if what == "make" and name not in group.volumes:
                layout = space.Layout(mirrors, columns, space.STRIPE_UNIT if columns > 1 else 0)
                group.volumes[name] = Volume(name, length, space.allocate(group, name, length, layout))
            elif what == "grow" and name in group.volumes:
                space.grow(group, group.volumes[name], group.volumes[name].length + length, space.Layout())
            elif what == "remove":
                group.volumes.pop(name, None)
        except space.NoSpaceError:
            assert before == [(each.name, each.offset, each.length) for each in space.subdisks(group)]
        for disk in group.disks.values():
            places = sorted((each.offset, each.offset + each.length) for each in space.subdisks(group) if each.disk == disk.name)
            assert all(end <= start for (_, end), (start, _) in pairwise(places))
            assert all(0 <= start < end <= disk.length for start, end in places)
        names = [each.name for each in space.subdisks(group)]
        assert len(names) == len(set(names))
        for volume in group.volumes.values():
            sides = [{each.disk for each in plex.subdisks} for plex in volume.plexes]
            assert sum(map(len, sides)) == len(set().union(*sides))
            for plex in volume.plexes:
                sums = dict.fromkeys(range(plex.columns), 0)
                for each in plex.subdisks:
                    sums[each.column] += each.length
                    others = {other.disk for other in plex.subdisks if other.column != each.column}
                    assert each.disk not in others
                assert len(set(sums.values())) == 1 and sum(sums.values()) >= volume.length
