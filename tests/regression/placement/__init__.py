# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement cases: an estate in JSON, and beside it the summary of what placement makes of it.

``nodes``: name → ``pool, memory`` (GiB), ``cpus, release`` (s10, s11), ``brands, types`` (of networks that it has links for), ``luns``
(numbers; all where absent), ``blocked, base_units, domains``. ``vservers``: name → ``pool, brand, memory, base_units, dedicated_cpus``,
``category, priority, types, luns, node, bound, load`` ([GiB, CPUs]), ``guest`` (the guest domain that it is in). ``guests``: name →
``memory, cpus, node``. ``apart``: name → [level, members]; ``together``: name → members; ``leaving``: nodes that are emptied; ``moves``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import DIMENSIONS, HEADROOM
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.explain import explain
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Item, Problem, Target, Together
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.rules import EstateRules, Host
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve

CASES = Path(__file__).with_name("cases")
GIB = 1 << 30
NETWORKS = declaration.networks(
    {name: {"type": name, "subnet": f"10.4{number}.0.0/16"} for number, name in enumerate(("management", "public", "backup"))}
)
LUNS = {f"lun{number}": f"60060E8007C3F2000030C3F20000{number:04X}" for number in range(100)}
RELEASES = {
    "s10": Release("s10", "Oracle Solaris 10 1/13 SPARC", "sparc", 11),
    "s11": Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc"),
}


def names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.json"))


def summary(name: str) -> str:
    """What placement makes of a case, in lines that a person can judge."""
    case = json.loads((CASES / f"{name}.json").read_text())
    try:
        return "\n".join(_summary(problem(case), case)) + "\n"
    except InvalidDefinition as refusal:
        return f"refused: {refusal}\n"


def _summary(given: Problem, case: Mapping[str, Any]) -> Iterator[str]:
    placement = solve(given, case["moves"])
    moved = placement.moved(given)
    came = {item.name: placement.homes[item.name] for item in given.items if item.name in placement.homes and item.name not in moved}
    settled = {item.name for item in given.items if item.home == came.get(item.name)}
    yield f"placed {len(placement.homes)} of {len(given.items)}, moved {len(moved)}, peak {placement.peak:.2f}"
    yield from (f"{name}: {node}" for name, node in sorted(came.items()) if name not in settled)
    yield from (f"{name}: moves to {node}" for name, node in moved.items())
    for name, answer in explain(given, placement, placement.unplaced).items():
        yield f"{name}: stays down; {answer.remedy}"
        yield from (f"  {node} {reason}" for node, reason in answer.rejected.items())


def problem(case: Mapping[str, Any]) -> Problem:
    hosts = [_host(name, one) for name, one in case["nodes"].items() if name not in case.get("leaving", ())]
    vservers = {name: _vserver(number, name, one) for number, (name, one) in enumerate(case["vservers"].items())}
    alone = {name: (vservers[name],) for name, one in case["vservers"].items() if "guest" not in one}
    inside = {
        guest: tuple(vservers[name] for name, one in case["vservers"].items() if one.get("guest") == guest)
        for guest in case.get("guests", {})
    }
    items = [_item(vservers[name], case["vservers"][name]) for name in alone]
    items += [_guest(name, one, inside[name]) for name, one in case.get("guests", {}).items()]
    apart = [Apart(name, tuple(members), level) for name, (level, members) in case.get("apart", {}).items()]
    together = [Together(name, tuple(members)) for name, members in case.get("together", {}).items()]
    targets = [_target(host, case["nodes"][host.name]) for host in hosts]
    return Problem(DIMENSIONS, targets, items, EstateRules(hosts, {**alone, **inside}, NETWORKS), apart, together)


def _host(name: str, one: Mapping[str, Any]) -> Host:
    links = {kind: f"net{number}" for number, kind in enumerate(one.get("types", ("management", "public")))}
    guids = LUNS.values() if "luns" not in one else [LUNS[f"lun{number}"] for number in one["luns"]]
    release = RELEASES[one.get("release", "s11")]
    facts = NodeFacts(
        name,
        release,
        "SPARC T8-2",
        one.get("cpus", 64),
        one["memory"] * GIB,
        "86d2b110",
        tuple(Disk(f"c0t{guid}d0", guid) for guid in guids),
        tuple(Link(link) for link in links.values()),
        brands=tuple(one.get("brands", ("native",) if release.is_solaris10 else ("solaris", "solaris10"))),
    )
    return Host(name, one.get("pool", "production"), facts, links, one.get("blocked", ""), one.get("base_units"))  # type: ignore[arg-type]


def _target(host: Host, one: Mapping[str, Any]) -> Target:
    room = (int(host.facts.memory * (1 - HEADROOM)), host.facts.cpus - 1, host.base_units or 0)
    return Target(host.name, room, one.get("domains", {}), (room[0], host.facts.cpus, room[2]))


def _vserver(number: int, name: str, one: Mapping[str, Any]) -> VServer:
    resources: dict[str, Any] = {"memory": f"{one['memory']}G"}
    resources |= {key: one[key] for key in ("base_units", "dedicated_cpus") if key in one}
    luns = one.get("luns", (number,))
    declared = {
        "compute_pool": one.get("pool", "production"),
        "brand": one.get("brand", "solaris"),
        "category": one.get("category", "normal"),
        "priority": one.get("priority", 50),
        "datasets": [{"name": name, "layout": "single" if len(luns) == 1 else "stripe", "luns": [f"lun{lun}" for lun in luns]}],
        "filesystems": [{"type": "root", "dataset": name}],
        "networks": [{"network": kind, "address": str(NETWORKS[kind].subnet[number + 10])} for kind in one.get("types", ("public",))],
        "resources": resources,
    }
    return declaration.vserver(name, declared, NETWORKS, declaration.luns(LUNS))


def _item(vserver: VServer, one: Mapping[str, Any]) -> Item:
    wanted = vserver.resources
    size = ((wanted.memory or 0), (wanted.dedicated_cpus or (0,))[0], wanted.base_units or 0)
    load = (one["load"][0] * GIB, one["load"][1], size[2]) if "load" in one else None
    return Item(vserver.name, size, load, vserver.category, vserver.priority, one.get("node"), one.get("bound", ""))


def _guest(name: str, one: Mapping[str, Any], inside: tuple[VServer, ...]) -> Item:
    """A guest domain matters as much as what matters most in it."""
    first = min(
        (Item(vserver.name, (), category=vserver.category, priority=vserver.priority) for vserver in inside), key=lambda item: item.rank
    )
    size = (one["memory"] * GIB, one["cpus"], 0)
    carries = tuple(vserver.name for vserver in inside)
    return Item(name, size, None, first.category, first.priority, one.get("node"), one.get("bound", ""), carries)
