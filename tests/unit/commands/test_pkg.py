# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pkg, pkg_plan, pkg_publisher
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

numbers = st.lists(st.integers(0, 999), min_size=1, max_size=6).map(lambda parts: ".".join(map(str, parts)))


@given(component=numbers, build=st.none() | numbers, branch=st.none() | numbers, stamp=st.none() | st.just("20171130T120000Z"))
def test_versions_are_taken_apart(component: str, build: str | None, branch: str | None, stamp: str | None) -> None:
    text = component + (f",{build}" if build else "") + (f"-{branch}" if branch else "") + (f":{stamp}" if stamp else "")
    found = pkg.version(text)
    assert (found.component, found.build, found.branch, found.timestamp) == (component, build or "", branch or "", stamp or "")


def test_listing_forms() -> None:
    full = pkg.parse_list("pkg://solaris/entire@11.4-11.4.59.0.1.1.0:20261121T021005Z                   i--\n").packages[0]
    assert (full.publisher, full.name, full.version.branch, full.installed) == ("solaris", "entire", "11.4.59.0.1.1.0", True)
    table = "NAME (PUBLISHER)              VERSION                    IFO\nVRTSvcs (Symantec)            6.0.100.0                  if-\n"
    named = pkg.parse_list(table).packages[0]
    assert (named.publisher, named.name, named.frozen, named.version.branch) == ("Symantec", "VRTSvcs", True, "")
    old = pkg.parse_list("pkg://solaris/x@1.0-1 known      u-o-i\n").packages[0]
    assert (old.installed, old.upgradable, old.obsolete) == (False, True, True)


def test_nothing_installed_is_told_from_a_failure() -> None:
    none = Output(1, "", "\npkg list: no packages matching 'nmap' installed\n")
    assert pkg.listed(none).packages == ()
    with pytest.raises(ParseError):
        pkg.listed(Output(1, "", "pkg: The image is locked by another process\n"))
    with pytest.raises(ParseError, match="exit code 7"):
        pkg.listed(Output(7, "", "pkg: locked"))


@pytest.mark.parametrize("line", ["entire 11.4 yes", "entire i--", "pkg://solaris/entire@eleven i--"])
def test_odd_rows_are_refused(line: str) -> None:
    with pytest.raises(ParseError):
        pkg.parse_list(line)


def test_info_joins_wrapped_lines() -> None:
    text = "          Name: entire\n"
    text += "       Summary: incorporation: all of it\n                and more\n         State: Installed\n"
    text += "          FMRI: pkg://solaris/entire@11.4-11.4.1.0.1:20181130T000000Z\n"
    (one,) = pkg.parse_info(text)
    assert one["Summary"] == "incorporation: all of it and more"
    with pytest.raises(ParseError):
        pkg.parse_info("          Name: entire\n")


def test_publishers() -> None:
    text = "PUBLISHER                   TYPE     STATUS P LOCATION\n"
    text += "solaris (non-sticky, syspub) origin   online T <system-repository>\nextra\n"
    sysrepo, bare = pkg_publisher.parse_table(text)
    assert (sysrepo.sticky, sysrepo.syspub, sysrepo.proxied, sysrepo.location) == (False, True, True, "<system-repository>")
    assert (bare.publisher, bare.location) == ("extra", "")
    with pytest.raises(ParseError):
        pkg_publisher.parse_table("solaris (strange) origin online F http://x/\n")


def test_plans() -> None:
    text = (
        "Planning: Solver setup ... Done\n           Packages to install:        1\n            Packages to update:        1\n"
        "       Create boot environment:       Yes\n\n"
        "Changed packages:\nsolaris\n  entire\n    11.4-1 -> 11.4-2\n  new/one\n    None -> 1.0-1\n"
    )
    plan = pkg_plan.parse_plan(text)
    assert (plan.changed, plan.counts, plan.boot_environment, plan.backup) == (True, {"install": 1, "update": 1}, True, None)
    assert plan.changes[1] == pkg_plan.Change("solaris", "new/one", "", "1.0-1")
    assert not pkg_plan.parse_plan("No updates available for this image.\n").changed
    with pytest.raises(ParseError):
        pkg_plan.parse_plan("pkg update: The image is locked\n")


def test_history_with_a_client_of_two_words_or_none() -> None:
    text = "START                    OPERATION                CLIENT             OUTCOME\n"
    text += "2012-09-19T16:48:22      set-property             transfer module    Succeeded\n"
    text += "2013-10-05T21:42:06      install    pkg     Failed (Bad Request)\n"
    first, second = pkg_plan.parse_history(text)
    assert (first.client, first.outcome) == ("transfer module", "Succeeded")
    assert (second.client, second.outcome, second.reason) == ("pkg", "Failed", "Bad Request")
    assert pkg_plan.parse_history("2012-09-19T16:48:22  install  Failed\n")[0].client == ""
