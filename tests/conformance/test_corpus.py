# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No real sample may be mis-parsed silently: wrong is a failure, refused and not covered are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

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
