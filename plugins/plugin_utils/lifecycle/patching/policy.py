# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an operator wants a node patched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...model.patching.patch import PatchId
from .phases import Alone

#: ``all``: patchadd goes through all zones. ``global``: the global zone only (-G). ``detach``: zones are detached meanwhile, and updated
#: by attach -u.
Zones = Literal["all", "global", "detach"]


@dataclass(frozen=True, slots=True)
class Policy:
    """``depot``: the folder on the node where the patches lie unpacked. ``sizes``: what each takes, in bytes, where an archive told it.

    ``headroom``: bytes that stay free. ``no_way_in``: why the console cannot be reached, '' where it can or somebody answers for it.
    ``needed``: vServers of other nodes that run and need one of this node's. ``order``: the zones, masters before slaves. ``elsewhere``:
    vServers that the repository has on other nodes. ``reboots``: whether the node may be rebooted. ``zones_at_once``: 0 leaves pdo.conf
    alone.
    """

    depot: str
    zones: Zones = "all"
    alone: Alone = "non_standard"
    reboots: bool = True
    backout: bool = True
    zones_at_once: int = 0
    headroom: int = 512 * 1024**2
    sizes: Mapping[PatchId, int] = field(default_factory=dict)
    no_way_in: str = ""
    order: tuple[str, ...] = ()
    needed: str = ""
    elsewhere: frozenset[str] = frozenset()
