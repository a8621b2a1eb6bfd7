# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One interface for datasets, whatever volume manager carries them: ``of(dataset)`` picks the driver.

A driver is pure: steps and warnings come from what was seen (NodeActual) and what is known (NodeContext), whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ...model.plan import Step
from ...model.vserver import Dataset, Filesystem, Manager, VServer
from ..actual import NodeActual
from ..context import NodeContext
from . import rootzpool, svm, vxvm, zfs

Made = tuple[list[Step], list[str]]


class Driver(Protocol):
    """What a volume manager can do. Every function may raise Refused, naming what would be harmed and what to do.

    - ``here``: the node has the dataset (imported, owned); ``offers``: it could take it.
    - ``present``: steps that make it here and as declared, and warnings. ``exported``: it goes away with its data.
      ``destroyed``: with all in it; the caller has checked that the operator named it. A dataset that has to be taken for it gets
      a step "import dataset NAME", after which the caller looks and plans again.
    - ``filesystem_present``, ``filesystem_removed``: the same for one file system of a dataset that is here.
    - ``described`` and ``predicted`` show it in a diff, as it is and as it will be.
    """

    def here(self, dataset: Dataset, actual: NodeActual) -> bool: ...
    def offers(self, dataset: Dataset, actual: NodeActual) -> bool: ...
    def present(self, dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> Made: ...
    def exported(self, dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]: ...
    def destroyed(self, dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]: ...
    def described(self, dataset: Dataset, actual: NodeActual) -> dict[str, Any] | None: ...
    def predicted(self, dataset: Dataset, actual: NodeActual) -> dict[str, Any]: ...
    def inside(self, dataset: Dataset, actual: NodeActual) -> dict[str, str]: ...
    def filesystem_present(self, filesystem: Filesystem, vserver: VServer, actual: NodeActual, context: NodeContext) -> Made: ...
    def filesystem_removed(self, dataset: Dataset, name: str, vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]: ...
    def described_filesystem(self, filesystem: Filesystem, actual: NodeActual) -> dict[str, Any] | None: ...
    def predicted_filesystem(self, filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> dict[str, Any]: ...


_DRIVERS: Mapping[Manager, Driver] = {"zfs": zfs, "svm": svm, "vxvm": vxvm}


def of(dataset: Dataset) -> Driver:
    return rootzpool if dataset.rootzpool else _DRIVERS[dataset.manager]


def present(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> Made:
    """Steps that make the dataset here and as declared, and warnings."""
    return of(dataset).present(dataset, owner, actual, context)


def exported(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Steps that give the dataset away with its data; none where it is not here."""
    return of(dataset).exported(dataset, owner, actual, context)


def destroyed(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Steps that destroy the dataset with its data."""
    return of(dataset).destroyed(dataset, owner, actual, context)
