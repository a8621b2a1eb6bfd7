# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a number of histories from a seed: the same seed gives the same histories."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import action
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import nodes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.apply import Clock
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository import database

from . import centre, machine
from .estate import PRESENT, Estate
from .laboratory import Laboratory

#: In memory where that is possible: a repository is made for every history.
MEMORY = Path("/dev/shm")


@contextmanager
def present() -> Iterator[Estate]:
    """A data centre, its lab and its repository, for as long as it is needed."""
    folder = Path(tempfile.mkdtemp(prefix="histories", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        centre.write(folder / "centre.yml")
        laboratory = Laboratory(folder / "lab", folder / "centre.yml")
        try:
            with _at_home(laboratory):
                yield Estate(laboratory, folder)
        finally:
            PRESENT.clear()
            laboratory.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _at_home(laboratory: Laboratory) -> Iterator[None]:
    """The product on the lab's clock, with one node after the other, so that a history is the same every time. One database engine for
    all tasks of this process: its SQL is then translated once."""
    with (
        patch.object(action, "CLOCK", Clock(laboratory.now, laboratory.pause)),
        patch.object(nodes, "AT_ONCE", 1),
        patch.object(database, "_sqlite", functools.cache(database._sqlite)),
    ):
        yield


def run(number: int, count: int, steps: int, *, shrink: bool = True) -> tuple[Counter[str], Counter[str]]:
    """Raises what the smallest failing history raises, after printing it. Returns what was done how often, and the reasons of refusals."""
    machine.COUNTED.clear()
    machine.REASONS.clear()
    how = settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    with present():
        run_state_machine_as_test(seed(number)(machine.History), settings=how)
    return machine.COUNTED, machine.REASONS
