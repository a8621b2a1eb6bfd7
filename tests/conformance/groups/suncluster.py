# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""clnode, clquorum and clresourcegroup status."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import sun_cluster


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[1:2] != ["status"]:
        return None
    if words[0] in ("clnode", "cln"):
        return {"nodes": {name: "Online" if up else "Offline" for name, up in sun_cluster.parse_nodes(text).items()}}
    if words[0] in ("clquorum", "clq"):
        votes = sun_cluster.parse_quorum(text)
        return {"needed": votes.needed, "present": votes.present, "possible": votes.possible, "nodes": len(votes.nodes)}
    if words[0] in ("clresourcegroup", "clrg"):
        return {
            "groups": {
                group.name: {node: {"suspended": group.suspended, "status": state.capitalize()} for node, state in group.states.items()}
                for group in sun_cluster.parse_groups(text)
            }
        }
    return None
