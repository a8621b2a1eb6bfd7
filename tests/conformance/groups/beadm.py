# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""beadm list, parsable and for people: the boot environments, and the active one's facts; -a, -d, -s: their parts; what destroy asks."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import beadm, beadm_detail

from ..facts import Table
from ..shapes import ValueOrItems


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


def _detail(found: tuple[beadm_detail.Part, ...]) -> object:
    rows = [
        {"be": one.environment, "name": one.name, "flags": one.flags, "mount": one.mountpoint, "space": one.space}
        | {"policy": one.policy, "created": one.created}
        for one in found
    ]
    environments = list(dict.fromkeys(one.environment for one in found))
    datasets = [one for one in found if not one.snapshot]
    about: dict[str, object] = {
        "be": environments[0] if len(environments) == 1 else None,
        "bes": ValueOrItems(environments),
        "datasets": ValueOrItems([one.name for one in datasets]),
        "snapshots": ValueOrItems([one.name for one in found if one.snapshot]),
    }
    if datasets and len(environments) == 1:
        about |= {"root_dataset": datasets[0].name, "space": datasets[0].space, "created": datasets[0].created}
        about |= {"mount": datasets[0].mountpoint, "flags": datasets[0].flags}
    return Table(rows, "name", about)


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    if words[:2] == ["beadm", "destroy"]:
        asked = beadm_detail.parse_question(text)
        return {"prompt": True, "be": asked} if asked else None
    if words[:2] != ["beadm", "list"] or ("-H" in words and {"-a", "-d", "-s"} & set(words)):
        return None
    if {"-a", "-d", "-s", "-ds", "-sd"} & set(words):
        return _detail(beadm_detail.parse(text))
    found = beadm.parse_list(text) if "-H" in words else beadm.parse_table(text)
    active = next((one for one in found if one.active), None)
    about = {**_row(active), "active": active.name} if active else {}
    if active and active.on_reboot:
        about["nr"] = active.name
    return Table([_row(one) for one in found], "name", about)
