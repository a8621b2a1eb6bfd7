# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileges: root, RBAC profiles through pfexec, sudo, su; and what is said where there are none.

The lab's operator becomes root by another way on each node, see world.py. It knows per command what a profile grants; it does not
protect files, so what cp, chmod and ls may do under a profile is not shown here.
"""

from __future__ import annotations

from typing import Any

import pytest

from .world import World

OPERATOR = {"ansible_user": "operator", "ansible_become": True}
PASSWORD = "correct horse"
WAYS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "pfexec": ("t8a", "mon1", {**OPERATOR, "ansible_become_method": "heliostat.vdc.pfexec"}),
    "sudo with a password": ("t8b", "mon1", {**OPERATOR, "ansible_become_method": "sudo", "ansible_become_password": PASSWORD}),
    "sudo": ("t5a", "mon1", {**OPERATOR, "ansible_become_method": "sudo"}),
    "su": ("t4a", "ledger2", {**OPERATOR, "ansible_become_method": "su", "ansible_become_password": PASSWORD}),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_a_vserver_from_nothing_to_nothing(world: World, way: str) -> None:
    node, name, variables = WAYS[way]
    tasks = [
        {"heliostat.vdc.node": {}},  # may know less than root did: ifconfig hides MAC addresses
        {"heliostat.vdc.node": {}},
        {"heliostat.vdc.vserver": {"name": name}},
        {"heliostat.vdc.vserver": {"name": name}},
        {"heliostat.vdc.vserver_info": {}},
        {"heliostat.vdc.vserver": {"name": name, "state": "absent", "force": True, "destroy": [name]}},
    ]
    mark = world.mark()
    run = world.play(world.book(node, tasks, vars=variables))
    assert run.rc == 0, run.output
    assert [row.changed for row in run.rows[1:]] == [False, True, False, False, True]
    assert run.rows[4].result["states"][name] == "running"
    users = {row["user"] for row in world.lab.log()[mark:] if row["kind"] == "exec"}
    assert users == {"operator"}
    assert PASSWORD not in run.output
    with world.repository() as repository:
        assert PASSWORD not in repository.export_text()


def test_profiles_grant_single_commands_only(world: World) -> None:
    """Under pfexec what no profile names runs as the operator himself."""
    mark = world.mark()
    run = world.play(world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}}], vars=WAYS["pfexec"][2]))
    assert run.rc == 0, run.output
    users = {(row["argv"][0], row["user"]) for row in world.since(mark, node="t8a")}
    assert {("zoneadm", "root"), ("zonecfg", "root"), ("zpool", "root"), ("zfs", "root")} <= users
    assert {user for name, user in users if name in ("svcs", "ping", "kstat")} == {"operator"}


def test_no_privilege(world: World) -> None:
    """An operator who may look but not touch: nothing is done, and the message says what is not permitted."""
    row = world.play(world.book("t8a", [{"heliostat.vdc.vserver": {"name": "mon1"}}], vars={"ansible_user": "operator"})).rows[0]
    assert row.status == "failed"
    assert "no permission to list the disks" in row.message
    pools = [pool["name"] for pool in world.lab.truth()["pools"].values() if pool["name"] != "rpool"]
    assert pools == []


@pytest.mark.parametrize(
    ("node", "method", "password", "said"),
    [
        ("t8b", "sudo", "wrong", "Incorrect sudo password"),
        ("t8b", "sudo", None, "Missing sudo password"),
        ("t8a", "sudo", None, "Missing sudo password"),
        ("t4a", "su", "wrong", "Sorry"),
    ],
)
def test_wrong_or_missing_password(world: World, node: str, method: str, password: str | None, said: str) -> None:
    variables: dict[str, Any] = {**OPERATOR, "ansible_become_method": method}
    if password:
        variables["ansible_become_password"] = password
    mark = world.mark()
    row = world.play(world.book(node, [{"heliostat.vdc.vserver_info": {}}], vars=variables)).rows[0]
    assert row.status in ("failed", "unreachable")
    assert said.lower() in row.message.lower()
    assert not world.since(mark, "zoneadm")
