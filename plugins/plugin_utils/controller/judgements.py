# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the monitors of the heartbeat say, asked on the management servers that have one."""

from __future__ import annotations

from collections.abc import Mapping

from ..commands import heartbeat as client
from ..lifecycle.heartbeat.places import CLIENT, Places
from ..model.errors import HeliostatError
from ..model.judgement import Judged, Judgement
from .action import HeliostatAction
from .heartbeat import MONITOR, NODE, NODE_DEFAULTS, merged
from .other_nodes import impatient

PROGRAM = Places("monitor").program(CLIENT)


def monitors(action: HeliostatAction) -> list[str]:
    """The inventory's hosts that have a monitor."""
    hostvars = action.vars.get("hostvars", {})
    return sorted(host for host in hostvars if MONITOR in hostvars[host])


def asked(action: HeliostatAction, node: str = "") -> Mapping[str, Judgement | str]:
    """By monitor what it says of a node, or of all, or why it says nothing."""
    found: dict[str, Judgement | str] = {}
    for host in monitors(action):
        try:
            (output,) = impatient(action, host).run([client.status(PROGRAM, node)])
            found[host] = client.parse(output)
        except HeliostatError as error:
            found[host] = " ".join(str(error).split())
    return found


def powers_off(action: HeliostatAction, node: str) -> bool:
    """Whether the node's self-fencing, as the inventory declares it, leaves the machine without power."""
    hostvars = action.vars.get("hostvars", {})
    if node not in hostvars or NODE not in hostvars[node]:
        return False
    fence = merged(action, hostvars[node], NODE, NODE_DEFAULTS, node).get("self_fence")
    return isinstance(fence, Mapping) and (fence.get("by"), fence.get("how")) == ("stop", "power_off")


def of(action: HeliostatAction, node: str) -> Mapping[str, Judged | str]:
    """By monitor what it says of the node, or why it says nothing."""
    return {
        host: told if isinstance(told, str) else told.nodes.get(node) or "it does not know the node"
        for host, told in asked(action, node).items()
    }
