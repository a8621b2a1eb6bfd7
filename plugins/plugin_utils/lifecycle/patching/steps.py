# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a roll-out of patches. Each does nothing where it was done already, since a plan reaches over reboots that nobody can look
behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...commands import patch_batch, patch_notes, patchadd, patchrm, pdo_conf, smf, sun_cluster, zlogin, zoneadm
from ...commands.patch_notes import Batch
from ...model.command import Command, Output
from ...model.plan import Step, Wait
from .. import milestone, run_state
from .phases import Phase
from .seen import BACK, JOB

_DOWN = """\
case "`zoneadm -z $1 list -p`" in *:running:*) zlogin $1 /sbin/init 5 ;; esac"""
_UP = """\
case "`zoneadm -z $1 list -p`" in *:running:*) : ;; *) zoneadm -z $1 boot ;; esac"""
_DETACH = """\
case "`zoneadm -z $1 list -p`" in *:configured:*) : ;; *) zoneadm -z $1 detach ;; esac"""
_ATTACH = """\
umask 022
case "`zoneadm -z $1 list -p`" in *:configured:*) zoneadm -z $1 attach -u ;; esac"""

#: Those that could not be attached are noted yet.
_ATTACHED = f"""\
umask 077
cd {patch_notes.FOLDER} || exit 1
for zone
do
  case "`zoneadm -z $zone list -p`" in *:configured:*) echo $zone ;; esac
done >.new
if test -s .new; then mv .new detached; else rm -f .new detached; fi"""

COPIES = f"{patch_notes.FOLDER}/depot"
COPYING = "patching-copy"
_COPY = f"""\
mkdir -p {COPIES} && cd "$1" || exit 1
shift
cp -r -p "$@" {COPIES}"""


@dataclass(frozen=True, slots=True)
class Steps:
    """Of one node. Seconds: ``reboot`` from ``init 6`` to the milestone, ``single_user`` from ``init s`` to quiet, ``batch`` for a call of
    patchadd, ``shutdown`` for one zone. ``out``: patches are taken out instead.
    """

    node: str
    depot: str
    global_only: bool = False
    backout: bool = True
    reboot: float = 3600.0
    single_user: int = 900
    batch: float = 14400.0
    shutdown: float = 600.0
    out: bool = False

    def _step(self, what: str, why: str, command: Command, **more: object) -> Step:
        return Step(self.node, what, why, command, node=self.node, **more)  # type: ignore[arg-type]

    def note(self, ran: Sequence[str], ailing: Sequence[str]) -> Step:
        files = {"backout": ""} if self.out else {}
        files |= {"ran": patch_notes.lines(ran), "ailing": patch_notes.lines(ailing)}
        return self._step("note what runs", "so that all of it runs again afterwards, whoever sees to that", patch_notes.keep(files))

    def forget(self) -> Step:
        ended = "roll-out" if self.out else "back-out"
        return self._step(f"forget what a {ended} noted", "it is at its end: the node was rebooted since", patch_notes.forget())

    @property
    def verb(self) -> str:
        return "take out" if self.out else "install"

    def patchadd(self, phase: Phase, depot: str) -> Command:
        if self.out:
            return patchrm.several(phase.patches)
        if len(phase.patches) == 1:
            return patchadd.one(depot, phase.patches[0], global_only=self.global_only, backout=self.backout)
        return patchadd.several(depot, phase.patches, global_only=self.global_only, backout=self.backout)

    def copy(self, phase: Phase) -> Step:
        command = Command.of("/bin/sh", "-c", _COPY, "copy", self.depot, *(str(patch) for patch in phase.patches))
        why = "its depot is of another host, and not there in single user"
        return self._step(f"copy {names(phase.patches)} to the node", why, command, job=COPYING)

    def multi_user(self, number: int, phase: Phase) -> Step:
        command = patch_batch.multi_user(
            number, phase.patches, self.patchadd(phase, self.depot), waits=phase.reboot, reconfigure=phase.reconfigure
        )
        return self._step(f"{self.verb} {names(phase.patches)}", phase.why, command, job=JOB, wait=self._ended())

    def join(self) -> Step:
        """The batch of an earlier run goes on."""
        what, why = f"wait for the {'patchrm' if self.out else 'patchadd'} that runs", "an earlier run began it"
        return self._step(what, why, Command.of("true"), job=JOB, wait=self._ended(), begin="join")

    def _ended(self) -> Wait:
        """How long the job may take; when it has ended nothing more is waited for."""
        advice = "It goes on; run this again to wait for it"
        return Wait(Command.of("true"), _ended, frozenset({"ended"}), frozenset(), 1.0, self.batch, advice=advice)

    def alone(self, number: int, phase: Phase, *, copied: bool = False) -> Step:
        """``copied``: by ``copy``."""
        depot = COPIES if copied else self.depot
        command = patch_batch.single_user(
            number, phase.patches, self.patchadd(phase, depot), limit=self.single_user, reconfigure=phase.reconfigure
        )
        again = "a reconfiguration reboot" if phase.reconfigure else "a reboot"
        what = f"{self.verb} {names(phase.patches)} in single user, then {again}"
        return self._step(what, phase.why, command, wait=self._back(self.batch), away=self.single_user + self.batch + self.reboot)

    def restart(self, why: str, reconfigure: bool) -> Step:
        what = "reconfiguration reboot" if reconfigure else "reboot"
        return self._step(what, why, patch_batch.reboot(reconfigure=reconfigure), wait=self._back(0), away=self.reboot)

    def outside(self) -> Step:
        """Of a node of Solaris Cluster."""
        command = patch_batch.reboot_by(sun_cluster.reboot_outside())
        why = "patches that want single user go in while the node is no member of its cluster"
        return self._step("reboot outside the cluster", why, command, wait=self._back(0), away=self.reboot)

    def leaves_multi_user(self, step: Step) -> bool:
        """Whether that is a batch in single user (and not a reboot alone)."""
        return step.away > self.reboot

    def returned(self) -> Step:
        """A single user batch of an earlier run goes on."""
        wait = self._back(self.batch)
        why = "an earlier run began its way through single user"
        return self._step("wait until the node is back", why, wait.probe, wait=wait, away=self.single_user + self.batch + self.reboot)

    def given_up(self, batches: Sequence[Batch]) -> Step:
        """Their scripts were ended by hand."""
        what, why = "note that nobody goes through single user", "the script that was to do it was ended"
        return self._step(what, why, patch_notes.give_up([batch.number for batch in batches]))

    def _back(self, before: float) -> Wait:
        advice = (
            f"Look at the node's console. {patch_notes.FOLDER} on it tells how far it came; run this again when it is up, and it "
            "goes on from there"
        )
        words = frozenset({"down soon", "booting", patch_batch.Back.AWAY})
        deadline = self.reboot + (before + self.single_user if before else 0)
        return Wait(patch_batch.back(), BACK, frozenset({"up"}), words, 2.0, deadline, frozenset({"held up"}), advice)

    # Zones

    def zone_down(self, zone: str, why: str) -> Step:
        states = frozenset({"running", "shutting_down", "down"})
        advice = f"Look for what does not stop in it (zlogin {zone} svcs -xv). Run this again to go on, or halt it by hand"
        down = run_state.ZoneState(zone)
        wait = Wait(zoneadm.list_zones(), down, frozenset({"installed", "configured"}), states, 1.0, self.shutdown, advice=advice)
        return self._step(f"shut down zone {zone}", why, Command.of("/bin/sh", "-c", _DOWN, "down", zone), wait=wait)

    def zone_up(self, zone: str) -> Step:
        transitional = frozenset({"offline", "uninitialized", "disabled", "unknown", "maintenance"})
        advice = f"Look at zlogin {zone} svcs -xv"
        probe = zlogin.run_in(zone, smf.states([]))
        settled = frozenset({milestone.HELD_UP})
        wait = Wait(probe, milestone.state, frozenset({"online"}), transitional, 1.0, 900.0, settled, advice)
        return self._step(
            f"boot zone {zone}",
            "it ran before",
            Command.of("/bin/sh", "-c", _UP, "up", zone),
            wait=wait,
            refused_by=zoneadm.REFUSED_BY,
            part=zone,
        )

    def detach(self, zone: str) -> Step:
        command = Command.of("/bin/sh", "-c", _DETACH, "detach", zone)
        return self._step(f"detach zone {zone}", "it is updated when it is attached", command, refused_by=zoneadm.REFUSED_BY)

    def attach(self, zone: str) -> Step:
        command = Command.of("/bin/sh", "-c", _ATTACH, "attach", zone)
        job = f"{zone}-attach"
        return self._step(
            f"attach zone {zone} and update it",
            "it is brought to the node's patches",
            command,
            job=job,
            refused_by=zoneadm.REFUSED_BY,
            part=zone,
        )

    def keep_detached(self, zones: Sequence[str]) -> Step:
        command = patch_notes.keep({"detached": patch_notes.lines(zones)})
        return self._step("note the zones to attach again", "they are detached while the node is patched", command)

    def attached(self, zones: Sequence[str]) -> Step:
        command = Command.of("/bin/sh", "-c", _ATTACHED, "attached", *zones)
        return self._step("note which zones are attached", "the others are left to another run", command)

    # pdo.conf

    def parallel(self, zones_at_once: int, former: str | None) -> list[Step]:
        keep, write = pdo_conf.keep(former, zones_at_once), pdo_conf.write(former, zones_at_once)
        return [
            self._step(f"keep {pdo_conf.PATH}", "it is put back afterwards", keep),
            self._step(f"patch {zones_at_once} zones at once", f"num_proc of {pdo_conf.PATH}", write),
        ]

    def put_back(self) -> list[Step]:
        return [
            self._step(f"put {pdo_conf.PATH} back", "as it was before the roll-out", pdo_conf.put_back()),
            self._step(f"forget the kept {pdo_conf.PATH}", "it is back", pdo_conf.forget()),
        ]


def _ended(output: Output) -> str:
    return "ended" if output.rc == 0 else "lost"


def in_order(zones: Iterable[str], order: Sequence[str]) -> list[str]:
    """Masters before slaves; those that ``order`` does not name come last, by name."""
    return sorted(zones, key=lambda name: (order.index(name) if name in order else len(order), name))


def names(patches: Sequence[object]) -> str:
    """``119254-42``, or ``12 patches (118833-36 …)``."""
    if len(patches) <= 3:
        return ", ".join(str(patch) for patch in patches)
    return f"{len(patches)} patches ({patches[0]} …)"
