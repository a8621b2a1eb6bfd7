# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""heliostat-heartbeat, the control client of the monitors: what it prints with --json, an object a line, the monitor's own last.

The format is roles/heartbeat/files/src/monitor/control_answer.c's.
"""

from __future__ import annotations

import json
from typing import Any

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError
from ..model.judgement import Judged, Judgement

#: As src/monitor/states.c names them.
STATES = (
    "unheard", "alive", "late", "suspect", "probing", "unreachable", "fencing", "fenced", "unknown", "returned", "quarantined", "away",
)  # fmt: skip
#: By what a node is proven dead, as src/monitor/fencing.c and orders.c name it.
VERDICTS = ("off", "lease", "storage", "person")


def status(program: str, node: str = "") -> Command:
    """All nodes where none is named. Exit codes: 0 done, 1 refused with a reason, 3 the monitor does not answer."""
    return Command.of(program, "--json", "status", *([node] if node else []), ok=(0, 1, 2, 3))


def maintenance(program: str, node: str, *, on: bool, reason: str) -> Command:
    """``on``: its silence means nothing until it is off. The reason goes to the monitor's journal. Output: ``check_done``."""
    return Command.of(program, "--json", "maintenance", "on" if on else "off", node, *reason.split(), ok=(0, 1, 2, 3))


def check_done(output: Output) -> None:
    """Raises CommandFailed, ParseError, where the monitor did not do it."""
    _answered(output)


def parse(output: Output) -> Judgement:
    """Raises CommandFailed where the monitor refused or cannot be reached, ParseError for what this is not."""
    *nodes, last = _answered(output)
    judged = [_judged(found) for found in nodes]
    itself = {"monitor": _typed(last, "monitor", int), "armed": _typed(last, "armed", bool), "acting": _typed(last, "acting", bool)}
    return Judgement({one.node: one for one in judged}, itself | {key: last[key] for key in ("nodes", "counts") if key in last})


def _answered(output: Output) -> list[dict[str, Any]]:
    lines = [_object(line) for line in output.stdout.splitlines() if line.strip()]
    if output.rc != 0 or not lines or lines[-1].get("ok") is not True:
        said = str(lines[-1].get("said") or "") if lines else ""
        raise CommandFailed(said or output.stderr.strip() or f"heliostat-heartbeat ended with exit code {output.rc} and said nothing")
    return lines


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ParseError(f"heliostat-heartbeat printed {line[:200]!r}: no JSON object.")
    return found


def _typed(found: dict[str, Any], key: str, kind: type) -> Any:
    value = found.get(key)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ParseError(f"heliostat-heartbeat: {key} is {value!r}, expected {kind.__name__}.")
    return value


def _judged(found: dict[str, Any]) -> Judged:
    state, verdict = found.get("state"), found.get("verdict") or ""
    if state not in STATES or (verdict and verdict not in VERDICTS):
        raise ParseError(f"heliostat-heartbeat: node {found.get('name')!r} is {state!r}, verdict {verdict!r}: not known.")
    return Judged(
        node=_typed(found, "name", str),
        state=state,
        verdict=verdict,
        age=_typed(found, "verdict_ms_ago", int) / 1000 if "verdict_ms_ago" in found else None,
        boot=_typed(found, "boot", str) if "boot" in found else "",
        incident=_typed(found, "incident", int) if "incident" in found else 0,
        heard=found.get("heard_ms_ago") is not None and _typed(found, "heard_ms_ago", int) <= _typed(found, "suspect_after_ms", int),
        disputed=_typed(found, "disputed", bool),
        shown=found,
    )
