# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as a file: what was written is read again, what was changed is refused, and what the state has become is said."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.evacuation import Evacuation
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.explain import Answer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.plan_file import as_before, differences, read, rest, written
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.waves import Wave

NAMES = st.text('abcdefgh0123-\N{GREEK SMALL LETTER ALPHA}"\\', min_size=1, max_size=6)
WAVES = st.lists(st.builds(Wave, st.dictionaries(NAMES, NAMES, max_size=3), st.lists(NAMES, max_size=2).map(tuple)), max_size=3).map(tuple)
ANSWERS = st.dictionaries(NAMES, st.builds(Answer, st.none() | NAMES, NAMES, st.dictionaries(NAMES, NAMES, max_size=2), NAMES), max_size=3)
PEAKS = st.integers(0, 20000).map(lambda number: number / 10000)
PLANS = st.builds(
    Evacuation, NAMES, WAVES, ANSWERS, st.dictionaries(NAMES, NAMES, max_size=2), PEAKS, st.lists(NAMES, max_size=2).map(tuple)
)
SETTINGS: dict[str, Any] = {"moves": "needed", "at_once": 2}
STATE: dict[str, Any] = {
    "nodes": {"n1": {"flags": "", "memory": 64, "luns": ["A", "B"]}, "n2": {"flags": "", "memory": 64, "luns": ["A"]}},
    "vservers": {"web1": {"node": "n1", "memory": None}, "web2": {"node": "n1", "memory": 4}},
    "affinities": {"pair": ["apart by", "node", "web1", "web2"]},
}
PLAN = Evacuation("n1", (Wave({"web1": "n2"}), Wave({"web2": "n2"}, ("web2",))), {}, {}, 0.5, ())


@given(PLANS)
def test_read_is_the_inverse_of_written(plan: Evacuation) -> None:
    text = written(plan, SETTINGS, STATE)
    assert read(text, "plan.json") == (plan, SETTINGS, STATE)
    assert written(*read(text, "plan.json")) == text


@given(st.data())
def test_changed_by_hand(data: st.DataObject) -> None:
    """Any value, anywhere in the file."""
    content = json.loads(written(PLAN, SETTINGS, STATE))
    where: Any = content
    while True:
        keys = list(where) if isinstance(where, dict) else list(range(len(where)))
        key = data.draw(st.sampled_from(sorted(keys, key=str)))
        if not isinstance(where[key], dict | list) or not where[key]:
            break
        where = where[key]
    where[key] = "another" if where[key] != "another" else "one"
    with pytest.raises(Refused, match="plan"):
        read(json.dumps(content), "plan.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"digest": 1}', '{"plan": "evacuation of a node"}', "\x00", '"plan"'])
def test_what_is_no_plan(text: str) -> None:
    with pytest.raises(Refused, match=r"plan\.json is no plan of an evacuation"):
        read(text, "plan.json")


def test_differences_in_words() -> None:
    now = deepcopy(STATE)
    assert list(differences(STATE, now)) == []
    now["nodes"]["n2"] |= {"flags": "maintenance: fan", "memory": 32, "luns": []}
    now["nodes"]["n3"] = now["nodes"].pop("n1")
    now["vservers"]["web1"] |= {"node": "n2", "memory": 8}
    now["affinities"] = {"pair": ["together", "web1", "web2"]}
    assert list(differences(STATE, now)) == [
        "node n1 is gone",
        "node n2: flags was nothing, is maintenance: fan",
        'node n2: luns was ["A"], is nothing',
        "node n2: memory was 64, is 32",
        "node n3 is new",
        "vServer web1: memory was nothing, is 8",
        "vServer web1: node was n1, is n2",
        'affinity pair was ["apart by", "node", "web1", "web2"], is ["together", "web1", "web2"]',
    ]


def test_a_plan_that_was_begun_goes_on() -> None:
    now = deepcopy(STATE)
    now["nodes"]["n1"]["flags"] = "maintenance: memory"
    assert list(differences(STATE, as_before(now, STATE, PLAN, begun=False))) == [], "the plan itself closes its node"
    now["vservers"]["web1"]["node"] = "n2"
    assert len(list(differences(STATE, as_before(now, STATE, PLAN, begun=False)))) == 1, "somebody else has moved it"
    assert list(differences(STATE, as_before(now, STATE, PLAN, begun=True))) == []
    assert rest(PLAN, now).waves == (Wave({"web2": "n2"}, ("web2",)),)
    now["vservers"]["web2"]["node"] = "n3"
    assert list(differences(STATE, as_before(now, STATE, PLAN, begun=True))) == ["vServer web2: node was n1, is n3"]
    now["nodes"]["n2"]["flags"] = "quarantine: dead"
    assert "node n2: flags was nothing, is quarantine: dead" in differences(STATE, as_before(now, STATE, PLAN, begun=True))
