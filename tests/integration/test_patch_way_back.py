# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node with zones goes into a boot environment that Live Upgrade made, cut off on its way; and that is left again: by hand, cut off,
refused, and by a roll-out when its canary is not well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .patch_sets import know
from .patching_world import DEPOT, PatchingWorld, states
from .world import Row, Run, quiet

pytestmark = pytest.mark.campaign("file")

ONE, TWO, BE, PATCH = "t4p01", "t4p02", "hl-june", "120001-02"
OTHER = "120003-05"
NOTE = f"/var/tmp/heliostat-live-upgrade/.former.{BE}"


class UpgradingWorld(PatchingWorld):
    """Its nodes can use Live Upgrade, and the first has two zones; one of them is halted."""

    def _centre(self) -> Path:
        path = super()._centre()
        data = yaml.safe_load(path.read_text())
        for machine in data["machines"].values():
            machine["packages"] = {**machine["packages"], "SUNWluu": "11.10,REV=2005.01.09.23.05"}
            machine["patches"] = [*machine.get("patches", []), "121430-92", "119254-90"]
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    def environments(self, node: str = ONE) -> dict[str, tuple[bool, bool]]:
        """Boot environment → (runs, is the next), by lustatus."""
        done = self.lab.ssh(node, "lustatus")
        assert done.returncode == 0, done.stdout + done.stderr
        return {row[0]: (row[2] == "yes", row[3] == "yes") for row in (line.split() for line in done.stdout.splitlines()[3:])}

    def zone_states(self) -> dict[str, str]:
        return {name: zone["state"] for name, zone in self.lab.truth(ONE)["zones"].items() if name != "global"}

    def upgrade(self, **args: Any) -> Row:
        return self.install(ONE, method="live_upgrade", environment=BE, patches=[PATCH], **args)

    def leave(self, *words: str, **args: Any) -> Row:
        return self.task(ONE, "patch_install", *words, **{"state": "absent", "method": "live_upgrade", "environment": BE, **args})

    def roll_out(self, name: str, **variables: object) -> Run:
        given = {
            "heliostat_patch_nodes": [ONE, TWO], "heliostat_patch_waves": [1], "heliostat_patch_patches": [PATCH],
            "heliostat_patch_depot": DEPOT, "heliostat_patch_method": "live_upgrade", "heliostat_patch_environment": name, **variables,
        }  # fmt: skip
        return self.play("heliostat.vdc.patch_rollout", variables=given)

    def result(self) -> tuple[str, str]:
        """What the repository keeps of the patch."""
        with self.repository() as repository:
            (one,) = repository.patching.results([ONE])
        return one.state, one.reason


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpgradingWorld]:
    with quiet(UpgradingWorld(tmp_path_factory.mktemp("way_back"), 2)) as made:
        made.began = made.mark()
        made.make_zone(ONE, "z1")
        made.make_zone(ONE, "z2", running=False)
        yield made


ZONES = {"z1": "running", "z2": "installed"}


def test_back_to_the_one_that_ran_before(world: UpgradingWorld) -> None:
    """Check mode's plan is the run's; the zones that ran run; again, nothing; what is known of the patch is what showrev says."""
    (old,) = world.environments()
    assert world.upgrade().status == "ok"
    assert world.environments() == {old: (False, False), BE: (True, True)}
    foreseen = world.leave("--check")
    assert foreseen.status == "ok", foreseen.message
    assert world.environments() == {old: (False, False), BE: (True, True)}
    assert world.result()[0] == "installed"
    done = world.leave()
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert done.steps == [
        "note what runs",
        f"make boot environment {old} the next one",
        "shut down zone z1",
        "reboot",
        f"see that boot environment {old} runs",
        "boot zone z1",
        "forget what ran",
    ]
    assert world.environments() == {old: (True, True), BE: (False, False)}
    assert world.zone_states() == ZONES
    assert PATCH not in world.shown(ONE)
    assert world.result() == ("missing", f"it was left by booting {old}")
    again = world.leave()
    assert (again.status, again.changed, again.plan) == ("ok", False, [])
    refused = world.upgrade()
    assert "somebody went back" in refused.message


def test_later_next_only_and_refused(world: UpgradingWorld) -> None:
    """What is only the next one is not booted any more; a person may do the reboot; where the way is not known it is not guessed."""
    (old,) = world.environments()
    assert not world.leave().changed
    assert world.upgrade(reboot="later").status == "ok"
    assert world.result()[0] == "pending_reboot"
    refused = world.install(ONE, patches=["120012-07"])
    assert f"boot environment {BE} is the next to be booted, and the patches are those of the running one, {old}" in refused.message
    assert refused.plan == []
    know(world, "all", june=[PATCH])
    (row,) = world.task("localhost", "patch_info", nodes=[ONE]).result["rows"]
    assert (row["state"], row["drift"]) == ("pending_reboot", "")
    undone = world.leave()
    assert undone.steps == [f"make boot environment {old} the next one"]
    assert world.environments() == {old: (True, True), BE: (False, False)}
    assert world.result() == ("missing", f"boot environment {BE} is not the next one any more")
    assert not world.leave().changed
    assert world.upgrade().status == "ok"

    waiting = world.leave(reboot="later")
    assert (waiting.status, waiting.result["reboot_pending"]) == ("ok", True)
    assert world.environments() == {old: (False, True), BE: (True, False)}
    assert world.result()[0] == "installed"
    assert not world.leave(reboot="later").changed
    assert world.lab.ssh(ONE, f"luactivate {BE} >/dev/null && mv {NOTE} {NOTE}.kept").returncode == 0
    assert f"which boot environment ran before {BE} is not known" in world.leave().message
    assert world.lab.ssh(ONE, f"echo gone >{NOTE}").returncode == 0
    assert "boot environment gone, which ran before hl-june, is gone" in world.leave().message
    assert world.lab.ssh(ONE, f"mv {NOTE}.kept {NOTE}").returncode == 0
    assert "name it (environment), and no patches" in world.leave(patches=[PATCH]).message
    assert "no boot environment's name" in world.leave(environment=None, patches=None).message
    assert world.environments() == {old: (False, False), BE: (True, True)}
    assert world.leave().status == "ok"
    assert world.environments() == {old: (True, True), BE: (False, False)}


@pytest.mark.parametrize("step", ["^lumount", "^luactivate", "^zlogin z1 /sbin/init", "^init 6", "^zoneadm -z z1 boot"])
def test_killed_at_a_step(world: UpgradingWorld, step: str) -> None:
    """The controller dies in the middle of a step; run again, the former one runs with all zones that ran."""
    (old,) = world.environments()
    assert world.upgrade().status == "ok"
    args = {"state": "absent", "method": "live_upgrade", "environment": BE}
    world.kill_in(ONE, world.book(ONE, [{"heliostat.vdc.patch_install": args}]), step)
    again = world.leave()
    assert again.status == "ok", again.message
    assert world.environments() == {old: (True, True), BE: (False, False)}
    assert world.zone_states() == ZONES
    assert world.result()[0] == "missing"
    assert not world.leave().changed


@pytest.mark.parametrize("step", ["^lumount", "^zlogin z1 /sbin/init", "^init 6", "^zoneadm -z z1 boot"])
def test_killed_on_the_way_in(world: UpgradingWorld, step: str) -> None:
    """The controller dies in the middle of a step; run again, the new one runs with all zones that ran. What is halted since stays so."""
    (old,) = world.environments()
    args = {"depot": DEPOT, "method": "live_upgrade", "environment": BE, "patches": [PATCH]}
    world.kill_in(ONE, world.book(ONE, [{"heliostat.vdc.patch_install": args}]), step)
    again = world.upgrade()
    assert again.status == "ok", again.message
    assert world.environments() == {old: (False, False), BE: (True, True)}
    assert world.zone_states() == ZONES
    assert world.lab.ssh(ONE, "zoneadm -z z1 halt").returncode == 0
    later = world.upgrade()
    assert (later.status, later.changed, later.plan) == ("ok", False, [])


def test_a_zone_that_does_not_go_down(world: UpgradingWorld) -> None:
    """The one that did go down is booted again; the next run goes on."""
    (old,) = world.environments()
    world.make_zone(ONE, "z0")
    world.lab.fault(ONE, "fail", match="^zlogin z0 /sbin/init", rc=1, text="zlogin: it does not", times=1)
    failed = world.upgrade()
    assert failed.status == "failed"
    assert "It went back where it was, by boot zone z1; forget what ran" in failed.message
    assert world.zone_states() == {**ZONES, "z0": "running"}
    assert world.environments() == {old: (True, False), BE: (False, True)}
    assert world.upgrade().status == "ok"
    assert world.zone_states() == {**ZONES, "z0": "running"}


def test_a_zone_that_does_not_come_up(world: UpgradingWorld) -> None:
    """It keeps no other down, and the next run tries it again."""
    world.make_zone(ONE, "z0")
    world.lab.fault(ONE, "fail", match="^zoneadm -z z0 boot", rc=1, text="zoneadm: it does not", times=1)
    failed = world.upgrade()
    assert failed.status == "failed"
    assert "boot zone z0" in failed.message
    assert world.zone_states() == {**ZONES, "z0": "installed"}
    again = world.upgrade()
    assert (again.status, again.steps) == ("ok", ["boot zone z0", "forget what ran"])
    assert world.zone_states() == {**ZONES, "z0": "running"}


def test_cut_off_in_what_runs_and_kept_out_of_a_zone(world: UpgradingWorld) -> None:
    """showrev lists the first, and it goes in again; the second is told when the zone runs in the new one, and by every later run."""
    mark = "/var/sadm/.patchRec"
    done = world.lab.ssh(ONE, f"patchadd {DEPOT}/{PATCH} >/dev/null && mkdir -p {mark} && : >{mark}/.{PATCH}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert PATCH in world.shown(ONE)
    world.lab.fault(ONE, "patch_fails", text=f"z1 {OTHER}")
    failed = world.install(ONE, method="live_upgrade", environment=BE, patches=[PATCH, OTHER])
    assert f"install {PATCH}, {OTHER} in boot environment {BE}" in failed.steps
    assert states(failed) == {PATCH: "installed", OTHER: "failed"}
    assert f"1 of 2 patches did not go in ({OTHER}: zone z1 lacks it" in failed.message
    assert world.environments()[BE] == (True, True)
    world.lab.clear_faults()
    again = world.install(ONE, method="live_upgrade", environment=BE, patches=[PATCH, OTHER])
    assert (again.status, again.changed, again.plan) == ("failed", False, [])
    assert f"{OTHER}: zone z1 lacks it" in again.message


def last_words(run: Run) -> str:
    """Of the role about the canary, which is the only node that was begun."""
    assert run.rc == 2, run.output
    assert {row.host for row in run.rows if row.status == "failed"} == {ONE}
    return [row.message for row in run.rows if row.status == "failed"][-1]


def test_a_canary_that_is_not_well_goes_back(world: UpgradingWorld) -> None:
    """A service newly in maintenance; then a failing command of the operator's, with and without the way back. No other node is begun."""
    (old,) = world.environments()
    cron = "svc:/system/cron:default"
    world.lab.fault(ONE, "service_fails", text=f"global {cron}")
    said = last_words(world.roll_out(BE, heliostat_patch_way_back=True))
    assert f"{cron} in maintenance, and not before. It was taken back: boot environment {old} runs." in said
    assert world.environments() == {old: (True, True), BE: (False, False)}
    assert world.zone_states() == ZONES
    assert world.result() == ("missing", f"it was left by booting {old}")
    assert list(world.environments(TWO)) == [old]
    world.lab.clear_faults()

    probe = f"test `lucurr` = {old} || (echo the database is not there; exit 3)"
    said = last_words(world.roll_out("hl-july", heliostat_patch_way_back=True, heliostat_patch_probe=probe))
    assert said.startswith("The node is well, or goes back: ")
    assert f"the database is not there It was taken back: boot environment {old} runs." in said
    assert world.environments()[old] == (True, True)
    assert world.zone_states() == ZONES

    run = world.roll_out("hl-august", heliostat_patch_probe=probe)
    assert run.rc == 2, run.output
    assert world.environments()["hl-august"] == (True, True)
    assert list(world.environments(TWO)) == [old]


def test_what_was_not_booted_is_not_taken_back(world: UpgradingWorld) -> None:
    """A patch that does not get into the copy; then a node that was in its new one before the run and is not well in it."""
    (old,) = world.environments()
    world.lab.fault(ONE, "patch_fails", text=f"global {PATCH}")
    said = last_words(world.roll_out(BE, heliostat_patch_way_back=True))
    assert f"lacking {PATCH}" in said
    assert f"Boot environment {old} runs: there was nothing to take back." in said
    world.lab.clear_faults()
    assert world.upgrade().status == "ok"
    said = last_words(world.roll_out(BE, heliostat_patch_way_back=True, heliostat_patch_probe="exit 3"))
    assert "It was not taken back: this run booted no boot environment." in said
    assert world.environments() == {old: (False, False), BE: (True, True)}
