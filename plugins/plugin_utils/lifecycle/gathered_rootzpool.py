# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone's own pool (rootzpool), read back into the variables that declare it, whether it is imported or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..commands import storage_uri
from ..model.storage import Pool
from ..model.zone import ZoneConfig
from .storage import rootzpool, zfs

KINDS = frozenset({"rootzpool"})


def name_of(zone: str, config: ZoneConfig) -> str:
    """The pool's name; '' for a zone without one."""
    return f"{zone}_rpool" if config.of_kind("rootzpool") else ""


def dataset(zone: str, config: ZoneConfig, pools: Mapping[str, Pool], problems: list[str]) -> dict[str, Any]:
    """Its entry in ``datasets``; what cannot be said is added to ``problems``."""
    name = name_of(zone, config)
    uris = [uri for one in config.of_kind("rootzpool") for uri in rootzpool.uris(one)]
    problems += [f"rootzpool on {uri}, which names no LUN by its NAA identifier" for uri in uris if not storage_uri.lun(uri)]
    layout = zfs.layout(pools[name]) if name in pools else "mirror" if len(uris) > 1 else "single"
    if layout not in ("single", "mirror"):
        problems.append(f"rootzpool {name} of layout {layout}")
    return {"name": name, "layout": layout, "luns": [storage_uri.lun(uri) or uri for uri in uris], "rootzpool": True}
