# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that is patched is in maintenance meanwhile, and afterwards as it was before: of a node without a heartbeat."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_silence import Silence
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from .test_objects import register


def silence(repository: Repository) -> Silence:
    return Silence(cast(Any, SimpleNamespace(vars={"hostvars": {}})), repository, "node1")


@pytest.mark.parametrize("before", [None, "", "memory errors"])
def test_a_node_is_left_as_it_was(repository: Repository, before: str | None) -> None:
    register(repository)
    if before is not None:
        repository.flag_node("node1", maintenance=True, reason=before)
    silence(repository).begun(True)
    killed = silence(repository)
    record = repository.node("node1")
    assert (killed.continued, record and record.maintenance) == (True, True)
    killed.begun(True)
    killed.ended()
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (before is not None, before or "")
    assert not silence(repository).continued


def test_maintenance_that_somebody_began_meanwhile_stays(repository: Repository) -> None:
    register(repository)
    silence(repository).begun(True)
    repository.flag_node("node1", maintenance=True, reason="memory errors")
    silence(repository).ended()
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (True, "memory errors")


def test_nothing_is_said_where_nothing_goes_down(repository: Repository) -> None:
    register(repository)
    silence(repository).begun(False)
    record = repository.node("node1")
    assert record is not None
    assert (record.maintenance, record.flag_reason) == (False, "")
