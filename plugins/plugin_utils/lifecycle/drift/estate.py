# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift of the whole estate: inventory, repository and nodes held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...model.vserver import VServer
from .. import variables
from . import adopting, configuration, places, storage
from .finding import SEVERITIES, Finding, Known, Seen

#: A zone that nobody knows → the variables that would declare it, and what they cannot express.
Adoptable = Mapping[tuple[str, str], tuple[Mapping[str, Any], Sequence[str]]]


def findings(
    vservers: Sequence[Known],
    nodes: Mapping[str, Seen],
    adoptable: Adoptable | None = None,
    names: frozenset[str] | None = None,
    *,
    whole: bool = True,
) -> tuple[Finding, ...]:
    """Of every vServer (of those in ``names`` where given) and node, in the order of names; nothing where all agree.

    ``whole``: ``nodes`` are all that there are, so that a vServer which none of them has is nowhere.
    """
    found = _unknown_nodes(vservers, nodes)
    for known in vservers:
        if names is None or known.name in names:
            found += _of(known, nodes, whole)
    for node, zone, state in unknown_zones(vservers, nodes):
        if names is None or zone in names:
            found.append(_unknown_zone(node, zone, state, (adoptable or {}).get((node, zone))))
    return tuple(sorted(found, key=lambda one: (one.vserver, one.node, SEVERITIES.index(one.severity), one.property)))


def unknown_zones(vservers: Sequence[Known], nodes: Mapping[str, Seen]) -> list[tuple[str, str, str]]:
    """Node, zone and its state of what neither inventory nor repository knows."""
    ours = {known.name for known in vservers} | {"global"}
    return [
        (node, name, status.state)
        for node, seen in nodes.items()
        for name, status in (seen.actual.zones.items() if seen.actual else ())
        if name not in ours
    ]


def _unknown_nodes(vservers: Sequence[Known], nodes: Mapping[str, Seen]) -> list[Finding]:
    found = []
    for node, seen in nodes.items():
        if seen.actual is None:
            homes = ", ".join(known.name for known in vservers if known.node == node)
            why = f"{seen.trouble}. Nothing is known of what is there: neither that it is well, nor that it is gone."
            found.append(Finding("", node, "node", "node", "unknown", "warning", remembered=homes, found="unknown", by_hand=why))
    return found


def _unknown_zone(node: str, zone: str, state: str, told: tuple[Mapping[str, Any], Sequence[str]] | None) -> Finding:
    declared, problems = told or ({}, ["it was not looked at"])
    why = f"Its variables do not describe it fully: {'; '.join(problems)}." if problems else ""
    return Finding(zone, node, "inventory", "zone", "zone unknown", "warning", found=state, adopt=dict(declared), by_hand=why)


def _of(known: Known, nodes: Mapping[str, Seen], whole: bool) -> list[Finding]:
    if known.node and known.node not in nodes and not known.moving:
        return places.strayed(known, nodes)
    found = _said(known)
    if known.moving:
        why = "Let it arrive, or send it back (playbook heliostat.vdc.vserver_migrate)."
        return [
            *found,
            Finding(
                known.name,
                known.node,
                "repository",
                "node",
                "move not ended",
                "warning",
                remembered=known.node,
                found=f"on its way to {known.moving}",
                by_hand=why,
            ),
        ]
    if not known.state:
        return [*found, *_unrecorded(known, nodes, whole)]
    if known.wanted is None:
        return [*found, *places.gone(known, nodes)]
    seen = nodes[known.node]
    told, there = places.placed(known, nodes)
    found += told
    if not there:
        found += configuration.pending(known, seen)
        lost = seen.actual is not None and known.state != "defined" and not any(one.kind == "zone on another node" for one in told)
        return [*found, *(storage.findings(known, seen, _others(known, nodes)) if lost else [])]
    found += places.state(known, seen)
    stored = configuration.stored(known, seen)
    found += stored
    found += configuration.running(known, seen, frozenset(one.property for one in stored))
    if known.state != "defined":
        found += storage.findings(known, seen, _others(known, nodes))
    if not found and (rest := places.refused(known, seen)):
        found.append(rest)
    return found


def _others(known: Known, nodes: Mapping[str, Seen]) -> dict[str, Seen]:
    return {node: seen for node, seen in nodes.items() if node != known.node}


def _said(known: Known) -> list[Finding]:
    """What needs no node to be seen."""
    if known.wrong:
        return [Finding(known.name, known.node, "inventory", "heliostat_vserver", "declaration invalid", "error", by_hand=known.wrong)]
    if known.declared is None and known.remembered is not None:
        adopt = variables.variables(known.remembered)
        return [
            Finding(
                known.name, known.node, "inventory", "heliostat_vserver", "not declared", "warning", remembered=known.state, adopt=adopt
            )
        ]
    return []


def _unrecorded(known: Known, nodes: Mapping[str, Seen], whole: bool) -> list[Finding]:
    there = {node: status for node, seen in nodes.items() if (status := places.zone(known, seen)) is not None}
    if not there and not whole:
        return []
    if not there:
        unseen = any(seen.actual is None for seen in nodes.values())
        why = "Deploy it (playbook heliostat.vdc.vserver_deploy)."
        found = "unknown: not all nodes answered" if unseen else "on no node"
        return [Finding(known.name, "", "repository", "node", "not deployed", "info", declared="present", found=found, by_hand=why)]
    several = len([one for one in there.values() if one.state != "configured"]) > 1
    why = "Discover its node (heliostat.vdc.node_register) and deploy it (heliostat.vdc.vserver_deploy): it is placed where it is."
    kind, severity = ("zone on two nodes", "error") if several else ("not recorded", "warning")
    return [
        Finding(
            known.name,
            node,
            "repository",
            "node",
            kind,
            severity,  # type: ignore[arg-type]
            declared="present",
            found=f"{status.state} on {node}",
            by_hand=why,
        )
        for node, status in there.items()
    ]


def adopted(known: Known, seen: Seen, told: Sequence[Finding]) -> VServer | None:
    """The declaration with all that can be adopted of what was found of one vServer; None where there is nothing of that."""
    base, actual, context = known.base, seen.actual, seen.context
    mine = [one for one in told if one.vserver == known.name and one.adopt]
    if base is None or not mine:
        return None
    taken = adopting.as_found(base, actual, context) if actual and context else None
    made = base
    for one in mine:
        subject, _dot, what = one.property.rpartition(".")
        if one.property.startswith("filesystems.") and what == "size":
            made = adopting.size(made, subject.removeprefix("filesystems."), int(one.found) if one.found.isdigit() else 0)
        elif one.property.startswith("datasets."):
            name = subject.removeprefix("datasets.")
            shape = next((entry for entry in (taken.datasets if taken else ()) if entry.name == name), None)
            made = adopting.dataset(made, shape) if shape else made
        elif taken and actual and context:
            made = adopting.configuration(one.property, made, taken, actual, context) or made
    return made
