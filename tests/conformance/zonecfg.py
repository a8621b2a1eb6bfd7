# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the lab's zonecfg over a file of verdicts of a real one and count where both agree.

``python -m tests.conformance.zonecfg FILE.yml [-v]``. The file holds ``cases``, each with ``id``, ``mode`` (file, argv, stdin),
``commands``, perhaps ``zone`` and ``existing_zone_made_with``, and what real zonecfgs said: per dialect (``solaris10_era``,
``illumos``, or ``both``) ``verdict``, ``exit``, ``zone_file``, ``messages``; beside it ``export_DIALECT`` (what export prints
afterwards) and ``stdout_DIALECT``. The counts are printed last, one line a dialect. Exit status: 0 when it ran, 1 when the file cannot
be read, 2 on usage.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.lab.zonecfg.dialect import NotSimulated
from tests.lab.zonecfg.document import ZoneDocument
from tests.lab.zonecfg.engine import Result, run

DIALECTS = ("solaris10_era", "illumos")
ASPECTS = ("verdict", "exit", "saved", "message", "export")


def judge(case: dict[str, Any], dialect: str) -> dict[str, tuple[bool, Any, Any]]:
    """Aspect: (right, expected, found), for what the case says of this dialect. A verdict is accept when the exit status is 0."""
    expected = case.get("both") or case.get(dialect)
    if expected is None:
        return {}
    zone = case.get("zone", "z")
    try:
        existing = _made(case.get("existing_zone_made_with"), zone, dialect)
        result = run(case["commands"], mode=case["mode"], zone_name=zone, dialect=dialect, filename=_filename(case), existing=existing)
    except NotSimulated as refusal:
        return {aspect: (False, expected.get(aspect), f"not simulated: {refusal}") for aspect in ("verdict", "exit", "saved", "message")}
    verdict = "accept" if result.exit_code == 0 else "reject"
    pairs: dict[str, tuple[Any, Any]] = {
        "verdict": (expected["verdict"], verdict),
        "exit": (expected["exit"], result.exit_code),
        "saved": (expected["zone_file"], result.saved),
        "message": (expected.get("messages") or [], result.messages),
    }
    printed = {"stdout": case.get(f"stdout_{dialect}"), "export": case.get(f"export_{dialect}")}
    if printed["export"] is not None:
        pairs["export"] = (printed["export"], _exported(result, zone, dialect))
    if printed["stdout"] is not None:
        pairs["export"] = (printed["stdout"], result.stdout)
    return {aspect: (wanted == found, wanted, found) for aspect, (wanted, found) in pairs.items()}


def _filename(case: dict[str, Any]) -> str:
    return "-" if case["mode"] == "stdin" else f"{case.get('zone', 'z') if case.get('zone') != 'global' else 'z'}.cfg"


def _made(commands: str | None, zone: str, dialect: str) -> ZoneDocument | None:
    if commands is None:
        return None
    return run(commands, mode="file", zone_name=zone, dialect=dialect, filename="before.cfg").document


def _exported(result: Result, zone: str, dialect: str) -> str:
    return run("export\n", mode="argv", zone_name=zone, dialect=dialect, existing=result.document).stdout


def report(cases: list[dict[str, Any]], verbose: bool) -> Iterator[str]:
    counts = {dialect: {aspect: Counter[bool]() for aspect in ASPECTS} for dialect in DIALECTS}
    for case in cases:
        for dialect in DIALECTS:
            for aspect, (right, wanted, found) in judge(case, dialect).items():
                counts[dialect][aspect][right] += 1
                if verbose and not right:
                    yield f"{dialect} {case['id']} {aspect}: expected {wanted!r}, lab {found!r}"
    for dialect, aspects in counts.items():
        yield f"{dialect}: " + ", ".join(f"{aspect} {count[True]} right {count[False]} wrong" for aspect, count in aspects.items())


def main(arguments: list[str]) -> int:
    files = [argument for argument in arguments if argument != "-v"]
    if len(files) != 1:
        print("usage: python -m tests.conformance.zonecfg FILE.yml [-v]", file=sys.stderr)
        return 2
    try:
        cases = yaml.safe_load(Path(files[0]).read_text(encoding="utf-8"))["cases"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        print(f"{files[0]}: {error}", file=sys.stderr)
        return 1
    for line in report(cases, "-v" in arguments):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
