# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which patches systems lack, have, and have that were withdrawn; nothing is changed anywhere."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.patch_analysis_task import OPTIONS, RULES, PatchAnalysisTask


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = OPTIONS
    RULES = RULES

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        if args["reference_file"] and not args["sets"] and not args["without_reboot"]:
            return PatchAnalysisTask(self, args, None).run()
        with self.known_repository(args, "so there is no cross-reference of patches", "Make it, or name a reference_file.") as repository:
            return PatchAnalysisTask(self, args, repository).run()
