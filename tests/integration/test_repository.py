# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration repository that is locked, old, damaged or gone: no node is touched, and the message says what to do."""

from __future__ import annotations

import getpass
import signal
import sqlite3
import subprocess
import sys

from .world import World

HOLDER = """
import sys
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
with open_repository(sys.argv[1]) as repository:
    with repository.lock("mon1", owner="anna", reason="maintenance"):
        print("held", flush=True)
        sys.stdin.readline()
"""


def refused(world: World, *parts: str) -> None:
    before = world.lab.execs()
    row = world.task("t8a", "vserver", name="mon1")
    assert row.status == "failed"
    for part in parts:
        assert part in row.message
    assert world.lab.execs() == before


def test_lock_of_a_living_process_and_of_a_dead_one(world: World) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, world.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        refused(world, "mon1 is locked by anna", f"process {holder.pid} on host", "reason: maintenance", "state=unlocked object=mon1")
        assert world.task("t8a", "vserver", "--check", name="mon1").status == "ok"
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    row = world.task("t8a", "vserver", name="mon1")
    assert row.status == "ok", row.message
    assert any("anna" in warning and "taken over" in warning for warning in row.result["warnings"])
    with world.repository() as repository:
        assert repository.locks() == []


def test_gone(world: World) -> None:
    for name in world.repository_file.parent.glob("*"):
        name.unlink()
    refused(world, str(world.repository_file), "heliostat.vdc.repository")
    check = world.task("t8a", "vserver", "--check", name="mon1")
    assert check.status == "ok", check.message
    assert check.steps[0].startswith("create dataset mon1")
    assert not world.repository_file.exists()


def test_of_an_older_schema(world: World) -> None:
    database = sqlite3.connect(world.repository_file)
    with database:
        database.execute("UPDATE alembic_version SET version_num = '0003'")
    database.close()
    refused(world, str(world.repository_file), "older schema 0003", "state=upgraded")
    database = sqlite3.connect(world.repository_file)
    assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)], (
        "an upgrade is asked for, never made by the way"
    )
    database.close()


def test_no_database(world: World) -> None:
    text = "this is not a database, " * 200
    world.repository_file.write_text(text)
    refused(world, str(world.repository_file), "damaged: the file is not a SQLite database", "state=restored")
    assert world.repository_file.read_text() == text, "what is not understood is not overwritten"


def test_lost_and_made_anew(world: World) -> None:
    """The nodes know what runs where: everything is found again, nothing is moved or made twice."""
    assert world.play("heliostat.vdc.site").rc == 0
    homes = {name: node for node in ("t8a", "t8b", "t5a", "t4a") for name in world.lab.truth(node)["zones"]}
    for name in world.repository_file.parent.glob("*"):
        name.unlink()
    mark = world.mark()
    run = world.play("heliostat.vdc.site")
    assert run.rc == 0, run.output
    assert {name: node for node in ("t8a", "t8b", "t5a", "t4a") for name in world.lab.truth(node)["zones"]} == homes
    for words in (["zpool", "create"], ["zfs", "create"], ["zoneadm", "install"], ["zoneadm", "boot"]):
        assert not world.since(mark, *words)
    with world.repository() as repository:
        assert {record.name: record.node for record in repository.vservers()} == homes
        assert {entry.run_by for entry in repository.journal()} <= {getpass.getuser()}
