# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's output has the shape of real output, and the comparison notices when it has not."""

from __future__ import annotations

import re

import pytest

from . import lab_shapes
from .samples import corpus


def test_the_lab_prints_what_real_machines_print(capsys: pytest.CaptureFixture[str]) -> None:
    root = corpus()
    if root is None or not (root / "solaris" / "index.yml").is_file():
        pytest.skip("no corpus beside the checkout (HELIOSTAT_CORPUS)")
    rc = lab_shapes.main([str(root / "solaris")])
    text = capsys.readouterr().out
    with capsys.disabled():
        print("\n" + text)
    assert rc == 0, text
    counted = re.search(r"^all +(\d+) same", text, re.M)
    assert counted
    assert int(counted[1]) > 50


@pytest.mark.parametrize(
    ("judge", "lab", "real"),
    [
        (lab_shapes.table, ["NAME SIZE", "a 1 2"], ["NAME SIZE", "b 2"]),
        (lab_shapes.table, ["NAME size", "a 1"], ["NAME SIZE", "b 2"]),
        (lab_shapes.fields(":"), ["net0:1:2:3"], ["net0:1:2\\:3"]),
        (lab_shapes.labels, ["Node = x", "System = y"], ["System = SunOS", "Node = z"]),
        (lab_shapes.labels, ["Colour = x"], ["System = SunOS"]),
        (lab_shapes.lines, ["net0: up at 10.0.0.1"], ["net1: down at 10.0.0.2"]),
        (lab_shapes.same, ["a"], ["b"]),
    ],
)
def test_another_shape_is_noticed(judge: lab_shapes.Judge, lab: list[str], real: list[str]) -> None:
    assert judge(lab, real)
    assert judge(real, real) is None


def test_names_and_numbers_do_not_matter() -> None:
    assert lab_shapes.lines(["igb7: flags=1000843<UP,IPv4> mtu 9000 index 12"], ["e1000g0: flags=100843<UP> mtu 1500 index 2"]) is None
