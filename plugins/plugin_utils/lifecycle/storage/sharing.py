# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before a dataset is given away or destroyed: what lies on it that is not its owner's."""

from __future__ import annotations

from collections.abc import Collection

from ...model.errors import Refused
from ...model.vserver import Dataset
from ..actual import NodeActual
from ..context import NodeContext
from . import driver

_BY_HAND = {"zfs": "zfs destroy -r {name}", "svm": "metaclear -s {dataset} {rest}", "vxvm": "vxedit -g {dataset} -rf rm {rest}"}


def check(dataset: Dataset, owner: str, declared: Collection[str], actual: NodeActual, context: NodeContext, *, doomed: bool) -> None:
    """Raises Refused where another zone lies on it or, when it is ``doomed``, anything that is not ``declared`` (DATASET/NAME)."""
    inside = driver.of(dataset).inside(dataset, actual)
    homes = {mountpoint: name for name, mountpoint in inside.items()}
    for status in actual.zones.values():
        if status.name != owner and status.path in homes and status.path != "/":
            raise Refused(
                f"dataset {dataset.name} of vServer {owner}: zone {status.name} ({status.state}) of node {context.node} lies on it, "
                f"in {homes[status.path]}. Nothing was done. Move or remove that zone first."
            )
    if not doomed:
        return
    tops = {"/".join(name.partition("@")[0].rstrip("%").split("/")[:2]) for name in inside if "/" in name}
    foreign = sorted(tops - set(declared))
    if foreign:
        by_hand = _BY_HAND[dataset.manager].format(name=foreign[0], dataset=dataset.name, rest=foreign[0].partition("/")[2])
        raise Refused(
            f"dataset {dataset.name} of vServer {owner} holds what it does not declare: {', '.join(foreign)}. Nothing was done. "
            f"Declare it, or destroy it by hand first ('{by_hand}')."
        )
