# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One vServer from what is to what is wanted: storage, configuration, installation, run state, in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..commands import job, zoneadm, zonecfg
from ..model.brands import WITHOUT_SMF
from ..model.change import LIVE, STORED, WAITS, Apply
from ..model.command import Command, File
from ..model.errors import Refused
from ..model.plan import Plan, Step
from ..model.vserver import State, Upgrade, VServer
from . import changing, first_boot, installing, live_resources, milestone, run_state, zone_definition
from .actual import NodeActual
from .change import given_back
from .changing import Change
from .context import NodeContext
from .storage import driver, rootzpool, whole

_JOBS = ("install", "attach", "migrate", "shutdown")
_UPGRADES = {"": (), "minimal": ("-u",), "all": ("-U",)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A vServer and the state it is to have. ``destroy`` names what state absent may destroy, ``force`` lets it halt.

    ``run_only``: its run state is wanted, whatever else of it differs from the declaration. ``moves``: it may leave or arrive, so
    both are looked for. ``upgrade``: attaching it updates its software to the node's (see ``zoneadm.attach``), from
    its ``boot_environment`` of this name (Solaris 11), '' for the one that zoneadm chooses.
    ``apply``: when what differs is brought to a running zone. ``former`` is the declaration as the repository has it: what it had and
    this one has not is given back. ``lived``: it was installed once, so its root holds data. ``deadline`` is how long its services
    may take to stop, in seconds.
    """

    vserver: VServer
    state: State
    destroy: frozenset[str] = frozenset()
    force: bool = False
    run_only: bool = False
    moves: bool = False
    upgrade: Upgrade = ""
    boot_environment: str = ""
    apply: Apply = "next_boot"
    former: VServer | None = None
    deadline: float = 600.0
    lived: bool = False

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
        steps = run_state.alone(wanted.vserver, wanted.state, actual, context, wanted.force, wanted.deadline)
        if not any(step.job for step in steps):
            steps += _job_remains(wanted.vserver.name, actual)
        return Plan(wanted.vserver.name, tuple(steps), tuple(_health(wanted, actual, context)))
    steps, warnings, unseen = whole.present(wanted.vserver, actual, context)
    if unseen:
        warnings.append(f"vServer {wanted.vserver.name}: what follows depends on {unseen}")
        return Plan(wanted.vserver.name, tuple(steps), tuple(warnings), again=True)
    half_done = _half_done(wanted, actual, context)
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
        steps += run_state.running(wanted.vserver, actual, context)
    elif wanted.state == "halted":
        steps += run_state.halted(wanted.vserver, actual, context, wanted.force, wanted.deadline)
    warnings += _health(wanted, actual, context)
    back, outcomes = _given_back(wanted, change, actual, context, warnings)
    steps += back
    if not any(step.job for step in steps):
        steps += _job_remains(wanted.vserver.name, actual)
    return Plan(wanted.vserver.name, tuple(steps), tuple(warnings), outcomes=change.outcomes | outcomes)


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
    script = zonecfg.render(zone_definition.wanted_of(vserver, actual, context), create="create -b")
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
    runs = status is not None and status.state not in run_state.STOPPED and not wanted.stops
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


def _half_done(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[Step]:
    """The remains of an interrupted installation go first: zoneadm installs no incomplete zone."""
    name = wanted.vserver.name
    status = actual.zones.get(name)
    if wanted.state == "defined" or status is None or status.state != "incomplete" or {f"{name}-install", f"{name}-attach"} & actual.jobs:
        return []
    _check_unlived(wanted, actual, context)
    installing.check(wanted.vserver, actual, context)
    rootzpool.check_only_zone(wanted.vserver, actual)
    why = "an installation was interrupted and no job of it is running"
    uninstall = zoneadm.uninstall(name, with_pool=rootzpool.uninstalls(wanted.vserver, actual))
    return [Step(name, f"uninstall incomplete zone {name}", why, uninstall, refused_by=zoneadm.REFUSED_BY)]


def _check_unlived(wanted: Wanted, actual: NodeActual, context: NodeContext) -> None:
    """Raises Refused where an incomplete zone holds a life: attaching it was interrupted, and uninstalling it would delete its root.

    ``zoneadm attach`` of Solaris 10 has the zone incomplete while it works, and leaves it so when it is killed.
    """
    name = wanted.vserver.name
    if wanted.lived or wanted.moves or f"{name}-attach" in actual.jobs | actual.ended_jobs:
        raise Refused(
            f"vServer {name}: zone is incomplete on node {context.node}, and it was installed before: attaching it may have been "
            f"interrupted. zoneadm uninstall would delete what lies in {wanted.vserver.zonepath}, so nothing is done. Save what lies there "
            f"(a snapshot of {wanted.vserver.root.zfs}), then bring the zone into order by hand."
        )


def _job_remains(name: str, actual: NodeActual) -> list[Step]:
    """What a controller that was killed meanwhile could not clear away: that of an installation holds the zone's identity."""
    left = [job_name for job_name in (f"{name}-{word}" for word in _JOBS) if job_name in actual.ended_jobs]
    why = "it has ended, and the run that started it did not live to see it"
    return [Step(name, f"clear away job {job_name}", why, job.forget(job_name)) for job_name in left]


def _installation(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[Step]:
    vserver = wanted.vserver
    name = vserver.name
    status = actual.zones.get(name)
    state = status.state if status else "configured"
    job_name = f"{name}-install"
    steps = []
    path, kept = (actual.zonepaths or {}).get(name), rootzpool.of(vserver)
    holds = rootzpool.holds_zone(kept, actual) if kept else path is not None and not path.empty
    if state == "unavailable" and not holds:
        raise Refused(
            f"vServer {name}: zone is unavailable on node {context.node}, and there is nothing at {vserver.zonepath}: its storage is not "
            "there. Look for its datasets first."
        )
    attaching = f"{name}-attach" in actual.jobs
    begin = actual.begin(job_name)
    if attaching or (state in ("configured", "unavailable") and holds and begin != "join"):  # what holds a zone since is that job's work
        upgrade = "" if vserver.brand in WITHOUT_SMF else wanted.upgrade  # those have nothing of the node's packages
        forced, why = rootzpool.attached_from(kept, name, actual, context) if kept else ((), f"{vserver.zonepath} already holds a zone")
        why += ", and its software is to be updated" if upgrade else ""
        chosen = ("-z", wanted.boot_environment) if wanted.boot_environment else ()
        attach = zoneadm.attach(name, *_UPGRADES[upgrade], *chosen, *forced)
        job_of = f"{name}-attach" if upgrade or attaching else None  # an update takes as long as an installation
        found = actual.begin(f"{name}-attach")
        steps.append(Step(name, f"attach zone {name}", why, attach, job=job_of, refused_by=zoneadm.REFUSED_BY, begin=found))
        return steps
    if state in ("configured", "incomplete") or (begin == "join" and state == "installed"):
        why = "its installation is running as a job" if begin == "join" else "the zone is not installed"
        if begin != "join":
            installing.check(vserver, actual, context)
            why += f"; zoneadm makes its pool {kept.name} ({kept.layout} of {len(kept.luns)} LUNs)" if kept else ""
        install = installing.command(vserver, context)
        steps.append(Step(name, f"install zone {name}", why, install, job=job_name, refused_by=zoneadm.REFUSED_BY, begin=begin))
    if installing.needs_sysidcfg(vserver) and (state in ("configured", "incomplete") or name in actual.unconfigured):
        secret = (context.root_password_hash,)
        target = f"{vserver.zonepath}/root/etc/sysidcfg"
        copy = Command.of("cp", File("sysidcfg", first_boot.sysidcfg(vserver, context)), target, secrets=secret)
        steps.append(Step(name, f"write identity of zone {name}", "it has none before its first boot", copy))
    return steps


def _health(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[str]:
    name = wanted.vserver.name
    if wanted.state != "running":
        return []
    return milestone.warnings(name, context.node, actual.milestones.get(name, ""), actual.maintenance.get(name, ()))


def _away(wanted: Wanted, actual: NodeActual, context: NodeContext) -> list[Step]:
    vserver = wanted.vserver
    name = vserver.name
    status = actual.zones.get(name)
    whole.check_destroy(vserver, wanted.destroy)
    if status is not None and status.state in ("running", "ready") and wanted.state == "absent" and not wanted.force:
        raise Refused(f"vServer {name} is {status.state} on node {context.node}: stop it first (state halted), or say force.")
    steps = run_state.halted(vserver, actual, context, wanted.force, wanted.deadline)
    doomed = wanted.state == "absent" and vserver.root.dataset in wanted.destroy
    pool = rootzpool.uninstalls(vserver, actual)
    if status is not None and status.state == "incomplete":
        if not doomed:
            _check_unlived(wanted, actual, context)
            rootzpool.check_only_zone(vserver, actual)
        steps.append(Step(name, f"uninstall incomplete zone {name}", "only that resets it", zoneadm.uninstall(name, with_pool=pool)))
    elif status is not None and status.state != "configured":
        if doomed:
            steps.append(
                Step(
                    name,
                    f"uninstall zone {name}",
                    f"the destruction of {vserver.root.dataset} was asked for by name",
                    zoneadm.uninstall(name, with_pool=pool),
                )
            )
        else:
            steps.append(Step(name, f"detach zone {name}", "its data stays on the LUNs", zoneadm.detach(name)))
    if status is not None and wanted.state == "absent":
        steps.append(Step(name, f"delete configuration of zone {name}", "state absent", zonecfg.delete(name)))
    return steps + whole.gone(vserver, wanted.destroy if wanted.state == "absent" else (), actual, context)
