# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of a patch set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.versions import difference, following, frozen, since

from .catalogue import ids, reference, revision

WANTED = PatchSet("base", 1, "10", ids("100001-01 100002-03"), baseline=date(2012, 1, 1), reference="aa")


def test_a_change_of_a_frozen_version_makes_the_next() -> None:
    first = following(None, WANTED)
    assert (first.version, first.frozen) == (1, False)
    other = replace(WANTED, patches=ids("100001-02"))
    assert following(first, other) == replace(other, version=1)
    kept = frozen(first)
    assert kept.frozen and frozen(kept) is kept
    assert following(kept, other) == replace(other, version=2)
    assert following(replace(kept, version=7), other).version == 8


def test_the_number_of_a_version_that_was_taken_away_is_not_given_again() -> None:
    assert following(None, WANTED, gone=2).version == 3
    kept, other = frozen(WANTED), replace(WANTED, patches=ids("100001-02"))
    assert following(kept, other, gone=4).version == 5
    assert following(replace(kept, version=7), other, gone=4).version == 8
    assert following(replace(kept, version=7, frozen=False), other, gone=4).version == 7
    assert following(kept, WANTED, gone=4) is kept


def test_the_same_patches_are_no_news_whatever_reference_they_were_found_in() -> None:
    kept = frozen(WANTED)
    assert following(kept, replace(WANTED, reference="bb", baseline=date(2013, 1, 1), version=9)) is kept
    assert following(kept, replace(WANTED, release="10_x86")).version == 2


def test_a_newer_reference_flags_what_became_of_a_sets_patches() -> None:
    newer = reference(
        revision("100001-01", withdrawn=True),
        revision("100001-02"),
        revision("100002-03", by="100009-01"),
        revision("100003-01"),
        revision("100003-02"),
        revision("100005-02", withdrawn=True),
        revision("100006-04", by="100006-05"),
        revision("100007-01"),
        revision("100009-02"),
    )
    held = replace(WANTED, patches=ids("100001-01 100002-03 100003-01 100004-01 100005-02 100006-04 100007-01"))
    found = since(held, newer)
    one, two, three, four, five, six, _seven = held.patches
    assert found.withdrawn == {one: "100001-02 takes its place", five: ""}
    assert found.obsoleted == {two: ids("100009-02")[0], six: ids("100006-05")[0]}
    assert found.newer == {three: ids("100003-02")[0]}
    assert found.unknown == (four,)
    assert found.warnings(held) == [
        "base version 1: 100001-01 was withdrawn, 100001-02 takes its place",
        "base version 1: 100005-02 was withdrawn",
        "base version 1: 100002-03 became obsolete, 100009-02 does its work",
        "base version 1: 100006-04 became obsolete, 100006-05 does its work",
        "base version 1: the reference tells nothing of 100004-01 any more",
    ]


def test_a_revision_that_a_newer_reference_lists_no_longer_is_only_older() -> None:
    held = replace(WANTED, patches=ids("100001-01"))
    assert since(held, reference(revision("100001-04"))).newer == {ids("100001-01")[0]: ids("100001-04")[0]}


def test_the_difference_of_two_versions() -> None:
    old = replace(WANTED, patches=ids("100001-01 100002-03 100003-02"))
    new = replace(WANTED, patches=ids("100002-04 100003-01 100005-01"))
    found = difference(old, new)
    assert (found.added, found.removed) == (ids("100005-01"), ids("100001-01"))
    assert found.raised == {ids("100002-03")[0]: ids("100002-04")[0]}
    assert found.lowered == {ids("100003-02")[0]: ids("100003-01")[0]}
    assert difference(None, old).added == old.patches and difference(old, None).removed == old.patches
    assert difference(old, old) == type(found)()
