# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brands: what may be declared together, and which node can carry what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import brands
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Brand

from ..lifecycle.estate import S10, S11, vserver

FIRST = Release("s10", "Solaris 10 3/05 SPARC", "sparc", 0)
X86 = Release("s10", "Oracle Solaris 10 1/13 X86", "i386", 11)
OLD = {"ip_type": "shared", "archive": "/export/s8.flar"}


@pytest.mark.parametrize(
    ("brand", "release", "offered", "why"),
    [
        ("native", S10, None, None),
        ("native", FIRST, ["native"], None),
        ("native", S11, None, "runs Oracle Solaris 11.4 SPARC, which does not offer brand native; that takes Solaris 10"),
        ("solaris", S11, ["solaris"], None),
        ("solaris10", S11, ["solaris"], "does not offer brand solaris10 (it has solaris); that takes Solaris 11"),
        ("solaris10", S10, ["native"], "does not offer brand solaris10 (it has native); that takes Solaris 11"),
        ("solaris8", S10, ["native", "solaris8", "solaris9"], None),
        ("solaris8", S10, None, None),
        ("solaris8", S10, [], "(it has none); that takes Solaris 10 8/07 or later on SPARC and the packages of the brand"),
        ("solaris9", FIRST, None, "that takes Solaris 10 8/07 or later on SPARC and the packages of the brand"),
        ("solaris9", X86, ["native", "solaris9"], "does not offer brand solaris9 (it has native, solaris9); that takes"),
        ("lx", X86, ["lx", "native"], None),
        ("lx", S10, ["native"], "does not offer brand lx (it has native); that takes Solaris 10 8/07 or later on x86"),
    ],
)
def test_what_a_node_can_carry(brand: Brand, release: Release, offered: list[str] | None, why: str | None) -> None:
    found = brands.shortfall(brand, release, offered)
    assert (found is None) == (why is None), found
    assert why is None or (why in str(found) and str(found).startswith(f"runs {release.description}, which does not offer brand {brand}"))


@pytest.mark.parametrize(
    ("brand", "why"),
    [
        ("solaris-kz", "a kernel zone is a machine with a kernel and disks of its own"),
        ("labeled", "Trusted Extensions"),
        ("cluster", "zone cluster"),
        ("ipkg", "Oracle Solaris calls it solaris"),
        ("Native", "It is one of native, solaris, solaris10, solaris8, solaris9, lx."),
    ],
)
def test_brands_of_others_are_refused_with_the_reason(brand: str, why: str) -> None:
    with pytest.raises(InvalidDefinition, match=why) as refusal:
        vserver(brand=brand)
    assert str(refusal.value).startswith(f"vServer web1: brand '{brand}' is no brand of a vServer")


def test_what_goes_together() -> None:
    found = vserver(brand="native", sparse=True, hostid="0x86D2A10C")
    assert (found.sparse, found.hostid) == (True, "86d2a10c")
    found = vserver(brand="solaris", archive="/export/web.uar", archive_zone="web")
    assert (found.archive, found.archive_zone) == ("/export/web.uar", "web")
    assert vserver(manifest="/export/ai.xml").manifest == "/export/ai.xml"
    assert vserver(manifest="  <!DOCTYPE auto_install>\n<auto_install/>  ").manifest == "<!DOCTYPE auto_install>\n<auto_install/>\n"
    for brand in ("native", *brands.FROM_ARCHIVE):
        assert vserver(brand=brand, archive="/export/x.flar", preserve="yes").preserve
    assert vserver(brand="lx").brand == "lx"
    assert (vserver().sparse, vserver().preserve, vserver().hostid, vserver().manifest) == (False, False, "", "")


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"sparse": True}, "sparse has no meaning for brand solaris, whose zones have whole roots"),
        ({"brand": "solaris8", **OLD, "sparse": True}, "sparse has no meaning for brand solaris8"),
        ({"brand": "native", "archive": "/a.flar", "sparse": True}, "sparse does not go with archive"),
        ({"sparse": "perhaps"}, "sparse 'perhaps' is neither true nor false"),
        ({"brand": "native", "manifest": "/m.xml"}, "manifest has no meaning for brand native"),
        ({"brand": "solaris10", "archive": "/a.flar", "manifest": "/m.xml"}, "manifest has no meaning for brand solaris10"),
        ({"archive": "/a.uar", "manifest": "/m.xml"}, "manifest does not go with archive"),
        ({"manifest": "m.xml"}, "manifest is neither the path of an AI manifest"),
        ({"manifest": "<service_bundle/>"}, "manifest is neither the path of an AI manifest"),
        ({"manifest": "/m x.xml"}, "manifest: mount point '/m x.xml'"),
        ({"archive_zone": "web"}, "archive_zone is set without archive"),
        ({"archive": "/a.uar", "archive_zone": "we b"}, "archive_zone: vServer name 'we b'"),
        ({"brand": "solaris10", "archive": "/a.flar", "archive_zone": "web"}, "archive_zone has no meaning for brand solaris10"),
        ({"brand": "solaris9", "preserve": True}, "preserve is set without archive"),
        ({"archive": "/a.uar", "preserve": True}, "preserve has no meaning for brand solaris"),
        ({"brand": "lx", "hostid": "80f0c086"}, "hostid has no meaning for brand lx"),
        ({"brand": "lx", "archive": "/centos.tar"}, "archive cannot be used: zones of brand lx are installed by hand"),
        ({"archive": "http://images.example.com/web.uar"}, "archive: mount point"),
        *(
            ({"hostid": value}, f"hostid {value!r} is no host id")
            for value in ("ffffffff", "0xFFFFFFFF", "80f0c0861", "0x", "-1", "8 0", "zz", 80, 8.0, True, ["1"])
        ),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        vserver(**declared)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("vServer web1")


@given(st.integers(0, 0xFFFFFFFE), st.sampled_from(["{:x}", "{:X}", "0x{:x}", "{:08x}", "0x{:08X}"]))
def test_a_hostid_is_the_same_however_it_is_written(number: int, form: str) -> None:
    assert vserver(hostid=form.format(number)).hostid == f"{number:08x}"
