# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one boot environment to another: the steps that Live Upgrade and the way back have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...commands import live_upgrade
from ...model.command import Command, Output
from ...model.plan import Step, Wait
from .steps import Steps


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
        """The reboot into ``name``, after which ``zones`` run again, in their order. A boot can end in ``other``; ``more`` is then said."""
        advice = f"It did not boot, or Live Upgrade did not switch to it: see the node's console. {more}"
        restart = self.steps.restart(f"boot environment {name} is to run", False)
        console = f"{advice} (SPARC: at the ok prompt boot -L lists them, boot -Z takes one)"
        wait = Wait(live_upgrade.current(), _line, frozenset({name}), frozenset(), 1.0, 60.0, advice=advice)
        return [
            *(self.steps.zone_down(zone, "the node is rebooted") for zone in reversed(zones)),
            replace(restart, wait=restart.wait and replace(restart.wait, advice=console)),
            self.step(f"see that boot environment {name} runs", f"a boot can end in {other}", live_upgrade.current(), wait),
            *(self.steps.zone_up(zone) for zone in zones),
        ]


@dataclass(frozen=True, slots=True)
class Next:
    """Whether a boot environment is the next to be booted: ``next``, or the name of the one that is."""

    name: str

    def __call__(self, output: Output) -> str:
        found = next((one.name for one in live_upgrade.parse_status(output) if one.on_reboot), "none")
        return "next" if found == self.name else found


def stops(needed: str) -> str:
    """Why the reboot is not done. ``needed``: a vServer of another node that needs one of this node's."""
    return (
        f"the reboot stops its vServers, and vServer {needed} elsewhere needs one of them. Stop it first (playbook "
        "heliostat.vdc.vserver_shutdown), or empty the node (heliostat.vdc.node_evacuate)."
    )


def _line(output: Output) -> str:
    return output.stdout.strip()
