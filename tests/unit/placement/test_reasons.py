# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every reason against a node is true: the object is put there, and the checker names the rule that this breaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.explain import explain
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Moves, Problem
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve

from .checker import violations
from .test_properties import modes, problems

#: What the checker says of a broken rule, and how the reason against a node is worded then.
BROKEN = {"which the rules forbid": "rules", " share a ": "apart", " are torn apart": "together", " are used": "room"}
REASONS = {
    "rules": r"is not for it( \(for \w+, which \w+ is to be together with\))?$",
    "apart": r".* keeps (them|\w+) apart( by it)?$",
    "together": r"is not where \w+ is, and affinity \w+ keeps them together$",
    "room": r"has .* left, .* (is|are) needed( together with .*)?$",
}
NONE = "could carry it too, and would be "


def broken(problem: Problem, homes: Mapping[str, str], name: str, node: str) -> set[str]:
    """The rules that are broken once it comes to a node from outside, with those of its group that have no home, beside all others."""
    company = {name, *(other for group in problem.together if name in group.members for other in group.members if other not in homes)}
    company &= {name} if name in homes else company
    come = replace(problem, items=[replace(one, home=None, bound="") if one.name in company else one for one in problem.items])
    there = {**homes, **dict.fromkeys(company, node)}
    return {rule for one in violations(come, there) for words, rule in BROKEN.items() if words in one}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(problems(), modes)
def test_every_reason_against_a_node_is_true(problem: Problem, moves: Moves) -> None:
    placement = solve(problem, moves)
    for name, answer in explain(problem, placement, [item.name for item in problem.items]).items():
        for node, reason in answer.rejected.items():
            why = broken(problem, placement.homes, name, node)
            said = next((rule for rule, words in REASONS.items() if re.match(words, reason)), None)
            if not why:
                assert name in placement.homes and reason.startswith(NONE), (name, node, reason)
            elif "rules" in why:
                assert said == "rules", (name, node, reason, why)
            elif why == {"room"}:
                assert said == "room", (name, node, reason, why)
            else:
                assert said in why - {"room"}, (name, node, reason, why)
