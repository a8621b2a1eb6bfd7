# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a node's zones and storage after looking. None means: not asked, because nothing depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model.storage import Disk, Pool, Zfs
from ..model.zone import ZoneConfig, ZoneStatus


@dataclass(frozen=True, slots=True)
class ZonePath:
    """A zone's directory: its mode bits as ls prints them, and whether something is in it."""

    mode: str
    empty: bool


@dataclass(frozen=True, slots=True)
class NodeActual:
    zones: Mapping[str, ZoneStatus]
    pools: Mapping[str, Pool]
    configs: Mapping[str, ZoneConfig] = field(default_factory=dict)
    zfs: Mapping[str, Zfs] = field(default_factory=dict)
    milestones: Mapping[str, str] = field(default_factory=dict)  # zone → SMF state of multi-user-server
    unconfigured: frozenset[str] = frozenset()  # zones that have no identity yet: /etc/.UNCONFIGURED and no sysidcfg
    jobs: frozenset[str] = frozenset()
    ended_jobs: frozenset[str] = frozenset()  # their directories were left behind by a controller that did not live to see their end
    held: Mapping[str, Zfs] = field(default_factory=dict)  # all that lies on the pools of vServers that go away
    importable: tuple[Pool, ...] | None = None
    disks: Mapping[str, Disk] | None = None  # by GUID
    zonepaths: Mapping[str, ZonePath] | None = None  # zone → directory; absent: there is none
    answering: frozenset[str] = frozenset()  # addresses of not yet configured zones that somebody already has
    complete: bool = False  # both looks were taken
