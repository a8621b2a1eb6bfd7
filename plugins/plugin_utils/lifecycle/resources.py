# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer's resources as its zone's configuration on a certain node: what the release offers, FSS shares of base units, what fits.

A share is a ten-thousandth of the node: a vServer that owns U base units of a node rated R gets 10000 * U / R shares. So the same
shares mean the same part on every node, and those that own units never get less than their part when everybody wants CPU, as long
as the units together are no more than the rating (docs/resources.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from ..commands.zonecfg_canonical import canonical
from ..model.errors import Refused
from ..model.vserver import Resources, VServer
from ..model.zone import ZoneConfig, ZoneResource
from .context import NodeContext

#: FSS shares of a whole node.
NODE_SHARES = 10_000

#: Update of Solaris 10 that brought a control: zonecfg(1M), "What's new" of 8/07 (4) and 5/08 (5). None: no update has it.
_SINCE: dict[str, int | None] = {
    "memory": 4,
    "swap": 4,
    "locked": 4,
    "dedicated_cpus": 4,
    "max_shm_memory": 4,
    "max_shm_ids": 4,
    "max_sem_ids": 4,
    "max_msg_ids": 4,
    "scheduling_class": 4,
    "cpu_cap": 5,
    "max_processes": None,
}
_DATES = {4: "8/07", 5: "5/08"}

#: Option → resource control, of those that are nothing but a limit.
LIMITS = {
    "max_lwps": "zone.max-lwps",
    "max_processes": "zone.max-processes",
    "max_shm_memory": "zone.max-shm-memory",
    "max_shm_ids": "zone.max-shm-ids",
    "max_sem_ids": "zone.max-sem-ids",
    "max_msg_ids": "zone.max-msg-ids",
}
SHARES = "zone.cpu-shares"


def properties(vserver: VServer, context: NodeContext) -> dict[str, str]:
    """Global properties of the zone. Raises Refused, naming release and control, for what the release lacks."""
    _check_release(vserver, context)
    found = {"pool": vserver.resources.pool, "scheduling-class": vserver.resources.scheduling_class}
    return {key: value for key, value in found.items() if value}


def controls(vserver: VServer, context: NodeContext) -> list[ZoneResource]:
    """Resources of the zone's configuration. Raises Refused where base units cannot become shares."""
    resources = vserver.resources
    found = []
    memory = {"physical": resources.memory, "swap": resources.swap, "locked": resources.locked}
    if any(memory.values()):
        found.append(ZoneResource("capped-memory", {key: str(value) for key, value in memory.items() if value}))
    if resources.cpu_cap is not None:
        found.append(ZoneResource("capped-cpu", {"ncpus": _ncpus(resources.cpu_cap)}))
    if resources.dedicated_cpus is not None:
        least, most = resources.dedicated_cpus
        dedicated = {"ncpus": str(least) if least == most else f"{least}-{most}"}
        if resources.importance is not None:
            dedicated["importance"] = str(resources.importance)
        found.append(ZoneResource("dedicated-cpu", dedicated))
    own = shares(vserver, context)
    if own is not None:
        found.append(_rctl(SHARES, own, "none"))
    found += [_rctl(control, value, "deny") for option, control in LIMITS.items() if (value := getattr(resources, option)) is not None]
    return found


def shares(vserver: VServer, context: NodeContext) -> int | None:
    """The zone's FSS shares: as declared, or those of its base units on this node."""
    resources = vserver.resources
    if resources.base_units is None:
        return resources.cpu_shares
    if context.base_units is None:
        raise Refused(
            f"vServer {vserver.name} owns {resources.base_units} base units, and node {context.node} has no rating to be a part of. "
            "Set base_units in the node's variable heliostat_node."
        )
    return shares_of(resources.base_units, context.base_units)


def shares_of(units: int, rating: int) -> int:
    """Whole shares, never none; half a share (0.005 % of the node) is the most that rounding takes or gives. Raises nothing."""
    return max(1, (2 * NODE_SHARES * units + rating) // (2 * rating))


def entitlement(units: int, rating: int | None) -> str:
    """For people: ``50 of 400 base units (12.5 %)``."""
    return f"{units} of {rating} base units ({100 * units / rating:.3g} %)" if rating else f"{units} base units (node not rated)"


def check_units(vserver: VServer, node: str, rating: int | None, entitled: Mapping[str, int]) -> None:
    """Raises Refused when the vServers at home on the node own more than it is rated, naming all of them.

    ``entitled`` are the base units of those at home there; whether this one is among them does not matter.
    """
    units = vserver.resources.base_units
    if units is None or rating is None:
        return
    all_units = {**entitled, vserver.name: units}
    total = sum(all_units.values())
    if total > rating:
        owners = ", ".join(f"{name} {all_units[name]}" for name in sorted(all_units))
        raise Refused(
            f"vServer {vserver.name}: node {node} is rated {rating} base units, and {total} would be owned there: "
            f"{owners}. Lower or move one of them, or place it on another node."
        )


def check_cpus(vserver: VServer, context: NodeContext, sets: Mapping[str, int]) -> None:
    """Raises Refused when the dedicated CPUs cannot be had. ``sets`` are the node's processor sets: name → least CPUs.

    One CPU stays with everybody else. A running zone's own set is called SUNWtmp_ZONE.
    """
    if vserver.resources.dedicated_cpus is None or context.cpus is None:
        return
    least = vserver.resources.dedicated_cpus[0]
    known = {_set_owner(name): cpus for name, cpus in sets.items()}
    taken = {name: max(known.get(name, 0), context.dedicated.get(name, 0)) for name in {*known, *context.dedicated} - {vserver.name}}
    left = context.cpus - 1 - sum(taken.values())
    if least > left:
        owners = f", {sum(taken.values())} are dedicated ({', '.join(f'{name} {taken[name]}' for name in sorted(taken))})" if taken else ""
        raise Refused(
            f"vServer {vserver.name} wants {least} dedicated CPUs: node {context.node} has {context.cpus}{owners}, and one stays with "
            f"everybody else, so {max(left, 0)} are left. The zone would not boot."
        )


def granted(vserver: VServer, have: ZoneConfig | None, context: NodeContext) -> bool:
    """Whether the node's configuration of the zone gives it its shares and CPUs already, or more: what it has is not refused anew."""
    if have is None:
        return False
    wanted, shown = shares(vserver, context), canonical(have).limits.get("cpu-shares")
    if wanted is not None and (shown is None or int(shown.canonical) < wanted):
        return False
    if vserver.resources.dedicated_cpus is None:
        return True
    numbers = [str(one.properties.get("ncpus", "")).partition("-")[0] for one in have.of_kind("dedicated-cpu")]
    return any(number.isdecimal() and int(number) >= vserver.resources.dedicated_cpus[0] for number in numbers)


def advice(vserver: VServer) -> list[str]:
    """What may be declared and is hardly meant."""
    resources = vserver.resources
    if resources.memory is not None and resources.swap is not None and resources.swap < resources.memory:
        figures = f"swap, {resources.swap} bytes, is less than memory, {resources.memory}"
        return [f"vServer {vserver.name}: {figures}: what processes reserve counts as swap, so they fail to start before memory is short"]
    return []


def uses_shares(resources: Resources) -> bool:
    """Whether its part of the CPU depends on the fair share scheduler."""
    return resources.cpu_shares is not None or resources.base_units is not None


def _check_release(vserver: VServer, context: NodeContext) -> None:
    release = context.release
    if not release.is_solaris10:
        return
    for option, since in _SINCE.items():
        if getattr(vserver.resources, option) in (None, ""):
            continue
        if since is None or release.update < since:
            needs = f"it came with Solaris 10 {_DATES[since]}" if since else "Solaris 11 has it"
            raise Refused(
                f"vServer {vserver.name}: {release.description} of node {context.node} has no resource control {option}; {needs}. "
                "Remove it, or choose another node."
            )


def _set_owner(name: str) -> str:
    return name.removeprefix("SUNWtmp_") if name.startswith("SUNWtmp_") else f"processor set {name}"


def _rctl(control: str, limit: int, action: str) -> ZoneResource:
    return ZoneResource("rctl", {"name": control, "value": (f"(priv=privileged,limit={limit},action={action})",)})


def _ncpus(cap: float) -> str:
    """The number of CPUs as zonecfg is told it. It multiplies a float by 100 and cuts the rest off, which makes 0.52 of 0.53: so one
    digit more where hundredths have no exact binary form."""
    return f"{cap:.2f}" if round(cap * 100) % 25 == 0 else f"{cap:.2f}5"
