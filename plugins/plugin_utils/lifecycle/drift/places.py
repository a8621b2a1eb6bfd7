# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each vServer's zone is, and whether it runs as it is remembered to."""

from __future__ import annotations

from collections.abc import Mapping

from ...model.errors import HeliostatError
from ...model.zone import ZoneStatus
from ..storage import driver
from .finding import EMPTY, RUNS, Finding, Known, Seen, mended

_EXPECTED = {"running": "running", "halted": "installed", "installed": "installed", "defined": "configured"}


def zone(known: Known, seen: Seen) -> ZoneStatus | None:
    return seen.actual.zones.get(known.name) if seen.actual else None


def elsewhere(known: Known, nodes: Mapping[str, Seen]) -> dict[str, ZoneStatus]:
    """The zones of its name on other nodes that are more than a configuration."""
    found = {node: zone(known, seen) for node, seen in nodes.items() if node != known.node}
    return {node: status for node, status in found.items() if status is not None and status.state not in EMPTY}


def _holds(known: Known, node: str, status: ZoneStatus, nodes: Mapping[str, Seen]) -> bool:
    """Whether it is the vServer itself, and not what was left behind by it: it runs, or has its datasets there."""
    actual = nodes[node].actual
    mine = known.remembered or known.declared
    return status.state in RUNS or bool(
        actual and mine and any(driver.of(one).here(one, actual) for one in mine.datasets if one.name == mine.root.dataset)
    )


def placed(known: Known, nodes: Mapping[str, Seen]) -> tuple[list[Finding], bool]:
    """Findings about where its zone is, and whether it is at home so that the rest of it can be compared."""
    seen = nodes[known.node]
    if seen.actual is None:
        return [], False
    mine = zone(known, seen)
    others = elsewhere(known, nodes)
    real = {node: status for node, status in others.items() if _holds(known, node, status, nodes)}
    empty = mine is None or (mine.state in EMPTY and known.run_state != "defined")
    if real and empty:
        return [_moved(known, node, status.state) for node, status in real.items()], False
    found = [_twice(known, mine, node, status) for node, status in real.items()]
    found += [_left(known, node, status) for node, status in others.items() if node not in real]
    if mine is None:
        return [*found, _missing(known, seen)], False
    return found, True


def strayed(known: Known, nodes: Mapping[str, Seen]) -> list[Finding]:
    """Where its home was not asked: that it is on one of the others."""
    return [_moved(known, node, status.state) for node, status in elsewhere(known, nodes).items() if _holds(known, node, status, nodes)]


def _moved(known: Known, node: str, state: str) -> Finding:
    why = (
        f"If it belongs there, let the repository follow it: playbook heliostat.vdc.vserver_migrate with heliostat_target {node}. "
        f"If not, detach it on node {node}; node {known.node} then takes it as it did before."
    )
    return _on_another(known, node, state, known.node, why)


def _on_another(known: Known, node: str, state: str, remembered: str, why: str) -> Finding:
    kind, found = "zone on another node", f"{state} on {node}"
    return Finding(known.name, node, "repository", "node", kind, "error", remembered=remembered, found=found, by_hand=why)


def _twice(known: Known, mine: ZoneStatus | None, node: str, status: ZoneStatus) -> Finding:
    here = f"{mine.state if mine else 'absent'} on {known.node}"
    why = f"Find out which of the two holds the data, and halt the other at once: nothing decides that for you. The home is {known.node}."
    found = f"{here}, {status.state} on {node}"
    return Finding(known.name, node, "node", "node", "zone on two nodes", "error", remembered=known.node, found=found, by_hand=why)


def _left(known: Known, node: str, status: ZoneStatus) -> Finding:
    why = f"It has no data there. Take it away on node {node}: 'zoneadm -z {known.name} detach -F', 'zonecfg -z {known.name} delete -F'."
    return Finding(
        known.name, node, "node", "node", "zone left behind", "info", remembered=known.node, found=f"{status.state} on {node}", by_hand=why
    )


def _missing(known: Known, seen: Seen) -> Finding:
    plan = seen.plans.get(known.name)
    if known.state == "defined":
        return Finding(
            known.name, seen.node, "node", "zone", "not deployed", "info", remembered=known.state, found="absent", **mended(plan)
        )
    return Finding(known.name, seen.node, "node", "zone", "zone missing", "error", remembered=known.state, found="absent", **mended(plan))


def state(known: Known, seen: Seen) -> list[Finding]:
    """The run state, and how far the zone has come up."""
    status = zone(known, seen)
    if status is None or seen.actual is None:
        return []
    plan = seen.plans.get(known.name)
    if status.state != _EXPECTED[known.run_state]:
        bad = status.state in ("incomplete", "unavailable")
        further = known.state in ("defined", "installed") and status.state in ("installed", *RUNS)
        ways = mended(plan, f"zone {known.name} ")
        if further or not ways:
            ways = {
                "by_hand": f"Say what it is to be: vservers with state {'running' if status.state in RUNS else 'installed'} records it."
            }
        kind = "zone not usable" if bad else "run state"
        return [
            Finding(
                known.name,
                seen.node,
                "node",
                "state",
                kind,
                "error" if bad else "warning",
                remembered=_remembered(known),
                found=status.state,
                **ways,
            )
        ]
    found = seen.actual.milestones.get(known.name, "online")
    if known.run_state != "running" or found == "online":
        return []
    why = f"It is still starting, or a service hinders it: look with 'zlogin {known.name} svcs -xv'."
    return [
        Finding(known.name, seen.node, "node", "milestone", "services not up", "warning", remembered="online", found=found, by_hand=why)
    ]


def _remembered(known: Known) -> str:
    return f"{known.state} (halted)" if known.state == "activated" and known.stopped else known.state


def gone(known: Known, nodes: Mapping[str, Seen]) -> list[Finding]:
    """A vServer that is to be on no node."""
    found = []
    for node, seen in nodes.items():
        status = zone(known, seen)
        if status is not None and status.state not in EMPTY:
            why = f"It was detached. Deploy it on node {node} to record it there, or detach it there."
            found.append(_on_another(known, node, status.state, known.state, why))
    return found


def refused(known: Known, seen: Seen) -> Finding | None:
    """What a deployment would do or refuse although nothing else was found: nothing that differs is passed over."""
    plan = seen.plans.get(known.name)
    if isinstance(plan, HeliostatError):
        return Finding(known.name, seen.node, "node", "deployment", "would be refused", "error", by_hand=str(plan))
    if plan:
        why = "; ".join(f"{step.what} ({step.why})" for step in plan.steps)
        return Finding(known.name, seen.node, "node", "deployment", "differs", "warning", found=why, **mended(plan))
    return None
