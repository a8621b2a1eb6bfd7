# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers from node to node: stopped and detached here, their datasets handed over, attached and booted there.

The configuration stays on the source until the vServer has arrived, so that it can go back. What is left to do is always told by
what is where; a run that was killed anywhere is continued by the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..commands import zoneadm, zonecfg
from ..model.command import At, Command, Output
from ..model.errors import HeliostatError, Misfit, Refused
from ..model.plan import Plan, Step
from ..model.vserver import Upgrade, VServer
from . import handing_over, node_by_node, software
from .actual import NodeActual
from .arrival import arriving
from .chain import DOWN
from .context import NodeContext
from .storage import driver
from .storage.svm_filesystem import owned
from .vserver import Wanted
from .vserver import plan as vserver_plan
from .vservers import VServers


@dataclass(frozen=True, slots=True)
class Move:
    """One vServer's way. ``source`` is where it lives; ``lost`` when that node is dead, for the reason ``context.proof`` of the target.

    ``unfit`` is what the target is known to lack. ``running``: whether it is to run there; it does where it ran when it left.
    ``ran``: whether it ran before, which is what it goes back to when it cannot arrive (None: as ``running``).
    ``boot_environment`` is the one of the zone's that is attached (Solaris 11): an older one fits a node with older packages.
    ``back``: it returns to the node that it has left and not arrived from. ``begun``: an earlier run left it on the way.
    ``no_return``: its source is in quarantine, so nothing goes back there before somebody has released that.
    """

    vserver: VServer
    source: str
    target: str
    running: bool
    unfit: tuple[str, ...] = ()
    upgrade: Upgrade = ""
    force: bool = False
    lost: bool = False
    boot_environment: str = ""
    ran: bool | None = None
    back: bool = False
    begun: bool = False
    no_return: bool = False

    @property
    def home(self) -> Move:
        """The way back."""
        before = self.running if self.ran is None else self.ran
        return replace(self, source=self.target, target=self.source, running=before, unfit=(), upgrade="", boot_environment="")

    @property
    def name(self) -> str:
        return self.vserver.name

    @property
    def asked(self) -> tuple[str, ...]:
        return (self.target,) if self.lost or self.source == self.target else (self.source, self.target)


@dataclass(frozen=True, slots=True)
class MigrationActual:
    """``nodes`` has None for a node that did not answer. ``packages`` are the global zones' (Solaris 11), ``manifests`` and
    ``trials`` what Solaris 10 says of a zone beforehand, ``tried`` what ``zoneadm migrate -n`` says of one that is down."""

    nodes: Mapping[str, NodeActual | None]
    packages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    manifests: Mapping[str, str] = field(default_factory=dict)
    trials: Mapping[str, Output] = field(default_factory=dict)
    tried: Mapping[str, Output] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Migration:
    """See ``engine/operation.py`` for what the methods are for. ``after`` names moves (masters) that come first.

    ``stopped`` are vServers that a plan shown before this one will have stopped: check mode of a chain.
    """

    moves: Sequence[Move]
    contexts: Mapping[str, NodeContext]
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()

    def look(self, actual: MigrationActual | None) -> Mapping[At, Command]:
        probes = node_by_node.look(self._parts(), actual.nodes if actual else None)
        if actual is None:
            for move in self.moves:
                probes |= self._software_here(move)
            return probes
        if not actual.trials:
            probes |= {
                At(move.target, f"trial {move.name}"): software.trial(move.name, text)
                for move in self.moves
                if (text := actual.manifests.get(move.name)) and actual.nodes[move.target] is not None
            }
        return probes | self._migrates_here(actual)

    def _migrates_here(self, actual: MigrationActual) -> dict[At, Command]:
        asked = {}
        for move in self.moves:
            trial = handing_over.trial(move, self.contexts, actual.nodes.get(move.source), actual.nodes.get(move.target))
            if trial and move.name not in (*actual.tried, *self.stopped) and not handing_over.goes_on(move, actual.nodes):
                asked[At(move.source, f"migrates {move.name}")] = trial
        return asked

    def _software_here(self, move: Move) -> dict[At, Command]:
        if move.lost:
            return {}
        if self.contexts[move.source].release.is_solaris10:
            if move.vserver.brand != "native":
                return {}  # they have nothing of the node's packages and patches: solaris8(5), solaris9(5), lx(5)
            return {At(move.source, f"manifest {move.name}"): software.manifest(move.name)}
        if self.contexts[move.target].release.is_solaris10:
            return {}  # no way there; it has no pkg, and asking for it would keep the others from moving
        return {At(node, "packages"): software.packages() for node in (move.source, move.target)}

    def read(self, actual: MigrationActual | None, outputs: Mapping[At, Output]) -> MigrationActual:
        nodes = node_by_node.read(self._parts(), actual.nodes if actual else None, outputs, self.stopped)
        if actual is not None:
            for move in self.moves:  # one that stopped answering has not been tried
                if not actual.trials and move.name in actual.manifests and At(move.target, f"trial {move.name}") not in outputs:
                    nodes[move.target] = None
            for at in self._migrates_here(actual):
                if at not in outputs:
                    nodes[at.node] = None
            trials = {key.probe.removeprefix("trial "): output for key, output in outputs.items() if key.probe.startswith("trial ")}
            tried = {key.probe.removeprefix("migrates "): output for key, output in outputs.items() if key.probe.startswith("migrates ")}
            return replace(actual, nodes=nodes, trials=trials or actual.trials, tried={**actual.tried, **tried})
        packages = {key.node: software.read_packages(output, key.node) for key, output in outputs.items() if key.probe == "packages"}
        manifests = {
            key.probe.removeprefix("manifest "): output.stdout
            for key, output in outputs.items()
            if key.probe.startswith("manifest ") and output.rc == 0
        }
        return MigrationActual(nodes, packages, manifests)

    def plan(self, actual: MigrationActual) -> Sequence[Plan]:
        plans = (self._attempt(move, actual) for move in self.moves)
        return [plan for plan in plans if isinstance(plan, Plan)]

    def refusals(self, actual: MigrationActual) -> Mapping[str, str]:
        attempts = ((move.name, self._attempt(move, actual)) for move in self.moves)
        return {name: str(error) for name, error in attempts if isinstance(error, HeliostatError)}

    def misfits(self, actual: MigrationActual) -> Mapping[str, str]:
        """Of those that are refused because of what their target lacks: what that is."""
        attempts = ((move.name, self._attempt(move, actual)) for move in self.moves)
        return {name: error.lacks for name, error in attempts if isinstance(error, Misfit)}

    @property
    def begun(self) -> frozenset[str]:
        return frozenset(move.name for move in self.moves if move.begun)

    def back(self, actual: MigrationActual, failed: Mapping[str, str]) -> Sequence[Plan]:
        """The way home of those that left it and did not arrive. A lost node is no home, nor is one in quarantine.

        What is imported at home is nowhere else, nothing but force imports twice: then a target that is silent need not be asked.
        """
        returning = []
        for move in self.moves:
            if move.name not in failed or move.lost or move.no_return:
                continue
            if self._at_home(move, actual) or _never_there(move, actual):
                continue
            try:
                away = actual.nodes.get(move.target) is None and held(move.vserver, actual.nodes.get(move.source))
                way = self._way(replace(move.home, lost=away), actual, checked=True)
                returning.append(replace(way, after=self.after.get(move.name, ())))  # home in the order of the chain too
            except HeliostatError:
                continue  # its message would hide why the move failed; the next run starts from what is there
        return returning

    def describe(self, actual: MigrationActual) -> Mapping[str, Any]:
        return {move.name: {node: _shown(move, actual.nodes.get(node)) for node in move.asked} for move in self.moves}

    def predict(self, actual: MigrationActual) -> Mapping[str, Any]:
        now = dict(self.describe(actual))
        refused = self.refusals(actual)
        for move in self.moves:
            if move.name not in refused:
                there = {"state": "running" if move.running else "installed", "datasets": [one.name for one in move.vserver.datasets]}
                gone = {"state": "absent", "datasets": list[str]()}
                now[move.name] = {node: there if node == move.target else gone for node in move.asked}
        return now

    def _parts(self) -> dict[str, VServers]:
        """Each node with the vServers that may be on it."""
        nodes = dict.fromkeys(node for move in self.moves for node in move.asked)
        return {
            node: VServers([Wanted(move.vserver, "running", moves=True) for move in self.moves if node in move.asked], self.contexts[node])
            for node in nodes
        }

    def _attempt(self, move: Move, actual: MigrationActual) -> Plan | HeliostatError:
        try:
            return replace(self._way(move, actual), after=self.after.get(move.name, ()))
        except HeliostatError as error:
            return error

    def _way(self, move: Move, actual: MigrationActual, *, checked: bool = False) -> Plan:
        here = None if move.lost else actual.nodes.get(move.source)
        there = actual.nodes.get(move.target)
        if there is None or (here is None and not move.lost):
            raise Refused(
                f"vServer {move.name}: node {move.target if there is None else move.source} does not answer, so nothing is known of it, "
                "and unknown is not dead. Nothing was done. If the node is lost for good, see the playbook heliostat.vdc.vserver_recover."
            )
        if move.source == move.target:
            return self._stays(move, there)
        if working := handing_over.goes_on(move, actual.nodes):
            said = f"vServer {move.name}: zoneadm migrate still works on node {working.node}; what follows is planned when it has ended"
            return Plan(move.name, (working,), (said,), again=True)
        if not (checked or self._arrived(move, there)):
            self._check(move, here, actual)
        away = Wanted(move.vserver, "detached", force=move.force, moves=True)
        leaving = vserver_plan(away, here, self.contexts[move.source]).steps if here else ()
        coming = arriving(move.vserver, here, there)
        if coming.waits and leaving:
            names = ", ".join(dataset.name for dataset in move.vserver.datasets)
            warning = f"vServer {move.name}: what follows is planned when node {move.source} has given {names} away"
            return Plan(move.name, tuple(replace(step, node=move.source) for step in leaving), (warning,), again=True)
        wanted = Wanted(
            move.vserver,
            "running" if move.running else "halted",
            force=move.force,
            moves=True,
            upgrade=move.upgrade,
            boot_environment=move.boot_environment,
        )
        made = vserver_plan(wanted, coming.actual, self.contexts[move.target])
        left = there.zones.get(move.name)
        if move.upgrade and left is not None and left.state == "installed" and not self._arrived(move, there):
            raise Refused(
                f"vServer {move.name}: an earlier life of its zone is still installed on node {move.target}, so it is not attached there "
                "and its software cannot be updated on the way. Move it without upgrade, or remove that zone by hand first."
            )
        gone, come = handing_over.at_node(leaving, move.source), handing_over.at_node((*coming.steps, *made.steps), move.target)
        way = handing_over.Way((*gone, *come))
        if not (checked or made.again) and handing_over.possible(move, self.contexts, here, there):
            way = self._handed_over(move, gone, come, actual)
        again = made.again or way.again
        cleared = handing_over.at_node(_cleared(move, here), move.source) if here and not again else ()
        return Plan(move.name, (*way.steps, *cleared), (*made.warnings, *way.warnings), again=again)

    def _handed_over(self, move: Move, gone: Sequence[Step], come: Sequence[Step], actual: MigrationActual) -> handing_over.Way:
        here, there = actual.nodes.get(move.source), actual.nodes.get(move.target)
        settled = handing_over.trial(move, self.contexts, here, there) is not None  # it was asked, or may not be asked in check mode
        tried, host = actual.tried.get(move.name), self.contexts[move.target].host
        begin = here.begin(handing_over.job_of(move.name)) if here else "first"
        return handing_over.way(move, gone, come, tried, host, begin, settled=settled)

    def _stays(self, move: Move, there: NodeActual) -> Plan:
        made = vserver_plan(Wanted(move.vserver, "running", run_only=True), there, self.contexts[move.target])
        steps = tuple(replace(step, node=move.target) for step in made.steps) if move.running else ()
        return Plan(move.name, steps, made.warnings)

    def _check(self, move: Move, here: NodeActual | None, actual: MigrationActual) -> None:
        """Raises Misfit with all that the target lacks, before anything is stopped."""
        missing = list(move.unfit)
        if not move.lost:
            missing += software.other_platform(self.contexts[move.source].release, self.contexts[move.target].release)
            if (
                move.source in actual.packages
                and move.target in actual.packages
                and move.vserver.brand == "solaris"
                and not (move.boot_environment or _as_it_left(move, here))
            ):
                missing += software.lacking(actual.packages[move.source], actual.packages[move.target], move.upgrade)
            if move.name in actual.trials:
                missing += software.refused(actual.trials[move.name], move.upgrade)
        there = actual.nodes[move.target]
        missing += _unseen(move, there)
        if missing:
            lacks = "; ".join(dict.fromkeys(missing))
            raise Misfit(f"vServer {move.name} cannot go to node {move.target}: {lacks}. Nothing was done.", lacks)

    def _arrived(self, move: Move, there: NodeActual) -> bool:
        """An installed zone without its datasets is what an earlier life has left there."""
        status = there.zones.get(move.name)
        if any(not driver.of(dataset).here(dataset, there) for dataset in move.vserver.datasets):
            return False
        return status is not None and status.state not in ("configured", "incomplete", "unavailable")

    def _at_home(self, move: Move, actual: MigrationActual) -> bool:
        here = actual.nodes.get(move.source)
        status = here.zones.get(move.name) if here else None
        if status is None or status.state in ("configured", "unavailable") or (status.state not in DOWN) != move.home.running:
            return False
        return handing_over.without_target(move, actual.nodes.get(move.target))


def _cleared(move: Move, here: NodeActual) -> list[Step]:
    """The last step: until then the source could take the vServer back."""
    if move.name not in here.zones:
        return []
    why = f"it lives on node {move.target} now"
    return [Step(move.name, f"delete configuration of zone {move.name}", why, zonecfg.delete(move.name), refused_by=zoneadm.REFUSED_BY)]


def _never_there(move: Move, actual: MigrationActual) -> bool:
    """Sent back before it had come to the node of which this is the way back: that node is no home of it."""
    here = actual.nodes.get(move.source)
    return move.back and here is not None and move.name not in here.zones


def held(vserver: VServer, known: NodeActual | None) -> bool:
    """Whether all of its storage is imported there, and so nowhere else. A disk set without drives is nobody's: it tells nothing."""
    if known is None or not vserver.datasets:
        return False
    return all(owned(one.name, known) if one.manager == "svm" else driver.of(one).here(one, known) for one in vserver.datasets)


def _as_it_left(move: Move, here: NodeActual | None) -> bool:
    """It was attached nowhere since: its software is still that of the node to which it returns."""
    status = here.zones.get(move.name) if here else None
    return move.back and (status is None or status.state == "configured")


def _unseen(move: Move, there: NodeActual | None) -> list[str]:
    if there is None or there.disks is None:
        return []
    return [f"does not see LUN {guid}" for dataset in move.vserver.datasets for guid in dataset.luns if guid not in there.disks]


def _shown(move: Move, known: NodeActual | None) -> dict[str, Any]:
    if known is None:
        return {"state": "unknown", "datasets": []}
    status = known.zones.get(move.name)
    held = [dataset.name for dataset in move.vserver.datasets if driver.of(dataset).here(dataset, known)]
    return {"state": status.state if status else "absent", "datasets": held}
