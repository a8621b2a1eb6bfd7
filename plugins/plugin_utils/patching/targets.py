# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes are due of their patch sets: sets merged, then held against what each node has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model.patching.archive import Properties, Reboot
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet, SetVersion
from ..model.patching.reference import Reference, Revision
from ..model.patching.system import System
from .prerequisites import present, touches, unfit
from .sets import conflicts, ordered
from .succession import among, barred, heirs, highest

_NOTHING_KNOWN = Properties()
_HURRY: tuple[Reboot, ...] = ("none", "after", "immediate")


@dataclass(frozen=True, slots=True)
class Merged:
    """Overlapping sets as one, the same for every order of the sets. ``releases``: for which releases a patch was asked for."""

    asked_by: Mapping[PatchId, tuple[SetVersion, ...]] = field(default_factory=dict)
    releases: Mapping[PatchId, frozenset[str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def merged(sets: Iterable[PatchSet]) -> Merged:
    """Every patch that a set asks for. Of a number in several revisions each node gets the highest; which that is, ``due`` says."""
    by_key: dict[SetVersion, PatchSet] = {}
    said: set[str] = set()
    for one in sets:
        if one.key in by_key:
            said.add(f"patch set {one.key} is there twice: once is enough")
        by_key[one.key] = one
    asked: dict[PatchId, list[SetVersion]] = {}
    releases: dict[PatchId, set[str]] = {}
    for key in sorted(by_key):
        versions = [str(other.version) for other in sorted(by_key) if other.name == key.name]
        if len(versions) > 1:
            said.add(f"patch set {key.name} is there in versions {' and '.join(versions)}: a node gets the highest revision of each patch")
        for patch in by_key[key].patches:
            asked.setdefault(patch, []).append(key)
            releases.setdefault(patch, set()).add(by_key[key].release)
    return Merged(
        {patch: tuple(asked[patch]) for patch in sorted(asked)},
        {patch: frozenset(releases[patch]) for patch in sorted(asked)},
        tuple(sorted(said)),
    )


def completed(reference: Reference, kept: Iterable[Revision]) -> Reference:
    """The reference with the revisions that a frozen set holds and that it lists no longer."""
    revisions = dict(reference.revisions)
    for one in kept:
        known = revisions.get(one.id.number, ())
        if all(other.id != one.id for other in known):
            revisions[one.id.number] = tuple(sorted((*known, one), key=lambda other: other.id.revision))
    return replace(reference, revisions=revisions)


def inapplicable(patch: Revision, system: System) -> str:
    """Why a patch changes nothing of a system, as the end of the sentence '119254-91 …'; '' where it does.

    A package counts in exactly the version and for an architecture that the reference names (so does pca).
    """
    if system.release != "5.10":
        return f"is for Solaris 10, the node runs SunOS {system.release}"
    why = unfit(patch, "10_x86" if system.architecture == "i386" else "10")
    if why or not patch.packages:
        return why
    found = [(name, version, one) for name, version in patch.packages for one in system.packages.get(name, ())]
    if not found:
        names = list(dict.fromkeys(name for name, _version in patch.packages))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return f"changes packages of which none is installed: {', '.join(names[:3])}{more}"
    fitting = [(name, one) for name, version, one in found if one.version == version]
    if not fitting:
        name, _version, one = found[0]
        wanted = " or ".join(version for other, version in patch.packages if other == name)
        return f"is for {name} {wanted}, the node has {one.version}"
    if patch.architectures and all(one.architecture not in patch.architectures for _name, one in fitting):
        name, one = fitting[0]
        return f"is for {', '.join(patch.architectures)}, the node has {name} for {one.architecture}"
    return ""


def due(
    node: str,
    system: System,
    asked: Merged,
    reference: Reference,
    *,
    properties: Mapping[PatchId, Properties],
    faulty: Mapping[PatchId, str],
) -> Due:
    """Holds what the sets ask for against a node. ``properties``: of the archives; ``faulty``: why the archive of a patch cannot be used.

    ``reference`` knows every patch of the sets (see ``completed``); one that it does not know is refused.
    """
    return _Holding(system, asked, reference, faulty).due(node, properties)


class _Holding:
    """One node's patches in the making: refusals only grow, until no further follows from them."""

    def __init__(self, system: System, asked: Merged, reference: Reference, faulty: Mapping[PatchId, str]) -> None:
        self._system = system
        self._asked = asked
        self._reference = reference
        self._present = present(system)
        self._ids = {one.id for one in system.patches}
        self._own = highest(self._ids)
        self._barred: dict[str, list[tuple[int, PatchId]]] = {}
        for one in system.patches:
            for other in one.incompatibles:
                self._barred.setdefault(other.number, []).append((other.revision, one.id))
        self.installed: list[PatchId] = []
        self.done: dict[PatchId, PatchId] = {}
        self.not_applicable: dict[PatchId, str] = {}
        self.refused: dict[PatchId, str] = {}
        self.notes: dict[PatchId, str] = {}
        self._wanted = [patch for patch in asked.asked_by if self._sorted_out(patch)]
        for patch in self._wanted:
            if why := self._clash(patch) or faulty.get(patch, ""):
                self.refused[patch] = why

    def due(self, node: str, properties: Mapping[PatchId, Properties]) -> Due:
        going = self._settled()
        obsolete = self._obsolete(going)
        install = ordered(going, self._reference)
        known = {patch: properties.get(patch, _NOTHING_KNOWN) for patch in install}
        special = [patch for patch, one in known.items() if not one.standard]
        reboots = [(patch, one) for patch, one in known.items() if one.reboot != "none" or one.deferred or not one.source]
        hurry: list[Reboot] = [one.reboot for _patch, one in reboots]
        reboot: Reboot = max(hurry, key=_HURRY.index, default="none")
        return Due(
            node,
            install,
            tuple(self.installed),
            self.done | obsolete,
            self.not_applicable,
            {patch: why for patch, why in self.refused.items() if patch not in obsolete},
            single_user=bool(special),
            reboot="after" if special and reboot == "none" else reboot,
            reconfigure=any(one.reconfigure for one in known.values()),
            single_user_for=tuple(special),
            reboot_for=tuple(patch for patch, _one in reboots) or tuple(special),
            unknown=tuple(patch for patch, one in known.items() if not one.source),
            properties=known,
            notes={patch: why for patch, why in self.notes.items() if patch in known},
            asked_by=self._asked.asked_by,
        )

    def _sorted_out(self, patch: PatchId) -> bool:
        """Puts aside what is there or does not apply; true for what is left to decide."""
        revision = self._reference.of(patch)
        by = among(heirs(self._reference, patch), self._present)
        if patch in self._ids:
            self.installed.append(patch)
        elif by:
            self.done[patch] = by if by in self._ids else next(one.id for one in self._system.patches if by in one.obsoletes)
        elif revision is None:
            self.refused[patch] = "is not in the reference"
        elif why := self._other_release(patch) or inapplicable(revision, self._system):
            self.not_applicable[patch] = why
        else:
            return True
        return False

    def _other_release(self, patch: PatchId) -> str:
        own = "10_x86" if self._system.architecture == "i386" else "10"
        wanted = self._asked.releases[patch]
        return "" if own in wanted else f"is asked for by sets for {', '.join(sorted(wanted))}"

    def _clash(self, patch: PatchId) -> str:
        """The installed patch that it does not go with, as either of the two says."""
        revision = self._reference.of(patch)
        for other in barred(revision, self._own) if revision else ():
            return _installed_clash(other)
        for lowest, by in self._barred.get(patch.number, ()):
            if by.number != patch.number and patch.revision >= lowest:
                return _installed_clash(by)
        return ""

    def _needed(self, patches: Iterable[PatchId]) -> list[PatchId]:
        """Without lower revisions and what another one of them makes obsolete. Of those that make each other obsolete the lowest stays."""
        left = sorted(patches)
        revisions: dict[str, set[int]] = {}
        for patch in left:
            revisions.setdefault(patch.number, set()).add(patch.revision)
        there = highest(left)
        for patch in reversed(left):
            own = revisions[patch.number]
            own.remove(patch.revision)
            there[patch.number] = max(own, default=-1)
            if not among(heirs(self._reference, patch), there):
                own.add(patch.revision)
                there[patch.number] = max(own)
        return [patch for patch in left if patch.revision in revisions[patch.number]]

    def _obsolete(self, going: Sequence[PatchId]) -> dict[PatchId, PatchId]:
        """What does not go in because one that does go in does its work, be it refused for itself."""
        there = highest(going)
        found = {patch: among(heirs(self._reference, patch), there) for patch in self._wanted}
        return {patch: by for patch, by in found.items() if by and by != patch and there.get(patch.number) != patch.revision}

    def _settled(self) -> list[PatchId]:
        """What goes in."""
        while True:
            left = [patch for patch in self._wanted if patch not in self.refused]
            going = self._needed(left)
            there = highest(going)
            news = (
                {patch: f"gives way to {by}, which is refused" for patch in left if (by := self._refused_heir(patch))}
                or {patch: why for patch in going if (why := self._lacks(patch, there))}
                or self._against_each_other(going)
            )
            if not news:
                return going
            self.refused |= news

    def _refused_heir(self, patch: PatchId) -> PatchId | None:
        """A higher revision that was asked for and is refused: the lower one does not go in for it unsaid."""
        return next((one for one in self.refused if one.number == patch.number and one > patch), None)

    def _lacks(self, patch: PatchId, there: Mapping[str, int]) -> str:
        revision = self._reference.of(patch)
        for required in revision.requires if revision else ():
            wanted = heirs(self._reference, required)
            if required.number == patch.number or among(wanted, self._present) or among(wanted, there):
                continue
            refused = next(
                (one for one in self.refused if any(one.number == w.number and one.revision >= w.revision for w in wanted)), None
            )
            if refused:
                return f"requires {required}, which is refused"
            known = required.number in self._reference.revisions
            if not known or touches(self._reference, required, self._system):
                return f"requires {required}, which the node lacks and no set has"
            self.notes[patch] = f"requires {required}, which changes no package of the node: patchadd may reject it"
        return ""

    def _against_each_other(self, going: list[PatchId]) -> dict[PatchId, str]:
        found: dict[PatchId, str] = {}
        for one, other in conflicts(going, self._reference):
            for patch, against in ((one, other), (other, one)):
                by = " and ".join(str(key) for key in self._asked.asked_by[against])
                found.setdefault(patch, f"does not go with {against}, which {by} asks for")
        return found


def _installed_clash(one: PatchId) -> str:
    remedy = ", an interim relief: it has to be removed first, or one for the new revision asked for" if one.interim else ""
    return f"does not go with {one}, which is installed{remedy}"


def totals(dues: Iterable[Due]) -> dict[str, int]:
    """Of a target: nodes, those that need nothing, and how many of each kind."""
    found = list(dues)
    return {
        "nodes": len(found),
        "nothing_due": sum(one.nothing for one in found),
        "install": sum(len(one.install) for one in found),
        "installed": sum(len(one.installed) for one in found),
        "obsoleted": sum(len(one.obsoleted) for one in found),
        "not_applicable": sum(len(one.not_applicable) for one in found),
        "refused": sum(len(one.refused) for one in found),
        "single_user": sum(one.single_user for one in found),
        "reboot": sum(one.reboot != "none" for one in found),
    }
