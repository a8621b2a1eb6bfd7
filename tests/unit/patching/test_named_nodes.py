# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a roll-out is for, and variables that are misspelt: nothing that was mistyped is passed over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.heliostat.vdc.plugins.filter.patch_misspelt import FilterModule as Misspelt
from ansible_collections.heliostat.vdc.plugins.filter.patch_nodes import FilterModule as Nodes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.variables import GIVEN, KEPT, PREFIX

CHECKOUT = Path(__file__).parents[3]
GROUPS = {"all": ["localhost", "p1", "p2", "p3"], "nodes": ["p1", "p2", "p3"], "first": ["p3"], "nobody": []}
ROWS = [{"target": "march", "node": node} for node in ("p2", "p1")] + [{"target": "april", "node": "p9"}]

nodes: Any = Nodes().filters()["patch_nodes"]
misspelt: Any = Misspelt().filters()["patch_misspelt"]


@pytest.mark.parametrize(
    ("named", "others", "expected"),
    [
        (["p2", "p1"], {}, ["p2", "p1"]),
        ("p2, p1", {}, ["p2", "p1"]),
        ("p2\np1\n", {}, ["p2", "p1"]),
        ("p2", {}, ["p2"]),
        (["p3", "nodes"], {}, ["p3", "p1", "p2"]),
        (["nodes"], {"canaries": "first"}, ["p3", "p1", "p2"]),
        (["p1"], {"canaries": ["p3"]}, ["p1"]),
        ("", {"target": "march"}, ["p1", "p2"]),
        (None, {"target": "march", "canaries": ["p2"]}, ["p2", "p1"]),
        ("p2", {"target": "march"}, ["p2"]),
        (["nodes"], {"target": "march"}, ["p1", "p2"]),
        (["p1"], {"target": ""}, ["p1"]),
    ],
)
def test_nodes(named: Any, others: dict[str, Any], expected: list[str]) -> None:
    assert nodes(named, GROUPS, ROWS, **others) == expected


@pytest.mark.parametrize(
    ("named", "others", "message"),
    [
        ("", {}, "no node is named"),
        ([], {"target": "march"}, "the nodes are an empty list. Name hosts or groups"),
        (" , ", {}, "no node is named"),
        (["nobody"], {}, "no node is named"),
        (["p0l"], {}, "p0l is neither a host nor a group of the inventory"),
        ("p1 p02", {}, "p02 is neither a host"),
        (["p1"], {"canaries": ["p11"]}, "p11 is neither a host"),
        ("", {"target": "mrach"}, "there is no patch target mrach, only april, march. Nothing was done"),
        (["p1", "p3"], {"target": "march"}, "p3 is not in patch target march"),
        (["p11"], {"target": "march"}, "p11 is neither a host"),
        (["first"], {"target": "march"}, "first has no node of patch target march"),
        ("", {"target": "april"}, "p9 of patch target april is not in the inventory"),
    ],
)
def test_refused(named: Any, others: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=re.escape(message)):
        nodes(named, GROUPS, ROWS, **others)


def test_there_are_no_targets_at_all() -> None:
    with pytest.raises(AnsibleFilterError, match=r"no patch target march\. Nothing"):
        nodes("", GROUPS, [], target="march")


def test_misspelt_variables() -> None:
    assert misspelt([PREFIX + "target", PREFIX + "result", "heliostat_node", "colour"]) == []
    assert misspelt(["heliostat_patch_singel_user", "heliostat_patch_xyz"]) == [
        "heliostat_patch_singel_user is no variable of patching: heliostat_patch_single_user?",
        "heliostat_patch_xyz is no variable of patching.",
    ]


def test_the_variables_are_those_of_role_and_playbooks() -> None:
    specs = yaml.safe_load((CHECKOUT / "roles/patching/meta/argument_specs.yml").read_text())
    options = set(specs["argument_specs"]["main"]["options"])
    used = {
        name
        for path in [*(CHECKOUT / "playbooks").glob("patch_*.yml"), *(CHECKOUT / "roles/patching").rglob("*.yml")]
        for name in re.findall(rf"\b{PREFIX}[a-z_]+\b", path.read_text())
    }
    assert options <= {PREFIX + word for word in GIVEN}
    assert used | options == {PREFIX + word for word in GIVEN | KEPT}
