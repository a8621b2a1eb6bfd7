# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status tables: what was measured now, joined with what is remembered, and never the one for the other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.overview import node_rows, vserver_rows
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts

from ..lifecycle.estate import S11, vserver


def node(name: str, rating: int | None = None) -> SimpleNamespace:
    facts = NodeFacts(name, S11, "SPARC T8-1", 256, 200 << 30, "86d2a101")
    return SimpleNamespace(name=name, compute_pool=None, base_units=rating, facts=facts)


def living(name: str, home: str | None, units: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, node=home, state="activated", declared=vserver(name), base_units=units)


REPOSITORY: Any = SimpleNamespace(
    nodes=lambda: [node("t8a", 400), node("t8b")],
    vservers=lambda: [living("web1", "t8a", 50), living("web2", "t8a"), living("db1", "t8b", 30), living("lost", None)],
)


def test_nodes() -> None:
    first, second = node_rows(REPOSITORY, {"t8a": {}})
    assert first == {
        "node": "t8a",
        "release": "Oracle Solaris 11.4 SPARC",
        "model": "SPARC T8-1",
        "state": "up",
        "vservers": 2,
        "cpus": 256,
        "memory": "200 GiB",
        "units": "50/400",
        "pool": "",
    }
    assert second["units"] == "30", "owned on a node that is not rated"
    assert (second["node"], second["state"], second["vservers"]) == ("t8b", "unknown", 1)


ABSENT = ("absent", "absent")


@pytest.mark.parametrize(
    ("seen", "states"),
    [
        ({}, ["unknown", "unknown", "unknown", "unknown"]),
        ({"t8a": {"web1": "running"}}, ["running", "absent", "unknown", "unknown"]),
        ({"t8a": {"web1": "installed", "db1": "running"}, "t8b": {}}, ["installed", "absent", "absent, running on t8a", "unknown"]),
        ({"t8a": {"web1": "running"}, "t8b": {"web1": "ready", "web2": "configured"}}, ["running, ready on t8b", *ABSENT, "unknown"]),
        ({"t8b": {"web1": "running", "lost": "running"}}, ["unknown, running on t8b", "unknown", "absent", "unknown, running on t8b"]),
    ],
    ids=["nobody-answered", "one-answered", "a-zone-on-the-wrong-node", "zones-on-two-nodes", "its-node-did-not-answer"],
)
def test_the_state_of_a_vserver_is_measured_or_unknown(seen: dict[str, dict[str, str]], states: list[str]) -> None:
    assert [row["state"] for row in vserver_rows(REPOSITORY, seen)] == states


def test_a_vserver_in_words() -> None:
    (row, other, unrated, _lost) = vserver_rows(REPOSITORY, {})
    assert (other["units"], unrated["units"]) == ("", "30")
    assert row == {
        "vserver": "web1",
        "state": "unknown",
        "node": "t8a",
        "brand": "solaris",
        "units": "50/400",
        "addresses": "10.40.0.51/24 10.41.0.51/24",
        "datasets": "web1:mirror",
    }
