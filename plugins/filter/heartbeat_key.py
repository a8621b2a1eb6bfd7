# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of one node, derived of a master key: what an agent.keys that is written without the role holds."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils.lifecycle.heartbeat.keys import node_key
from ..plugin_utils.model.errors import InvalidDefinition


def heartbeat_key(master: str, node: int) -> str:
    """64 hexadecimal digits. Raises AnsibleFilterError, which says nothing of the key."""
    try:
        return node_key(str(master), int(node))
    except (InvalidDefinition, ValueError) as error:
        raise AnsibleFilterError(f"heartbeat_key: {error}") from None


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"heartbeat_key": heartbeat_key}
