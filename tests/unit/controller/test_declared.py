# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory declares, out of a task's variables."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.declared import Inventory
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition

from ..lifecycle.estate import LUNS, NETWORKS, WEB1, vserver

NODE = {"compute_pool": "production", "networks": {"management": "net0", "public": "net1"}}
VARIABLES: dict[str, Any] = {
    "heliostat_networks": NETWORKS,
    "heliostat_luns": LUNS,
    "hostvars": {"web1": {"heliostat_vserver": WEB1}, "t8a": {"heliostat_node": NODE}, "empty": {}},
}


def inventory(**changes: Any) -> Inventory:
    return Inventory(VARIABLES | changes, lambda value: value)


def with_node(declared: Any) -> Inventory:
    return inventory(hostvars={"t8a": {"heliostat_node": declared}})


def test_what_is_declared_is_found() -> None:
    assert inventory().vserver("web1") == vserver()
    assert inventory().links("t8a") == {"management": "net0", "public": "net1"}
    assert inventory().node("t8a") == NODE
    assert Inventory({}, lambda value: value).networks == {}


def test_variables_are_resolved_before_they_are_read() -> None:
    resolved = Inventory(VARIABLES | {"heliostat_luns": "{{ luns }}"}, lambda value: LUNS if value == "{{ luns }}" else value)
    assert resolved.vserver("web1") == vserver()


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: inventory().vserver("db1"), "vServer db1 is not a host of the inventory. Add it with its variable heliostat_vserver."),
        (lambda: inventory().vserver("empty"), "vServer empty: the inventory host has no variable heliostat_vserver (a mapping)."),
        (lambda: inventory(heliostat_networks=["x"]).networks, "heliostat_networks is not a mapping."),
        (lambda: inventory(heliostat_luns="x").luns, "heliostat_luns is not a mapping."),
        (lambda: inventory().links("web1"), "node web1: the inventory host has no variable heliostat_node (a mapping with"),
        (lambda: inventory().links("nobody"), "node nobody: the inventory host has no variable heliostat_node"),
        (lambda: with_node(NODE | {"pool": "x"}).node("t8a"), "node t8a: unknown option 'pool' in heliostat_node; known are"),
        (lambda: with_node({"networks": ["net0"]}).links("t8a"), "node t8a, networks: a mapping of options ("),
        (lambda: with_node({"networks": {"san": "net0"}}).links("t8a"), "node t8a, networks: unknown option 'san'; known are backup, "),
        (lambda: with_node({"networks": {"public": "net0;id"}}).links("t8a"), "node t8a, networks, public: link 'net0;id'"),
        (lambda: with_node({"networks": {"public": ["net0"]}}).links("t8a"), "node t8a, networks: public ['net0'] is no text."),
    ],
)
def test_what_is_missing_or_wrong_is_named(work: Any, message: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        work()
    assert str(refusal.value).startswith(message)


def test_a_network_type_without_a_link_is_left_out() -> None:
    assert with_node({"networks": {"public": "net1", "backup": None}}).links("t8a") == {"public": "net1"}
    assert with_node({"compute_pool": "x"}).links("t8a") == {}
