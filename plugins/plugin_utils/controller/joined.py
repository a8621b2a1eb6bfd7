# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of several operations as the result of one task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .report import failed


class Joined:
    """Adds up: plans and warnings in order, the first state before, the last after. A failure that was mended later is taken back."""

    def __init__(self) -> None:
        self.changed = False
        self.warnings: list[str] = []
        self.failures: dict[str, str] = {}
        self._plan: list[Any] = []
        self._before: dict[str, Any] = {}
        self._after: dict[str, Any] = {}
        self._journal: dict[str, Any] = {}

    def add(self, result: Mapping[str, Any]) -> Mapping[str, str]:
        """The failures of this part."""
        self.changed = self.changed or bool(result["changed"])
        self._plan += result["plan"]
        self.warnings += [text for text in result["warnings"] if text not in self.warnings]
        self._before = {**result["before"], **self._before}
        self._after |= result["after"]
        self._journal |= result["journal"]
        failures: Mapping[str, str] = result.get("failures", {})
        self.failures |= failures
        return failures

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "changed": self.changed,
            "plan": self._plan,
            "before": self._before,
            "after": self._after,
            "warnings": self.warnings,
            "journal": self._journal,
        }
        return found | (failed(self.failures) if self.failures else {})
