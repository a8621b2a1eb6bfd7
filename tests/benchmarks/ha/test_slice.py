# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small slice of ``make bench-ha``, so that it cannot rot. The times are the benchmark's to judge, not a busy machine's."""

from __future__ import annotations

import os
import random
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import alarms, corosync, cost, daemons, detection, fencing, processor
from .__main__ import closed, opened
from .engine import Bed, Engine

SEED = 7
LEAST = ("gcc", "make", "ip", "nft", "unshare", "nsenter")
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="the hosts are network namespaces: only root can make them"),
    pytest.mark.skipif(any(shutil.which(program) is None for program in LEAST), reason=f"needs {', '.join(LEAST)}"),
]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return daemons.built(tmp_path_factory.mktemp("build"))


@pytest.fixture
def beds(build: Path, tmp_path: Path) -> Iterator[list[Bed]]:
    """Our own daemons, and Corosync where it is installed."""
    tmp_path.chmod(0o755)
    engines: list[Engine] = [*daemons.settings(build)]
    other = corosync.settings()[1]
    if missing := other.missing():
        warnings.warn(f"{other.label} is left out: {', '.join(missing)} is not installed", stacklevel=1)
    else:
        engines.append(other)
    [found] = opened(engines, build, tmp_path / "hosts", f"hb{os.getpid():x}s", 1)
    yield found
    closed([found])


def test_losses_are_noticed_and_a_bad_path_is_none(beds: list[Bed]) -> None:
    said: list[str] = []
    found = detection.measure(beds, 1, ("cut",), 2, said.append, random.Random(SEED), settled=2)
    for mine in found:
        assert mine.false == [] and mine.one_path == 0, mine.engine.label
        assert all(sample is not None for samples in mine.seconds.values() for sample in samples), said
    report = detection.report(found, 2)
    assert len([line for line in report if line.startswith("|")]) == 2 + len(beds)
    ours = [bed for bed in beds if bed.engine.ours]
    [alarmed] = alarms.measure([ours], ["loss20"], 0.05, said.append)
    assert alarmed.counts == [0, 0]
    assert len(cost.idle(beds, 1)) == 2 + len(beds) + 2 + 2


def test_what_was_lost_is_proven_off(build: Path, tmp_path: Path) -> None:
    if missing := processor.missing():
        pytest.skip(f"{', '.join(missing)} is not installed")
    tmp_path.chmod(0o755)
    engines = [engine for engine in fencing.engines(build, only_ours=True) if engine.setting == "profile fast"]
    sets = opened(engines, build, tmp_path / "fencing", f"hb{os.getpid():x}p", 1)
    try:
        found = fencing.measure(sets[0], 1, lambda said: None, random.Random(SEED))
    finally:
        closed(sets)
    assert all(sample is not None for mine in found for sample in (*mine.declared, *mine.asked, *mine.told, *mine.proven))
    assert len(fencing.report(found)) == 5
