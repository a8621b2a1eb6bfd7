# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets that a vServer had and that are no longer declared: given back when nothing of it uses them any more."""

from __future__ import annotations

from ...model.vserver import Dataset, VServer
from ...model.zone import ZoneConfig
from ..storage.replacement import mounted_name


def undeclared(vserver: VServer, former: VServer | None) -> tuple[Dataset, ...]:
    """What the former declaration had and this one has not."""
    declared = {dataset.name for dataset in vserver.datasets}
    return tuple(dataset for dataset in former.datasets if dataset.name not in declared) if former else ()


def path(dataset: Dataset) -> str:
    """As outcomes name it."""
    return f"dataset[name={dataset.name}]"


def used(dataset: Dataset, config: ZoneConfig) -> bool:
    """Whether a file system of the configuration lies on it: ZFS, SVM's and VxVM's names of devices."""
    starts = (f"{dataset.name}/", f"/dev/md/{dataset.name}/", f"/dev/vx/dsk/{dataset.name}/")
    return any(str(one.properties.get("special", "")).startswith(starts) for one in config.of_kind("fs"))


def mounted(dataset: Dataset, name: str, config: ZoneConfig) -> bool:
    """Whether the configuration mounts the file system DATASET/NAME."""
    return any(mounted_name(str(one.properties.get("special", ""))) == f"{dataset.name}/{name}" for one in config.of_kind("fs"))
