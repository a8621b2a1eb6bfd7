# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.regression.placement.picture``: draws docs/placement.svg, memory of the case ``a-node-is-emptied`` before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Problem
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve

from . import CASES, GIB, problem

CASE = "a-node-is-emptied"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "placement.svg"
#: Pixels: of a GiB, a node's column and what is between two, the picture's halves, and where the columns stand.
PER_GIB, COLUMN, GAP, HALF, GROUND = 4.0, 84, 12, 410, 372
STAYS, COMES, MAKES_ROOM, DOWN = "#d5dde6", "#9cc7a0", "#efc97c", "#e0a3a0"
LEGEND = ((STAYS, "stays"), (COMES, "leaves node a"), (MAKES_ROOM, "moves to make room"), (DOWN, "stays down"))


def svg() -> str:
    case = json.loads((CASES / f"{CASE}.json").read_text())
    given = problem(case)
    placement = solve(given, case["moves"])
    settled = {target.name for target in given.targets}
    moved = placement.moved(given)
    colours = {
        item.name: DOWN
        if item.name in placement.unplaced
        else COMES
        if item.home not in settled
        else MAKES_ROOM
        if item.name in moved
        else STAYS
        for item in given.items
    }
    before = {item.name: item.home or "" for item in given.items}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * HALF} 450" font-family="sans-serif" font-size="12" role="img">',
        "<title>Node a is emptied</title>",
        f'<rect width="{2 * HALF}" height="450" fill="#ffffff"/>',
        *_half(0, "Before", case["nodes"], given, before, colours),
        *_half(HALF, "After", case["nodes"], given, placement.homes, colours),
    ]
    for number, (colour, text) in enumerate(LEGEND):
        lines.append(f'<rect x="{20 + number * 180}" y="420" width="14" height="14" fill="{colour}"/>')
        lines.append(f'<text x="{40 + number * 180}" y="432">{text}</text>')
    return "\n".join((*lines, "</svg>")) + "\n"


def _half(
    left: int, title: str, nodes: Mapping[str, Mapping[str, int]], given: Problem, homes: Mapping[str, str], colours: Mapping[str, str]
) -> Iterator[str]:
    """A frame for each node's memory, a dashed line where headroom begins, and what is on it from the largest upwards."""
    room = {target.name: target.capacity[0] / GIB for target in given.targets}
    yield f'<text x="{left + 20}" y="30" font-size="16">{title}</text>'
    for number, (name, node) in enumerate(nodes.items()):
        x, height = left + 20 + number * (COLUMN + GAP), node["memory"] * PER_GIB
        yield f'<rect x="{x}" y="{GROUND - height:.1f}" width="{COLUMN}" height="{height:.1f}" fill="none" stroke="#888888"/>'
        top = float(GROUND)
        for item in sorted((one for one in given.items if homes.get(one.name) == name), key=lambda one: (-one.size[0], one.name)):
            size = item.size[0] / GIB
            top -= size * PER_GIB
            yield (
                f'<rect x="{x}" y="{top:.1f}" width="{COLUMN}" height="{size * PER_GIB:.1f}" fill="{colours[item.name]}" stroke="#ffffff"/>'
                f'<text x="{x + 6}" y="{top + 16:.1f}">{item.name} {size:.0f} GiB</text>'
            )
        if name in room:
            line = GROUND - room[name] * PER_GIB
            yield f'<path d="M{x},{line:.1f} h{COLUMN}" stroke="#bb4444" stroke-dasharray="4 3"/>'
        yield f'<text x="{x}" y="{GROUND + 18}">node {name}{"" if name in room else ", emptied"}</text>'


if __name__ == "__main__":
    PAGE.write_text(svg())
