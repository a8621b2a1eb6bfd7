# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A boot environment that Live Upgrade made is left: the one that ran before is made the next one and booted.

luactivate(1M): a boot environment can be activated when it is complete, not mounted and in no lucompare. Files are synchronised at the
first boot of one only (unless -s is given), so what was written into the one that is left is not carried back. Where the new one boots, the
way back is ``luactivate`` with the former one's name and ``init 6`` (Solaris 10 Installation Guide: Live Upgrade, "Failure Recovery:
Falling Back to the Original Boot Environment"); it leads to the one that ran when luactivate was called, which is noted then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...commands import job, live_upgrade, mount, patch_notes, sun_cluster, vcs, zoneadm
from ...commands.live_upgrade import BootEnvironment
from ...commands.mount import Mount
from ...model.command import At, Command, Output
from ...model.plan import Plan, Step
from ...model.zone import ZoneStatus
from . import environment, switching
from .environment import Ran
from .live_upgrade import Policy
from .seen import Has, has
from .steps import Steps, in_order
from .switching import Switching, stops, under_way


@dataclass(frozen=True, slots=True)
class Seen:
    """``former``: which one ran when ours was made the next one, '' where that is not known. ``ran``: None where nobody began to leave one
    for another, or that is over. ``clustered``: the node is of a cluster, whether it is a member now or not.
    """

    name: str
    root: bool
    environments: tuple[BootEnvironment, ...]
    own: Has
    zones: Mapping[str, ZoneStatus]
    boot: int
    mounts: tuple[Mount, ...] = ()
    jobs: frozenset[str] = frozenset()
    former: str = ""
    ran: Ran | None = None
    clustered: bool = False

    def row(self, name: str) -> BootEnvironment | None:
        return next((one for one in self.environments if one.name == name), None)

    @property
    def running(self) -> str:
        return next((one.name for one in self.environments if one.active), "")

    @property
    def following(self) -> str:
        return next((one.name for one in self.environments if one.on_reboot), "")

    @property
    def left(self) -> bool:
        """It is there, and neither runs nor is to be booted."""
        return self.row(self.name) is not None and self.name not in (self.running, self.following)

    @property
    def former_is_mounted(self) -> bool:
        """What was cut off left it so. The root of one on ZFS is POOL/ROOT/NAME."""
        return any(one.device.endswith(f"/ROOT/{self.former}") for one in self.mounts) if self.former else False


@dataclass(frozen=True, slots=True)
class Known:
    """``seen`` is None where the node did not answer."""

    seen: Seen | None


@dataclass(frozen=True, slots=True)
class LiveUpgradeBack:
    """Of ``policy`` only ``name``, ``reboots``, ``order``, ``needed`` and ``elsewhere`` are asked. See ``engine/operation.py`` for the
    methods.
    """

    node: str
    policy: Policy
    steps: Steps

    @property
    def begun(self) -> Collection[str]:
        """The note of what ran tells whether there is anything to bring back."""
        return (self.node,)

    def look(self, actual: Known | None) -> Mapping[At, Command]:
        if actual is not None:
            return {}
        probes = {
            "jobs": job.known(),
            "id": Command.of("id"),
            "environments": live_upgrade.status(),
            "patches": Command.of("showrev", "-p"),
            "zones": zoneadm.list_zones(),
            "mounts": mount.mounted(),
            "boot": Command.of(*job.BOOT_TIME.split()),
            "former": environment.origin(self.policy.name),
            "ran": environment.ran(),
            "mode": sun_cluster.mode(),
            "summary": vcs.summary(),
        }
        return {At(self.node, name): command for name, command in probes.items()}

    def read(self, actual: Known | None, outputs: Mapping[At, Output]) -> Known:
        """Raises CommandFailed or ParseError where the node did not tell."""
        answers = {key.probe: output for key, output in outputs.items()}
        if not answers:
            return Known(None)
        running, _ended = job.parse_known(answers["jobs"])
        known = Seen(
            self.policy.name,
            root=answers["id"].stdout.startswith("uid=0("),
            environments=live_upgrade.parse_status(answers["environments"]),
            own=has(environment.said("showrev -p", answers["patches"])),
            zones={one.name: one for one in zoneadm.parse_list(environment.said("zoneadm list", answers["zones"])) if one.name != "global"},
            boot=patch_notes.boot_time(environment.said("kstat", answers["boot"])),
            mounts=mount.parse(environment.said("mount", answers["mounts"])),
            jobs=running,
            former=answers["former"].stdout.strip() if answers["former"].rc == 0 else "",
            clustered=sun_cluster.member(answers["mode"]) or not answers["summary"].missing,
        )
        ran = environment.parse_ran(answers["ran"], known.running, known.boot)
        return Known(replace(known, ran=ran and ran.without(self.policy.elsewhere)))

    def plan(self, actual: Known) -> Sequence[Plan]:
        known = actual.seen
        if known is None or self._reason(known):
            return []
        return [Plan(self.node, tuple(self._way(known)))]

    def refusals(self, actual: Known) -> Mapping[str, str]:
        if actual.seen is None:
            return {
                self.node: f"node {self.node} does not answer. Which boot environment it runs is unknown until it does: run this again."
            }
        why = self._reason(actual.seen)
        return {self.node: f"node {self.node}: {why} Nothing was done."} if why else {}

    def back(self, actual: Known, failed: Mapping[str, str]) -> Sequence[Plan]:
        """The zones that were shut down for the reboot run again, where it did not come to that."""
        known = actual.seen
        return [Plan(self.node, tuple(self._again(known)))] if known is not None and known.running == known.name else []

    def describe(self, actual: Known) -> Mapping[str, Any]:
        known = actual.seen
        if known is None:
            return {self.node: {"environments": "unknown"}}
        roles = {one.name: "running" if one.active else "next" if one.on_reboot else "" for one in known.environments}
        return {self.node: {"environments": roles, "zones": {name: zone.state for name, zone in known.zones.items()}}}

    def predict(self, actual: Known) -> Mapping[str, Any]:
        known = actual.seen
        if known is None or self._reason(known) or not self._way(known):
            return self.describe(actual)
        told = self.describe(actual)[self.node]
        to = known.former if known.running == known.name else known.running
        roles = dict.fromkeys(told["environments"], "") | {known.running: "running"}
        roles |= {known.running: "", to: "running"} if self.policy.reboots else {to: "next"} if to != known.running else {}
        up = dict.fromkeys(self._up(known), "running") if self.policy.reboots else {}
        return {self.node: {"environments": roles, "zones": told["zones"] | up}}

    def waits(self, known: Seen) -> bool:
        """For a reboot that somebody else does."""
        return known.running == known.name != known.following

    # Whether it may be done

    def _reason(self, known: Seen) -> str:
        """The first reason, as sentences; '' where nothing is in the way or nothing is to do."""
        if not self._way(known) and not self._lost(known):
            return ""
        if not known.root:
            return "Live Upgrade wants root, and this login is not. Become root (become: true)."
        if known.clustered:
            return (
                f"it is of a cluster, and going back to a former boot environment is not done on those: empty it (clnode evacuate, hagrp "
                f"-switch and hastop -local), then luactivate {known.former or 'the former one'} and init 6 by hand."
            )
        busy = next((f"boot environment {one.name} ({one.copy})" for one in known.environments if one.copy), "") or next(
            (f"job {name}" for name in sorted(known.jobs) if name.startswith("lu-")), ""
        )
        if busy:
            return f"Live Upgrade is at work: {busy}. Wait for it, or end it with lucancel."
        if known.running != known.name:
            return ""
        return under_way(known.jobs) or self._lost(known) or self._down(known)

    def _lost(self, known: Seen) -> str:
        """Why there is no way from ours, which runs, to the one that ran before."""
        if known.running != known.name:
            return ""
        former = known.row(known.former)
        if not known.former or known.former == known.name or not live_upgrade.valid_name(known.former):
            return (
                f"which boot environment ran before {known.name} is not known: it was not made the next one by this collection, or its "
                f"note is gone. lustatus lists them; luactivate the one that you want and init 6 by hand."
            )
        if former is None:
            return f"boot environment {known.former}, which ran before {known.name}, is gone (lustatus). There is no way back to it."
        if not former.complete:
            return f"boot environment {known.former}, which ran before {known.name}, is incomplete (lustatus): it cannot be activated."
        if known.following not in (known.name, known.former):
            return (
                f"boot environment {known.following} is the next to be booted, which somebody else wants. Boot it (init 6), or make that "
                f"the next one again which runs (luactivate {known.name})."
            )
        return ""

    def _down(self, known: Seen) -> str:
        if not self.policy.reboots or not self.policy.needed:
            return ""
        return stops(self.policy.needed)

    # The way

    def _up(self, known: Seen) -> list[str]:
        return in_order(switching.running(known.zones, known.ran), self.policy.order)

    def _way(self, known: Seen) -> list[Step]:
        name, former = known.name, known.former
        if known.row(name) is None:
            return []
        if known.running == name:
            way = self._mounted_no_more(known)
            if self.policy.reboots:
                way += self._switching.noted(former, known.boot, self._up(known), known.ran)
            if known.following != former:
                way.append(self._switching.activated(former, f"it ran before {name}"))
            if not self.policy.reboots:
                return way if known.following != former else []
            return [*way, *self._switching.booted(former, self._up(known), "another one", f"{name} is there still")]
        if known.following == name:
            return [self._switching.activated(known.running, f"it runs, and {name} is not to be booted"), *self._again(known)]
        return self._again(known)

    def _again(self, known: Seen) -> list[Step]:
        """What an earlier run shut down for the reboot."""
        return self._switching.up(known.ran, known.running, known.zones, self.policy.order)

    def _mounted_no_more(self, known: Seen) -> list[Step]:
        if not known.former_is_mounted:
            return []
        return [
            self._step(
                f"unmount boot environment {known.former}", "what is mounted cannot be activated", live_upgrade.unmount(known.former)
            )
        ]

    def _step(self, what: str, why: str, command: Command) -> Step:
        return self._switching.step(what, why, command)

    @property
    def _switching(self) -> Switching:
        return Switching(self.node, self.steps)
