# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is warned of though it works: mirrors in one array, lost paths, LUNs of different or of new size, pools for older nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import Candidate
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import driver, luns
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import storage_declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk, PoolUsage
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset

from .estate import LUNS, S10, S11, context, nothing, pool
from .test_volume_datasets import a_set, where

L = [LUNS[f"lun{number}"] for number in range(1, 5)]
MIRROR = Dataset("web1", (L[0], L[1]), "mirror")
FOUR = Dataset("web1", tuple(L), "stripe_of_mirrors")
G = 1 << 30


def seen(**changes: Any) -> dict[str, Disk]:
    """All LUNs with 20 GiB and four paths; ``lunN`` replaces parts of one."""
    found = {}
    for name, guid in LUNS.items():
        options = {"size": 20 * G, "paths": 4, "all_paths": 4} | changes.get(name, {})
        found[f"c0t{guid}d0"] = Disk(f"c0t{guid}d0", **options)
    return found


def warned(dataset: Dataset = MIRROR, used: int = 0, arrays: dict[str, str] | None = None, **changes: Any) -> list[str]:
    have = pool("web1", "lun1", "lun2") if dataset is MIRROR else pool("web1", "lun1", "lun2", "lun3", "lun4", layout="stripe")
    usage = {"web1": PoolUsage("web1", used, 0, used, "ONLINE")} if used else {}
    actual = nothing(pools={"web1": have}, seen=seen(**changes), usage=usage)
    return driver.present(dataset, "web1", actual, context(arrays=arrays or {}))[1]


def test_nothing_is_wrong() -> None:
    assert warned(used=int(19.9 * G), arrays={L[0]: "one", L[1]: "two"}) == []
    assert warned(arrays={L[0]: "one"}) == [], "of the other half it is not known"


def test_paths() -> None:
    assert warned(lun2={"paths": 1}) == [f"dataset web1: LUN {L[1]} has 1 of 4 paths on node t8a (mpathadm show lu)"]
    assert warned(lun1={"paths": 1, "all_paths": 1}) == [f"dataset web1: LUN {L[0]} has one path only on node t8a: it is lost with it"]
    assert warned(lun1={"paths": None, "all_paths": None}) == [], "a local disk has none"


def test_halves_in_one_array() -> None:
    (warning,) = warned(arrays=dict.fromkeys(L, "vsp1"))
    assert "mirror each other and lie in one array, vsp1: both are lost with it" in warning
    actual = nothing()
    pairs = {L[0]: "one", L[1]: "two", L[2]: "one", L[3]: "one"}
    found = driver.present(FOUR, "web1", actual, context(arrays=pairs))[1]
    assert [f"{L[2]} and {L[3]}" in warning for warning in found] == [True]
    assert luns.mirrors(replace(FOUR, manager="vxvm")) == [], "vxassist pairs as it likes"


def test_sizes() -> None:
    (warning,) = warned(lun2={"size": 30 * G})
    assert f"its LUNs differ in size ({L[0]} {20 * G}, {L[1]} {30 * G} bytes)" in warning
    big = {"lun1": {"size": 40 * G}, "lun2": {"size": 40 * G}}
    (warning,) = warned(used=int(19.9 * G), **big)
    assert "its LUNs were enlarged" in warning
    assert "zpool set autoexpand=on web1" in warning
    assert "zpool online -e web1" in warning
    assert warned(used=int(39.8 * G), **big) == []


@pytest.mark.parametrize(
    ("layout", "count", "used", "more"),
    [("single", 1, 20, 0), ("single", 1, 10, 10), ("stripe", 3, 60, 0), ("stripe", 3, 40, 20), ("stripe_of_mirrors", 4, 40, 0),
     ("stripe_of_mirrors", 4, 20, 20), ("mirror", 3, 20, 0), ("mirror", 3, 0, 0)],
)  # fmt: skip
def test_what_lies_idle(layout: Any, count: int, used: int, more: int) -> None:
    dataset = Dataset("web1", tuple(L[:count]), layout)
    assert luns.grown(dataset, dataset.luns, used * G, nothing()) == more * G


def test_a_disk_set_does_not_grow_by_itself() -> None:
    big = {f"c0t{guid}d0": Disk(f"c0t{guid}d0", size=40 * G) for guid in L[:2]}
    mirror = Dataset("pay1", (L[0], L[1]), "mirror", "svm")
    (warning,) = driver.present(mirror, "pay1", replace(a_set(), seen=big), where())[1]
    assert "Slices keep their size when a LUN is enlarged" in warning


def test_a_pool_for_older_nodes() -> None:
    old = Candidate("t5a", "t5a", frozenset(L), Release("s11.3", "Oracle Solaris 11.3", "sparc"))
    blind = replace(old, node="t5b", luns=frozenset())
    same = Candidate("t8b", "t8b", frozenset(L), S11)
    (warning,) = driver.present(MIRROR, "web1", nothing(), context(candidates=(old, blind, same)))[1]
    assert "which t5a of an older release may not be able to import" in warning
    earlier = Candidate("t4b", "t4b", frozenset(L), replace(S10, update=9))
    (warning,) = driver.present(MIRROR, "web1", nothing(), context(S10, candidates=(earlier, replace(earlier, release=S10))))[1]
    assert "which t4b of an older release" in warning


def test_luns_with_arrays() -> None:
    declared = {"lun1": L[0], "lun2": {"guid": L[1].lower(), "array": "vsp2"}, "lun3": {"guid": L[2]}}
    assert storage_declaration.luns(declared) == {"lun1": L[0], "lun2": L[1], "lun3": L[2]}
    assert storage_declaration.arrays(declared) == {L[1]: "vsp2"}
    for wrong, message in (
        ({"lun1": {"guid": L[0], "arrays": "x"}}, "LUN lun1: unknown option 'arrays'"),
        ({"lun1": {"array": "x"}}, "LUN lun1, guid: LUN '': a GUID has"),
        ({"lun1": {"guid": L[0], "array": "a b"}}, "LUN lun1, array: name 'a b'"),
        ({"lun1": L[0], "lun2": {"guid": L[0]}}, "already has the name lun1"),
    ):
        with pytest.raises(InvalidDefinition, match=message):
            storage_declaration.luns(wrong) and storage_declaration.arrays(wrong)
