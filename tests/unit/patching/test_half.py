# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Half patched is one thing, for a roll-out and for the report after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import outcome
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.proof import Zone, half

from ..lifecycle.patching.test_rollout import seen

PATCH, OTHER = PatchId("120001", 2), PatchId("120002", 1)


@pytest.mark.parametrize(
    ("went_into", "packages", "there", "lacking"),
    [
        ("SUNWabc.2", "SUNWabc", (), True),
        ("SUNWabc", "SUNWabc.2 SUNWxyz", (), True),
        ("SUNWabc.2", "SUNWabc.2", (), True),
        ("SUNWabc", "SUNWabcd", (), False),
        ("SUNWabc", "SUNWabc", (Installed(PATCH),), False),
        ("SUNWabc", "SUNWabc", (Installed(PatchId("120001", 3)),), False),
        ("SUNWabc", "SUNWabc", (Installed(PatchId("120001", 1)),), True),
        ("SUNWabc", "SUNWabc", (Installed(OTHER, obsoletes=(PATCH,)),), False),
    ],
)
def test_the_roll_out_and_the_report_say_the_same(went_into: str, packages: str, there: tuple[Installed, ...], lacking: bool) -> None:
    names = frozenset(packages.split())
    zones = half(Installed(PATCH, packages=(went_into,)), {"web": Zone(there, names)})
    inside = Has({one.id: () for one in there}, frozenset(other for one in there for other in one.obsoletes), names)
    node = replace(seen(zones="web"), own=Has({PATCH: (went_into,)}), inside={"web": inside})
    ((_patch, became),) = outcome.of(Due("n", (PATCH,)), node, "all").items()
    assert (zones, became.state) == ((("web",), "missing") if lacking else ((), "installed"))
