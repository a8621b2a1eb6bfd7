# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A patch set's task against a repository: releases, baselines, versions, what is kept and what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_choosing import Choosing, Made
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_sources import Sources
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, Refused, RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Selection, wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.records import ReferenceRecord
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from ..patching.catalogue import VERSION, system

TODAY = date(2012, 6, 1)
LINES = "".join(
    f"{number}|{revision}|{released}|R| | |  |{release}|{architecture};|SUNWckr:{VERSION};|SunOS 5.10: example\n"
    for number, revision, released, release, architecture in [
        ("100001", "01", "Jan/01/10", "10", "sparc"),
        ("100001", "02", "May/20/12", "10", "sparc"),
        ("100002", "03", "Mar/01/12", "10", "sparc"),
        ("100003", "01", "Jan/01/10", "10_x86", "i386"),
    ]
)
SPARC, X86 = system(), system(architecture="i386")


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with open_repository(f"sqlite:///{tmp_path}/r.db", create=True) as made:
        content = f"## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Jun/01/12 ##\n{LINES}".encode()
        made.patching.keep_reference(ReferenceRecord(hashlib.sha256(content).hexdigest(), TODAY, "x", 4, 4, 0, 0, 0), content)
        yield made


def choosing(repository: Repository, **args: Any) -> Choosing:
    given = dict.fromkeys(("version", "release", "patches", "baseline", "older_than", "reference", "description"))
    whole = {**given, "name": "base", "state": "present", "add_requirements": False, **args}
    return Choosing(repository, Sources(repository), whole, TODAY)


def made(repository: Repository, systems: dict[str, System] | None = None, check: bool = False, **args: Any) -> Made:
    return choosing(repository, **args).made(systems or {}, Selection((wanted("missingr"),)), check)


def held(done: Made) -> tuple[int, str, bool, list[str]]:
    assert done.after is not None
    return done.after.version, done.after.release, done.after.frozen, [str(one) for one in done.after.patches]


def test_the_release_is_that_of_the_systems_or_as_told_or_as_it_was(repository: Repository) -> None:
    assert held(made(repository, {"a": SPARC})) == (1, "10", False, ["100001-02", "100002-03"])
    assert held(made(repository, {"a": X86}, name="x86")) == (1, "10_x86", False, ["100003-01"])
    assert held(made(repository, patches=["100002"])) == (1, "10", False, ["100002-03"])
    for systems, release, why in (
        ({"a": SPARC, "b": X86}, None, "cannot be for SPARC and x86 at once .10: a; 10_x86: b."),
        ({"a": SPARC, "b": X86}, "10", "is for 10, and these are not: b"),
        ({"a": system(release="5.11")}, None, "a runs SunOS 5.11: patch sets are for Solaris 10"),
    ):
        with pytest.raises(Refused, match=why):
            made(repository, systems, release=release)
    with pytest.raises(InvalidDefinition, match="say which release it is for, 10 or 10_x86"):
        made(repository, name="new", patches=["100002"])


@pytest.mark.parametrize(
    ("baseline", "older_than", "youngest", "first"),
    [
        (None, None, None, "100001-02"),
        (None, 0, TODAY, "100001-02"),
        (None, 30, date(2012, 5, 2), "100001-01"),
        ("2012-05-20", None, date(2012, 5, 20), "100001-02"),
        ("2012-05-20", 1, date(2012, 5, 19), "100001-01"),
    ],
)
def test_the_last_day_of_release_that_is_let_in(
    repository: Repository, baseline: str | None, older_than: int | None, youngest: date | None, first: str
) -> None:
    done = made(repository, {"a": SPARC}, baseline=baseline, older_than=older_than)
    assert done.after is not None
    assert (done.after.baseline, str(done.after.patches[0])) == (youngest, first)
    with pytest.raises(InvalidDefinition, match="older_than: -1 is no number of days"):
        made(repository, {"a": SPARC}, older_than=-1)


def test_check_mode_makes_the_same_and_keeps_nothing(repository: Repository) -> None:
    check = made(repository, {"a": SPARC}, check=True)
    assert check.changed and repository.patching.sets() == []
    done = made(repository, {"a": SPARC})
    assert (done.after, done.changed) == (check.after, True)
    assert not made(repository, {"a": SPARC}).changed


def test_a_frozen_version_stays_and_another_choice_is_the_next(repository: Repository) -> None:
    first = made(repository, {"a": SPARC}, state="frozen", description="march")
    kept = repository.patching.sets()
    assert held(first) == (1, "10", True, ["100001-02", "100002-03"]) and kept == [first.after]
    same = made(repository, {"a": SPARC}, description="april")
    assert not same.changed and repository.patching.sets() == kept
    second = made(repository, patches=["100002"])
    assert held(second) == (2, "10", False, ["100002-03"])
    third = made(repository, patches=["100001-01"])
    assert held(third) == (2, "10", False, ["100001-01"]) and repository.patching.set("base", 1) == first.after
    assert choosing(repository, state="frozen", version=1).frozen(False).changed is False
    assert choosing(repository, state="frozen").frozen(True).changed and not repository.patching.sets()[1].frozen
    assert choosing(repository, state="frozen").frozen(False).changed and repository.patching.sets()[1].frozen
    with pytest.raises(Refused, match="there is no version 7 of patch set base"):
        choosing(repository, state="frozen", version=7).frozen(False)


def test_a_description_is_news_of_what_is_not_frozen(repository: Repository) -> None:
    made(repository, patches=["100002"], release="10")
    done = made(repository, patches=["100002"], description="for all")
    assert done.changed and done.after == replace(done.before, description="for all")  # type: ignore[type-var]
    assert not made(repository, patches=["100002"], description="for all").changed


def test_taken_away_whole_or_one_version(repository: Repository) -> None:
    made(repository, patches=["100002"], release="10", state="frozen")
    made(repository, patches=["100001"])
    check = choosing(repository, state="absent").absent(True)
    assert [one.version for one in check.gone] == [1, 2] and check.after is None and len(repository.patching.sets()) == 2
    done = choosing(repository, state="absent", version=2).absent(False)
    assert done.changed and done.after == repository.patching.set("base", 1)
    assert choosing(repository, state="absent").absent(False).changed
    assert not choosing(repository, state="absent").absent(False).changed


def test_an_empty_set_is_refused_and_names_need_to_be_plain(repository: Repository) -> None:
    with pytest.raises(Refused, match=r"no patch is in it\. Nothing is changed"):
        made(repository, {"a": system("100001-02", "100002-03")})
    with pytest.raises(InvalidDefinition, match="name 'a set'"):
        made(repository, name="a set", patches=["100002"])
    with pytest.raises(InvalidDefinition, match="name 'a:1': the name of a patch set has no ':'"):
        made(repository, name="a:1", patches=["100002"])
    with pytest.raises(RepositoryError, match="keeps no cross-reference whose digest begins with 00ff"):
        made(repository, patches=["100002"], release="10", reference="00ff")


def test_what_analysis_refuses_is_left_out_with_the_reason(repository: Repository) -> None:
    """No depot was read: of no patch is it known whether it does without a reboot."""
    selection = Selection((wanted("missingr"),), without_reboot=True)
    done = choosing(repository, patches=["100001-01"], release="10").made({"db1": SPARC}, selection, True)
    assert held(done)[3] == ["100001-01"]
    assert {str(patch): why for patch, why in done.choice.left_out.items()} == {
        "100001-02": "is refused on db1: nothing is known of whether it needs a reboot",
        "100002-03": "is refused on db1: nothing is known of whether it needs a reboot",
    }
    with pytest.raises(Refused, match=r"no patch is in it .100001-02 is refused on db1"):
        choosing(repository).made({"db1": SPARC}, selection, True)
