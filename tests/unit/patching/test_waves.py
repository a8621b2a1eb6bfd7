# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves of a roll-out: every node once, never two of one cluster at a time, canaries before all others."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.waves import waves

PAIR = {"db1": "oracle", "db2": "oracle"}


@pytest.mark.parametrize(
    ("nodes", "canary", "size", "expected"),
    [
        ((), 0, 0, []),
        (("a", "b", "c"), 0, 0, [("a", "b", "c")]),
        (("a", "b", "c"), 1, 0, [("a",), ("b", "c")]),
        (("a", "b", "c", "d"), 1, 2, [("a",), ("b", "c"), ("d",)]),
        (("a", "b", "c"), ["c"], 0, [("c",), ("a", "b")]),
        (("a", "b"), ["a", "b"], 0, [("a", "b")]),
        (("db1", "db2"), 0, 0, [("db1",), ("db2",)]),
        (("a", "db1", "db2", "b"), 0, 0, [("a", "db1", "b"), ("db2",)]),
        (("a", "b", "db1", "db2"), 0, 2, [("a", "db1"), ("b", "db2")]),
        (("db1", "db2", "a"), 2, 0, [("db1", "a"), ("db2",)]),
        (("db1", "db2", "a"), ["db1", "db2"], 0, [("db1",), ("db2",), ("a",)]),
        (("a", "b"), 5, 0, [("a", "b")]),
    ],
)
def test_waves(nodes: tuple[str, ...], canary: int | list[str], size: int, expected: list[tuple[str, ...]]) -> None:
    assert waves(nodes, PAIR, canary, size) == expected


@pytest.mark.parametrize(
    ("nodes", "canary", "size", "message"),
    [
        (("a", "a"), 0, 0, "Node a is named twice"),
        (("a",), ["b"], 0, "Canary b is none of the nodes"),
        (("a",), -1, 0, "neither can be less than 0"),
        (("a",), 0, -2, "neither can be less than 0"),
    ],
)
def test_refused(nodes: tuple[str, ...], canary: int | list[str], size: int, message: str) -> None:
    with pytest.raises(InvalidDefinition, match=message):
        waves(nodes, {}, canary, size)


NODES = st.lists(st.integers(0, 40).map(lambda number: f"n{number:02}"), unique=True, max_size=25)
CLUSTERS = st.dictionaries(st.integers(0, 40).map(lambda number: f"n{number:02}"), st.sampled_from(["", "red", "green", "blue"]))


@given(NODES, CLUSTERS, st.integers(0, 4), st.integers(0, 5))
def test_every_node_once_and_clusters_apart(nodes: list[str], clusters: dict[str, str], canary: int, size: int) -> None:
    found = waves(nodes, clusters, canary, size)
    assert sorted(name for wave in found for name in wave) == sorted(nodes)
    for wave in found:
        assert wave
        assert size == 0 or len(wave) <= size
        times = Counter(clusters[name] for name in wave if clusters.get(name))
        assert all(count == 1 for count in times.values())


@given(NODES, CLUSTERS, st.integers(0, 5))
def test_as_few_waves_as_can_be(nodes: list[str], clusters: dict[str, str], size: int) -> None:
    members = Counter(clusters[name] for name in nodes if clusters.get(name))
    by_size = -(-len(nodes) // size) if size else min(len(nodes), 1)
    assert len(waves(nodes, clusters, 0, size)) == max([by_size, *members.values()])


@given(NODES, CLUSTERS, st.data(), st.integers(0, 5))
def test_no_other_node_before_the_last_canary(nodes: list[str], clusters: dict[str, str], data: st.DataObject, size: int) -> None:
    canaries = set(data.draw(st.lists(st.sampled_from(nodes), unique=True))) if nodes else set()
    found = waves(nodes, clusters, canaries, size)
    kinds = [{name in canaries for name in wave} for wave in found]
    assert kinds == sorted(kinds, key=lambda kind: kind != {True})
    assert all(len(kind) == 1 for kind in kinds)
