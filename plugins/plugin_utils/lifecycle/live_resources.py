# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of running zones: what their kernel holds beside what their configuration says, and what can be changed at once.

A zone's kernel takes its limits from the configuration when it boots. Afterwards either may change without the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..commands import dispadmin, pools, prctl, rcapadm
from ..commands.zonecfg import differences
from ..commands.zonecfg_canonical import Canonical, canonical
from ..commands.zonecfg_syntax import ALIASES, CPU_CAP, MEMORY_ALIASES
from ..model.change import LIVE, WAITS, impossible
from ..model.command import Command, Output
from ..model.plan import Step, Wait
from ..model.vserver import VServer
from ..model.zone import ZoneConfig
from . import resources
from .context import NodeContext

PHYSICAL = "capped-memory.physical"

#: Path of a limit in a configuration → the control behind it.
CONTROLS = {
    **ALIASES,
    **{f"capped-memory.{alias}": control for alias, control in MEMORY_ALIASES.items()},
    "capped-cpu.ncpus": CPU_CAP,
}
#: What a zone's kernel has where nothing is configured: only shares have a value then.
_UNSET = {resources.SHARES: 1}

#: What a running zone keeps until it boots anew, where the release has no ``zoneadm apply``, and why.
BOUND = {
    "dedicated-cpu": "the zone's processor set is made when it boots",
    "pool": "a zone is bound to its resource pool when it boots",
    "scheduling-class": "its processes were started in another scheduling class",
}


@dataclass(frozen=True, slots=True)
class ZoneLive:
    """``controls``: control → privileged values, lowest first (none: only the system's limit); ``cap`` of memory as rcapstat prints
    it, '' for none seen; ``dedicated``: it has a processor set of its own (None: not asked)."""

    controls: Mapping[str, tuple[int, ...]]
    cap: str = ""
    dedicated: bool | None = None


@dataclass(frozen=True, slots=True)
class NodeLive:
    """What one look showed. ``zones`` are those that run, ``unknown`` those that could not be read, with the reason. None and
    nothing elsewhere: not asked. ``default_class`` is '' where none was set; ``sets`` are processor sets with their least CPUs."""

    zones: Mapping[str, ZoneLive] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    rcapd: bool | None = None
    default_class: str | None = None
    sets: Mapping[str, int] = field(default_factory=dict)


def probes(vservers: Iterable[VServer]) -> dict[str, Command]:
    """Part of a first look, before it is known which of the zones run: only what the declarations depend on."""
    found: dict[str, Command] = {}
    for vserver in vservers:
        wanted = vserver.resources
        if any(getattr(wanted, name) for name in ("swap", "locked", "cpu_cap", "cpu_shares", "base_units", "memory", *resources.LIMITS)):
            found[f"live {vserver.name}"] = prctl.controls(vserver.name)
        if wanted.memory:
            found |= {"rcapd": rcapadm.state(), "caps": rcapadm.report()}
        if resources.uses_shares(wanted):
            found["default class"] = dispadmin.default_class()
        if wanted.dedicated_cpus:
            found["sets"] = pools.active()
    return found


def probes_of_zones(zones: Iterable[str]) -> dict[str, Command]:
    """Everything about zones that are known to run, whatever they are declared to be."""
    found = {f"live {zone}": prctl.controls(zone) for zone in zones}
    return found | {"rcapd": rcapadm.state(), "caps": rcapadm.report(), "sets": pools.active()} if found else {}


def read(outputs: Mapping[str, Output]) -> NodeLive:
    """Raises ParseError or CommandFailed for answers that are neither a value nor a known absence."""
    caps = rcapadm.parse_caps(outputs["caps"]) if "caps" in outputs else {}
    sets = pools.parse_sets(outputs["sets"]) if "sets" in outputs else {}
    zones, unknown = {}, {}
    for key, output in outputs.items():
        kind, _blank, zone = key.partition(" ")
        if kind != "live" or prctl.parse_not_running(output):
            continue
        if output.rc != 0:
            unknown[zone] = (output.stderr or output.stdout).strip() or f"prctl ended with {output.rc}"
            continue
        values: dict[str, tuple[int, ...]] = {}
        for control in prctl.parse_controls(output.stdout)[3]:
            known = values.setdefault(control.name, ())
            if control.privilege == "privileged":
                values[control.name] = tuple(sorted((*known, control.value)))
        zones[zone] = ZoneLive(values, caps.get(zone, ""), f"SUNWtmp_{zone}" in sets if "sets" in outputs else None)
    return NodeLive(
        zones=zones,
        unknown=unknown,
        rcapd=rcapadm.parse_state(outputs["rcapd"]) if "rcapd" in outputs else None,
        default_class=dispadmin.parse_default(outputs["default class"]) if "default class" in outputs else None,
        sets=sets,
    )


def states(zone: str, config: ZoneConfig, live: NodeLive) -> dict[str, str]:
    """For each control that is configured (or live without being so): ``applied``, ``waits for reboot``, ``differs live: …`` or
    ``unknown: …``. Nothing for a zone that does not run."""
    if zone in live.unknown:
        return dict.fromkeys(canonical(config).limits, f"unknown: {live.unknown[zone]}")
    if zone not in live.zones:
        return {}
    kernel, known = live.zones[zone], canonical(config)
    found = {}
    for path, control in CONTROLS.items():
        limit = known.limits.get(path)
        state = _state(int(limit.canonical) if limit else None, kernel.controls.get(control, ()), control)
        if state:
            found[path] = state
    cap = known.limits.get(PHYSICAL)
    if cap and live.rcapd is not None:
        found[PHYSICAL] = _cap_state(kernel.cap, int(cap.canonical), live.rcapd)
    if kernel.dedicated is not None and ("dedicated-cpu", ()) in known.resources:
        found["dedicated-cpu"] = "applied" if kernel.dedicated else WAITS
    found |= {key: "unknown: not measured" for key in ("pool", "scheduling-class") if known.properties.get(key)}
    return found


def _state(stored: int | None, values: tuple[int, ...], control: str) -> str:
    wanted = stored if stored is not None else _UNSET.get(control)
    if values == ((wanted,) if wanted is not None else ()):
        return "applied" if stored is not None else ""
    if stored is not None and values == ((_UNSET[control],) if control in _UNSET else ()):
        return WAITS
    return f"differs live: {' and '.join(str(value) for value in values) or 'unset'}"


def _cap_state(shown: str, stored: int, rcapd: bool) -> str:
    if not rcapd:
        return "unknown: rcapd is disabled, so nothing enforces it"
    if not shown:
        return WAITS
    return "applied" if rcapadm.same_cap(shown, stored) else f"differs live: {shown}"


def live_steps(
    vserver: VServer, before: ZoneConfig, after: ZoneConfig, live: NodeLive, context: NodeContext
) -> tuple[tuple[Step, ...], dict[str, str]]:
    """What makes a running zone's resources those of ``after`` at once, and what becomes of every property of resources that
    ``before`` has otherwise, or whose live value is another: path → one of the words of ``model/change.py``.

    Compares with what is live, so that a run which was killed between the configuration and the kernel is taken up again; what
    somebody set with prctl goes as it would with the next boot.
    """
    name = vserver.name
    steps: list[Step] = []
    outcomes: dict[str, str] = {}
    second = canonical(after)
    changed = {difference.path for difference in differences(before, after)}
    outcomes |= {path: WAITS for path in sorted(changed) if path.partition(".")[0] in BOUND}
    kernel = live.zones.get(name)
    for path in (*CONTROLS, PHYSICAL):
        limit = second.limits.get(path)
        idle = path not in changed and limit is None
        if idle and (kernel is None or path == PHYSICAL or CONTROLS[path] not in kernel.controls):
            continue
        if kernel is None:
            if path in changed:
                outcomes[path] = impossible(f"its live value is not known: {live.unknown.get(name, 'the zone was not asked')}")
        elif path == PHYSICAL:
            _cap_step(name, second, live, path in changed, steps, outcomes)
        else:
            stored = int(limit.canonical) if limit else None
            if CONTROLS[path] not in kernel.controls:
                outcomes[path] = impossible(f"prctl of node {context.node} does not show {CONTROLS[path]}")
            else:
                _control_step(name, path, stored, kernel, path in changed, steps, outcomes)
    return tuple(steps), outcomes


def _control_step(
    zone: str, path: str, stored: int | None, kernel: ZoneLive, changed: bool, steps: list[Step], outcomes: dict[str, str]
) -> None:
    control = CONTROLS[path]
    values, wanted = kernel.controls[control], stored if stored is not None else _UNSET.get(control)
    if values == ((wanted,) if wanted is not None else ()):
        if changed:
            outcomes[path] = LIVE
        return
    if len(values) > 1:
        several = " and ".join(str(value) for value in values)
        outcomes[path] = impossible(f"{control} has the live values {several}; remove all but one with prctl -x")
        return
    have = str(values[0]) if values else "unset"
    why = f"live it is {have}, configured {stored if stored is not None else 'unset'}"
    if wanted is None:
        command = prctl.remove(zone, control, values[0])
    else:
        command = prctl.replace(zone, control, wanted) if values else prctl.add(zone, control, wanted)
    steps.append(Step(zone, f"{'remove' if wanted is None else 'set'} {control} of running zone {zone}", why, command))
    outcomes[path] = LIVE


@dataclass(frozen=True, slots=True)
class _CapSeen:
    """rcapd reads the caps when it scans the zones (rcapadm -i scan), so rcapstat shows a new one later."""

    zone: str
    size: int

    def __call__(self, output: Output) -> str:
        shown = rcapadm.parse_caps(output).get(self.zone)
        return "seen" if shown and rcapadm.same_cap(shown, self.size) else "not yet"


def _cap_step(zone: str, second: Canonical, live: NodeLive, changed: bool, steps: list[Step], outcomes: dict[str, str]) -> None:
    """A cap of memory: set by rcapadm, which is told by rcapd alone how it stands."""
    limit = second.limits.get(PHYSICAL)
    shown = live.zones[zone].cap
    if limit is None:
        outcomes[PHYSICAL] = WAITS  # rcapadm can change a running zone's cap; no way to lift it is documented
    elif not live.rcapd:
        if changed:
            outcomes[PHYSICAL] = WAITS  # nothing enforces it, and nothing tells what it is; ``warnings`` says so
    elif shown and rcapadm.same_cap(shown, int(limit.canonical)):
        if changed:
            outcomes[PHYSICAL] = LIVE
    else:
        why = f"live it is {shown or 'unset'}, configured {limit.canonical}"
        wait = Wait(rcapadm.report(), _CapSeen(zone, int(limit.canonical)), frozenset({"seen"}), frozenset({"not yet"}), 1.0, 180.0)
        what = f"set memory cap of running zone {zone}"
        steps.append(Step(zone, what, why, rcapadm.cap(zone, int(limit.canonical)), wait=wait))
        outcomes[PHYSICAL] = LIVE


def checked(vserver: VServer, have: ZoneConfig | None, live: NodeLive, context: NodeContext) -> list[str]:
    """Warnings before the zone gets the configuration that is wanted. Raises Refused for what the node cannot give it; what it has
    already it keeps."""
    if not resources.granted(vserver, have, context):
        resources.check_units(vserver, context.node, context.base_units, context.entitled)
        resources.check_cpus(vserver, context, live.sets)
    return warnings(vserver, live, context)


def warnings(vserver: VServer, live: NodeLive, context: NodeContext) -> list[str]:
    """What makes a declared resource worth less than it looks, with the command that mends it."""
    found = resources.advice(vserver)
    if vserver.resources.memory and live.rcapd is False and vserver.name in live.zones:  # booting a zone with a cap enables it
        found.append(
            f"vServer {vserver.name}: rcapd is disabled on node {context.node}, so its memory cap is not enforced. "
            f"Enable it there: {rcapadm.ENABLE}"
        )
    if resources.uses_shares(vserver.resources) and live.default_class not in (None, "FSS"):
        now = f"is {live.default_class}" if live.default_class else "is not set"
        found.append(
            f"vServer {vserver.name}: the default scheduling class of node {context.node} {now}, so its CPU shares count among zones with "
            "shares alone. Set it there: dispadmin -d FSS; it counts from the next boot"
        )
    return found
