# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process and several give the same, also where something goes wrong."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import date

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.side_by_side import MANY, mapped
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import HeliostatError, Misfit, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching import summary
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Selection

from ..patching.catalogue import reference, revision, system

HERE = os.getpid()


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
@pytest.mark.parametrize("count", [0, 1, 5, 2 * MANY])
def test_everything_in_its_place(processes: int, count: int) -> None:
    assert mapped(lambda one: one * one, range(count), processes) == [one * one for one in range(count)]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_what_the_first_one_raises_is_raised(processes: int) -> None:
    def found(one: int) -> int:
        if one >= 4:
            raise Misfit(f"number {one}", "memory")
        return one

    with pytest.raises(Refused, match="number 4") as raised:
        mapped(found, range(20), processes)
    assert type(raised.value) is Misfit and raised.value.lacks == "memory"
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_is_not_waited_for() -> None:
    def found(one: int) -> int:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return one

    with pytest.raises(HeliostatError, match="ended with -9"):
        mapped(found, range(20), 2)
    assert multiprocessing.active_children() == []


def test_an_interrupted_task_leaves_no_process() -> None:
    def found(one: int) -> int:
        if os.getpid() == HERE:
            raise KeyboardInterrupt
        signal.pause()
        return one

    with pytest.raises(KeyboardInterrupt):
        mapped(found, range(20), 3)
    assert multiprocessing.active_children() == []


def test_few_things_stay_in_this_process_and_many_use_all_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 5})
    assert set(mapped(lambda _one: os.getpid(), range(MANY))) == {HERE}
    assert len(set(mapped(lambda _one: os.getpid(), range(MANY + 1)))) == 3


def test_an_analysis_says_the_same() -> None:
    of = index(reference(revision("150001-02", recommended=True), revision("150002-01", requires="150001-01"), revision("150003-01")))
    there = [("150001-01",), (), ("150002-01", "160000-01"), ("150003-01",)]

    def told(place: int) -> summary.Told:
        one = analyse(of, system(*there[place % 4]))
        return summary.told(f"node{place}", one, listing(one, Selection(), date(2012, 6, 1)), rows=True)

    alone, *others = (mapped(told, range(30), processes) for processes in (1, 2, 4))
    assert all(other == alone for other in others)
    assert alone[0].lacks == ("150001-02", "150002-01", "150003-01")
