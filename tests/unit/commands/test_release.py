# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import brands, release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError


def outputs(first_line: str, uname: str) -> dict[str, Output]:
    return {"etc-release": Output(0, f"    {first_line}\n   Copyright (c) 1983, 2018\n"), "uname": Output(0, uname + "\n")}


S10 = "SunOS n1 5.10 Generic_147147-26 sun4v sparc SUNW,SPARC-Enterprise-T5220"
S11 = "SunOS n1 5.11 11.4.42.111.0 sun4v sparc sun4v logical-domain"


@pytest.mark.parametrize(
    ("line", "uname", "family", "update"),
    [
        ("Solaris 10 3/05 s10_74L2a SPARC", S10, "s10", 0),
        ("Solaris 10 5/09 s10s_u7wos_08 SPARC", S10, "s10", 7),
        ("Oracle Solaris 10 1/13 s10s_u11wos_24a SPARC", S10, "s10", 11),
        ("Oracle Solaris 11 11/11 SPARC", S11, "s11.0", 0),
        ("Oracle Solaris 11.1 SPARC", S11, "s11.1", 0),
        ("Oracle Solaris 11.3 SPARC", S11, "s11.3", 0),
        ("Oracle Solaris 11.4 SPARC", S11, "s11.4", 0),
        ("OmniOS v11 r151026", "SunOS o 5.11 omnios-r151026-673c59f55d i86pc i386 i86pc", "illumos", 0),
    ],
)
def test_known_releases(line: str, uname: str, family: str, update: int) -> None:
    found = release.parse(outputs(line, uname))
    assert (found.family, found.update, found.description) == (family, update, line)
    assert found.version == uname.split()[3]
    assert found.architecture == uname.split()[5]


@pytest.mark.parametrize(
    ("line", "uname", "says"),
    [
        ("Solaris 9 9/05 s9s_u9wos_06b SPARC", S10.replace("5.10", "5.9"), "not supported"),
        ("Oracle Solaris 11.5 SPARC", S11, "not supported"),
        ("Debian GNU/Linux 12", S11, "not known"),
        ("Oracle Solaris 10 8/11 s10s_u11wos_24a SPARC", S10, "contradicts itself"),
        ("Oracle Solaris 11.4 SPARC", S10, "does not fit"),
        ("Oracle Solaris 10 7/14 s10s_new_1 SPARC", S10, "update of Solaris 10"),
    ],
)
def test_others_are_refused_with_the_known_ones(line: str, uname: str, says: str) -> None:
    with pytest.raises(ParseError, match=says):
        release.parse(outputs(line, uname))


def test_a_failed_probe_is_not_an_unknown_release() -> None:
    answers = outputs("Oracle Solaris 11.4 SPARC", S11) | {"etc-release": Output(2, "", "cat: cannot open /etc/release")}
    with pytest.raises(ParseError, match="etc-release failed with exit code 2: cat: cannot open"):
        release.parse(answers)


def test_brands() -> None:
    assert brands.parse({"brands": Output(0, "solaris10\nsolaris\nshared\nsolaris-kz\n")}) == ("solaris", "solaris-kz", "solaris10")
    assert brands.parse({"brands": Output(2, "", "/usr/lib/brand: No such file or directory")}) == ("native",)
    with pytest.raises(ParseError):
        brands.parse({"brands": Output(2, "", "/usr/lib/brand: Permission denied")})
