# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation's report as a module's result."""

from __future__ import annotations

import json
from typing import Any

from ..engine.operation import Report, shown


def shaped(report: Report[Any], diff: bool, **more: Any) -> dict[str, Any]:
    """The keys every acting module returns; failed objects make the task fail after all others have been done."""
    result: dict[str, Any] = {
        "changed": report.changed,
        "plan": [shown(step) for plan in report.plans for step in plan.steps],
        "before": dict(report.before),
        "after": dict(report.after),
        "warnings": list(report.warnings),
        **more,
    }
    if diff and report.before != report.after:
        result["diff"] = {"before": _text(report.before), "after": _text(report.after)}
    if report.failures:
        result["failed"] = True
        result["failures"] = dict(report.failures)
        result["msg"] = "\n".join(report.failures.values())
    return result


def _text(description: Any) -> str:
    return json.dumps(description, indent=2, sort_keys=True, default=str) + "\n"
