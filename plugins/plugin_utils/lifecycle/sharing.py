# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before a pool is exported or destroyed: what lies on it that is not the vServer's."""

from __future__ import annotations

from ..model.errors import Refused
from ..model.vserver import Dataset, VServer
from .actual import NodeActual
from .context import NodeContext


def check(dataset: Dataset, vserver: VServer, actual: NodeActual, context: NodeContext, *, doomed: bool) -> None:
    """Raises Refused where another zone lies on the pool or, when it is ``doomed``, anything that the vServer does not declare."""
    inside = {name: entry for name, entry in actual.held.items() if name.partition("/")[0] == dataset.name}
    homes = {entry.properties["mountpoint"].value: name for name, entry in inside.items()}
    for status in actual.zones.values():
        if status.name != vserver.name and status.path in homes and status.path != "/":
            raise Refused(
                f"dataset {dataset.name} of vServer {vserver.name}: zone {status.name} ({status.state}) of node {context.node} lies on it, "
                f"in {homes[status.path]}. Nothing was done. Move or remove that zone first."
            )
    if not doomed:
        return
    ours = {filesystem.zfs for filesystem in vserver.filesystems if filesystem.type != "lofs"}
    tops = {"/".join(name.partition("@")[0].rstrip("%").split("/")[:2]) for name in inside if "/" in name}
    foreign = sorted(tops - ours)
    if foreign:
        raise Refused(
            f"dataset {dataset.name} of vServer {vserver.name} holds what it does not declare: {', '.join(foreign)}. Nothing was done. "
            f"Declare it, or destroy it by hand first ('zfs destroy -r {foreign[0]}')."
        )
