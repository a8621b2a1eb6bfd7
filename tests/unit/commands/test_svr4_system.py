# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system's packages and patches together: interim reliefs, other makers' patches, second instances, both forms of pkginfo."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import svr4
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed, Package

UNAME = "SunOS web1 5.10 Generic_147440-19 sun4v sparc SUNW,SPARC-Enterprise-T5220\n"
SHORT = """\
SUNWabc         An example
              (sparc) 1.0
SUNWabc.2       An example, again
              (sparc.sun4v) 2.0 beta
SUNWall         Another
              (all) 1.0
"""
LONG = """\
   PKGINST:  SUNWabc
      NAME:  An example
  CATEGORY:  system
      ARCH:  sparc, i386
   VERSION:  1.0,REV=2005.01.21.15.53
    STATUS:  completely installed
     FILES:        5 installed pathnames
                   2 shared pathnames

   PKGINST:  SUNWabc.2
      NAME:  An example
      ARCH:  sparc
   VERSION:  2.0
    STATUS:  completely installed
"""
PATCHES = """\
Patch: 142909-17 Obsoletes: 118833-36 Requires: 120011-14, 127127-11 Incompatibles:  Packages: SUNWckr, SUNWcsr
Patch: IDR148363-26 Obsoletes:  Requires: 147441-26 Incompatibles: 147441-27 Packages: SUNWnfsckr, SUNWzfskr
Patch: EMC-pp53_P01 Obsoletes: EMC-pp52 Requires:  Incompatibles:  Packages: EMCpower
Patch: 113332-100 Obsoletes:  Requires:  Incompatibles:  Packages: SUNWhea
"""


def test_a_system() -> None:
    found = svr4.system(UNAME, SHORT, PATCHES)
    assert (found.host, found.release, found.kernel, found.machine) == ("web1", "5.10", "Generic_147440-19", "sun4v")
    assert (found.architecture, found.platform) == ("sparc", "SUNW,SPARC-Enterprise-T5220")
    assert found.packages == {
        "SUNWabc": (Package("sparc", "1.0"), Package("sparc.sun4v", "2.0 beta")),
        "SUNWall": (Package("all", "1.0"),),
    }
    kernel, interim, hundredth = found.patches
    assert (str(kernel.id), kernel.obsoletes, kernel.packages) == ("142909-17", (PatchId("118833", 36),), ("SUNWckr", "SUNWcsr"))
    assert kernel.requires == (PatchId("120011", 14), PatchId("127127", 11))
    assert (str(interim.id), interim.id.interim, interim.incompatibles) == ("IDR148363-26", True, (PatchId("147441", 27),))
    assert (str(hundredth.id), hundredth.id.revision) == ("113332-100", 100)
    assert found.foreign == ("EMC-pp53_P01",)


def test_pkginfo_in_its_long_form() -> None:
    assert svr4.instances(LONG) == {"SUNWabc": (Package("sparc,i386", "1.0,REV=2005.01.21.15.53"), Package("sparc", "2.0"))}


def test_a_system_without_patches_in_a_zone_that_shows_no_platform() -> None:
    found = svr4.system("SunOS z1 5.10 Generic_147440-19 sun4v sparc\n", SHORT, "No patches are installed\n")
    assert (found.platform, found.patches, found.foreign) == ("", (), ())


@pytest.mark.parametrize(
    ("uname", "packages", "patches", "said"),
    [
        ("Linux web1 5.10 #1 SMP x86_64 x86_64 GNU/Linux\n", SHORT, PATCHES, "uname -a: "),
        ("", SHORT, PATCHES, "uname -a: "),
        (UNAME, SHORT.removesuffix("              (all) 1.0\n"), PATCHES, "pkginfo -x: an odd number"),
        (UNAME, "ksh: pkginfo: not found\n", PATCHES, "pkginfo -x: "),
        (UNAME, SHORT, "showrev: not found\n", "showrev -p: 'showrev: not found'"),
        (UNAME, SHORT, PATCHES.replace("120011-14", "120011"), "showrev -p: .*'120011' where a patch id"),
        (UNAME, SHORT, PATCHES.replace("Requires", "Wants"), "showrev -p: "),
        (UNAME, SHORT, PATCHES[:120], "showrev -p: "),
    ],
)
def test_outputs_that_are_not_what_they_should_be(uname: str, packages: str, patches: str, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        svr4.system(uname, packages, patches)


IDS = st.builds(PatchId, st.from_regex(r"(IDR)?[0-9]{6}", fullmatch=True), st.integers(0, 120))
LISTS = st.lists(IDS, max_size=4).map(tuple)
INSTALLED = st.builds(
    Installed, IDS, LISTS, LISTS, LISTS, st.lists(st.from_regex(r"SUNW[a-z]{1,8}(\.[2-9])?", fullmatch=True), max_size=4).map(tuple)
)


def shown(one: Installed) -> str:
    lists = (", ".join(map(str, ids)) for ids in (one.obsoletes, one.requires, one.incompatibles, one.packages))
    return "Patch: {} Obsoletes: {} Requires: {} Incompatibles: {} Packages: {}\n".format(one.id, *lists)


@given(st.lists(INSTALLED))
@settings(deadline=None, max_examples=60)
def test_what_showrev_prints_is_read(patches: list[Installed]) -> None:
    text = "".join(map(shown, patches)) + "Patch: ABC-1 Obsoletes: XYZ Requires:  Incompatibles:  Packages: ABCpkg\n"
    assert svr4.installed(text) == (tuple(patches), ("ABC-1",))
