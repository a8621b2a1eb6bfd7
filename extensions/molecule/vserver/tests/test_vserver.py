# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role made, asked of the node by plain ssh: the zone runs, its dataset is a striped pool, its milestone is online."""

from __future__ import annotations

from typing import Any


def test_the_zone_runs(host: Any) -> None:
    fields = host.check_output("zoneadm -z ledger2 list -p").split(":")
    assert fields[1:3] == ["ledger2", "running"]
    assert fields[5] == "native"


def test_the_dataset_is_a_striped_pool(host: Any) -> None:
    status = host.check_output("zpool status ledger2")
    assert "mirror" not in status
    assert status.count("ONLINE") >= 3


def test_the_zone_has_reached_its_milestone(host: Any) -> None:
    assert host.check_output("zlogin ledger2 svcs -H -o state svc:/milestone/multi-user-server:default") == "online"


def test_no_job_is_left(host: Any) -> None:
    assert host.run("ls /var/tmp/heliostat-jobs").stdout.split() == []


def test_the_repository_knows_where_it_lives(recorded: Any) -> None:
    vserver = next(row for row in recorded("vservers") if row["name"] == "ledger2")
    assert (vserver["node"], vserver["state"]) == ("t4a", "activated")
