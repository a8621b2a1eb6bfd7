# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what nodes, vServers and guest domains used as pictures, with a page that shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.utils.display import Display

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.report_files import write
from ..plugin_utils.controller.tables import table
from ..plugin_utils.controller.used import OPTIONS, asked, histories
from ..plugin_utils.usage.report import files, row


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = OPTIONS | {"into": {"type": "path", "required": True}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        folder = Path(args["into"])
        with self.known_repository(args, "so nothing is known of what was used") as repository:
            # up to what is known, not up to now: without new samples the same files
            since, until = asked(args, repository.usage.newest(args["level"]) or repository.usage.latest())
            found = histories(repository, args, since, until)
        made = files(found, since, until) if any(one["state"] != "missing" for one in found) else {}
        written = [name for name, content in sorted(made.items()) if write(folder, name, content, check=self.check)]
        heads = ["OBJECT", "CPUS MEAN", "P95", "PEAK", "UNITS P95", "MEMORY P95", "MEASURED", "NOTES"]
        Display().display("\n" + "\n".join(table(heads, [row(one) for one in found])))
        result = {"changed": bool(written), "into": str(folder), "files": sorted(made), "written": written}
        return result | {"since": since.isoformat(), "until": until.isoformat()}
