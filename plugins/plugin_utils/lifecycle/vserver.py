# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One vServer from what is to what is wanted: storage, configuration, installation, run state, in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..commands import job, smf, zlogin, zoneadm, zonecfg
from ..model.change import LIVE, STORED, WAITS, Apply
from ..model.command import Command, File, Output
from ..model.errors import Refused
from ..model.plan import Plan, Step, Wait
from ..model.vserver import State, Upgrade, VServer
from ..model.zone import ZoneStatus
from . import changing, first_boot, live_resources, zone_definition
from .actual import NodeActual
from .change import given_back
from .changing import Change
from .context import NodeContext
from .storage import driver, whole

MILESTONE = "svc:/milestone/multi-user-server:default"
_UPGRADES = {"": (), "minimal": ("-u",), "all": ("-U",)}
_STOPPED = ("configured", "incomplete", "installed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A vServer and the state it is to have. ``destroy`` names what state absent may destroy, ``force`` lets it halt.

    ``run_only``: its run state is wanted, whatever else of it differs from the declaration. ``moves``: it may leave or arrive, so
    both are looked for. ``upgrade``: attaching it updates its software to the node's (see ``zoneadm.attach``).
    ``apply``: when what differs is brought to a running zone. ``former`` is the declaration as the repository has it: what it had and
    this one has not is given back.
    """

    vserver: VServer
    state: State
    destroy: frozenset[str] = frozenset()
    force: bool = False
    run_only: bool = False
    moves: bool = False
    upgrade: Upgrade = ""
    apply: Apply = "next_boot"
    former: VServer | None = None

    @property
    def stops(self) -> bool:
        return self.state in ("halted", "detached", "absent")


def plan(wanted: Wanted, actual: NodeActual, context: NodeContext) -> Plan:
    """The whole plan. Raises Refused, naming the pre-condition, when nothing must be done."""
    if wanted.state in ("absent", "detached"):
        away = _away(wanted, actual, context)
        if doomed := tuple(step for step in away if step.what.startswith("import ")):
            warning = f"vServer {wanted.vserver.name}: what may be destroyed depends on what lies there; it is planned after the import"
            return Plan(wanted.vserver.name, doomed, (warning,), again=True)
        return Plan(wanted.vserver.name, (*away, *_job_remains(wanted.vserver.name, actual)))
    if wanted.run_only:
        return Plan(wanted.vserver.name, tuple(_run_state(wanted, actual, context)))
    steps, warnings, importing = whole.present(wanted.vserver, actual, context)
    if importing:
        warnings.append(
            f"vServer {wanted.vserver.name}: what follows depends on what dataset {', '.join(importing)} holds; "
            "it is planned after the import"
        )
        return Plan(wanted.vserver.name, tuple(steps), tuple(warnings), again=True)
    half_done = _half_done(wanted, actual)
    if half_done:
        warnings.append(
            f"vServer {wanted.vserver.name}: zoneadm uninstall may remove the file system of the zone path too; "
            "what follows is planned after it"
        )
        return Plan(wanted.vserver.name, tuple(half_done), tuple(warnings), again=True)
    change = _configuration(wanted, actual, context)
    steps += change.steps
    warnings += change.warnings
    if change.again:
        return Plan(wanted.vserver.name, tuple(steps), tuple(warnings), again=True, outcomes=change.outcomes)
    if wanted.state in ("installed", "running", "halted"):
        steps += _installation(wanted, actual, context)
    if wanted.state == "running":
        steps += _running(wanted.vserver, actual, context)
    elif wanted.state == "halted":
        steps += _halted(wanted, actual.zones.get(wanted.vserver.name), context)
    back, outcomes = _given_back(wanted, change, actual, context, warnings)
    steps += back
    if not any(step.job for step in steps):
        steps += _job_remains(wanted.vserver.name, actual)
    return Plan(wanted.vserver.name, tuple(steps), tuple(warnings), outcomes=change.outcomes | outcomes)


def _run_state(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[Step]:
    status = actual.zones.get(wanted.vserver.name)
    if wanted.state == "halted":
        return _halted(wanted, status, context)
    if status is None or status.state in ("configured", "incomplete", "unavailable"):
        raise Refused(
            f"vServer {wanted.vserver.name}: its zone is {status.state if status else 'not there'} on node {context.node}, so it cannot be "
            "booted as it is. Deploy it (playbook heliostat.vdc.vserver_deploy)."
        )
    return _running(wanted.vserver, actual, context)


def _configuration(wanted: Wanted, actual: NodeActual, context: NodeContext) -> Change:
    vserver = wanted.vserver
    name = vserver.name
    have = actual.configs.get(name)
    said = live_resources.checked(vserver, have, actual.resources, context)
    if have is not None:
        change = changing.change(vserver, wanted.apply, actual, context, stops=wanted.stops, force=wanted.force)
        return replace(change, warnings=[*said, *change.warnings])
    for attachment in vserver.networks:
        if str(attachment.address.ip) in actual.answering:
            raise Refused(
                f"vServer {name}: address {attachment.address.ip} already answers in network {attachment.network}. Choose a free one."
            )
    script = zonecfg.render(zone_definition.wanted(vserver, context), create="create -b")
    configure = zonecfg.configure(name, script)
    what, why = f"configure zone {name}", "the zone is not configured"
    return Change([Step(name, what, why, configure, refused_by=zonecfg.REFUSED_BY, undo=zonecfg.delete(name))], warnings=said)


def _given_back(
    wanted: Wanted, change: Change, actual: NodeActual, context: NodeContext, warnings: list[str]
) -> tuple[list[Step], dict[str, str]]:
    """Datasets that are no longer declared, once the zone runs without their file systems: exported, destroyed only by name.

    And file systems of others that are no longer declared, destroyed by name alone.
    """
    name = wanted.vserver.name
    status = actual.zones.get(name)
    runs = status is not None and status.state not in (*_STOPPED, "unavailable") and not wanted.stops
    steps: list[Step] = []
    outcomes = {}
    former = given_back.undeclared(wanted.vserver, wanted.former)
    for old in former:
        if not driver.exported(old, name, actual, context):
            continue
        if runs and (change.runs is None or given_back.used(old, change.runs)):
            outcomes[given_back.path(old)] = WAITS
            warnings.append(f"vServer {name}: dataset {old.name} is no longer declared; it is given back when the zone runs without it")
            continue
        steps += whole.one_gone(old, wanted.former or wanted.vserver, old.name in wanted.destroy, whole.freed(name, actual), context)
        outcomes[given_back.path(old)] = LIVE if runs else STORED
    for dataset, rest in whole.named(wanted.vserver, wanted.destroy, {old.name for old in former}):
        path = f"filesystem[name={dataset.name}/{rest}]"
        if runs and (change.runs is None or given_back.mounted(dataset, rest, change.runs)):
            outcomes[path] = WAITS
            warnings.append(f"vServer {name}: file system {dataset.name}/{rest} is destroyed when the zone runs without it")
            continue
        gone = driver.of(dataset).filesystem_removed(dataset, rest, wanted.vserver, whole.freed(name, actual), context)
        steps += gone
        outcomes |= {path: LIVE if runs else STORED} if gone else {}
    return steps, outcomes


def _half_done(wanted: Wanted, actual: NodeActual) -> list[Step]:
    """The remains of an interrupted installation go first: zoneadm installs no incomplete zone."""
    name = wanted.vserver.name
    status = actual.zones.get(name)
    if wanted.state == "defined" or status is None or status.state != "incomplete" or f"{name}-install" in actual.jobs:
        return []
    why = "an installation was interrupted and no job of it is running"
    return [Step(name, f"uninstall incomplete zone {name}", why, zoneadm.uninstall(name), refused_by=zoneadm.REFUSED_BY)]


def _job_remains(name: str, actual: NodeActual) -> list[Step]:
    """What a controller that was killed during an installation could not clear away: it holds the zone's identity."""
    left = [job_name for job_name in (f"{name}-install", f"{name}-attach") if job_name in actual.ended_jobs]
    why = "it has ended, and the run that started it did not live to see it"
    return [Step(name, f"clear away job {job_name}", why, job.forget(job_name)) for job_name in left]


def _installation(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[Step]:
    vserver = wanted.vserver
    name = vserver.name
    status = actual.zones.get(name)
    state = status.state if status else "configured"
    job_name = f"{name}-install"
    if state == "unavailable":
        raise Refused(
            f"vServer {name}: zone is unavailable on node {context.node}: its storage is not there. Import its datasets, then attach it."
        )
    steps = []
    path = (actual.zonepaths or {}).get(name)
    if state == "configured" and path is not None and not path.empty:
        why = f"{vserver.zonepath} already holds a zone" + (", and its software is to be updated" if wanted.upgrade else "")
        attach = zoneadm.attach(name, *_UPGRADES[wanted.upgrade])
        job_of = f"{name}-attach" if wanted.upgrade else None  # an update takes as long as an installation
        steps.append(Step(name, f"attach zone {name}", why, attach, job=job_of, refused_by=zoneadm.REFUSED_BY))
        return steps
    if state in ("configured", "incomplete"):
        why = "its installation is running as a job" if job_name in actual.jobs else "the zone is not installed"
        steps.append(Step(name, f"install zone {name}", why, _install(vserver, context), job=job_name, refused_by=zoneadm.REFUSED_BY))
    if _needs_sysidcfg(vserver) and (state in ("configured", "incomplete") or name in actual.unconfigured):
        secret = (context.root_password_hash,)
        target = f"{vserver.zonepath}/root/etc/sysidcfg"
        copy = Command.of("cp", File("sysidcfg", first_boot.sysidcfg(vserver, context)), target, secrets=secret)
        steps.append(Step(name, f"write identity of zone {name}", "it has none before its first boot", copy))
    return steps


def _install(vserver: VServer, context: NodeContext) -> Command:
    if vserver.brand == "solaris":
        return zoneadm.install(vserver.name, profile=File("profile.xml", first_boot.sc_profile(vserver, context)))
    if vserver.brand == "solaris10":
        if not vserver.archive:
            raise Refused(
                f"vServer {vserver.name}: brand solaris10 is installed from a flash archive: set archive to its path on the node."
            )
        return zoneadm.install(vserver.name, archive=vserver.archive, sys_unconfig=True)
    return zoneadm.install(vserver.name)


def _needs_sysidcfg(vserver: VServer) -> bool:
    return vserver.brand in ("native", "solaris10")


def _running(vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]:
    name = vserver.name
    status = actual.zones.get(name)
    if status is not None and status.state in ("shutting_down", "down"):
        raise Refused(f"vServer {name}: zone is {status.state} on node {context.node}. Wait until it is down, or look for what holds it.")
    probe = milestone(name, context)
    wait = Wait(
        probe,
        milestone_state,
        frozenset({"online"}),
        frozenset({"offline", "offline*", "online*", "uninitialized", "disabled", "-", "unknown"}),
        1.0,
        900.0,
    )
    if status is None or status.state != "running":
        why = f"zone is {status.state if status else 'not there'}"
        return [Step(name, f"boot zone {name}", why, zoneadm.boot(name), wait=wait, refused_by=zoneadm.REFUSED_BY)]
    found = actual.milestones.get(name, "unknown")
    if found == "online":
        return []
    return [Step(name, f"wait for {MILESTONE} of zone {name}", f"it is {found}", probe, wait=wait)]


def _halted(wanted: Wanted, status: ZoneStatus | None, context: NodeContext) -> list[Step]:
    if status is None or status.state in _STOPPED:
        return []
    name = wanted.vserver.name
    if wanted.force:
        return [Step(name, f"halt zone {name}", f"it is {status.state}, and force was given", zoneadm.halt(name))]
    stop = zlogin.run_in(name, Command.of("/sbin/init", "5")) if context.release.is_solaris10 else zoneadm.shutdown(name)
    wait = Wait(
        zoneadm.list_zones(), ZoneState(name), frozenset({"installed"}), frozenset({"running", "shutting_down", "down"}), 1.0, 600.0
    )
    return [Step(name, f"shut down zone {name}", f"it is {status.state}", stop, wait=wait)]


def _away(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[Step]:
    vserver = wanted.vserver
    name = vserver.name
    status = actual.zones.get(name)
    whole.check_destroy(vserver, wanted.destroy)
    if status is not None and status.state in ("running", "ready") and wanted.state == "absent" and not wanted.force:
        raise Refused(f"vServer {name} is {status.state} on node {context.node}: stop it first (state halted), or say force.")
    steps = _halted(wanted, status, context)
    if status is not None and status.state == "incomplete":
        steps.append(Step(name, f"uninstall incomplete zone {name}", "only that resets it", zoneadm.uninstall(name)))
    elif status is not None and status.state != "configured":
        if wanted.state == "absent" and vserver.root.dataset in wanted.destroy:
            steps.append(
                Step(
                    name,
                    f"uninstall zone {name}",
                    f"the destruction of {vserver.root.dataset} was asked for by name",
                    zoneadm.uninstall(name),
                )
            )
        else:
            steps.append(Step(name, f"detach zone {name}", "its data stays on the LUNs", zoneadm.detach(name)))
    if status is not None and wanted.state == "absent":
        steps.append(Step(name, f"delete configuration of zone {name}", "state absent", zonecfg.delete(name)))
    return steps + whole.gone(vserver, wanted.destroy if wanted.state == "absent" else (), actual, context)


def milestone(zone: str, context: NodeContext) -> Command:
    """Asks for the state of the zone's milestone: from outside on Solaris 11, inside the zone on Solaris 10."""
    if context.release.is_solaris10:
        return zlogin.run_in(zone, smf.states([MILESTONE]))
    return smf.states([MILESTONE], zone=zone)


def milestone_state(output: Output) -> str:
    """The milestone's state in one word; ``unknown`` while the zone cannot say yet."""
    if output.rc != 0:
        return "unknown"
    services = smf.parse_states(output.stdout)
    return services[0].state if services else "unknown"


@dataclass(frozen=True, slots=True)
class ZoneState:
    """Reads one zone's state out of the list of all."""

    zone: str

    def __call__(self, output: Output) -> str:
        for status in zoneadm.parse_list(output.stdout):
            if status.name == self.zone:
                return status.state
        return "gone"
