# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No real sample may be mis-parsed silently: wrong is a failure, refused and not covered are counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from . import ips
from .corpus import judge, report
from .samples import corpus, read


@pytest.mark.parametrize("folder", ["solaris", "cluster"])
def test_nothing_is_parsed_wrong(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = corpus()
    if root is None or not (root / folder / "index.yml").is_file():
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    judged = [judge(sample) for sample in read(Path(root / folder))]
    with capsys.disabled():
        print(f"\n{folder}: {report(judged)[-1]}")
    wrong = [line for line in report(judged) if line.startswith("wrong:")]
    assert not wrong, "\n".join(wrong)


def test_no_recorded_pkg_is_read_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    root = corpus()
    if root is None or not (root / "ips").is_dir():
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    records = [record for path in sorted((root / "ips").rglob("*.txt")) if (record := ips.read(path))]
    outcomes = [(record.name, *ips.judge(record)) for record in records]
    with capsys.disabled():
        print(f"\nips: {Counter(outcome for _, outcome, _ in outcomes)}")
    assert records
    assert not [one for one in outcomes if one[1] == "wrong"]
