# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hastatus -sum, haclus -display, gabconfig -a."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import vcs


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.rpartition("/")[2].split()
    if words[:2] == ["hastatus", "-sum"]:
        found = vcs.parse_summary(text)
        groups = {group.name: {node: state.upper() for node, state in group.states.items()} for group in found.groups}
        return {"systems": found.systems, "groups": groups, "parallel": any(group.parallel for group in found.groups)}
    if words[:2] == ["haclus", "-display"]:
        return {"ClusterName": vcs.parse_name(text)}
    if words[:2] == ["gabconfig", "-a"]:
        ports = vcs.parse_membership(text)
        return {"ports": list(ports) if "(port lines)" in command else ports}
    return None
