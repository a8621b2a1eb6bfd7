# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones as a node shows them: their run state and their configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ZoneStatus:
    """One line of ``zoneadm list -p``. ``state`` is the OS's word (configured, incomplete, unavailable, installed, ready,
    running, shutting_down, down ...); ``ip_type`` is ``shared`` or ``exclusive``."""

    name: str
    state: str
    path: str
    zone_id: int | None = None
    uuid: str = ""
    brand: str = "native"
    ip_type: str = "shared"
    writable: str = ""  # Solaris 11: R, W or - for the global zone; '' where the release has no such field
    file_mac_profile: str = ""


@dataclass(frozen=True, slots=True)
class ZoneResource:
    """One resource of a zone's configuration: ``fs``, ``net``, ``anet``, ``capped-memory``, ``rctl`` ...

    A property's value is a string; a list property (``options``, ``allowed-address``) is a tuple; an rctl value such as
    ``(priv=privileged,limit=10,action=deny)`` is one string of its tuple, blanks removed.
    """

    kind: str
    properties: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ZoneConfig:
    """A zone's whole configuration: what ``zonecfg export`` prints and ``zonecfg -f`` takes."""

    properties: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[ZoneResource, ...] = ()

    def of_kind(self, kind: str) -> tuple[ZoneResource, ...]:
        return tuple(resource for resource in self.resources if resource.kind == kind)
