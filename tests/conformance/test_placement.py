# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that holds placement against other engines: it sees what is wrong, and nothing is wrong with the recorded instances."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from . import placement

CORPUS = Path(os.environ.get("HELIOSTAT_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
RECORDED = sorted((CORPUS.parent / "placement").glob("inst-*.json"))

INSTANCE = {
    "nodes": [{"name": name, "cpu": 8, "mem": 64} for name in ("a", "b", "c")],
    "resources": [{"name": f"z{number}", "cpu": 2, "mem": 16} for number in range(1, 7)],
    "anti": [["z1", "z2"]],
    "placement": {"z1": "a", "z2": "b", "z3": "a", "z4": "b", "z5": "c", "z6": "c"},
    "lost": "a",
}


@pytest.mark.parametrize(
    ("homes", "mode", "found"),
    [
        ({"z1": "c", "z2": "b", "z3": "c", "z4": "b", "z5": "c", "z6": "c"}, "nomove", []),
        ({"z1": "a"}, "balance", ["1 are on a, which is lost"]),
        ({"z1": "b", "z2": "b"}, "balance", ["z1 and z2 are both on b"]),
        ({f"z{number}": "c" for number in range(2, 7)}, "balance", ["c: 10 of 8 cpu are used", "c: 80 of 64 mem are used"]),
        ({"z1": "x"}, "balance", ["no such node: x"]),
        ({"z2": "c", "z4": "b", "z5": "c"}, "nomove", ["z2 left b for c", "z6 left c for None"]),
        ({"z2": "c", "z4": "b", "z5": "c"}, "minmove", []),
    ],
)
def test_an_answer_that_breaks_a_rule_is_seen(homes: dict[str, str], mode: str, found: list[str]) -> None:
    assert list(placement.broken(INSTANCE, homes, mode)) == found


@pytest.mark.parametrize(
    ("mine", "exact", "worse"),
    [
        ((200, 0.90), (200, 0.90), []),
        ((200, 0.909), (200, 0.90), []),
        ((200, 0.91), (200, 0.90), ["balance: peak 0.9100, the exact solver's 0.9000"]),
        ((199, 0.80), (200, 0.90), ["balance: 199 placed, the exact solver 200"]),
        ((199, 0.99), (198, 0.90), []),
        ((199, 0.99), (None, None), []),
    ],
)
def test_an_answer_that_is_worse_than_the_exact_one_is_seen(mine: tuple[int, float], exact: tuple, worse: list[str]) -> None:
    ours = placement.Row("balance", "ours", mine[0], 200, mine[1], 0, 0.1, ())
    assert list(placement.worse(ours, placement.Row("balance", "exact", exact[0], 200, exact[1], 0, 0.1))) == worse


def test_one_that_is_worse_fails_the_run(tmp_path: Path, capsys, monkeypatch) -> None:
    (tmp_path / "inst-1.json").write_text(json.dumps(INSTANCE))
    row = {"instance": "inst-1.json", "engine": "OR-tools CP-SAT", "mode": "nomove", "wall_s": 0.1, "placed": 6, "moves": 0}
    for peak, status in ((0.74, 1), (0.75, 0)):
        (tmp_path / "results.json").write_text(json.dumps({"rows": [{**row, "max_util": peak}]}))
        monkeypatch.setattr("sys.argv", ["placement", str(tmp_path / "inst-1.json")])
        with pytest.raises(SystemExit) as ended:
            placement.main()
        assert ended.value.code == status
        assert ("WRONG: nomove: peak 0.7500, the exact solver's 0.7400" in capsys.readouterr().out) == bool(status)


@pytest.mark.skipif(not RECORDED, reason="no instances beside the checkout")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_instances(path: Path) -> None:
    lines, wrong = placement.judge(path)
    assert len(lines) > len(placement.MODES) and not wrong
