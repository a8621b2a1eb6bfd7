# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The graph of dependencies: every order respects every edge, every cycle is found and shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition

NAMES = [f"z{number}" for number in range(8)]
#: Edges lead from a later to an earlier name only: never a cycle.
ACYCLIC = st.sets(st.tuples(st.integers(1, 7), st.integers(0, 6)).filter(lambda pair: pair[1] < pair[0])).map(
    lambda pairs: {NAMES[slave]: tuple(NAMES[master] for one, master in sorted(pairs) if one == slave) for slave, _master in pairs}
)


def reached(start: set[str], edges: dict[str, tuple[str, ...]]) -> set[str]:
    while (more := start | {other for name in start for other in edges.get(name, ())}) != start:
        start = more
    return start


@given(ACYCLIC, st.sets(st.sampled_from(NAMES)))
def test_orders_respect_every_edge_and_reach_everything(masters: dict[str, tuple[str, ...]], asked: set[str]) -> None:
    graph = Dependencies(masters)
    slaves = {master: tuple(slave for slave, found in masters.items() if master in found) for master in NAMES}
    boot, stop = graph.all_masters(asked), graph.all_slaves(asked)
    assert set(boot) == reached(asked, masters) and len(set(boot)) == len(boot)
    assert set(stop) == reached(asked, slaves) and len(set(stop)) == len(stop)
    for slave, found in masters.items():
        for master in found:
            assert slave not in boot or boot.index(master) < boot.index(slave)
            assert master not in stop or stop.index(slave) < stop.index(master)
            assert master in graph.masters(slave) and slave in graph.slaves(master)


@given(ACYCLIC, st.permutations(NAMES))
def test_the_order_in_which_it_is_told_does_not_matter(masters: dict[str, tuple[str, ...]], order: list[str]) -> None:
    shuffled = {name: tuple(reversed(masters[name])) for name in order if name in masters}
    assert Dependencies(masters).boot_order(NAMES) == Dependencies(shuffled).boot_order(order)


@given(ACYCLIC, st.lists(st.sampled_from(NAMES), min_size=2, unique=True))
def test_a_cycle_is_found_and_shown(masters: dict[str, tuple[str, ...]], ring: list[str]) -> None:
    edges = {slave: set(found) for slave, found in masters.items()}
    for slave, master in zip(ring, [*ring[1:], ring[0]], strict=True):
        edges.setdefault(slave, set()).add(master)
    with pytest.raises(InvalidDefinition) as refused:
        Dependencies(edges)
    shown = str(refused.value).partition(": ")[2].partition(". ")[0].split(" needs ")
    assert shown[0] == shown[-1] and len(shown) > 2
    assert all(master in edges[slave] for slave, master in pairwise(shown)), "what is shown is a cycle of these edges"


def test_what_depends_on_itself() -> None:
    with pytest.raises(InvalidDefinition, match="vServer a depends on itself: a needs a"):
        Dependencies({"a": ("a",)})


def test_without_dependencies_the_order_is_by_name() -> None:
    graph = Dependencies({})
    assert graph.boot_order(["c", "a", "b"]) == graph.all_masters(["c", "b", "a"]) == ("a", "b", "c")
    assert graph.all_slaves(["a", "b"]) == ("b", "a")
    assert (graph.masters("a"), graph.slaves("a")) == ((), ())
