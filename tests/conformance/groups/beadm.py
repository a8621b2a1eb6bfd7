# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""beadm list, parsable and for people: the boot environments, and the active one's facts."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import beadm

from ..facts import Table


def _row(one: beadm.BootEnvironment) -> dict[str, object]:
    return {
        "name": one.name,
        "uuid": one.uuid,
        "flags": one.flags,
        "mount": one.mountpoint,
        "space": one.shown_space,
        "policy": one.policy,
        "created": one.created,
        "created_epoch": one.created,
    }


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:2] != ["beadm", "list"] or {"-a", "-d", "-s"} & set(words):
        return None
    found = beadm.parse_list(text) if "-H" in words else beadm.parse_table(text)
    active = next((one for one in found if one.active), None)
    about = {**_row(active), "active": active.name} if active else {}
    if active and active.on_reboot:
        about["nr"] = active.name
    return Table([_row(one) for one in found], "name", about)
