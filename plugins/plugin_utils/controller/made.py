# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the repository is to remember of datasets after an operation: that they are there, or were destroyed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from ..lifecycle.actual import NodeActual
from ..lifecycle.storage import driver, rootzpool
from ..lifecycle.vserver import Wanted

if TYPE_CHECKING:
    from ..repository.store import Repository


def remember(
    repository: Repository, wanted: Sequence[tuple[Wanted, str]], nodes: Mapping[str, NodeActual | None], failures: Collection[str]
) -> None:
    """``nodes`` as they were looked at last. What a failed vServer's run made is remembered too."""
    for entry, node in wanted:
        actual = nodes.get(node)
        if actual is None:
            continue
        name = entry.vserver.name
        here = (dataset for dataset in entry.vserver.datasets if driver.of(dataset).here(dataset, actual))
        seen = {dataset.name for dataset in here if not rootzpool.half_made(dataset, name, actual)}
        doomed = entry.destroy if entry.state == "absent" and name not in failures else frozenset[str]()
        if seen or doomed:
            repository.remember_datasets(name, seen, doomed)
