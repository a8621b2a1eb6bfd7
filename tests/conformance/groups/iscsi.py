# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iscsiadm, itadm and stmfadm."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import iscsi

from ..facts import Table
from ..shapes import row

_NAMES = {"LU Name": "lu", "Authentication Type": "auth", "Configured Sessions": "sessions", "Initiator node alias": "alias", "LUN": "lun"}


def _fields(one: iscsi.Entry) -> dict[str, object]:
    return {"kind": one.kind, "name": one.name, **row(one.values, _NAMES)}


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.split()
    what = " ".join(words[:2])
    if what == "itadm list-target":
        return Table([_fields(one) for one in iscsi.parse_targets(text)], "name")
    if what not in ("iscsiadm list", "stmfadm list-view", "stmfadm list-lu", "stmfadm list-target", "stmfadm list-hg", "stmfadm list-tg"):
        return None
    found = iscsi.parse_objects(text, what)
    rows = [_fields(one) for one in found]
    for fields, one in zip(rows, found, strict=True):
        if one.kind == "Initiator node name":
            fields["node"] = one.name
        if one.kind == "View Entry":
            fields["entry"] = one.name
        if one.kind == "Target":
            fields["target"] = one.name
            fields["luns"] = sum(label == "LUN" for label, _value in one.every)
    return Table(rows, "name")
