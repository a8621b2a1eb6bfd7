# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers from node to node on the lab."""

from __future__ import annotations

from .world import World


def test_to_another_node_and_back(world: World) -> None:
    assert world.play("heliostat.vdc.vserver_deploy", variables={"heliostat_vserver_names": ["web1"]}).rc == 0
    (source,) = [name for name, machine in world.lab.truth()["machines"].items() if "web1" in machine["zones"]]
    target = {"t8a": "t8b", "t8b": "t8a"}[source]
    move = {"heliostat_vserver_names": ["web1"], "heliostat_target": target}
    shown = world.play("heliostat.vdc.vserver_migrate", "--check", "--diff", variables=move)
    assert shown.rc == 0, shown.output
    done = world.play("heliostat.vdc.vserver_migrate", variables=move)
    assert done.rc == 0, done.output
    assert done.of("migration").plan == shown.of("migration").plan
    machines = world.lab.truth()["machines"]
    assert machines[target]["zones"]["web1"]["state"] == "running"
    assert "web1" not in machines[source]["zones"]
    again = world.play("heliostat.vdc.vserver_migrate", variables=move)
    assert (again.rc, again.changed) == (0, []), again.output
    assert world.play("heliostat.vdc.vserver_migrate", variables=move | {"heliostat_target": source}).rc == 0
    assert world.lab.truth()["machines"][source]["zones"]["web1"]["state"] == "running"
