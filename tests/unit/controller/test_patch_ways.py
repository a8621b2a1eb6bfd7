# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out by Live Upgrade is told of the task and of the repository."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import patch_ways
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.policy import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due

ARGS = {"zones": "all", "zones_at_once": 0, "backout": True, "environment": "june", "environment_minimum": None, "other_pools": False}


def test_live_upgrade_knows_what_lives_elsewhere() -> None:
    chosen = Policy("/patches", order=("db", "web"), needed="mail", elsewhere=frozenset({"old"}))
    made = patch_ways.upgrading(ARGS, Due("n1", ()), chosen, Steps("n1", "/patches"), ())
    assert (made.policy.order, made.policy.needed, made.policy.elsewhere) == (("db", "web"), "mail", frozenset({"old"}))
