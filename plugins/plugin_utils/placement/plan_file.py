# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as a file: to be shown in a change request, and carried out only as long as what it was made from still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from ..model.errors import Refused
from .estate import Estate
from .evacuation import Evacuation
from .explain import Answer
from .waves import Wave

_KIND = "evacuation of a node"


def written(plan: Evacuation, settings: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """The file's text. It has no time in it: the same plan from the same state is the same file."""
    content = {"plan": _KIND, **described(plan), "settings": dict(settings), "state": dict(state)}
    return json.dumps({**content, "digest": digest(content)}, indent=2, sort_keys=True) + "\n"


def described(plan: Evacuation) -> dict[str, Any]:
    """As plain values."""
    return {
        "node": plan.node,
        "waves": [{"moves": dict(wave.moves), "parked": list(wave.parked)} for wave in plan.waves],
        "answers": {name: asdict(answer) for name, answer in plan.answers.items()},
        "stays": dict(plan.stays),
        "peak": round(plan.peak, 4),
        "unsafe": list(plan.unsafe),
    }


def read(text: str, where: str) -> tuple[Evacuation, dict[str, Any], dict[str, Any]]:
    """The plan, its settings, and the state it was made from. Raises Refused for a file that is none, or was changed by hand."""
    try:
        content = json.loads(text)
        claimed = content.pop("digest")
        if content["plan"] != _KIND:
            raise Refused(f"{where} is a plan for another purpose: {content['plan']}.")
        if claimed != digest(content):
            raise Refused(f"{where} was changed after it was made: its digest does not fit. Make the plan anew (module evacuation_plan).")
        plan = Evacuation(
            content["node"],
            tuple(Wave(wave["moves"], tuple(wave["parked"])) for wave in content["waves"]),
            {name: Answer(**answer) for name, answer in content["answers"].items()},
            content["stays"],
            content["peak"],
            tuple(content["unsafe"]),
        )
        return plan, content["settings"], content["state"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{where} is no plan of an evacuation ({error}). Make one with the module evacuation_plan.") from None


def digest(content: Mapping[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def state_of(estate: Estate, compute_pool: str | None) -> dict[str, Any]:
    """All that a plan for this compute pool is made from, in words that a difference can be shown in. What vServers were measured to use
    is left out: it is never the same twice."""
    hosts = {host.name: host for host in estate.hosts if host.compute_pool == compute_pool}
    mine = [occupant for occupant in estate.occupants if occupant.node in hosts]
    names = {occupant.vserver.name for occupant in mine}
    return {
        "nodes": {
            name: {
                "flags": host.blocked,
                "memory": host.facts.memory,
                "cpus": host.facts.cpus,
                "base_units": host.base_units,
                "release": host.facts.release.description,
                "kernel": host.facts.release.version,
                "luns": sorted(disk.guid for disk in host.facts.disks if disk.guid),
                "networks": {str(kind): link for kind, link in sorted(host.links.items())},
                "failure_domains": dict(estate.domains.get(name, {})),
            }
            for name, host in sorted(hosts.items())
        },
        "vservers": {
            occupant.vserver.name: {
                "node": occupant.node,
                "frozen": occupant.bound,
                "brand": occupant.vserver.brand,
                "memory": occupant.vserver.resources.memory,
                "base_units": occupant.vserver.resources.base_units,
                "dedicated_cpus": list(occupant.vserver.resources.dedicated_cpus or ()),
                "category": occupant.vserver.category,
                "priority": occupant.vserver.priority,
                "luns": sorted(guid for dataset in occupant.vserver.datasets for guid in dataset.luns),
                "networks": sorted(one.network for one in occupant.vserver.networks),
                "depends_on": list(occupant.vserver.depends_on),
            }
            for occupant in sorted(mine, key=lambda one: one.vserver.name)
        },
        "affinities": {
            **{rule.name: ["apart by", rule.level, *rule.members] for rule in estate.affinities.apart if names.intersection(rule.members)},
            **{rule.name: ["together", *rule.members] for rule in estate.affinities.together if names.intersection(rule.members)},
        },
    }


def differences(made: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What has changed since a plan was made, one line each: ``vserver web1: node was t8a, is t8b``."""
    for kind, singular in (("nodes", "node"), ("vservers", "vServer"), ("affinities", "affinity")):
        before, after = made.get(kind, {}), now.get(kind, {})
        for name in sorted(before.keys() | after.keys()):
            if name not in after:
                yield f"{singular} {name} is gone"
            elif name not in before:
                yield f"{singular} {name} is new"
            elif isinstance(before[name], Mapping):
                for key in sorted(before[name].keys() | after[name].keys()):
                    if before[name].get(key) != after[name].get(key):
                        yield f"{singular} {name}: {key} was {_said(before[name].get(key))}, is {_said(after[name].get(key))}"
            elif before[name] != after[name]:
                yield f"{singular} {name} was {_said(before[name])}, is {_said(after[name])}"


def as_before(now: Mapping[str, Any], made: Mapping[str, Any], plan: Evacuation, *, begun: bool) -> dict[str, Any]:
    """The state without what this very plan changes: its node's maintenance and, where it was ``begun``, those that have arrived."""
    targets = {name: node for wave in plan.waves for name, node in wave.moves.items()} if begun else {}
    vservers = {
        name: {**found, "node": made["vservers"].get(name, found)["node"] if found["node"] == targets.get(name) else found["node"]}
        for name, found in now["vservers"].items()
    }
    nodes = {
        name: {**found, "flags": made["nodes"].get(name, found)["flags"] if name == plan.node else found["flags"]}
        for name, found in now["nodes"].items()
    }
    return {**now, "nodes": nodes, "vservers": vservers}


def rest(plan: Evacuation, now: Mapping[str, Any]) -> Evacuation:
    """What is left of a plan that was begun."""
    left = [{name: node for name, node in wave.moves.items() if now["vservers"][name]["node"] != node} for wave in plan.waves]
    found = (Wave(moves, wave.parked) for moves, wave in zip(left, plan.waves, strict=True) if moves)
    return replace(plan, waves=tuple(found))


def _said(value: Any) -> str:
    return "nothing" if value in (None, "", [], {}) else value if isinstance(value, str) else json.dumps(value)
