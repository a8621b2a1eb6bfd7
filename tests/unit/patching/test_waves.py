# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves of a roll-out: every node once, in its order, never two of one cluster at a time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.filter.patch_waves import FilterModule
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.waves import SIZES, waves

PAIR = {"db1": "oracle", "db2": "oracle"}


@pytest.mark.parametrize(
    ("nodes", "sizes", "expected"),
    [
        ((), SIZES, []),
        (("a", "b", "c"), ["100%"], [("a", "b", "c")]),
        (("a", "b", "c", "d"), SIZES, [("a",), ("b",), ("c", "d")]),
        (("a", "b", "c", "d"), [1, 2], [("a",), ("b", "c"), ("d",)]),
        (("db1", "db2"), ["100%"], [("db1",), ("db2",)]),
        (("a", "db1", "db2", "b"), [4], [("a", "db1", "b"), ("db2",)]),
        (("a", "b", "db1", "db2"), [2], [("a", "b"), ("db1",), ("db2",)]),
        (("db1", "db2", "a", "b"), [2], [("db1", "a"), ("db2", "b")]),
        (("a", "b", "c"), ["10%"], [("a",), ("b",), ("c",)]),
    ],
)
def test_waves(nodes: tuple[str, ...], sizes: list[int | str], expected: list[tuple[str, ...]]) -> None:
    assert waves(nodes, PAIR, sizes) == expected


@pytest.mark.parametrize(
    ("nodes", "sizes", "message"),
    [
        (("a", "a"), [1], "node a is named twice"),
        (("a",), [], "have no sizes"),
        (("a",), [0], "0 is no size of a wave"),
        (("a",), ["0%"], "'0%' is no size"),
        (("a",), [True], "True is no size"),
        (("a",), ["many"], "'many' is no size"),
    ],
)
def test_refused(nodes: tuple[str, ...], sizes: list[int | str], message: str) -> None:
    with pytest.raises(InvalidDefinition, match=message):
        waves(nodes, {}, sizes)


NAMES = st.integers(0, 40).map(lambda number: f"n{number:02}")
NODES = st.lists(NAMES, unique=True, max_size=25)
CLUSTERS = st.dictionaries(NAMES, st.sampled_from(["", "red", "green", "blue"]))
SOME = st.lists(st.one_of(st.integers(1, 6), st.integers(1, 100).map(lambda part: f"{part}%")), min_size=1, max_size=4)


@given(NODES, CLUSTERS, SOME)
def test_every_node_once_and_clusters_apart(nodes: list[str], clusters: dict[str, str], sizes: list[int | str]) -> None:
    found = waves(nodes, clusters, sizes)
    assert sorted(name for wave in found for name in wave) == sorted(nodes)
    for number, wave in enumerate(found):
        size = sizes[min(number, len(sizes) - 1)]
        assert 1 <= len(wave) <= (size if isinstance(size, int) else max(1, int(size[:-1]) * len(nodes) // 100))
        times = Counter(clusters[name] for name in wave if clusters.get(name))
        assert all(count == 1 for count in times.values())


@given(NODES, CLUSTERS, SOME)
def test_nobody_waits_but_for_size_or_a_node_of_its_cluster(nodes: list[str], clusters: dict[str, str], sizes: list[int | str]) -> None:
    left = list(nodes)
    for wave in waves(nodes, clusters, sizes):
        assert wave[0] == left[0]
        for name in left[: left.index(wave[-1])]:
            assert name in wave or any(clusters.get(name) == clusters.get(other) for other in wave)
        left = [name for name in left if name not in wave]


def test_filter_for_a_playbook() -> None:
    asked = FilterModule().filters()["patch_waves"]
    hostvars = {"a": {}, "db1": {"heliostat_patch_cluster": "oracle"}, "db2": {"heliostat_patch_cluster": "oracle"}}
    assert asked(["db1", "db2", "a"], hostvars, [1, "100%"]) == [["db1"], ["db2", "a"]]
    assert asked(["db1", "db2", "a"], hostvars, ["100%"]) == [["db1", "a"], ["db2"]]
    assert asked(["a"], hostvars, 1) == [["a"]]
