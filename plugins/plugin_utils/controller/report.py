# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation's report as a module's result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..engine.operation import Report, shown
from ..model.errors import HeliostatError

T = TypeVar("T")


def shaped(report: Report[Any], diff: bool) -> dict[str, Any]:
    """The keys every acting module returns; failed objects make the task fail after all others have been done."""
    result: dict[str, Any] = {
        "changed": report.changed,
        "plan": [shown(step) for plan in report.plans for step in plan.steps],
        "before": dict(report.before),
        "after": dict(report.after),
        "warnings": list(report.warnings),
        "journal": dict(report.journal),
    }
    if diff and report.before != report.after:
        result["diff"] = {"before": _text(report.before), "after": _text(report.after)}
    return result | (failed(report.failures) if report.failures else {})


def failed(failures: Mapping[str, str]) -> dict[str, Any]:
    """The keys of a task in which objects failed."""
    return {"failed": True, "failures": dict(failures), "msg": "\n".join(failures.values())}


def _text(description: Any) -> str:
    return json.dumps(description, indent=2, sort_keys=True, default=str) + "\n"


def attempt(name: str, refused: dict[str, str], work: Callable[[str], T]) -> T | None:
    """One vServer's part; what is wrong with it is kept as its message and stops no other."""
    try:
        return work(name)
    except HeliostatError as error:
        refused[name] = str(error)
        return None
