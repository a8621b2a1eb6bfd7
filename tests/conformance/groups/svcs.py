# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svcs: states, lists, explanations and details."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import smf, tables

from ..facts import Table
from ..shapes import ValueOrItems, row


def _list(found: tuple[smf.ServiceState, ...]) -> Table:
    rows = [{"fmri": one.fmri, "state": one.state, "next_state": one.next_state, "stime": one.since} for one in found]
    states = {one.state for one in found}
    about: dict[str, object] = {state: ValueOrItems([one.fmri for one in found if one.state == state]) for state in states}
    if len(states) == 1:
        about["state"] = states.pop()
    return Table(rows, "fmri", about)


def _details(one: smf.ServiceDetails) -> dict[str, object]:
    return {
        **one.properties,
        "enabled": one.enabled,
        "contract_id": one.contract,
        "manifests": ValueOrItems(one.manifests),
        "manifest": ValueOrItems(one.manifests, one.manifests[0] if one.manifests else ""),
        "dependencies": ValueOrItems(one.dependencies),
        "dependency_states": [state for dependency in one.dependencies for state in dependency.states.values()],
    }


def _columns(titles: list[str], text: str, bare: bool) -> object | None:
    """Any other columns, by their header; the state's ``*`` is a transition."""
    if not titles or "DESC" in titles[:-1]:
        return None
    head = "" if bare else text.split("\n", 1)[0]
    if head and head.split() != [{"CTID": "CTID"}.get(title, title) for title in titles]:
        return None
    found = tables.worded("svcs -o", " ".join(titles) + "\n" + text.removeprefix(head).lstrip("\n"), rest=titles[-1])
    names = {"SVC": "service", "INST": "instance", "NSTATE": "next_state"}
    rows = [row(one, names) for one in found]
    return Table([{**one, "state": str(one["state"]).rstrip("*")} if "state" in one else one for one in rows], "fmri")


def parsed(command: str, os: str, text: str) -> object | None:
    words = command.partition("|")[0].split()
    flags = "".join(word[1:] for word in words if word.startswith("-"))
    if words[:2] == ["svcadm", "-v"]:
        return Table([{"fmri": fmri, "action": done} for fmri, done in smf.parse_done(text)], "fmri")
    if words[0] != "svcs":
        return None
    if "x" in flags:
        problems = smf.parse_problems(text)
        fields = ("fmri", "name", "state", "since", "reason", "impact", "see", "log")
        return Table([{**{name: getattr(one, name) for name in fields}, "msg": one.message} for one in problems], "fmri")
    if "l" in flags:
        return Table([_details(one) for one in smf.parse_details(text)], "fmri")
    if "o" in flags:
        columns = words[words.index("-o") + 1] if "-o" in words[:-1] else ""
        if "H" in flags and columns in ("state,nstate", "state,nstate,fmri"):
            return _list(smf.parse_states(text))
        return _columns(columns.upper().split(","), text, "H" in flags)
    return _list(smf.parse_list(text)) if not set(flags) - set("adDHR") else None
