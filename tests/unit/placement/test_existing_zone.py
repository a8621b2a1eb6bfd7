# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer whose zone exists goes where its zone is, whatever the repository has forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.existing import elsewhere, owners_of
from tests.unit.lifecycle.estate import S11, vserver


def _nodes(**facts: dict[str, Any]) -> dict[str, NodeFacts]:
    return {name: NodeFacts(name, S11, "SPARC T8-1", 64, 1 << 36, name, **more) for name, more in facts.items()}


@pytest.mark.parametrize(
    ("one", "other", "owners", "what"),
    [
        ({}, {"zones": ("web1",)}, ["b"], "its zone"),
        ({}, {"zones": ("web2",)}, [], ""),
        ({"zones": ("web1",)}, {"zones": ("web1",)}, ["a", "b"], "its zone"),
        ({"pools": ("rpool",)}, {"pools": ("rpool", "web1")}, ["b"], "its storage"),
        ({"zones": ("web1",)}, {"pools": ("web1",)}, ["a"], "its zone"),
        ({"pools": ("web1",)}, {"pools": ("web1",)}, ["a", "b"], "its storage"),
    ],
    ids=["zone", "another-zone", "two-zones", "pool-of-a-killed-deployment", "a-zone-says-more-than-a-pool", "pool-on-two"],
)
def test_where_it_is_already(one: dict[str, Any], other: dict[str, Any], owners: list[str], what: str) -> None:
    found, said = owners_of(vserver(), _nodes(a=one, b=other))
    assert found == owners
    assert said == what or not owners


def test_it_comes_to_no_other_node() -> None:
    why = "does not have its zone, which exists on node b"
    assert elsewhere("b", "its zone", _nodes(a={}, b={}, c={})) == {"a": why, "c": why}
