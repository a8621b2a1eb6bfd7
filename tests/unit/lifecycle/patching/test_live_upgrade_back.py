# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back after Live Upgrade: what is planned from each state that a node can be found in, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.live_upgrade import BootEnvironment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.mount import Mount
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import environment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.environment import Ran
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade_back import Known, LiveUpgradeBack, Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .upgrading import commands_of

BE, OLD = "hl-web-2", "zfsroot"


def row(name: str, active: bool = False, on_reboot: bool = False, complete: bool = True, copy: str = "") -> BootEnvironment:
    return BootEnvironment(name, complete, active, on_reboot, not active and not on_reboot, copy)


def zone(name: str, state: str) -> ZoneStatus:
    return ZoneStatus(name, state, f"/zones/{name}")


ZONES = {"db": zone("db", "running"), "web": zone("web", "running"), "old": zone("old", "installed")}
BOOTED = Seen(BE, True, (row(OLD), row(BE, True, True)), Has({}), ZONES, 1000, former=OLD)
LEAVING = replace(BOOTED, environments=(row(OLD, on_reboot=True), row(BE, True)), ran=Ran(BE, OLD, 1000, ("db", "web")))
NEXT = replace(BOOTED, environments=(row(OLD, True), row(BE, on_reboot=True)), former="")
BACK = replace(BOOTED, environments=(row(OLD, True, True), row(BE)), former="")
REBOOT = ["down", "down", "init", "lucurr", "up", "up", "forget"]
OUT, IN = Ran(BE, OLD, 1000, ("db", "web")), Ran(OLD, BE, 1000, ("db", "web"))


def operation(**policy: object) -> LiveUpgradeBack:
    return LiveUpgradeBack("n1", Policy(BE, "", **{"order": ("db", "web"), **policy}), Steps("n1", ""))  # type: ignore[arg-type]


def words(known: Seen, **policy: object) -> list[str]:
    return commands_of(operation(**policy).plan(Known(known)))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (BOOTED, ["leave", "luactivate", *REBOOT]),
        # cut off: after the note, after luactivate, with zones down, in the former one
        (replace(BOOTED, ran=OUT), ["luactivate", *REBOOT]),
        (LEAVING, REBOOT),
        (replace(LEAVING, zones={name: zone(name, "installed") for name in ZONES}), REBOOT),
        (replace(BACK, ran=OUT, zones={**ZONES, "db": zone("db", "installed")}), ["up", "forget"]),
        (replace(BACK, ran=OUT), ["forget"]),
        (replace(BACK, ran=replace(OUT, zones=("gone",))), ["forget"]),
        # what is noted is of the way in, which was cut off with zones down: in the former one, and in ours
        (replace(NEXT, ran=IN, zones={**ZONES, "db": zone("db", "installed")}), ["luactivate", "up", "forget"]),
        (replace(BOOTED, ran=IN, zones={name: zone(name, "installed") for name in ZONES}), ["leave", "luactivate", *REBOOT]),
        # no zones, no note
        (replace(BOOTED, zones={}), ["luactivate", "init", "lucurr"]),
        # the look or the note of an earlier run left it mounted
        (replace(BOOTED, mounts=(Mount(f"/.alt.{OLD}", f"rpool/ROOT/{OLD}", "", ""),)), ["luumount", "leave", "luactivate", *REBOOT]),
        (NEXT, ["luactivate"]),
        (BACK, []),
        (replace(BACK, environments=()), []),
        (replace(BACK, environments=(row(OLD, True, True),)), []),
    ],
)
def test_the_way_from_each_state(known: Seen, expected: list[str]) -> None:
    assert operation().refusals(Known(known)) == {}
    assert words(known) == expected


def test_zones_go_down_and_come_up_in_order() -> None:
    (plan,) = operation().plan(Known(BOOTED))
    zones = [step.what for step in plan.steps if " zone " in step.what]
    assert zones == ["shut down zone web", "shut down zone db", "boot zone db", "boot zone web"]
    assert operation().predict(Known(BOOTED))["n1"]["environments"] == {OLD: "running", BE: ""}
    assert operation().predict(Known(LEAVING))["n1"]["environments"] == {OLD: "running", BE: ""}
    assert operation().predict(Known(NEXT))["n1"]["environments"] == {OLD: "running", BE: ""}


def test_zones_run_again_after_a_failure_before_the_reboot() -> None:
    down = {name: zone(name, "installed") for name in ZONES}
    for known, expected in (
        (replace(LEAVING, zones=down), ["boot zone db", "boot zone web", "forget what ran"]),
        (BOOTED, []),
        (replace(BACK, ran=OUT, zones=down), []),  # it came to that
    ):
        plans = operation().back(Known(known), {"n1": "failed"})
        assert [step.what for plan in plans for step in plan.steps] == expected
    assert operation().back(Known(None), {"n1": "failed"}) == []


def test_the_reboot_can_be_left_to_somebody() -> None:
    assert words(BOOTED, reboots=False) == ["luactivate"]
    assert operation(reboots=False).predict(Known(BOOTED))["n1"]["environments"] == {OLD: "next", BE: "running"}
    assert words(LEAVING, reboots=False) == []
    assert operation().waits(LEAVING)
    assert not operation().waits(BOOTED)
    assert not operation().waits(BACK)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (replace(BOOTED, root=False), "wants root"),
        (replace(BOOTED, clustered=True), "it is of a cluster"),
        (replace(NEXT, clustered=True), "it is of a cluster"),
        (replace(BOOTED, jobs=frozenset({"lu-patch-x"})), "at work: job lu-patch-x"),
        (replace(BOOTED, jobs=frozenset({"patching"})), "goes on in what runs (job patching)"),
        (replace(BOOTED, environments=(*BOOTED.environments, row("x", complete=False, copy="ACTIVE"))), "at work: boot environment x"),
        (replace(BOOTED, former=""), f"ran before {BE} is not known"),
        (replace(BOOTED, former="a b"), f"ran before {BE} is not known"),
        (replace(BOOTED, former="gone"), "boot environment gone, which ran before hl-web-2, is gone"),
        (replace(BOOTED, environments=(row(OLD, complete=False), row(BE, True, True))), "is incomplete"),
        (replace(BOOTED, environments=(row(OLD), row(BE, True), row("x", on_reboot=True))), "boot environment x is the next"),
    ],
)
def test_refused(known: Seen, said: str) -> None:
    for reboots in (True, False):
        assert said in operation(reboots=reboots).refusals(Known(known))["n1"]
        assert words(known, reboots=reboots) == []


def test_vservers_elsewhere_that_need_its_zones_hold_up_the_reboot_only() -> None:
    assert "vServer shop elsewhere needs one of them" in operation(needed="shop").refusals(Known(BOOTED))["n1"]
    assert operation(needed="shop", reboots=False).refusals(Known(BOOTED)) == {}
    assert operation(needed="shop").refusals(Known(NEXT)) == {}


def test_a_node_that_does_not_answer() -> None:
    known = operation().read(None, {})
    assert known.seen is None
    assert operation().plan(known) == []
    assert "does not answer" in operation().refusals(known)["n1"]


LUSTATUS = """Boot Environment           Is       Active Active    Can    Copy
Name                       Complete Now    On Reboot Delete Status
-------------------------- -------- ------ --------- ------ ----------
zfsroot                    yes      no     no        yes    -
hl-web-2                   yes      yes    yes       no     -
"""


def answers(ran: str) -> dict[At, Output]:
    said = {
        "jobs": "", "id": "uid=0(root) gid=0(root)\n", "environments": LUSTATUS, "patches": "",
        "zones": "0:global:running:/::native:shared\n", "mounts": "", "boot": "unix:0:system_misc:boot_time\t1000\n", "former": "zfsroot\n",
        "ran": ran, "mode": "",
    }  # fmt: skip
    found = {At("n1", name): Output(0, text, "") for name, text in said.items()}
    return found | {At("n1", "mode"): Output(1, "", ""), At("n1", "summary"): Output(127, "", "hastatus: not found")}


@pytest.mark.parametrize(
    ("noted", "zones"),
    [
        (f"{BE} {OLD}\n1000\ndb\n", ("db",)),
        (f"{BE} {OLD}\n900\ndb\n", None),
        (f"{OLD} {BE}\n900\ndb\nweb\n", ("db", "web")),
        ("", None),
    ],
)
def test_a_note_of_an_earlier_boot_is_over(noted: str, zones: tuple[str, ...] | None) -> None:
    known = operation().read(None, answers(noted)).seen
    assert known is not None
    assert (known.former, known.ran and known.ran.zones, known.clustered) == (OLD, zones, False)
    moved = operation(elsewhere=frozenset({"web"})).read(None, answers(noted)).seen
    assert moved is not None
    assert (moved.ran and moved.ran.zones) == (zones and tuple(zone for zone in zones if zone != "web"))


@given(zones=st.lists(st.sampled_from(["a", "b", "c-1"]), unique=True), boot=st.integers(1, 2**31))
def test_what_is_noted_is_read(zones: list[str], boot: int) -> None:
    (text,) = [word.content for word in environment.leave(OLD, boot, zones).argv if isinstance(word, File)]
    assert environment.parse_ran(Output(0, f"{BE} {OLD}\n{text}", ""), OLD, boot + 1) == Ran(BE, OLD, boot, tuple(zones))
