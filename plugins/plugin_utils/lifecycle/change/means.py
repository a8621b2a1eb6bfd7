# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a running zone can be changed, by release: which of its properties can be brought to it, and which only tell of its next boot.

Solaris 11.2 and later: ``zoneadm apply`` takes what solaris(5) (solaris(7) on 11.4) lists as supported by live zone reconfiguration
and passes over the rest. Solaris 10: file systems, and addresses of a shared-IP zone, are brought there by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...commands.zonecfg_canonical import identity
from ...commands.zonecfg_syntax import ALIASES
from ...model.release import Release
from ...model.vserver import VServer
from ...model.zone import ZoneConfig, ZoneResource

#: Properties and resources that mean nothing to a zone that runs ("persistent only", and the resources that zones do not read).
PERSISTENT = frozenset({"autoboot", "autoshutdown", "bootargs", "attr", "admin"})

_PATH = re.compile(r"(?P<kind>[a-z][-a-z0-9]*)(?:\[.*\])?(?:\.(?P<property>[a-z][-a-z0-9]*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Means:
    """``kinds`` are the global properties and resources that can be changed live, ``excepted`` properties of them that cannot.

    ``by_hand``: with mount and ifconfig, not with ``zoneadm apply``.
    """

    kinds: frozenset[str] = frozenset()
    excepted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_hand: bool = False


_APPLY = Means(
    frozenset(
        {
            "anet",
            "net",
            "fs",
            "device",
            "capped-memory",
            "capped-cpu",
            "dedicated-cpu",
            "pool",
            "scheduling-class",
            "rctl",
            *ALIASES,
        }
    ),
    {
        "anet": frozenset({"allowed-address", "configure-allowed-address", "defrouter", "evs", "vport"}),
        "net": frozenset({"allowed-address", "configure-allowed-address", "defrouter"}),
    },
)
_BY_HAND = Means(frozenset({"fs"}), by_hand=True)
_BY_HAND_SHARED = Means(frozenset({"fs", "net"}), {"net": frozenset({"defrouter"})}, by_hand=True)


def means(release: Release, vserver: VServer) -> Means:
    """Nothing on 11.0 and 11.1, which have no ``zoneadm apply``."""
    if release.is_solaris10:
        return _BY_HAND_SHARED if vserver.ip_type == "shared" else _BY_HAND
    return _APPLY if has_live_configuration(release) else Means()


def has_live_configuration(release: Release) -> bool:
    """``zonecfg -r`` and ``zoneadm apply`` came with 11.2."""
    return release.family in ("s11.2", "s11.3", "s11.4")


def parts(path: str) -> tuple[str, str]:
    """Kind and property of a difference's path: ``net[physical=net0].defrouter`` is (``net``, ``defrouter``)."""
    found = _PATH.match(path)
    return (found["kind"], found["property"] or "") if found else (path, "")


def reached(live: ZoneConfig, want: ZoneConfig, able: Means) -> ZoneConfig:
    """What the running zone will be when all that can be brought to it was."""
    properties = {key: value for key, value in live.properties.items() if key not in able.kinds}
    properties |= {key: value for key, value in want.properties.items() if key in able.kinds}
    have = {(resource.kind, identity(resource)): resource for resource in live.resources}
    kept = [resource for resource in live.resources if resource.kind not in able.kinds]
    new = [
        _merged(have.get((resource.kind, identity(resource))), resource, able.excepted.get(resource.kind, frozenset()))
        for resource in want.resources
        if resource.kind in able.kinds
    ]
    return ZoneConfig(properties, (*kept, *new))


def _merged(live: ZoneResource | None, want: ZoneResource, excepted: frozenset[str]) -> ZoneResource:
    properties = {key: value for key, value in want.properties.items() if key not in excepted}
    if live is not None:
        properties |= {key: value for key, value in live.properties.items() if key in excepted}
    return ZoneResource(want.kind, properties)
