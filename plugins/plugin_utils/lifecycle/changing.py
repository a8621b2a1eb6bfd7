# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the configuration that a zone has to the declared one: stored, and as asked for brought to the running zone.

Whatever waits is found again at every run, because what the zone runs with is looked at, not only what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..commands import files, fuser, ifconfig, mount, ping, zoneadm, zonecfg
from ..commands.zonecfg import Difference
from ..model.change import LIVE, STORED, WAITS, Apply, Impossible, impossible
from ..model.command import Command, Output
from ..model.errors import CommandFailed, HeliostatError, Refused
from ..model.plan import Step
from ..model.vserver import VServer
from ..model.zone import ZoneConfig
from . import live_resources, run_state, zone_definition
from .actual import NodeActual
from .change import by_hand, means, safety
from .change.live import Running, running
from .context import NodeContext

_FIXED = ("zonepath", "brand", "ip-type")


@dataclass(frozen=True, slots=True)
class Change:
    """``again``: look and plan anew after the steps."""

    steps: list[Step] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    again: bool = False
    runs: ZoneConfig | None = None  # what the zone runs with afterwards (None: it does not run, or that is not known)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What runs, what can be brought to it now, and how."""

    live: ZoneConfig
    reach: ZoneConfig
    able: means.Means

    @property
    def now(self) -> tuple[Difference, ...]:
        return zonecfg.differences(self.live, self.reach)


def first_look(vservers: Sequence[VServer], context: NodeContext) -> dict[str, Command]:
    """What shows how zones run, before it is known which of them do; keys as ``read_first`` takes them."""
    if means.has_live_configuration(context.release):
        return {f"running {vserver.name}": zonecfg.export_live(vserver.name) for vserver in vservers}
    if context.release.is_solaris10 and vservers:
        return {"mounts": mount.mounted(), **{f"addresses {key}": command for key, command in ifconfig.probes().items()}}
    return {}


def read_first(actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
    """``actual`` with what the running zones show. Why one could not be read is kept: it hinders nothing but ``apply: now``."""
    live, unseen = {}, {}
    for name, status in actual.zones.items():
        output = outputs.get(f"running {name}")
        if output is None or status.state != "running":
            continue
        if output.rc != 0:
            unseen[name] = (output.stderr or output.stdout).strip() or f"'zonecfg -r' ended with {output.rc}"
            continue
        live[name] = zonecfg.parse_export(output.stdout, zone=name)
    if "mounts" in outputs and outputs["mounts"].rc != 0:
        failed = outputs["mounts"]
        raise CommandFailed(f"'mount' failed with exit code {failed.rc}: {failed.stderr.strip()}. Nothing was changed.")
    asked = {key.removeprefix("addresses "): output for key, output in outputs.items() if key.startswith("addresses ")}
    return replace(
        actual,
        live=live,
        unseen=unseen,
        mounts=mount.parse(outputs["mounts"].stdout) if "mounts" in outputs else actual.mounts,
        addresses=ifconfig.parse(asked) if asked else None,
    )


def read_second(actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
    """``actual`` with the answers to ``probes``, but for the pings."""
    users = {key.removeprefix("users "): fuser.parse(output) for key, output in outputs.items() if key.startswith("users ")}
    seen = [files.parse_kinds(output) for key, output in outputs.items() if key.startswith("folders ")]
    return replace(actual, in_use=users, folders={path: kind for one in seen for path, kind in one.items()})


def change(vserver: VServer, apply: Apply, actual: NodeActual, context: NodeContext, *, stops: bool, force: bool) -> Change:
    """For a zone that is configured. ``stops``: it is about to be shut down, so its next boot is all that counts.

    Raises Impossible, naming what an installed or a running zone can never be given.
    """
    name = vserver.name
    want = zone_definition.wanted_of(vserver, actual, context)
    have, status = actual.configs[name], actual.zones[name]
    stored = zonecfg.differences(have, want)
    if status.state != "configured":
        _check_fixed(name, stored)
    runs = status.state not in run_state.STOPPED and not stops
    seen = running(vserver, want, actual) if runs else None
    reach = _reach(vserver, seen, context) if seen else None
    now = apply == "now" and status.state == "running"
    _check_addresses(vserver, _new_addresses(vserver, have, actual, context, _incoming(reach) if now else []), actual)
    found = Change()
    if stored:
        why = "; ".join(f"{one.path}: {one.have or 'unset'} → {one.want or 'unset'}" for one in stored)
        command = zonecfg.configure(name, zonecfg.update_script(have, want))
        found.steps.append(Step(name, f"change configuration of zone {name}", why, command, refused_by=zonecfg.REFUSED_BY))
    if not runs:
        found.outcomes.update({one.path: STORED for one in stored})
        return found
    if reach and now:
        safety.check(vserver, reach.live, reach.reach, actual, context, force=force)
        if reach.able.by_hand:
            by_hand.check_folders(vserver, by_hand.coming(reach.live, reach.reach), actual)
    outcomes = _outcomes(stored, seen, reach, now=now)
    steps = _live_steps(vserver, reach, actual) if reach and now and reach.now else []
    if not means.has_live_configuration(context.release):
        kernel, becomes = _kernel(vserver, have, want, actual, context, now=now)
        outcomes |= becomes
        steps += kernel
    again = bool(reach and now and _nested(reach))
    warnings = _said(name, status.state, outcomes, reach, actual, now=now)
    if again:
        warnings.append(f"vServer {name}: file systems inside others that are mounted now are planned after that")
    left = (reach.reach if now else reach.live) if reach else None
    return Change([*found.steps, *steps], outcomes, warnings, again, left)


def _kernel(
    vserver: VServer, have: ZoneConfig, want: ZoneConfig, actual: NodeActual, context: NodeContext, *, now: bool
) -> tuple[list[Step], dict[str, str]]:
    """Resource controls where the release has no ``zoneadm apply``. What cannot be brought to the kernel the next boot brings."""
    steps, outcomes = live_resources.live_steps(vserver, have, want, actual.resources, context)
    states = live_resources.states(vserver.name, want, actual.resources)
    becomes = {}
    for path, word in outcomes.items():
        already = states.get(path, "applied") == "applied"
        becomes[path] = LIVE if word == LIVE and (now or already) else WAITS
    return list(steps) if now else [], becomes


def probes(vserver: VServer, apply: Apply, actual: NodeActual, context: NodeContext, *, stops: bool) -> dict[str, Command]:
    """What more has to be asked before a plan can be made; keys as ``read`` of the vServers' operation takes them."""
    name = vserver.name
    status, have = actual.zones.get(name), actual.configs.get(name)
    if status is None or have is None:
        return {}
    try:
        want = zone_definition.wanted_of(vserver, actual, context)
    except HeliostatError:
        return {}  # the plan will refuse it
    now = apply == "now" and status.state == "running" and not stops
    seen = running(vserver, want, actual) if now else None
    reach = _reach(vserver, seen, context) if seen else None
    found = {f"ping {address}": ping.probe(address) for address in _new_addresses(vserver, have, actual, context, _incoming(reach))}
    if reach is None:
        return found
    for one in by_hand.leaving(reach.live, reach.reach) if "fs" in reach.able.kinds else ():
        place = f"{vserver.zonepath}/root{one.properties['dir']}"
        found[f"users {place}"] = fuser.users(place)
    coming = by_hand.coming(reach.live, reach.reach) if reach.able.by_hand else []
    if coming:
        found[f"folders {name}"] = files.kinds(*by_hand.folders(vserver, coming))
    return found


def _reach(vserver: VServer, seen: Running, context: NodeContext) -> _Reach:
    able = means.means(context.release, vserver)
    return _Reach(seen.config, means.reached(seen.config, seen.want, able), able)


def _check_fixed(name: str, stored: Sequence[Difference]) -> None:
    fixed = [one for one in stored if one.path in _FIXED or means.parts(one.path)[0] in ("inherit-pkg-dir", "rootzpool")]
    if fixed:
        found = "; ".join(_fixed(one) for one in fixed)
        raise Impossible(
            f"vServer {name}: {found}. An installed zone keeps these: remove and deploy it anew, or correct the declaration.",
            {one.path: impossible("an installed zone keeps it") for one in fixed},
        )


def _fixed(one: Difference) -> str:
    if one.path in _FIXED or means.parts(one.path)[0] == "rootzpool":
        return f"{one.path} is {one.have}, declared is {one.want}"
    return f"{one.path} is {'there' if one.have else 'missing'}, declared is sparse: {'true' if one.want else 'false'}"


def _new_addresses(vserver: VServer, have: ZoneConfig, actual: NodeActual, context: NodeContext, incoming: Sequence[str]) -> list[str]:
    """Declared addresses that the zone was not told yet, or that it is to get now (``incoming``): nobody may have them."""
    told = {address for config in (have, actual.live.get(vserver.name)) if config for address in _addresses(config)}
    told |= {address for one in actual.addresses or () if one.zone == vserver.name for address in (one.address.partition("/")[0],)}
    links = {str(one.properties.get("physical")) for one in have.of_kind("net")}
    found = []
    for index, attachment in enumerate(vserver.networks):
        address = str(attachment.address.ip)
        inside = context.release.is_solaris10 and vserver.ip_type == "exclusive"  # then the configuration names links only
        known = inside and zone_definition.zone_link(vserver, attachment, index, context) in links
        if address in incoming or not (address in told or known):
            found.append(address)
    return found


def _addresses(config: ZoneConfig) -> list[str]:
    return [str(address) for kind in ("net", "anet") for one in config.of_kind(kind) for address in safety.addresses(one)]


def _incoming(reach: _Reach | None) -> list[str]:
    """Addresses that the running zone gets now."""
    return [one for one in _addresses(reach.reach) if one not in _addresses(reach.live)] if reach else []


def _check_addresses(vserver: VServer, new: Sequence[str], actual: NodeActual) -> None:
    for address in new:
        if address in actual.answering:
            network = next(one.network for one in vserver.networks if str(one.address.ip) == address)
            raise Refused(f"vServer {vserver.name}: address {address} already answers in network {network}. Choose a free one.")


def _outcomes(stored: Sequence[Difference], seen: Running | None, reach: _Reach | None, *, now: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    if seen and reach:
        found |= {one.path: LIVE if now else WAITS for one in reach.now}
        rest = [one.path for one in zonecfg.differences(reach.reach, seen.want)]
        found |= {path: WAITS for path in rest if found.get(_whole(path)) != WAITS}
    for one in stored:
        if means.parts(one.path)[0] in means.PERSISTENT and not one.path.startswith("attr[name=hostid]"):
            found[one.path] = STORED
        elif one.path not in found:
            found[one.path] = LIVE if seen and seen.sees(one.path) else WAITS
    return found


def _whole(path: str) -> str:
    """The resource that a property belongs to."""
    return path[: path.rindex("]") + 1] if "]" in path else path


def _live_steps(vserver: VServer, reach: _Reach, actual: NodeActual) -> list[Step]:
    if reach.able.by_hand:
        return by_hand.steps(vserver, reach.live, reach.reach, actual)
    why = "; ".join(f"{one.path}: {one.have or 'unset'} → {one.want or 'unset'}" for one in reach.now)
    command = zoneadm.apply(vserver.name)
    return [Step(vserver.name, f"apply configuration to running zone {vserver.name}", why, command, refused_by=zoneadm.REFUSED_BY)]


def _nested(reach: _Reach) -> bool:
    return reach.able.by_hand and by_hand.nested(reach.live, reach.reach)


def _said(name: str, state: str, outcomes: Mapping[str, str], reach: _Reach | None, actual: NodeActual, *, now: bool) -> list[str]:
    said = []
    waiting = [path for path, word in outcomes.items() if word == WAITS]
    if waiting:
        could = [one.path for one in reach.now] if reach and not now else []
        hint = f" (apply: now would bring it {', '.join(could)})" if could else ""
        said.append(f"vServer {name} is {state}: takes effect at the next boot: {', '.join(waiting)}{hint}")
    if name in actual.unseen:
        said.append(f"vServer {name}: what it runs with cannot be seen, so what waits for its boot is not known: {actual.unseen[name]}")
    return said


def outcomes_of(error: HeliostatError) -> Mapping[str, str]:
    return error.outcomes if isinstance(error, Impossible) else {}
