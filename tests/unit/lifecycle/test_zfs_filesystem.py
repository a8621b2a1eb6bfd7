# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ZFS file systems: created, grown, mounted; never shrunk, never moved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import zfs_filesystem as filesystem
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Filesystem

from .declared import Case, cases, converged
from .estate import context, nothing, vserver, zfs

ROOT = Filesystem("root", "web1", "zone", size=20 << 30)
DATA = Filesystem("data", "web1", "srv_www", "/srv/www")


def commands(declared: Filesystem, actual: NodeActual) -> list[str]:
    return [shell.show(step.command) for step in filesystem.present(declared, vserver(), actual, context())[0]]


def test_made_with_quota_and_where_it_belongs() -> None:
    assert commands(ROOT, nothing()) == ["zfs create -o mountpoint=/zones/web1 -o quota=21474836480 web1/zone", "chmod 700 /zones/web1"]
    assert commands(DATA, nothing()) == ["zfs create -o mountpoint=legacy web1/srv_www"]


@pytest.mark.parametrize(
    ("have", "expected"),
    [
        (zfs("web1/zone", "/zones/web1", 20 << 30), []),
        (zfs("web1/zone", "/zones/web1", 0), ["zfs set quota=21474836480 web1/zone"]),
        (zfs("web1/zone", "/zones/web1", 1 << 30), ["zfs set quota=21474836480 web1/zone"]),
        (zfs("web1/zone", "/zones/web1", 20 << 30, "no"), ["zfs mount web1/zone"]),
    ],
    ids=["as-declared", "no-quota-yet", "grown", "not-mounted"],
)
def test_what_is_missing_is_done(have, expected: list[str]) -> None:
    assert commands(ROOT, nothing(zfs={"web1/zone": have})) == expected


def test_a_file_system_mounted_by_its_zone_is_left_so() -> None:
    assert commands(DATA, nothing(zfs={"web1/srv_www": zfs("web1/srv_www", "legacy", 3 << 30, "no")})) == [], "its quota is not declared"


@pytest.mark.parametrize(("mode", "expected"), [("drwx------", []), ("drwxr-xr-x", ["chmod 700 /zones/web1"])])
def test_the_zone_path_is_private(mode: str, expected: list[str]) -> None:
    have = {"web1/zone": zfs("web1/zone", "/zones/web1", 20 << 30), "web1/srv_www": zfs("web1/srv_www", "legacy")}
    actual = nothing(zfs=have, zonepaths={"web1": ZonePath(mode, True)})
    assert commands(ROOT, actual) == expected
    assert commands(DATA, actual) == []


def test_what_could_harm_is_refused() -> None:
    with pytest.raises(Refused, match="file system web1/srv_www has mountpoint /srv, declared is legacy"):
        commands(DATA, nothing(zfs={"web1/srv_www": zfs("web1/srv_www", "/srv")}))


@pytest.mark.parametrize(("value", "expected"), [("none", 0), ("0", 0), ("-", 0), ("5368709120", 5 << 30)])
def test_quotas(value: str, expected: int) -> None:
    assert filesystem.quota_bytes(value) == expected


@pytest.mark.parametrize("value", ["5G", "", "-1", "1.5", "٣"])
def test_a_quota_that_is_no_number_of_bytes_is_refused(value: str) -> None:
    with pytest.raises(ParseError, match="is not a number of bytes"):
        filesystem.quota_bytes(value)


@settings(max_examples=50, deadline=None)
@given(cases())
def test_nothing_is_done_where_all_is_as_declared(case: Case) -> None:
    for declared in case.vserver.filesystems:
        if declared.type != "lofs":
            assert filesystem.present(declared, case.vserver, converged(case), case.context) == ([], [])


def test_what_was_enlarged_by_hand_stays_so_and_is_said() -> None:
    have = nothing(zfs={"web1/zone": zfs("web1/zone", "/zones/web1", 30 << 30)})
    steps, (warning,) = filesystem.present(ROOT, vserver(), have, context())
    assert steps == []
    assert "web1/zone has 32212254720 bytes, declared are 21474836480. A file system is never shrunk: it stays as it is." in warning
