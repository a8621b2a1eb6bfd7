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
    carrying = {node for node in NODES if shared.lab.truth(node)["zones"]}
    assert len(carrying) > 1
    assert {node: after[node] - before[node] for node in NODES} == {node: int(node in carrying) for node in NODES}


def test_what_is_gathered_declares_the_estate_again(shared: World) -> None:
    run = shared.play(shared.book("nodes", [{"heliostat.vdc.vserver_info": {}}]))
    assert run.rc == 0, run.output
    names = set()
    for row in run.rows:
        assert row.result["incomplete"] == {}, row.host
        for name, found in row.result["vservers"].items():
            pool = shared.declared(name)["compute_pool"]
            kept = {key: value for key, value in shared.declared(name).items() if key in ("archive", "category")}
            shared.declare(name, {**found, **kept, "compute_pool": pool})
            names.add(name)
    assert names == set(VSERVERS)
    again = shared.play("heliostat.vdc.vserver_deploy")
    assert again.rc == 0, again.output
    assert again.changed == [], again.output


def test_rendering_asks_nobody(shared: World) -> None:
    before = shared.lab.execs()
    rows = shared.many("t8a", [("vserver", {"name": "web1", "state": "rendered"}), ("vservers", {"names": ["db1"], "state": "rendered"})])
    assert shared.lab.execs() == before
    assert [row.status for row in rows] == ["ok", "ok"]
    shown = "\n".join(rows[0].result["commands"]["web1"])
    for line in ("zpool create", "zfs create", "zonecfg -z web1 -f", "zoneadm -z web1 install", "zoneadm -z web1 boot"):
        assert line in shown
