# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool: exact command lines, trees by indentation, loud refusals."""

from __future__ import annotations

from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zpool
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Vdev

A, B, C, D = (f"c0t600144F0{letter * 24}d0" for letter in "ABCD")


@pytest.mark.parametrize(
    ("layout", "devices", "words"),
    [
        ("single", [A], (A,)),
        ("stripe", [A, B, C], (A, B, C)),
        ("mirror", [A, B], ("mirror", A, B)),
        ("mirror", [A, B, C], ("mirror", A, B, C)),
        ("stripe_of_mirrors", [A, B, C, D], ("mirror", A, B, "mirror", C, D)),
    ],
)
def test_create_layouts(layout: zpool.Layout, devices: list[str], words: tuple[str, ...]) -> None:
    command = zpool.create("web1", layout, devices, {"version": "29"}, {"mountpoint": "none"})
    assert command.argv == ("zpool", "create", "-o", "version=29", "-O", "mountpoint=none", "web1", *words)


@pytest.mark.parametrize(
    ("layout", "devices"),
    [("single", []), ("single", [A, B]), ("mirror", [A]), ("stripe", [A]), ("stripe_of_mirrors", [A, B, C]), ("stripe_of_mirrors", [A, B])],
)
def test_create_refuses_counts(layout: zpool.Layout, devices: list[str]) -> None:
    with pytest.raises(InvalidDefinition, match="layout"):
        zpool.create("web1", layout, devices)


@pytest.mark.parametrize("device", ["-f", "a b", "c0d0;reboot", "$(id)", "", "../dsk/x", "c0d0\n"])
def test_create_refuses_devices(device: str) -> None:
    with pytest.raises(InvalidDefinition):
        zpool.create("web1", "mirror", [A, device])


def test_create_refuses_a_disk_twice_and_bad_properties() -> None:
    with pytest.raises(InvalidDefinition, match="twice"):
        zpool.create("web1", "mirror", [A, A])
    with pytest.raises(InvalidDefinition):
        zpool.create("web1", "single", [A], {"-f x": "1"})


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        (zpool.import_pool("web1"), ("zpool", "import", "web1")),
        (zpool.import_pool("11809215114195894163", force=True), ("zpool", "import", "-f", "11809215114195894163")),
        (zpool.export_pool("web1"), ("zpool", "export", "web1")),
        (zpool.list_pools(), ("zpool", "list", "-H", "-o", "name,size,allocated,free,health")),
        (zpool.get_version("web1"), ("zpool", "get", "version", "web1")),
    ],
)
def test_command_lines(command: Command, argv: tuple[str, ...]) -> None:
    assert command.argv == argv


TABLE = """  pool: p
 state: DEGRADED
status: One or more devices is currently being resilvered.
        Wait.
action: Wait for the resilver to complete.
 scan: resilver in progress since Sat Dec 14 05:56:15 2013
    139M scanned out of 2.09G at 3.98M/s, 0h8m to go
    136M resilvered, 6.51% done
config:

        NAME             STATE     READ WRITE CKSUM
        p                DEGRADED     0     0     0
          mirror-0       DEGRADED     0     0     0
            c1t0d0       ONLINE       0  1.5K     0
            replacing-1  DEGRADED     0     0     0
              c1t1d0/old UNAVAIL      0     0     0  cannot open
              c1t1d0     ONLINE       0     0     0  (resilvering)
        logs
          c1t2d0         ONLINE       0     0     0
        spares
          c1t3d0         AVAIL
          c1t4d0         INUSE     currently in use

errors: No known data errors
"""


def test_status_tree() -> None:
    (pool,) = zpool.parse_status(TABLE)
    mirror, logs, spares = pool.vdevs
    assert (pool.state, pool.status) == ("DEGRADED", "One or more devices is currently being resilvered. Wait.")
    assert [(vdev.name, vdev.kind) for vdev in mirror.children] == [("c1t0d0", "disk"), ("replacing-1", "replacing")]
    assert mirror.children[0].write == 1500
    assert [vdev.note for vdev in mirror.children[1].children] == ["cannot open", "(resilvering)"]
    assert [vdev.name for vdev in logs.children] == ["c1t2d0"]
    assert spares.children[1] == Vdev("c1t4d0", "disk", "INUSE", note="currently in use")
    scan = zpool.parse_scan(pool.scan)
    assert (scan.kind, scan.in_progress, scan.percent, scan.to_go) == ("resilver", True, 6.51, "0h8m")


def test_several_pools() -> None:
    both = TABLE + "\n" + TABLE.replace("pool: p", "pool: q").replace("        p   ", "        q   ")
    assert [pool.name for pool in zpool.parse_status(both)] == ["p", "q"]


@pytest.mark.parametrize("text", ["no pools available\n", "all pools are healthy\n", "pool 'p' is healthy\n", ""])
def test_nothing_to_tell(text: str) -> None:
    assert zpool.parse_status(text) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("            c1t0d0       ONLINE ", "            c1t0d0       SLEEPING "),
        ("READ WRITE CKSUM", "READ WRITE SLOW"),
        (" state: DEGRADED\n", ""),
        ("          mirror-0  ", "        mirror-0  "),
        ("0  1.5K     0", "0     0"),
        ("        p                DEGRADED", "        q                DEGRADED"),
        ("config:\n", "bananas\n"),
    ],
)
def test_status_refuses(old: str, new: str) -> None:
    assert old in TABLE
    with pytest.raises(ParseError):
        zpool.parse_status(TABLE.replace(old, new, 1))


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> tuple[Vdev, ...]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        disk = depth == 0 or draw(st.booleans())
        name = f"c{depth}t{number}d0" if disk else f"mirror-{number}"
        found.append(
            Vdev(
                name,
                "disk" if disk else "mirror",
                draw(st.sampled_from(["ONLINE", "DEGRADED", "UNAVAIL"])),
                () if disk else draw(trees(depth - 1)),
                draw(st.integers(0, 999)),
                note=draw(st.sampled_from(["", "cannot open", "was /dev/dsk/c9t9d0s0"])),
            )
        )
    return tuple(found)


def table(vdevs: tuple[Vdev, ...]) -> str:
    return "".join(
        f"{vdev.name}  {vdev.state} {vdev.read} {vdev.write} {vdev.cksum}  {vdev.note}".rstrip() + "\n" + indent(table(vdev.children), "  ")
        for vdev in vdevs
    )


@given(trees())
def test_tree_round_trip(vdevs: tuple[Vdev, ...]) -> None:
    head = "  pool: p\n state: ONLINE\n scrub: none requested\nconfig:\n\n\tNAME STATE READ WRITE CKSUM\n\tp ONLINE 0 0 0\n"
    (pool,) = zpool.parse_status(head + indent(table(vdevs), "\t  "))
    assert pool.vdevs == vdevs


def test_import_without_counters() -> None:
    text = """  pool: p
    id: 11809215114195894163
 state: ONLINE
status: The pool was last accessed by another system.
action: The pool can be imported using its name or numeric identifier and
\tthe '-f' flag.
config:

\tp         ONLINE
\t  c1t0d0  ONLINE
"""
    (pool,) = zpool.parse_import(text)
    assert (pool.pool_id, pool.last_host, [vdev.name for vdev in pool.vdevs]) == ("11809215114195894163", None, ["c1t0d0"])
    with pytest.raises(ParseError):
        zpool.parse_status(text)


def test_import_refusal() -> None:
    text = (
        "cannot import 'p': pool may be in use from other system, it was last accessed by node2 (hostid: 0x84a1) "
        "on Fri Mar  9 15:42:47 2007\nuse '-f' to import anyway\n"
    )
    refused = zpool.refusal(Output(1, stderr=text))
    assert refused is not None
    assert (refused[0], zpool.last_host(refused[1])) == ("p", "node2")


def test_list() -> None:
    (pool,) = zpool.parse_list("p\t19.9G\t94K\t19.9G\tONLINE\n")
    assert (pool.size, pool.allocated, pool.health) == (21367462297, 96256, "ONLINE")
    assert zpool.parse_list("p\t-\t-\t-\tFAULTED\n")[0].size == 0
    assert zpool.parse_list("no pools available\n") == ()
    for text in ("p 19.9G 94K 19.9G ONLINE", "p\t1Q\t1K\t1K\tONLINE", "p\t1G\t1G\tONLINE"):
        with pytest.raises(ParseError):
            zpool.parse_list(text)


def test_version() -> None:
    assert zpool.parse_version("NAME  PROPERTY  VALUE    SOURCE\np  version  44  default\n") == 44
    assert zpool.parse_version("NAME  PROPERTY  VALUE    SOURCE\np  version  -  default\n") is None
    with pytest.raises(ParseError):
        zpool.parse_version("cannot open 'p': no such pool\n")


def test_failed_is_not_absent() -> None:
    assert zpool.is_absent(Output(1, stderr="cannot open 'p': no such pool\n"))
    assert not zpool.is_absent(Output(1, stderr="internal error: failed to initialize ZFS library\n"))
    assert zpool.nothing_importable(Output(1))
    assert zpool.nothing_importable(Output(1, stderr="no pools available to import\n"))
    assert not zpool.nothing_importable(Output(1, stderr="cannot discover pools: permission denied\n"))
    assert zpool.unprotected(Output(0, "'p' successfully created, but with no redundancy; failure of one device ...\n"))


SEEN_IN_PART = """\
  pool: st
    id: 12266125537228074370
 state: UNAVAIL
status: One or more devices are missing from the system.
action: The pool cannot be imported. Attach the missing
\tdevices and try again.
   see: http://www.sun.com/msg/ZFS-8000-6X
config:

\tst        UNAVAIL  missing device
\t  c0t3d0  ONLINE

\tAdditional devices are known to be part of this pool, though their
\texact configuration cannot be determined.

  pool: sp
    id: 1
 state: ONLINE
action: The pool can be imported using its name or numeric identifier.
config:

\tsp          ONLINE
\t  mirror-0  ONLINE
\t    c0t1d0  ONLINE
\t    c0t2d0  ONLINE
\tspares
\t  c0t4d0
"""


def test_import_of_a_pool_seen_in_part_and_one_with_a_spare() -> None:
    """Recorded from zfs-fuse 0.7.0, whose zpool is that of OpenSolaris."""
    part, spared = zpool.parse_import(SEEN_IN_PART)
    assert (part.state, [vdev.name for vdev in part.vdevs]) == ("UNAVAIL", ["c0t3d0"])
    assert part.status == "One or more devices are missing from the system."
    assert spared.vdevs[1] == Vdev("spares", "spares", children=(Vdev("c0t4d0", "disk"),))


@pytest.mark.parametrize(("old", "new"), [("\tspares\n", ""), ("\tspares\n", "\tlogs\n"), ("Additional devices", "Further devices")])
def test_import_refuses_a_name_without_state(old: str, new: str) -> None:
    assert old in SEEN_IN_PART
    with pytest.raises(ParseError):
        zpool.parse_import(SEEN_IN_PART.replace(old, new))
