# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found where inventory, repository and nodes do not agree: one value for each property of each vServer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ...model.errors import HeliostatError
from ...model.plan import Plan
from ...model.vserver import State, VServer
from ..actual import NodeActual
from ..context import NodeContext
from ..vserver import Wanted

Where = Literal["inventory", "repository", "node"]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

#: Zones in these states hold nothing: what a detached vServer leaves behind.
EMPTY = ("configured",)
#: In these a zone's processes may run.
RUNS = ("ready", "running", "shutting_down", "down", "mounted")


@dataclass(frozen=True, slots=True)
class Finding:
    """``where`` is what has to change or to be understood: a ``property`` of a vServer there, as declared in the inventory, remembered
    in the repository and found on the node ('': it has none, or that was not seen).

    ``repair`` are the steps by which heliostat.vdc.vservers would make the node as it is declared, ``adopt`` the part of the vServer's
    variables that would describe what was found; where there is neither, ``by_hand`` says what a person can do, or why nothing.
    """

    vserver: str
    node: str
    where: Where
    property: str
    kind: str
    severity: Severity
    declared: str = ""
    remembered: str = ""
    found: str = ""
    repair: tuple[str, ...] = ()
    adopt: Mapping[str, Any] = field(default_factory=dict)
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of a vServer. ``node`` is its home ('': none), ``state`` its stored life-cycle state ('': not in the repository).

    ``wrong`` is why the inventory's declaration cannot be read. ``stopped``: the last that was done to its run state through this
    collection was to halt it. ``moving`` is the node that it is on its way to.
    """

    name: str
    declared: VServer | None
    remembered: VServer | None = None
    node: str = ""
    state: str = ""
    wrong: str = ""
    stopped: bool = False
    moving: str = ""

    @property
    def base(self) -> VServer | None:
        """What repairing would make of it."""
        return self.declared or self.remembered

    @property
    def wanted(self) -> Wanted | None:
        """What it is to be on its home; None where nothing of it is to be there, or somebody has to bring a move to its end first."""
        if self.base is None or not self.node or self.moving or self.state == "detached":
            return None
        return Wanted(self.base, self.run_state, former=self.remembered)

    @property
    def run_state(self) -> State:
        match self.state:
            case "activated":
                return "halted" if self.stopped else "running"
            case "installed":
                return "installed"
        return "defined"


@dataclass(frozen=True, slots=True)
class Seen:
    """One node. ``actual`` is None where it could not be looked at, for the reason ``trouble``; ``context`` None where it is not
    described. ``plans`` are what deploying each of its vServers would do, or why it would refuse."""

    node: str
    context: NodeContext | None = None
    actual: NodeActual | None = None
    trouble: str = ""
    plans: Mapping[str, Plan | HeliostatError] = field(default_factory=dict)


def mended(plan: Plan | HeliostatError | None, *about: str) -> dict[str, Any]:
    """The fields of a finding that say how it is repaired: by the plan's steps that tell of any of the words ``about`` (none: all)."""
    if isinstance(plan, HeliostatError):
        return {"by_hand": str(plan)}
    if plan is None:
        return {}
    steps = tuple(step.what for step in plan.steps if not about or any(word in f"{step.what} " for word in about))
    if not steps and plan.again:  # what comes after an import is planned when it shows what it brings
        steps = tuple(step.what for step in plan.steps)
    return {"repair": steps} if steps else {}


def shown(value: object) -> str:
    """A value of a configuration or a declaration as people read it."""
    if value is None or value == () or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(str(one) for one in value) if isinstance(value, (tuple, list)) else str(value)
