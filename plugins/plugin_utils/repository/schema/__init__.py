# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the configuration repository."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

from .base import Base, UtcDateTime
from .build import Build, BuildPackage, NodePackage
from .domain import Cdom, Gdom, GdomLun, GdomNetwork
from .estate import ComputePool, Config, Node, NodeConfig, NodeProfile, ServiceProcessor
from .network import Address, Link, Network, NetworkType, NodeNetwork
from .operation import Event, Journal, JournalStep, ObjectLock
from .patching import (
    NodePatch,
    PatchArchive,
    PatchReference,
    PatchResult,
    PatchSet,
    PatchSetGone,
    PatchSetPatch,
    PatchTarget,
    PatchTargetNode,
    PatchTargetSet,
)
from .storage import Dataset, DatasetLun, Disk, Filesystem, Lun, LunVisibility
from .usage import UsageBucket, UsageDue, UsageGap, UsageLast, UsagePruned, UsageSample
from .vserver import Evacuation, ResourceControl, VServer, VServerDependency, VServerMove, VServerNetwork

metadata = Base.metadata
configure_mappers()  # now, not in every process that is forked later

__all__ = [
    "Address",
    "Build",
    "BuildPackage",
    "Cdom",
    "ComputePool",
    "Config",
    "Dataset",
    "DatasetLun",
    "Disk",
    "Evacuation",
    "Event",
    "Filesystem",
    "Gdom",
    "GdomLun",
    "GdomNetwork",
    "Journal",
    "JournalStep",
    "Link",
    "Lun",
    "LunVisibility",
    "Network",
    "NetworkType",
    "Node",
    "NodeConfig",
    "NodeNetwork",
    "NodePackage",
    "NodePatch",
    "NodeProfile",
    "ObjectLock",
    "PatchArchive",
    "PatchReference",
    "PatchResult",
    "PatchSet",
    "PatchSetGone",
    "PatchSetPatch",
    "PatchTarget",
    "PatchTargetNode",
    "PatchTargetSet",
    "ResourceControl",
    "ServiceProcessor",
    "UsageBucket",
    "UsageDue",
    "UsageGap",
    "UsageLast",
    "UsagePruned",
    "UsageSample",
    "UtcDateTime",
    "VServer",
    "VServerDependency",
    "VServerMove",
    "VServerNetwork",
    "metadata",
]
