# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zoneadm reads of a zone's configuration: Zone.config as the zonecfg simulation keeps it."""

from __future__ import annotations

from typing import Any

from ...truth import Zone


def resources(zone: Zone, kind: str) -> list[dict[str, Any]]:
    return [item for item in zone.config.get("resources", []) if item.get("kind") == kind]
