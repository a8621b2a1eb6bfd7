# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdo.conf for the time of a roll-out, by the shell of this machine in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pdo_conf
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output

from .test_patch_batch import notes, run


@given(st.text(alphabet="ab#= \n", max_size=40), st.integers(1, 99))
def test_what_else_is_in_it_stays(rest: str, number: int) -> None:
    once = pdo_conf.text(rest, number)
    assert once.splitlines()[-1] == f"num_proc={number}"
    assert once.startswith(rest)
    assert pdo_conf.text(once, number) == once


@pytest.mark.parametrize("line", ["num_proc=1", "num_proc = 1", " \tnum_proc\t=1 ", "num_proc="])
def test_its_one_entry_is_replaced_however_it_is_written(line: str) -> None:
    assert pdo_conf.text(f"# of us\n{line}\nx=2\n", 3) == "# of us\nnum_proc=3\nx=2\n"
    assert pdo_conf.text(f"#{line}\n\nx=2\n", 3) == f"#{line}\n\nx=2\nnum_proc=3\n"


FORMER = [None, "", "num_proc=2\n", "# by hand\n\nnum_proc = 2\n\n", "# no end of line"]


@pytest.mark.parametrize("former", FORMER)
def test_it_is_put_back_to_its_last_letter(tmp_path: Path, former: str | None) -> None:
    """Where its folder is not there, too."""
    path = tmp_path / "etc/patch/pdo.conf"
    if former is not None:
        path.parent.mkdir(parents=True)
        path.write_text(former)
    asked = run(pdo_conf.read(), tmp_path)
    assert pdo_conf.parse(Output(asked.returncode, asked.stdout)) == former
    assert not notes(tmp_path).pdo
    for command in (pdo_conf.keep(former, 4), pdo_conf.write(former, 4)):
        assert run(command, tmp_path).returncode == 0
    assert notes(tmp_path).pdo
    assert path.read_text() == pdo_conf.text(former or "", 4)
    assert path.stat().st_mode & 0o777 == 0o644
    for _again in range(2):
        assert run(pdo_conf.put_back(), tmp_path).returncode == 0
        assert (path.read_text() if path.exists() else None) == former
    assert run(pdo_conf.forget(), tmp_path).returncode == 0
    assert not notes(tmp_path).pdo
    assert not list((tmp_path / "notes").iterdir())


@pytest.mark.parametrize(
    ("brought", "left"),
    [
        ("# of the patch\nnum_proc=1\n", "# of the patch\nnum_proc=1\n"),
        ("# of the patch\n", "# of the patch\n"),
        ("# of the patch\nnum_proc=4\nx=2\n", "# of the patch\nx=2\n"),
        (None, None),
    ],
)
@pytest.mark.parametrize("former", FORMER)
def test_what_a_patch_brought_meanwhile_stays_but_for_our_line(
    tmp_path: Path, former: str | None, brought: str | None, left: str | None
) -> None:
    path = tmp_path / "etc/patch/pdo.conf"
    for command in (pdo_conf.keep(former, 4), pdo_conf.write(former, 4)):
        assert run(command, tmp_path).returncode == 0
    path.unlink()
    if brought is not None:
        path.write_text(brought)
    assert run(pdo_conf.put_back(), tmp_path).returncode == 0
    own = next((f"{line}\n" for line in (former or "").splitlines() if line.startswith("num_proc")), "")
    expected = left if left == brought or left is None else left + own
    assert (path.read_text() if path.exists() else None) == expected


def test_nothing_is_put_back_that_was_not_written(tmp_path: Path) -> None:
    """The run was killed in between."""
    assert run(pdo_conf.keep(None, 4), tmp_path).returncode == 0
    assert run(pdo_conf.put_back(), tmp_path).returncode == 0
    assert not (tmp_path / "etc").exists()
