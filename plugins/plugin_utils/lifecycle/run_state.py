# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run state of an installed zone: booted until its milestone is reached, shut down until nothing of it runs."""

from __future__ import annotations

from dataclasses import dataclass

from ..commands import job, zlogin, zoneadm
from ..model.command import Command, Output
from ..model.errors import Refused
from ..model.plan import Step, Wait
from ..model.vserver import State, VServer
from . import milestone
from .actual import NodeActual
from .context import NodeContext
from .storage import whole

#: Run states in which nothing of a zone runs.
STOPPED = ("configured", "incomplete", "installed", "unavailable")


def alone(vserver: VServer, state: State, actual: NodeActual, context: NodeContext, force: bool, deadline: float) -> list[Step]:
    """Boots or halts (any state but ``halted`` boots) whatever is configured and installed. Raises Refused where nothing is installed."""
    status = actual.zones.get(vserver.name)
    if state == "halted":
        return halted(vserver, actual, context, force, deadline)
    if status is None or status.state in ("configured", "incomplete", "unavailable"):
        raise Refused(
            f"vServer {vserver.name}: its zone is {status.state if status else 'not there'} on node {context.node}, so it cannot be "
            "booted as it is. Deploy it (playbook heliostat.vdc.vserver_deploy)."
        )
    return running(vserver, actual, context)


def running(vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]:
    """A boot, and the wait for it; only the wait where it boots already. Raises Refused for a zone that is on its way down."""
    name = vserver.name
    status = actual.zones.get(name)
    if status is not None and status.state in ("shutting_down", "down"):
        raise Refused(
            f"vServer {name}: zone is {status.state} on node {context.node}, so it cannot be booted. Wait until it is down. "
            f"{_stuck(name, vserver.zonepath)}"
        )
    wait = milestone.wait(name, vserver.brand, context)
    if status is None or status.state != "running":
        why = f"zone is {status.state if status else 'not there'}"
        boot = Step(name, f"boot zone {name}", why, zoneadm.boot(name), wait=wait, refused_by=zoneadm.REFUSED_BY)
        return [*(whole.before_boot(vserver, actual) if status is None or status.state != "ready" else []), boot]
    found = actual.milestones.get(name, "unknown")
    if found in ("online", milestone.HELD_UP):
        return []
    return [Step(name, f"wait for {milestone.goal(vserver.brand)} of zone {name}", f"it is {found}", wait.probe, wait=wait)]


def halted(vserver: VServer, actual: NodeActual, context: NodeContext, force: bool, deadline: float) -> list[Step]:
    """A clean shutdown, which takes at most ``deadline`` seconds. Only ``force`` halts, except what has no processes yet (ready)."""
    name = vserver.name
    status = actual.zones.get(name)
    job_name = f"{name}-shutdown"
    begin = actual.begin(job_name)
    ending = status is not None and status.state == "installed" and begin == "join"  # the shutdown has done its work and is about to end
    if status is None or (status.state in STOPPED and not ending):
        return []
    if (force or status.state == "ready") and not ending:
        why = f"it is {status.state}, and force was given" if force else "it is ready: nothing runs in it"
        halt = Step(name, f"halt zone {name}", why, zoneadm.halt(name))
        if job_name not in actual.jobs:
            return [halt]
        waiting = "it waits for the shutdown, and keeps every other zoneadm from the zone"
        return [Step(name, f"end job {job_name}", waiting, job.end(job_name)), halt]
    down = ZoneState(name)
    advice = f"Nothing was halted. {_stuck(name, vserver.zonepath)}"
    wait = Wait(
        zoneadm.list_zones(), down, frozenset({"installed"}), frozenset({"running", "shutting_down", "down"}), 1.0, deadline,
        advice=advice,
    )  # fmt: skip
    if status.state in ("shutting_down", "down") and job_name not in actual.jobs:
        return [Step(name, f"wait until zone {name} is down", f"it is {status.state}", zoneadm.list_zones(), wait=wait)]
    what, why = f"shut down zone {name}", f"it is {status.state}"
    if context.release.is_solaris10:
        level = "0" if vserver.brand == "lx" else "5"  # Linux knows 5 as multi-user with windows
        return [Step(name, what, why, zlogin.run_in(name, Command.of("/sbin/init", level)), wait=wait)]
    return [
        Step(name, what, why, zoneadm.shutdown(name), job=job_name, light=True, wait=wait, begin=begin)
    ]  # it returns when the zone is down


def _stuck(name: str, zonepath: str) -> str:
    """Where to look when a zone does not go down (System Administration Guide, "Zone Does Not Halt")."""
    return (
        f"Look for services that do not stop (zlogin {name} svcs -xv, ps -fz {name}), for processes of the global zone that have files "
        f"open in it (fuser -c {zonepath}) and at /var/adm/messages. Run this again to go on waiting, or with force to halt it."
    )


@dataclass(frozen=True, slots=True)
class ZoneState:
    """Reads one zone's state out of the list of all."""

    zone: str

    def __call__(self, output: Output) -> str:
        for status in zoneadm.parse_list(output.stdout):
            if status.name == self.zone:
                return status.state
        return "gone"
