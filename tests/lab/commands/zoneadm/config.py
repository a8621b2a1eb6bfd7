# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others read of a zone's configuration, in the form in which the zonecfg simulation keeps it.

A zone that is ready or running has the configuration it was readied with, and what was applied since; the stored one counts from
its next boot on.
"""

from __future__ import annotations

import copy
from typing import Any

from ...truth import Zone


def effective(zone: Zone) -> dict[str, Any]:
    return zone.config if zone.live is None else zone.live


def _of_kind(config: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item for item in config.get("resources", []) if item.get("kind") == kind]


def resources(zone: Zone, kind: str) -> list[dict[str, Any]]:
    """What the zone has now."""
    return _of_kind(effective(zone), kind)


def stored(zone: Zone, kind: str) -> list[dict[str, Any]]:
    """What it has from its next boot on."""
    return _of_kind(zone.config, kind)


def readied(zone: Zone) -> None:
    zone.live = copy.deepcopy(zone.config)


def halted(zone: Zone) -> None:
    zone.live = None
