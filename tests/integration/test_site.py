# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole estate: the first run builds it, the second and check mode change nothing."""

from __future__ import annotations

from .world import NODES, World

VSERVERS = ("app1", "db1", "git1", "ledger1", "ledger2", "mon1", "web1", "web2")


def test_site_from_nothing(shared: World) -> None:
    for name in shared.repository_file.parent.glob("*"):
        name.unlink()
    run = shared.play("heliostat.vdc.site")
    assert run.rc == 0, run.output
    zones = {name: zone["state"] for node in NODES for name, zone in shared.lab.truth(node)["zones"].items()}
    assert zones == dict.fromkeys(VSERVERS, "running")
    status = run.of("status")
    assert {row["vserver"]: row["state"] for row in status.result["vservers"]} == dict.fromkeys(VSERVERS, "running")
    assert {row["node"]: row["state"] for row in status.result["nodes"]} == dict.fromkeys(NODES, "up")


def test_site_again_changes_nothing(shared: World) -> None:
    mark = shared.mark()
    run = shared.play("heliostat.vdc.site")
    assert run.rc == 0, run.output
    assert run.changed == []
    for verb in ("create", "install", "boot", "attach", "import"):
        assert [row for row in shared.since(mark) if verb in row["argv"][1:] and row["argv"][:2] != ["zpool", "import"]] == []


def test_site_in_check_mode_changes_nothing(shared: World) -> None:
    run = shared.play("heliostat.vdc.site", "--check", "--diff")
    assert run.rc == 0, run.output
    assert run.changed == []


def test_a_converged_node_is_asked_once(shared: World) -> None:
    before = shared.lab.execs()
    run = shared.play("heliostat.vdc.vserver_deploy")
    assert run.rc == 0, run.output
    after = shared.lab.execs()
    assert {node: after[node] - before[node] for node in NODES} == dict.fromkeys(NODES, 1)
