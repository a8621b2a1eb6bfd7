# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Affinities as the inventory declares them."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.declared import affinities
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Together

KNOWN = ("app1", "db1", "web1", "web2")


def test_by_name() -> None:
    given = {
        "z": {"apart": ["web1", "web2", "web1"]},
        "a": {"apart": ["db1", "app1"], "by": "machine"},
        "t": {"together": ["app1", "web1"]},
    }
    apart = (Apart("a", ("db1", "app1"), "machine"), Apart("z", ("web1", "web2"), "node"))
    assert affinities(given, KNOWN) == Affinities(apart, (Together("t", ("app1", "web1")),))
    assert affinities({}, KNOWN) == Affinities()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"apart": ["web1", "web2"], "together": ["web1", "web2"]}, "affinity pair: say either apart or together"),
        ({}, "affinity pair: say either apart or together"),
        ({"apart": ["web1", "web9"]}, "affinity pair: web9 is no vServer of the inventory"),
        ({"apart": ["web1", "web1"]}, "affinity pair: web1 is alone"),
        ({"together": ["web1"]}, "affinity pair: web1 is alone"),
        ({"together": ["web1", "web2"], "by": "node"}, "'by' belongs to apart"),
        ({"apart": ["web1", "web2"], "on": "node"}, "unknown option 'on'"),
        (["web1", "web2"], "a mapping of options .* is wanted, not a list"),
    ],
)
def test_refused(given: object, said: str) -> None:
    with pytest.raises(InvalidDefinition, match=said):
        affinities({"pair": given}, KNOWN)
