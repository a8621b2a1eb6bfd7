# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a zone, property by property: as declared, as remembered, as stored on its node, and as it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commands import zonecfg
from ...commands.zonecfg import Difference
from ...commands.zonecfg_syntax import size
from ...model.change import WAITS
from ...model.errors import HeliostatError
from ...model.plan import Plan
from ...model.vserver import VServer
from ...model.zone import ZoneConfig
from .. import live_resources, variables, zone_definition
from . import adopting
from .finding import Finding, Known, Seen, mended, shown

#: Of a declaration what neither the zone's configuration nor its storage shows.
_SAID = (
    "compute_pool", "category", "priority", "depends_on", "archive", "archive_zone", "manifest", "preserve", "timezone", "nameservers",
    "domain",
)  # fmt: skip
_DIFFERS = "live: "


def stored(known: Known, seen: Seen) -> list[Finding]:
    """Where declaration, record and the zone's stored configuration are not the same."""
    actual, context, name = seen.actual, seen.context, known.name
    if actual is None or context is None or name not in actual.configs:
        return pending(known, seen)
    have = actual.configs[name]
    declared, remembered = _definition(known.declared, seen), _definition(known.remembered, seen)
    to_declared = _by_path(have, declared)
    to_remembered = _by_path(have, remembered)
    found = []
    taken = adopting.as_found(known.base, actual, context) if known.base else None
    for path in dict.fromkeys((*to_declared, *to_remembered)):
        first, second = to_declared.get(path), to_remembered.get(path)
        here = (first or second).have  # type: ignore[union-attr]
        values: dict[str, Any] = {
            "declared": _said(path, first.want if first else here if declared else None),
            "remembered": _said(path, second.want if second else here if remembered else None),
            "found": _said(path, here),
        }
        if declared and remembered and not first:
            found.append(_stale(known, seen, path, values))
        elif declared and remembered and not second:
            found.append(_undeployed(known, seen, path, values))
        else:
            ways = mended(seen.plans.get(name), "configuration ") | {"adopt": _adopted(path, known, taken, seen)}
            found.append(Finding(name, seen.node, "node", path, "configuration differs", "warning", **values, **ways))
    return [*found, *_only_said(known, seen)]


def pending(known: Known, seen: Seen) -> list[Finding]:
    """What the inventory declares otherwise than it was deployed, where no zone can be looked at."""
    declared, remembered = _definition(known.declared, seen), _definition(known.remembered, seen)
    found = []
    if declared and remembered:
        for one in zonecfg.differences(remembered, declared):
            found.append(
                _undeployed(known, seen, one.path, {"declared": _said(one.path, one.want), "remembered": _said(one.path, one.have)})
            )
    return [*found, *_only_said(known, seen)]


def running(known: Known, seen: Seen, told: frozenset[str]) -> list[Finding]:
    """What a running zone has otherwise than its stored configuration. ``told`` are properties that are findings already.

    A cap of memory that rcapd has not seen yet is none: a zone that has just booted has it too.
    """
    actual, name = seen.actual, known.name
    if actual is None or name not in actual.configs or name not in actual.zones or actual.zones[name].state != "running":
        return []
    have = actual.configs[name]
    live = _by_path(actual.live[name], have) if name in actual.live else {}
    values: dict[str, str] = {}
    for path, word in live_resources.states(name, have, actual.resources).items():
        if word.startswith("differs live: "):
            values[path] = word.removeprefix("differs ")
        elif word == WAITS and path != live_resources.PHYSICAL:
            values[path] = f"{_DIFFERS}unset"
    plan = seen.plans.get(name)
    for path, word in plan.outcomes.items() if isinstance(plan, Plan) else ():
        if word == WAITS and path not in values and not path.startswith(("dataset[", "filesystem[")):
            values[path] = _DIFFERS + (shown(live[path].have) if path in live else "") if path in live else f"{_DIFFERS}otherwise"
    wanted = _shown_limits(have)
    why = "It takes effect at the zone's next boot, or at once with apply: now (playbook heliostat.vdc.vserver_change)."
    return [
        Finding(
            name,
            seen.node,
            "node",
            path,
            "live differs from stored",
            "info",
            remembered=shown(live[path].want) if path in live else wanted.get(path, ""),
            found=value,
            by_hand=why,
        )
        for path, value in values.items()
        if path not in told
    ]


def _said(path: str, value: object) -> str:
    """As ``shown``, sizes in bytes whoever wrote them."""
    text = shown(value)
    return str(size(text)) if text and path.startswith(("capped-memory.", "max-shm-memory")) else text


def _shown_limits(config: ZoneConfig) -> dict[str, str]:
    nothing = ZoneConfig({})
    return {one.path: _said(one.path, one.have) for one in zonecfg.differences(config, nothing)}


def _definition(vserver: VServer | None, seen: Seen) -> ZoneConfig | None:
    """None also where the node cannot carry it: then its plan is a refusal."""
    if vserver is None or seen.context is None:
        return None
    try:
        if seen.actual is None:
            return zone_definition.wanted(vserver, seen.context)
        return zone_definition.wanted_of(vserver, seen.actual, seen.context)
    except HeliostatError:
        return None


def _by_path(have: ZoneConfig, want: ZoneConfig | None) -> dict[str, Difference]:
    return {one.path: one for one in zonecfg.differences(have, want)} if want else {}


def _adopted(path: str, known: Known, taken: VServer | None, seen: Seen) -> dict[str, Any]:
    if known.base is None or taken is None or seen.actual is None or seen.context is None:
        return {}
    after = adopting.configuration(path, known.base, taken, seen.actual, seen.context)
    return variables.changed(variables.variables(known.base), variables.variables(after)) if after else {}


def _undeployed(known: Known, seen: Seen, path: str, values: Mapping[str, Any]) -> Finding:
    ways = mended(seen.plans.get(known.name), "configuration ")
    return Finding(known.name, seen.node, "inventory", path, "not deployed yet", "info", **values, **ways)


def _stale(known: Known, seen: Seen, path: str, values: Mapping[str, Any]) -> Finding:
    why = "Deploying it (playbook heliostat.vdc.vserver_deploy) changes nothing of this on the node, and the repository remembers it then."
    return Finding(known.name, seen.node, "repository", path, "record out of date", "info", **values, by_hand=why)


def _only_said(known: Known, seen: Seen) -> list[Finding]:
    """What only the declaration says. Some of it the zone was told once: then deploying it warns."""
    new, old = known.declared, known.remembered
    if new is None or old is None:
        return []
    pairs = {key: (getattr(new, key), getattr(old, key)) for key in _SAID}
    pairs["resources.base_units"] = (new.resources.base_units, old.resources.base_units)
    if new.brand == "native" and new.ip_type == "exclusive":  # its addresses are kept inside
        legs = ([str(leg.address) for leg in side.networks] for side in (new, old))
        pairs["networks"] = (next(legs), next(legs))
    if seen.context and all(_definition(side, seen) is None for side in (new, old)):
        pairs = {key: value for key, value in pairs.items() if key in _SAID}
    return [
        Finding(known.name, seen.node, "inventory", key, "not deployed yet", "info", shown(one), shown(other), by_hand=_DEPLOY)
        for key, (one, other) in pairs.items()
        if one != other and not (key == "resources.base_units" and _shares_differ(known, seen))
    ]


_DEPLOY = "Deploy it (playbook heliostat.vdc.vserver_deploy): nothing on the node shows this property, the repository remembers it then."


def _shares_differ(known: Known, seen: Seen) -> bool:
    sides = [_definition(side, seen) for side in (known.declared, known.remembered)]
    return bool(sides[0] and sides[1] and any(one.path == "cpu-shares" for one in zonecfg.differences(sides[1], sides[0])))
