# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one boot environment to another: the steps that Live Upgrade and the way back have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...commands import live_upgrade
from ...model.command import Command, Output
from ...model.errors import ParseError
from ...model.plan import Step, Wait
from ...model.zone import ZoneStatus
from .. import run_state
from . import environment
from .environment import Ran
from .seen import JOB
from .steps import COPYING, Steps, in_order


@dataclass(frozen=True, slots=True)
class Switching:
    """On one node."""

    node: str
    steps: Steps

    def step(self, what: str, why: str, command: Command, wait: Wait | None = None, undo: Command | None = None) -> Step:
        return Step(self.node, what, why, command, wait=wait, undo=undo, node=self.node)

    def activated(self, name: str, why: str) -> Step:
        wait = Wait(live_upgrade.status(), Next(name), frozenset({"next"}), frozenset(), 1.0, 60.0, advice="The node was not rebooted")
        return self.step(f"make boot environment {name} the next one", why, live_upgrade.activate(name), wait)

    def booted(self, name: str, zones: Sequence[str], other: str, more: str) -> list[Step]:
        """The reboot into ``name``, after which ``zones``, as they are noted, run again in their order. A boot can end in ``other``;
        ``more`` is then said."""
        advice = f"It did not boot, or Live Upgrade did not switch to it: see the node's console. {more}"
        restart = self.steps.restart(f"boot environment {name} is to run", False)
        console = f"{advice} (SPARC: at the ok prompt boot -L lists them, boot -Z takes one)"
        wait = Wait(live_upgrade.current(), _current, frozenset({name}), frozenset(), 1.0, 60.0, advice=advice)
        return [
            *(self.steps.zone_down(zone, "the node is rebooted") for zone in reversed(zones)),
            replace(restart, wait=restart.wait and replace(restart.wait, advice=console)),
            self.step(f"see that boot environment {name} runs", f"a boot can end in {other}", live_upgrade.current(), wait),
            *(self.steps.zone_up(zone) for zone in zones),
            *([self._forgotten()] if zones else []),
        ]

    def noted(self, to: str, boot: int, zones: Sequence[str], ran: Ran | None) -> list[Step]:
        """Which zones are to run again, where there are any and that is not noted yet for this way."""
        if not zones or (ran and ran.to == to and set(zones) <= set(ran.zones)):
            return []
        why = f"so that all of it runs again in {to}, whoever sees to that"
        return [self.step("note what runs", why, environment.leave(to, boot, zones), undo=live_upgrade.unmount(to))]

    def up(self, ran: Ran | None, running: str, zones: Mapping[str, ZoneStatus], order: Sequence[str]) -> list[Step]:
        """The zones that ran run again, which ends their note; not while one of them is still on its way down. One that fails keeps no
        other down, and is tried again by the next run."""
        if ran is None:
            return []
        states = {name: zones[name].state for name in in_order(ran.zones, order) if name in zones}
        steps = [self.steps.zone_up(name) for name, state in states.items() if state in ("installed", "ready")]
        other = ran.to if running != ran.to else ""
        return steps if {"shutting_down", "down"} & set(states.values()) else [*steps, self._forgotten(other)]

    def _forgotten(self, other: str = "") -> Step:
        undo = live_upgrade.unmount(other) if other else None
        return replace(self.step("forget what ran", "it runs again", environment.forget_ran(other), undo=undo), whole=True)


def running(zones: Mapping[str, ZoneStatus], ran: Ran | None) -> Iterable[str]:
    """The zones that run, or ran before an earlier run shut them down."""
    noted = ran.zones if ran else ()
    return [name for name, zone in zones.items() if zone.state == "running" or name in noted]


def disturbs(step: Step) -> bool:
    """Whether what runs on the node notices the step: a zone goes down, or the node itself."""
    return bool(step.away) or (step.wait is not None and isinstance(step.wait.state, run_state.ZoneState))


@dataclass(frozen=True, slots=True)
class Next:
    """Whether a boot environment is the next to be booted: ``next``, or the name of the one that is."""

    name: str

    def __call__(self, output: Output) -> str:
        found = next((one.name for one in live_upgrade.parse_status(output) if one.on_reboot), "none")
        return "next" if found == self.name else found


def under_way(jobs: Collection[str]) -> str:
    """Why nothing is begun while a roll-out or back-out on what runs goes on; '' where none does."""
    job = next((name for name in (JOB, COPYING) if name in jobs), "")
    if not job:
        return ""
    return f"patchadd or patchrm of an earlier run goes on in what runs (job {job}). Run that one again first: it waits for it."


def stops(needed: str) -> str:
    """Why the reboot is not done. ``needed``: a vServer of another node that needs one of this node's."""
    return (
        f"the reboot stops its vServers, and vServer {needed} elsewhere needs one of them. Stop it first (playbook "
        "heliostat.vdc.vserver_shutdown), or empty the node (heliostat.vdc.node_evacuate)."
    )


def _current(output: Output) -> str:
    try:
        return live_upgrade.parse_current(output.stdout)
    except ParseError as error:
        return f"unknown: {error}"
