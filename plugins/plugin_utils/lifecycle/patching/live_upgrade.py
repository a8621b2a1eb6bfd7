# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches put into a copy of the running system: lucreate, luupgrade -t, luactivate, init 6. What runs is not touched before that reboot,
for which its zones are shut down, and the boot environment that ran stays the way back (luactivate NAME, init 6).

Whether a patch is in is told by ``showrev -p -R``: luupgrade ends with 1 too when everything that could go in went in. That tells of the
global zone only; the zones are asked when they run again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...commands import live_upgrade
from ...commands.live_upgrade import BootEnvironment
from ...model.command import At, Command, Output
from ...model.errors import ParseError
from ...model.patching.due import Due
from ...model.patching.patch import PatchId
from ...model.plan import Begin, Plan, Step, Wait
from . import copying, environment, switching
from .environment import Seen
from .outcome import LOG, Outcome
from .seen import has
from .steps import Steps, in_order, names
from .switching import Switching, stops, under_way

#: Infodoc 206844 as a site quoted it in 2009: the least that Live Upgrade wants of its own and of the patch utilities on SPARC.
MINIMUM = (PatchId("119254", 64), PatchId("121430", 34))


@dataclass(frozen=True, slots=True)
class Policy:
    """``name``: of the boot environment. ``minimum``: patches that the running one must have, None for ``MINIMUM``. ``room``: bytes of
    the root pool that must be free. ``reboots``: whether the node may be rebooted into it. ``other_pools``: zones may have their roots in
    others than the root pool. ``order``: the zones, masters before slaves. ``needed``: vServers of other nodes that run and need one of
    this node's. ``elsewhere``: vServers that the repository has on other nodes. ``deadline``: seconds for lucreate, and for luupgrade.
    """

    name: str
    depot: str
    minimum: tuple[PatchId, ...] | None = None
    room: int = 0
    reboots: bool = True
    other_pools: bool = False
    order: tuple[str, ...] = ()
    needed: str = ""
    elsewhere: frozenset[str] = frozenset()
    deadline: float = 14400.0


@dataclass(frozen=True, slots=True)
class Known:
    """``seen`` is None where the node did not answer."""

    seen: Seen | None


@dataclass(frozen=True, slots=True)
class LiveUpgrade:
    """See ``engine/operation.py`` for what the methods are for."""

    node: str
    due: Due
    policy: Policy
    steps: Steps
    warned: tuple[str, ...] = field(default=())

    @property
    def begun(self) -> Collection[str]:
        """The note of what ran tells whether there is anything to bring back."""
        return (self.node,)

    def look(self, actual: Known | None) -> Mapping[At, Command]:
        if actual is not None and actual.seen is None:
            return {}
        patches = (*self.due.install, *self.due.installed)
        probes = environment.look(actual.seen if actual else None, self.policy.name, self.policy.depot, patches)
        return {At(self.node, name): command for name, command in probes.items()}

    def read(self, actual: Known | None, outputs: Mapping[At, Output]) -> Known:
        answers = {key.probe: output for key, output in outputs.items()}
        if not answers:
            return Known(None)
        known = environment.read(actual.seen if actual else None, answers, self.policy.name, self.policy.depot)
        return Known(replace(known, ran=known.ran and known.ran.without(self.policy.elsewhere)))

    def plan(self, actual: Known) -> Sequence[Plan]:
        known = actual.seen
        if known is None or self._reason(known):
            return []
        if known.working:
            return [Plan(self.node, (self._join(known.working),), self.warned, again=True)]
        return [Plan(self.node, tuple(self._way(known)), self.warned, again=bool(self._arrived(known) and self._missing(known)))]

    def refusals(self, actual: Known) -> Mapping[str, str]:
        if actual.seen is None:
            return {self.node: f"node {self.node} does not answer. What became of its patches is unknown until it does: run this again."}
        why = self._reason(actual.seen) or ("" if actual.seen.working or self._way(actual.seen) else self._failed(actual.seen))
        return {self.node: f"node {self.node}: {why}"} if why else {}

    def back(self, actual: Known, failed: Mapping[str, str]) -> Sequence[Plan]:
        """The zones that were shut down for the reboot run again, where it did not come to that."""
        known = actual.seen
        if known is None or known.working or known.runs:
            return []
        return [Plan(self.node, tuple(self._again(known)))]

    def describe(self, actual: Known) -> Mapping[str, Any]:
        if actual.seen is None:
            return {self.node: {"patches": {str(patch): "unknown" for patch in self.due.install}}}
        return {self.node: _shown(self.outcomes(actual.seen), actual.seen.environments)}

    def predict(self, actual: Known) -> Mapping[str, Any]:
        known = actual.seen
        if known is None or self._reason(known) or not self._missing(known):
            return self.describe(actual)
        word = "installed" if self.policy.reboots else "pending_reboot"
        old = known.running or "the running one"
        roles = {one.name: "" for one in known.environments} | (
            {old: "", self.policy.name: "running"} if self.policy.reboots else {old: "running", self.policy.name: "next"}
        )
        coming = {
            str(patch): word if one.state in ("missing", "pending_reboot") else one.state for patch, one in self.outcomes(known).items()
        }
        return {self.node: {"patches": coming, "environments": roles}}

    def outcomes(self, known: Seen, tried: bool = False) -> dict[PatchId, Outcome]:
        """``pending_reboot``: it is in our boot environment, which is the next one. ``tried``: a run has just failed to bring it there."""
        inside, log = known.patches(), f"{live_upgrade.mount_point(known.name)}/var/sadm/patch, after lumount {known.name}"
        found = {}
        following = known.ours is not None and known.ours.on_reboot
        for patch in self._wanted(known):
            if known.sound.has(patch):
                found[patch] = _in_zones(patch, known)
            elif inside is not None and inside.has(patch) and following:
                found[patch] = Outcome("pending_reboot", f"it is in boot environment {known.name}, which does not run yet")
            elif inside is not None and inside.has(patch):
                found[patch] = Outcome("missing", f"it is in boot environment {known.name}, which is not the next one")
            elif not known.applies(patch):
                found[patch] = Outcome("not_applicable", "no package that it changes is installed")
            elif inside is not None and tried:
                found[patch] = Outcome("failed", f"luupgrade did not put it into boot environment {known.name}", log)
            elif known.where(patch):
                found[patch] = Outcome("missing", "its installation in the running system was cut off")
            else:
                found[patch] = Outcome("missing")
        return found

    def _wanted(self, known: Seen) -> list[PatchId]:
        """And what showrev lists that was cut off, or that a zone lacks."""
        return [*self.due.install, *(patch for patch in self.due.installed if known.where(patch) or known.lacking(patch))]

    def _failed(self, known: Seen) -> str:
        """What Live Upgrade has nothing to do about."""
        outcomes = self.outcomes(known)
        said = [f"{patch}: {one.reason}" for patch, one in outcomes.items() if one.state == "failed"]
        return f"{len(said)} of {len(outcomes)} patches did not go in ({'; '.join(said)})." if said else ""

    def waits(self, known: Seen) -> bool:
        return any(one.state == "pending_reboot" for one in self.outcomes(known).values())

    # Whether it may be done

    def _reason(self, known: Seen) -> str:
        """The first reason, as sentences; '' where nothing is in the way or nothing is to do."""
        if not self._missing(known) or known.working or self._arrived(known):
            return ""
        ours = known.ours
        why = self._environment(known, ours)
        if not why and ours and ours.complete:
            why = copying.zones(known, other_pools=self.policy.other_pools, copied=True) or copying.stale(known, ours, self._lacking(known))
        elif not why:
            why = (
                self._system(known)
                or copying.zones(known, other_pools=self.policy.other_pools, copied=False)
                or copying.room(known, self.policy.room)
            )
        if not why and self.policy.reboots and self.policy.needed:
            why = stops(self.policy.needed)
        if not why and (missing := [patch for patch in self._lacking(known) if patch not in known.depot]):
            why = (
                f"{names(missing)} {'is' if len(missing) == 1 else 'are'} not unpacked in its depot {self.policy.depot}. Mount or fill it."
            )
        if not why and (empty := [patch for patch in self._lacking(known) if not known.depot[patch]]):
            why = (
                f"{names(empty)} {'has' if len(empty) == 1 else 'have'} no package in the depot: {self.policy.depot}/{empty[0]}/*/pkginfo "
                f"is not there. Unpack it so that the folders of its packages lie in {self.policy.depot}/{empty[0]}."
            )
        return f"{why} Nothing was done." if why else ""

    def _environment(self, known: Seen, ours: BootEnvironment | None) -> str:
        if not known.root:
            return "Live Upgrade wants root, and this login is not. Become root (become: true)."
        if why := under_way(known.jobs):
            return why
        busy = next((one for one in known.environments if one.copy), None)
        if busy:
            return f"Live Upgrade is at work on boot environment {busy.name} ({busy.copy}). Wait for it, or end it with lucancel."
        following = next((one.name for one in known.environments if one.on_reboot), "")
        if following not in (known.running, known.name):
            return (
                f"boot environment {following} is the next to be booted, and {known.running} runs. Boot it (init 6), or make that the next "
                f"one again (luactivate {known.running})."
            )
        if ours is None:
            return ""
        if ours.active:
            lacking = self._missing(known)
            return (
                f"boot environment {ours.name} runs, and lacks {names(lacking)}: luupgrade patches only what does not run. Give another "
                "name (environment), or install them with method: patchadd."
            )
        if known.tried and known.tried != known.boot:
            return (
                f"boot environment {ours.name} was made the next one, the node was rebooted, and {known.running} runs: it did not boot, or "
                f"somebody went back. Find out why. Then delete it (ludelete {ours.name}), or have it booted once more "
                f"(rm {environment.FOLDER}/{ours.name})."
            )
        if not ours.complete and not ours.can_delete:
            return f"boot environment {ours.name} is incomplete, and lustatus says that it cannot be deleted. See lufslist {ours.name}."
        return ""

    def _system(self, known: Seen) -> str:
        if not known.pool:
            return "its root is no ZFS file system: lucreate would want disks of its own. Use method: patchadd."
        if self.policy.minimum is None and not known.sparc:
            return (
                "which revisions of 119255 and 121431 Live Upgrade wants on x86 is not known here. Name what its readme asks for "
                "(environment_minimum)."
            )
        wanted = MINIMUM if self.policy.minimum is None else self.policy.minimum
        old = [patch for patch in wanted if not known.sound.has(patch)]
        if old:
            return (
                f"Live Upgrade wants {', '.join(map(str, old))} or later in the boot environment that runs. Install that first "
                "(method: patchadd), then run this again."
            )
        return ""

    # The way

    def _lacking(self, known: Seen) -> list[PatchId]:
        """What our boot environment has to get yet."""
        return [patch for patch in self._applying(known) if known.inside is None or not known.inside.has(patch)]

    def _applying(self, known: Seen) -> list[PatchId]:
        return [patch for patch in self._wanted(known) if known.applies(patch)]

    def _missing(self, known: Seen) -> list[PatchId]:
        """What does not run yet."""
        return [patch for patch in self._applying(known) if not known.sound.has(patch)]

    def _way(self, known: Seen) -> list[Step]:
        if not self._missing(known) or self._arrived(known):
            return self._again(known)
        name, ours = self.policy.name, known.ours
        steps = []
        if ours is None or not ours.complete:
            if ours is not None:
                why = "an earlier run did not complete it"
                steps.append(self._step(f"delete boot environment {name}", why, live_upgrade.delete(name)))
            if known.tried:
                steps.append(self._step("forget when it was booted", "it is made anew", environment.forget(name)))
            why = f"{names(self._missing(known))} go into a copy of what runs"
            steps.append(self._job(f"create boot environment {name}", why, live_upgrade.create(name), environment.created(name)))
        lacking = self._lacking(known)
        if lacking:
            what, command = (
                f"install {names(lacking)} in boot environment {name}",
                live_upgrade.add_patches(name, self.policy.depot, lacking),
            )
            steps += [self._job(what, "it lacks them", command, environment.patched(name)), *self._proven(name, lacking)]
        if ours is None or not ours.on_reboot:
            steps += self._activated(known, name)
        return steps + (self._booted(known, name) if self.policy.reboots else self._again(known))

    def _again(self, known: Seen) -> list[Step]:
        """What an earlier run shut down for the reboot."""
        return self._switching.up(known.ran, known.running, known.zones, self.policy.order)

    def _arrived(self, known: Seen) -> bool:
        """Ours runs, and the run that booted it did not boot the zones."""
        return known.runs and bool(self._again(known))

    def _step(self, what: str, why: str, command: Command, wait: Wait | None = None, undo: Command | None = None) -> Step:
        return self._switching.step(what, why, command, wait, undo)

    @property
    def _switching(self) -> Switching:
        return Switching(self.node, self.steps)

    def _job(self, what: str, why: str, command: Command, job: str, begin: Begin = "anew") -> Step:
        advice = "It goes on; run this again to wait for it"
        late = Wait(Command.of("true"), _ended, frozenset({"ended"}), frozenset(), 1.0, self.policy.deadline, advice=advice)
        return Step(self.node, what, why, command, job=job, wait=late, node=self.node, begin=begin)

    def _join(self, job: str) -> Step:
        """What an earlier run began goes on; when it has ended the node is looked at again."""
        return self._job(f"wait for job {job}", "an earlier run began it", Command.of("true"), job, "join")

    def _proven(self, name: str, patches: Sequence[PatchId]) -> list[Step]:
        advice = (
            f"Its log is in {live_upgrade.mount_point(name)}/var/sadm/patch after lumount {name}. Nothing that runs was changed; run this "
            f"again to try once more, or ludelete {name}"
        )
        unmount = live_upgrade.unmount(name)
        wait = Wait(live_upgrade.proof(name), Inside(tuple(patches)), frozenset({"in"}), frozenset(), 1.0, 60.0, advice=advice)
        why = "luupgrade's own word is not taken for it"
        return [
            self._step(f"mount boot environment {name}", why, live_upgrade.mount(name)),
            self._step(f"see that boot environment {name} has {names(patches)}", why, live_upgrade.installed(name), wait, unmount),
            self._step(f"unmount boot environment {name}", "it is seen", unmount),
        ]

    def _activated(self, known: Seen, name: str) -> list[Step]:
        why, unmount = "the way back leads there", live_upgrade.unmount(name)
        note = environment.note_origin(name, keep=known.ran is not None)
        return [
            self._step(f"note in boot environment {name} which one runs now", why, note, undo=unmount),
            self._switching.activated(name, "its patches are in"),
        ]

    def _booted(self, known: Seen, name: str) -> list[Step]:
        up = in_order(switching.running(known.zones, known.ran), self.policy.order)
        back = f"luactivate {known.running}" if known.running else "luactivate the former one"
        return [
            *self._switching.noted(name, known.boot, up, known.ran),
            self._step("note in which boot it was made the next one", "so that it is seen if it does not boot", environment.note(name)),
            *self._switching.booted(name, up, "the former one", f"{back} and init 6 is the way back"),
        ]


@dataclass(frozen=True, slots=True)
class Inside:
    """Whether all patches are in a mounted boot environment: ``in``, or what is lacking, or was cut off in the middle of its packages."""

    patches: tuple[PatchId, ...]

    def __call__(self, output: Output) -> str:
        if output.rc != 0:
            return f"unknown: showrev ended with {output.rc}"
        try:
            listed, cut_off = live_upgrade.parse_proof(output.stdout)
            there = has(listed)
        except ParseError as error:
            return f"unknown: {error}"
        lacking = [patch for patch in self.patches if not there.has(patch)]
        half = [patch for patch in self.patches if patch in there.patches and patch in cut_off]
        words = [f"{word} {', '.join(map(str, found))}" for word, found in (("lacking", lacking), ("cut off at", half)) if found]
        return "; ".join(words) or "in"


def _in_zones(patch: PatchId, known: Seen) -> Outcome:
    """Of one that the global zone has. luupgrade does not put it into a zone alone."""
    log, more = LOG.format(patch), "Method: patchadd with zones: all tries it there"
    if cut_off := [zone for zone in known.where(patch) if zone]:
        return Outcome("failed", f"its installation in zone {', '.join(cut_off)} was cut off. {more}", log)
    if lacking := known.lacking(patch):
        return Outcome("failed", f"zone {', '.join(lacking)} {'lack' if len(lacking) > 1 else 'lacks'} it. {more}", log)
    return Outcome("installed")


def _ended(output: Output) -> str:
    """When a job has ended nothing more is waited for."""
    return "ended"


def _shown(outcomes: Mapping[PatchId, Outcome], environments: Sequence[BootEnvironment]) -> dict[str, Any]:
    roles = {one.name: "running" if one.active else "next" if one.on_reboot else "" for one in environments}
    return {"patches": {str(patch): one.state for patch, one in outcomes.items()}, "environments": roles}
