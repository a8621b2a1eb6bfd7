# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: what may reach a command or a path. Whatever a shell, zonecfg or an option parser could read otherwise never passes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import names
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition

#: Every check of a name, with a name that it takes.
CHECKS: dict[Callable[[str], str], str] = {
    names.zone_name: "web1",
    names.zpool_name: "web1",
    names.lun_guid: "60060E8007C3F2000030C3F200000101",
    names.link_name: "net0",
    names.mount_point: "/srv/www",
    names.filesystem_name: "srv_www",
    names.plain_name: "production",
    names.timezone: "Europe/Berlin",
    names.domain_name: "example.org",
    names.password_hash: "$5$rounds=8000$ab./CD$x1",
}
HOSTILE = ["'", '"', "\n", "\r", "\t", " ", "$(id)", "`id`", ";", "&", "|", ">", "<", "\\", "\0", "#", "{", "}", "(", ")", "é", "٣", "‮"]
checks = pytest.mark.parametrize("check", CHECKS, ids=[check.__name__ for check in CHECKS])


@checks
def test_a_good_name_comes_back_as_it_is(check: Callable[[str], str]) -> None:
    assert check(CHECKS[check]) == CHECKS[check]


@checks
@given(st.sampled_from(HOSTILE), st.integers(0, 40))
def test_what_a_shell_could_read_otherwise_never_passes(check: Callable[[str], str], hostile: str, where: int) -> None:
    good = CHECKS[check]
    where = min(where, len(good))
    with pytest.raises(InvalidDefinition):
        check(good[:where] + hostile + good[where:])


@checks
@given(st.text(max_size=80))
def test_what_passes_is_plain_ascii(check: Callable[[str], str], text: str) -> None:
    try:
        passed = check(text)
    except InvalidDefinition:
        return
    assert re.fullmatch(r"[-/A-Za-z0-9_.:+@$*,=!]+", passed)


@pytest.mark.parametrize("check", [check for check in CHECKS if check is not names.password_hash], ids=lambda check: check.__name__)
@given(st.text("-abc019/._", max_size=20))
def test_nothing_that_passes_is_an_option_or_empty(check: Callable[[str], str], text: str) -> None:
    try:
        passed = check(text)
    except InvalidDefinition:
        return
    assert passed and not passed.startswith("-")


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (names.zone_name, "global"),
        (names.zone_name, "SUNWlx"),
        (names.zone_name, "SYSdefault"),
        (names.zone_name, "z" * 64),
        (names.zone_name, ".hidden"),
        (names.zpool_name, "1pool"),
        (names.zpool_name, "mirror1"),
        (names.zpool_name, "raidz"),
        (names.zpool_name, "spares"),
        (names.zpool_name, "log"),
        (names.zpool_name, "c0pool"),
        (names.lun_guid, "60060E8007C3F20"),
        (names.lun_guid, "60060E8007C3F2000030C3F2000001010"),
        (names.lun_guid, "60060E8007C3F2000030C3F20000010G"),
        (names.link_name, "net"),
        (names.link_name, "0net0"),
        (names.link_name, "n" * 31 + "0"),
        (names.mount_point, "srv/www"),
        (names.mount_point, "/"),
        (names.mount_point, "/srv/../etc"),
        (names.mount_point, "/srv/./www"),
        (names.mount_point, "/srv//www"),
        (names.mount_point, "/srv/"),
        (names.mount_point, "/x" * 512),
        (names.filesystem_name, "a/b"),
        (names.filesystem_name, "a@snap"),
        (names.timezone, "Europe/../../etc/passwd"),
        (names.timezone, "/etc/passwd"),
        (names.domain_name, "example.org."),
        (names.domain_name, "-a.org"),
        (names.domain_name, "a..b"),
        (names.domain_name, ".".join(["a" * 63] * 4)),
        (names.password_hash, "x"),
        (names.password_hash, "correct-horse-battery"),
    ],
)
def test_what_solaris_would_refuse_is_refused_here(check: Callable[[str], str], bad: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        check(bad)
    assert (bad in str(refusal.value)) is (check is not names.password_hash), "the message repeats what was found, but never a secret"


def test_a_guid_has_one_form() -> None:
    assert names.lun_guid("naa.60060e8007c3f2000030c3f200000101") == "60060E8007C3F2000030C3F200000101"
    assert names.lun_guid("600601601234abcd") == "600601601234ABCD"


@pytest.mark.parametrize(
    ("device", "guid"),
    [
        ("c0t60060E8007C3F2000030C3F200000101d0", "60060E8007C3F2000030C3F200000101"),
        ("c0t60060E8007C3F2000030C3F200000101d0s2", "60060E8007C3F2000030C3F200000101"),
        ("c1t0d0s0", None),
        ("c0t60060E8007C3F2000030C3F200000101d1", None),
        ("12345678901234567890", None),
    ],
)
def test_the_guid_in_a_device_name(device: str, guid: str | None) -> None:
    assert names.device_guid(device) == guid
