# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """A task's result; ``failed`` with its message, ``killed`` when there is none."""

    result: dict[str, Any]
    killed: bool = False

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed")) or self.killed

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def plan(self) -> list[dict[str, str]]:
        return list(self.result.get("plan", []))
