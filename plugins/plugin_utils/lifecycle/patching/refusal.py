# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a node is not patched as it is: asked before anything of it is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...model.patching.archive import Properties
from ...model.patching.patch import PatchId
from .phases import DEFERRED_FROM, PARALLEL_FROM, UTILITIES, Phase
from .policy import Policy
from .seen import Seen
from .steps import names

#: Multi-user, with and without network services.
MULTI_USER = ("2", "3")
_MEGABYTE = 1024**2


def reason(node: str, seen: Seen, todo: Sequence[Phase], properties: Mapping[PatchId, Properties], policy: Policy) -> str:
    """The first reason, as a whole message; '' where nothing is in the way."""
    patches = [patch for phase in todo for patch in phase.patches]
    why = (
        _node(seen, "patchadd")
        or _live_upgrade(seen, reboots=_reboots(todo))
        or _halfway(seen)
        or _depot(seen, patches, policy)
        or _ways(seen, todo, properties, policy, "roll-out")
        or _global_only(seen, patches, properties, policy)
        or _deferred(seen, patches, properties)
        or _zones(seen, policy, "patchadd")
        or _room(seen, todo, policy)
    )
    return f"node {node}: {why} Nothing was done." if why else ""


def of_backout(node: str, seen: Seen, todo: Sequence[Phase], properties: Mapping[PatchId, Properties], policy: Policy) -> str:
    """The same for patches that are to be taken out: no depot is needed, and no room."""
    why = (
        _node(seen, "patchrm")
        or _live_upgrade(seen, reboots=_reboots(todo))
        or _ways(seen, todo, properties, policy, "back-out")
        or _zones(seen, policy, "patchrm")
    )
    if not why and not seen.notes.backout and (seen.notes.ran is not None or seen.notes.batches):
        why = "a roll-out was begun on it and is not at its end. Run that again first."
        if seen.notes.ran is None and not (seen.notes.detached or seen.notes.pdo):
            why = "a roll-out left a reboot of it to later, and its patches work only then. Reboot it first."
    return f"node {node}: {why} Nothing was done." if why else ""


def of_reboot(node: str, seen: Seen, policy: Policy) -> str:
    """The same for a node that is rebooted for patches which are there already."""
    why = _node(seen, "a reboot") or _live_upgrade(seen, reboots=True)
    if not why and policy.needed:
        why = f"its patches wait for a reboot, {_needed(policy)}"
    return f"node {node}: {why} Nothing was done." if why else ""


def _needed(policy: Policy) -> str:
    return (
        f"which stops its vServers, and vServer {policy.needed} on another node needs one of them. Stop it first "
        "(playbook heliostat.vdc.vserver_shutdown), or empty the node (heliostat.vdc.node_evacuate)."
    )


def _halfway(seen: Seen) -> str:
    if not seen.notes.backout:
        return ""
    if seen.notes.ran is None:
        return "patches were taken out of it that are gone only with a reboot, which was left to later. Reboot it first."
    return "a back-out was begun on it and is not at its end. Run that again first."


def _node(seen: Seen, what: str) -> str:
    if not seen.root:
        return f"{what} wants root, and this login is not. Become root (become: true), whatever the become method is."
    if seen.level not in MULTI_USER:
        level = f"in run level {seen.level}" if seen.level else "in no run level that 'who -r' tells"
        return f"it is {level}, not in multi-user (3). Find out who is at work on it."
    return ""


def _reboots(todo: Sequence[Phase]) -> bool:
    """Now or later: another boot environment would come up without these."""
    return any(phase.single_user or phase.reboot for phase in todo)


def _live_upgrade(seen: Seen, *, reboots: bool) -> str:
    if seen.upgrading:
        return (
            f"Live Upgrade of an earlier run works on it (job {', '.join(seen.upgrading)}), which a reboot would end and which copies what "
            "runs as it is. Run that again to wait for it."
        )
    if reboots and seen.next_environment:
        runs = next((one.name for one in seen.environments if one.active), "")
        return (
            f"boot environment {seen.next_environment} is the next to be booted, and the patches are those of the running one, {runs}. "
            f"Boot it first (init 6), or keep what runs (luactivate {runs})."
        )
    return ""


def passing(seen: Seen) -> str:
    """What goes in without a reboot is of use until the next one; '' where it stays."""
    other = seen.next_environment
    return f"boot environment {other} is the next to be booted, and has nothing of what goes into the running one now" if other else ""


def _depot(seen: Seen, patches: Sequence[PatchId], policy: Policy) -> str:
    missing = [patch for patch in patches if patch not in seen.depot]
    if missing:
        return f"{names(missing)} {'is' if len(missing) == 1 else 'are'} not unpacked in its depot {policy.depot}. Mount or fill it."
    return ""


def _ways(seen: Seen, todo: Sequence[Phase], properties: Mapping[PatchId, Properties], policy: Policy, work: str) -> str:
    if policy.needed and policy.zones == "detach" and any(zone.state == "running" for zone in seen.native.values()):
        return f"its zones are to be detached (zones: detach), {_needed(policy)}"
    for phase in todo:
        if phase.single_user and policy.no_way_in:
            return (
                f"{phase.why}, and in single user nobody gets in but by its console: {policy.no_way_in}. Make its service processor "
                "answer, or say that somebody can reach the console (console: reachable)."
            )
        if policy.needed and (phase.halted or (phase.reboot and policy.reboots)):
            return f"{phase.why}, {_needed(policy)}"
        if policy.reboots:
            continue
        first = next((patch for patch in phase.patches if properties.get(patch, Properties()).reboot == "immediate"), None)
        if phase.single_user or phase.halted or first:
            return f"{phase.why}, which is no patch for a {work} without reboots (reboot: later)."
    return ""


def patched_zones(seen: Seen) -> tuple[str, ...]:
    """Those that patchadd in the global zone goes through, unless it is told otherwise."""
    return tuple(name for name, zone in seen.native.items() if zone.state != "configured")


def _global_only(seen: Seen, patches: Sequence[PatchId], properties: Mapping[PatchId, Properties], policy: Policy) -> str:
    """patchadd -G: an error and no action where a package has SUNW_PKG_ALLZONES=true (Oracle document 817-1592). Archives tell it."""
    alike = [patch for patch in patches if properties.get(patch, Properties()).all_zones]
    if policy.zones != "global" or not alike or not patched_zones(seen):
        return ""
    one = len(alike) == 1
    return (
        f"{names(alike)} {'is' if one else 'are'} for packages that all zones have alike (SUNW_PKG_ALLZONES=true), and patchadd -G "
        f"(zones: global) takes none of those. Install {'it' if one else 'them'} with zones: all, or zones: detach."
    )


def _deferred(seen: Seen, patches: Sequence[PatchId], properties: Mapping[PatchId, Properties]) -> str:
    deferred = [patch for patch in patches if properties.get(patch, Properties()).deferred]
    if not deferred:
        return ""
    if seen.no_lofs:
        return f"{names(deferred)} is of deferred activation, which needs lofs, and /etc/system excludes it (exclude: lofs)."
    if older := _older_utilities(seen, patches, DEFERRED_FROM):
        return f"{names(deferred)} is of deferred activation, which needs {older}"
    return ""


def _older_utilities(seen: Seen, patches: Sequence[PatchId], wanted: int) -> str:
    """Which revision of the patch utilities is needed and will not be there, and what to do; '' where they will do."""
    at = max((one.revision for one in (*seen.own.patches, *patches) if one.number in UTILITIES), default=0)
    if at >= wanted:
        return ""
    return (
        f"the patch utilities in revision {wanted} or later (119254, x86: 119255); {f'it has {at:02}' if at else 'it has none'}. "
        "Put them into the patch set."
    )


def one_zone_at_a_time(seen: Seen, todo: Sequence[Phase]) -> str:
    """Why patchadd pays no attention to pdo.conf; '' where it does. What is to go in goes in all the same."""
    older = _older_utilities(seen, [patch for phase in todo for patch in phase.patches], PARALLEL_FROM)
    return f"it patches its zones one after the other: zones_at_once needs {older}" if older else ""


def _zones(seen: Seen, policy: Policy, tool: str) -> str:
    if policy.zones != "global":
        for name, zone in seen.zones.items():
            if zone.state not in ("running", "installed", "configured"):
                return f"its zone {name} is {zone.state}: {tool} fails on it. Bring it to running or halted first."
    most = max(1, int(seen.cpus * 1.5))
    if policy.zones_at_once > most:
        return f"zones_at_once is {policy.zones_at_once}, and patchadd allows 1.5 times its {seen.cpus} CPUs on line, {most}."
    return ""


def _room(seen: Seen, todo: Sequence[Phase], policy: Policy) -> str:
    """Files that are replaced, and (in /var/sadm) their old ones; each zone's root holds both. The archive's size stands for either."""
    patches = [patch for phase in todo for patch in phase.patches]
    size = sum(policy.sizes.get(patch, 0) for patch in patches)
    copied = sum(policy.sizes.get(patch, 0) for phase in todo if phase.single_user and seen.remote for patch in phase.patches)
    need: dict[str, tuple[int, int]] = {}
    kept = size if policy.backout else 0
    for path, (mount, free) in seen.room.items():
        zone = path not in ("/", "/var/sadm", "/var/tmp")
        if zone and policy.zones == "global":
            continue
        amount = size + kept if zone else {"/": size, "/var/sadm": kept, "/var/tmp": copied}[path]
        need[mount] = (need.get(mount, (0, 0))[0] + amount, free)
    for mount, (amount, free) in need.items():
        if free < amount + policy.headroom:
            return (
                f"its file system {mount} has {free // _MEGABYTE} MB free; {len(patches)} patches may take {amount // _MEGABYTE} MB of it, "
                f"and {policy.headroom // _MEGABYTE} MB are to stay free (headroom). Make room."
            )
    return ""
