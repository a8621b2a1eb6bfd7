# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's zonecfg against the verdicts of two real builds. Skipped where the corpus is absent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab.zonecfg.engine import run

from .zonecfg import DIALECTS, judge, main

_HERE = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("HELIOSTAT_CORPUS", _HERE.parent / "shared" / "corpus")) / "zonecfg" / "verdicts.yml"
pytestmark = pytest.mark.skipif(not CORPUS.is_file(), reason="no corpus of zonecfg verdicts here")
_DATA: dict[str, Any] = yaml.safe_load(CORPUS.read_text(encoding="utf-8")) if CORPUS.is_file() else {"cases": []}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", _DATA["cases"], ids=lambda case: case["id"])
def test_verdict(case: dict[str, Any], dialect: str) -> None:
    wrong = {aspect: (wanted, found) for aspect, (right, wanted, found) in judge(case, dialect).items() if not right}
    assert wrong == {}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_just_the_known_exports_are_not_taken_back(dialect: str) -> None:
    engines = {"both", f"{dialect} only"}
    refused = set()
    for case in _DATA["cases"]:
        expected = case.get("both") or case[dialect]
        if expected["verdict"] != "accept" or expected["zone_file"] != "created" or case.get("zone") == "global":
            continue
        document = run(case["commands"], mode=case["mode"], zone_name="z", dialect=dialect, filename="z.cfg").document
        export = run("export", mode="argv", zone_name="z", dialect=dialect, existing=document).stdout
        again = run(export, mode="file", zone_name="z", dialect=dialect, filename="z.cfg")
        if again.exit_code != 0 or run("export", mode="argv", zone_name="z", dialect=dialect, existing=again.document).stdout != export:
            refused.add(case["id"])
    assert refused == {case["id"] for case in _DATA["export_not_reimportable"] if case["engines"] in engines}


def test_the_runner_prints_the_counts_last(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        "cases:\n- {id: a, mode: argv, commands: info, both: {verdict: accept, exit: 0, zone_file: no zone}}\n", encoding="utf-8"
    )
    assert main([str(wrong), "-v"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("solaris10_era a verdict:")
    assert lines[-1].startswith("illumos: verdict 0 right 1 wrong, exit 0 right 1 wrong, saved 1 right 0 wrong")
    assert main([str(tmp_path / "absent.yml")]) == 1
