# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which zones are asked for their patches in which way, and what becomes of what they say."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import zone_patches
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

PATCH = PatchId.parse("120001-02")
SHOWREV = "Patch: 120001-02 Obsoletes:  Requires:  Incompatibles:  Packages: SUNWcsr\n"
PKGINFO = "system      SUNWcsr     Core Solaris, (Root)\nsystem      SUNWcsu     Core Solaris, (Usr)\n"


def zone(name: str, state: str) -> ZoneStatus:
    return ZoneStatus(name, state, f"/zones/{name}")


def test_only_zones_that_run_are_entered_and_of_others_what_has_files_is_read() -> None:
    states = ("running", "ready", "installed", "configured", "incomplete", "shutting_down")
    asked = zone_patches.look(zone(state[:4], state) for state in states)
    assert list(asked) == ["patches runn", "packages runn", "files read", "files inst"]
    assert asked["patches runn"].argv[:2] == ("zlogin", "runn")
    assert asked["files read"].argv[-1] == "/zones/read/root"


def test_what_a_zone_says() -> None:
    answers = {"patches z1": Output(0, SHOWREV, ""), "packages z1": Output(0, PKGINFO, "")}
    told = zone_patches.read("z1", answers)
    assert told is not None
    assert [one.id for one in told[0]] == [PATCH]
    assert told[1] == {"SUNWcsr", "SUNWcsu"}
    assert zone_patches.read("z2", answers) is None


@pytest.mark.parametrize(
    ("failed", "why"), [(Output(1, "", "zlogin: zone z1 is not running"), "zone z1 is not running"), (Output(127, "", ""), "exit code 127")]
)
@pytest.mark.parametrize("which", ["patches z1", "packages z1"])
def test_a_zone_that_does_not_answer_has_no_patches_that_could_be_told(which: str, failed: Output, why: str) -> None:
    answers = {"patches z1": Output(0, SHOWREV, ""), "packages z1": Output(0, PKGINFO, ""), which: failed}
    with pytest.raises(CommandFailed, match=why):
        zone_patches.read("z1", answers)


def test_marks_are_told_by_where_they_lie() -> None:
    marks = [Output(0, ".120001-02 \n", ""), Output(0, ".120001-02 /zones/z1/root\n.120002-01 /zones/z1/root\n", "")]
    assert zone_patches.cut_off(marks, [zone("z1", "running")]) == {PATCH: ("", "z1"), PatchId.parse("120002-01"): ("z1",)}
    with pytest.raises(ParseError, match="/zones/z9/root"):
        zone_patches.cut_off([Output(0, ".120001-02 /zones/z9/root\n", "")], [zone("z1", "running")])
