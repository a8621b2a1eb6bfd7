# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out makes of its task before the node is touched: how much room, what is doubtful, whether the node goes down."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.rolling_out import OPTIONS, RollingOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step

ONE, TWO, THREE = PatchId("120001", 2), PatchId("120002", 1), PatchId("120003", 5)
STANDARD, ALONE = Properties("patchinfo"), Properties("patchinfo", single_user=True)


def rolling_out(*known: Archive, carried: str = "", properties: Properties = STANDARD, **args: Any) -> RollingOut:
    """On node t8a, which carries the guest domain ``carried``; ``known``: what depots have of the three."""
    patches = (ONE, TWO, THREE)
    repository = SimpleNamespace(
        dependencies=dict,
        vservers=lambda: [SimpleNamespace(name=name, node=at) for name, at in (("web1", "t8a"), ("db1", "t8b"), ("new1", None))],
        nodes=lambda: [SimpleNamespace(name=carried, carried_by="t8a")] if carried else [],
        patching=SimpleNamespace(archives=lambda wanted: {one.id: one for one in known if one.id in wanted}),
    )
    action: Any = SimpleNamespace(node=SimpleNamespace(name="t8a"))
    given = {name: option.get("default") for name, option in OPTIONS.items()} | {"depot": "/d", "console": "reachable"} | args
    due = Due("t8a", patches, properties=dict.fromkeys(patches, properties))
    return RollingOut(action, given, repository, due, ())  # type: ignore[arg-type]


def archive(patch: PatchId, file: str) -> Archive:
    return Archive(patch, "/depot", file, 100, "")


def test_an_archive_takes_more_room_when_it_is_unpacked() -> None:
    known = archive(ONE, f"{ONE}.zip"), archive(TWO, str(TWO)), archive(THREE, f"{THREE}.tar.Z")
    made = rolling_out(*known)._operation([])
    assert made.policy.sizes == {ONE: 300, TWO: 100, THREE: 300}
    assert made.warned == ()
    assert made.policy.elsewhere == {"db1"}, "their zones are not booted here"


def test_what_is_not_known_or_hangs_meanwhile_is_warned_of() -> None:
    unsized = rolling_out(archive(TWO, str(TWO)))._operation([])
    assert unsized.warned == (f"node t8a: how much room 2 of its patches take is not known ({ONE} …)",)
    known = [archive(one, str(one)) for one in (ONE, TWO, THREE)]
    assert rolling_out(*known, carried="ldg1")._operation([]).warned == (), "it stays up"
    halted = rolling_out(*known, carried="ldg1", properties=ALONE)._operation([])
    assert halted.warned == ("node t8a carries guest domains, which hang while it is down: ldg1",)


@pytest.mark.parametrize("method", ["patchadd", "live_upgrade"])
@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (Plan("t8a"), False),
        (Plan("t8a", (Step("t8a", "x", "y", Command.of("true")),)), False),
        (Plan("t8a", (Step("t8a", "reboot", "y", Command.of("true"), away=60.0),)), True),
        (Plan("t8a", (Step("t8a", "join", "y", Command.of("true")),), again=True), True),
    ],
)
def test_the_first_look_tells_whether_the_node_goes_down(method: str, plan: Plan, expected: bool) -> None:
    """By Live Upgrade too: with nothing to do no monitor is told, and none has to hear."""
    whole = SimpleNamespace(
        look=lambda actual: {} if actual else {"x": None}, read=lambda _actual, _outputs: "seen", plan=lambda _actual: [plan]
    )
    task = rolling_out(method=method)
    task._nodes = SimpleNamespace(name="t8a", ask=dict)  # type: ignore[assignment]
    assert task._goes_down(whole) == ("seen", expected)
