# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured decides which of the nodes with room is the least full; what is declared still decides where there is room."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Load
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.evacuation import plan

from .test_evacuation import ALONE, GIB, estate, host, lives

HOSTS = [host("n1"), host("n2"), host("n3")]


def test_the_node_with_the_busy_neighbour_is_passed_over() -> None:
    """By declared sizes n2 is the emptier one; its only vServer keeps 48 of 64 CPUs busy."""
    busy, idle = lives("busy", "n2", gib=1), lives("idle", "n3", gib=4)
    moving = lives("web1", "n1")
    declared = plan(estate(HOSTS, busy, idle, moving), "n1", ALONE, "needed", 2)
    assert (declared.answers["web1"].node, declared.answers["web1"].counted) == ("n2", "declared")
    loads = [replace(busy, load=Load(GIB, 48)), replace(idle, load=Load(GIB, 1)), replace(moving, load=Load(GIB, 2))]
    measured = plan(estate(HOSTS, *loads), "n1", ALONE, "needed", 2)
    assert (measured.answers["web1"].node, measured.answers["web1"].counted) == ("n3", "measured")


def test_who_was_not_measured_counts_with_his_size_and_it_is_said() -> None:
    busy = replace(lives("busy", "n2", gib=1), load=Load(GIB, 48))
    made = plan(estate(HOSTS, busy, lives("idle", "n3", gib=4), lives("web1", "n1")), "n1", ALONE, "needed", 2)
    assert (made.answers["web1"].node, made.answers["web1"].counted) == ("n3", "declared")


def test_a_vserver_that_uses_little_gets_no_room_that_others_declared() -> None:
    full = [replace(lives(f"f{number}", f"n{number}", gib=16), load=Load(GIB, 0)) for number in (2, 3)]
    made = plan(estate(HOSTS, *full, replace(lives("web1", "n1"), load=Load(GIB, 0))), "n1", ALONE, "needed", 2)
    assert "needed" in made.stays["web1"]
