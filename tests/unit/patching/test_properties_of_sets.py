# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of every reference, set and node."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Reference, Revision
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed, Package, System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.sets import as_of, choose
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.succession import among, heirs, highest
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.targets import due, merged
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.versions import difference, following, frozen, since

from .catalogue import reference

NUMBERS = [f"10000{n}" for n in range(8)]
PATCHES = st.builds(PatchId, st.sampled_from(NUMBERS), st.integers(1, 3))
DATES = st.dates(date(2008, 1, 1), date(2012, 1, 1))


@st.composite
def references(draw: st.DrawFn, rings: bool = True) -> Reference:
    """Of up to 24 revisions. Without ``rings`` a patch requires only lower numbers."""
    found = []
    for patch in draw(st.sets(PATCHES, min_size=1)):
        requires = [one for one in draw(st.lists(PATCHES, max_size=3)) if rings or one.number < patch.number]
        by = draw(st.none() | st.none() | PATCHES)
        found.append(
            Revision(
                patch,
                draw(DATES),
                "",
                "10",
                obsolete=by is not None,
                withdrawn=draw(st.integers(0, 9)) == 9,
                architectures=("sparc",),
                requires=tuple(requires),
                packages=((draw(st.sampled_from(["SUNWa", "SUNWb"])), "1.0"),),
                conflicts=tuple(draw(st.lists(PATCHES, max_size=1))) if draw(st.integers(0, 9)) == 9 else (),
                obsoleted_by=by,
            )
        )
    return reference(*found)


@st.composite
def systems(draw: st.DrawFn) -> System:
    packages = {name: (Package("sparc", "1.0"),) for name in draw(st.sets(st.sampled_from(["SUNWa", "SUNWb"]), min_size=1))}
    patches = [Installed(one, tuple(draw(st.lists(PATCHES, max_size=1)))) for one in draw(st.sets(PATCHES, max_size=4))]
    return System("n", "5.10", "Generic", "sun4v", "sparc", "SUNW,T", packages, tuple(patches))


SETS = st.lists(
    st.builds(
        lambda name, version, patches: PatchSet(name, version, "10", tuple(patches), True),
        st.sampled_from(["a", "b"]),
        st.integers(1, 2),
        st.lists(PATCHES, unique=True, max_size=6),
    ),
    max_size=4,
    unique_by=lambda one: one.key,
)


@given(SETS, st.randoms())
def test_merging_is_independent_of_order(sets: list[PatchSet], dice: random.Random) -> None:
    shuffled = list(sets)
    dice.shuffle(shuffled)
    asked = merged(sets)
    assert merged(shuffled) == asked
    assert {one: set(by) for one, by in asked.asked_by.items()} == {
        patch: {other.key for other in sets if patch in other.patches} for one in sets for patch in one.patches
    }


@given(references(), SETS, systems(), st.sets(PATCHES, max_size=2))
def test_every_patch_is_in_exactly_one_class_and_a_node_that_got_all_is_due_nothing(
    known: Reference, sets: list[PatchSet], on: System, damaged: set[PatchId]
) -> None:
    asked = merged(sets)
    found = due("n", on, asked, known, properties={}, faulty=dict.fromkeys(damaged, "damaged"))
    classes = [*found.install, *found.installed, *found.obsoleted, *found.not_applicable, *found.refused]
    assert sorted(classes) == sorted(asked.asked_by)
    assert not damaged & set(found.install)
    assert len({one.number for one in found.install}) == len(found.install)
    assert all(found.reboot == "after" and one in found.single_user_for for one in found.install)
    patched = System(*(getattr(on, name) for name in ("host", "release", "kernel", "machine", "architecture", "platform", "packages")),
                     (*on.patches, *(Installed(one) for one in found.install)))  # fmt: skip
    again = due("n", patched, asked, known, properties={}, faulty={})
    assert not set(again.install) & set(found.install)
    assert again.nothing or set(again.install) | set(again.refused) <= set(found.refused)


@given(references(rings=False), SETS, systems())
def test_each_goes_in_after_what_it_requires(known: Reference, sets: list[PatchSet], on: System) -> None:
    found = due("n", on, merged(sets), known, properties={}, faulty={})
    before: list[PatchId] = []
    there = highest(one for patch in on.patches for one in (patch.id, *patch.obsoletes))
    for patch in found.install:
        revision = known.of(patch)
        assert revision is not None
        for required in revision.requires:
            wanted = heirs(known, required)
            met = among(wanted, highest(before)) or among(wanted, there)
            ring = patch.number in {one.number for one in wanted}  # who does the work of its own requirement
            later = among(wanted, highest(found.install))
            assert met or ring or patch in found.notes or (later and _leads_to(known, later, patch)), (patch, required, found.install)
        before.append(patch)


def _leads_to(known: Reference, patch: PatchId, goal: PatchId) -> bool:
    """By requirements, of which an obsolete one means who made it obsolete: that can close a ring."""
    seen, queue = set(), [patch]
    for one in queue:
        for revision in known.revisions.get(one.number, ()):
            for required in revision.requires:
                for heir in heirs(known, required):
                    if heir.number == goal.number:
                        return True
                    if heir.number not in seen:
                        seen.add(heir.number)
                        queue.append(heir)
    return False


@given(references(), st.lists(PATCHES, max_size=5), st.lists(PATCHES, max_size=5), DATES | st.none(), systems())
def test_a_set_is_old_enough_whole_and_each_number_once(
    known: Reference, named: list[PatchId], analysed: list[PatchId], youngest: date | None, on: System
) -> None:
    then = as_of(known, youngest)
    named = [one for one in named if then.of(one)]
    try:
        found = choose(named, analysed, known, "10", youngest=youngest, add=True)
    except Refused:
        return
    assert len({one.number for one in found.patches}) == len(found.patches)
    for patch in found.patches:
        revision = known.of(patch)
        assert revision is not None
        assert youngest is None or revision.released <= youngest
        for required in revision.requires:
            met = among(heirs(then, required), highest(found.patches)) or required.number == patch.number
            assert met or required.number not in known.revisions
    assert choose(found.patches, (), known, "10", youngest=youngest).patches == found.patches


@given(references(), references(), st.lists(PATCHES, unique_by=lambda one: one.number, max_size=5))
def test_a_frozen_set_never_changes_whatever_a_newer_reference_says(known: Reference, newer: Reference, named: list[PatchId]) -> None:
    kept = frozen(following(None, PatchSet("a", 1, "10", tuple(named))))
    told = since(kept, newer)
    assert set(told.withdrawn) | set(told.obsoleted) | set(told.newer) | set(told.unknown) <= set(kept.patches)
    wanted = PatchSet("a", 1, "10", tuple(one for one in named if newer.of(one)))
    after = following(kept, wanted)
    assert after is kept if wanted.patches == kept.patches else (after.version, after.frozen) == (2, False)
    assert difference(kept, kept) == difference(None, None)
