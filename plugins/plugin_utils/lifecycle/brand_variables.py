# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone's brand and what goes with it, read back into the variables that declare it."""

from __future__ import annotations

from typing import Any

from ..model.brands import BRANDS, WITHOUT_SMF
from ..model.zone import ZoneConfig, ZoneResource
from .zone_definition import INHERITED

#: Properties and resources that this page answers for.
PROPERTIES = frozenset({"hostid"})
KINDS = frozenset({"inherit-pkg-dir", "attr"})


def variables(brand: str, config: ZoneConfig, problems: list[str]) -> dict[str, Any]:
    """``sparse`` and ``hostid`` where the zone has them; what cannot be said is added to ``problems``."""
    found: dict[str, Any] = {"brand": brand}
    if brand not in BRANDS:
        problems.append(f"brand {brand}")
    inherited = {str(resource.properties.get("dir")) for resource in config.of_kind("inherit-pkg-dir")}
    if inherited and set(INHERITED) <= inherited:
        found["sparse"] = True
    rest = inherited - set(INHERITED) if "sparse" in found else inherited
    problems += [f"inherit-pkg-dir {path}" for path in sorted(rest)]
    hostid = config.properties.get("hostid", "")
    for resource in config.of_kind("attr"):
        if _is_hostid(brand, resource):
            hostid = str(resource.properties.get("value"))
        else:
            problems.append(f"attr {resource.properties.get('name')}")
    if hostid:
        found["hostid"] = hostid.lower().removeprefix("0x").zfill(8)
    return found


def _is_hostid(brand: str, resource: ZoneResource) -> bool:
    """solaris8(5): zones of Solaris 8 and 9 have their hostid in an attr."""
    return brand in WITHOUT_SMF and resource.properties.get("name") == "hostid" and resource.properties.get("type") == "string"
