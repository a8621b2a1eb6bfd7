# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proof is about something: one of no nodes would be clean."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.patch_proving import Proving
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import HeliostatError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet, PatchTarget, SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from .test_objects import register

SET = SetVersion("q1", 1)
ARGS: dict[str, Any] = {"targets": None, "nodes": None, "into": None, "formats": [], "fail_on": "open"}


def proving(repository: Repository, **args: Any) -> Proving:
    return Proving(cast(Any, None), {**ARGS, **args}, repository)


def declare(repository: Repository, **targets: tuple[str, ...]) -> None:
    register(repository)
    repository.patching.record_set(PatchSet("q1", 1, "10", (PatchId("120001", 2),), True))
    for name, nodes in targets.items():
        repository.patching.record_target(PatchTarget(name, nodes, (SET,)))


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"nodes": []}, "nodes is an empty list, so nothing would be proven"),
        ({"targets": []}, "targets is an empty list, so nothing would be proven"),
        ({"targets": ["bare"]}, "patch target bare has no node, so nothing would be proven"),
        ({}, "patch target bare has no node, so nothing would be proven"),
        ({"nodes": ["node2"]}, "node node2 is in none of the patch targets"),
    ],
)
def test_a_proof_of_nothing_is_refused(repository: Repository, args: dict[str, Any], said: str) -> None:
    declare(repository, **({"web": ("node1",)} if args.get("nodes") else {"web": ("node1",), "bare": ()}))
    with pytest.raises(HeliostatError, match=said):
        proving(repository, **args).run()


def test_there_is_no_target(repository: Repository) -> None:
    with pytest.raises(HeliostatError, match=r"there is no patch target, so nothing would be proven\. Declare it"):
        proving(repository).run()
