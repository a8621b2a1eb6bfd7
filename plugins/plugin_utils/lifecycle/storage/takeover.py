# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool that is taken by force: of a host that it names, or of one that it does not name and that can only be the dead one."""

from __future__ import annotations

from ...model.errors import Refused
from ...model.storage import Pool
from ...model.vserver import Dataset
from ..context import NodeContext


def check(dataset: Dataset, pool: Pool, context: NodeContext) -> None:
    """Raises Refused where the pool names no host, and another than the dead one may use it."""
    unknown = next((context.unknown[guid] for guid in dataset.luns if guid in context.unknown), "")
    if pool.last_host is None and unknown:
        raise Refused(
            f"dataset {dataset.name}: the pool was last used by another system and does not say by which. {unknown}, and could use it, so "
            "that it is the dead one's is not known. Nothing was done. Bring that node up; if it is lost too, recover it first (playbook "
            "heliostat.vdc.vserver_recover)."
        )


def why(dataset: Dataset, pool: Pool, context: NodeContext) -> str:
    """The reason of the step, with the proof."""
    if pool.last_host is not None:
        return f"pool {pool.pool_id}, last used by {pool.last_host}, by force: {context.proof}"
    others = sorted({name for guid in dataset.luns for name in context.without.get(guid, ()) if name != context.node})
    rest = f"not on {', '.join(others)}" if others else "no other node sees it"
    return f"pool {pool.pool_id}, last used by another system that it does not name, {rest}, by force: {context.proof}"
