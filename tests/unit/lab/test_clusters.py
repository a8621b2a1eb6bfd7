# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters: who is a member, who has the quorum, where groups go."""

from __future__ import annotations

import pytest

from tests.lab import centre, judge, membership
from tests.lab.truth import DataCentre

from .cluster_world import FILE

NOW = centre.START + 1000


@pytest.fixture
def data() -> DataCentre:
    return centre.read(FILE).truth()


def online(data: DataCentre, cluster: str) -> dict[str, str]:
    return {name: group.online for name, group in data.clusters[cluster].groups.items()}


def kinds(data: DataCentre, now: int = NOW) -> list[str]:
    return [alarm.kind for alarm in judge.judge(data, now)]


def test_votes_as_declared(data: DataCentre) -> None:
    votes = {name: (membership.needed(one), membership.present(one), membership.possible(one)) for name, one in data.clusters.items()}
    assert votes["pharmacy"] == (2, 3, 3)  # two nodes, and a device with one vote
    assert votes["laboratory"] == (2, 3, 3)


def test_a_node_that_leaves_gives_its_groups_to_the_next_and_the_other_keeps_the_quorum(data: DataCentre) -> None:
    assert membership.depart(data, "pha1", NOW) == []
    assert online(data, "pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}
    assert data.machines["pha2"].services["svc:/application/orders:default"].state == "online"
    assert data.machines["pha1"].services["svc:/application/orders:default"].state == "disabled"
    assert membership.present(data.clusters["pharmacy"]) == 2
    assert kinds(data) == []


def test_the_last_of_three_panics_when_the_second_leaves(data: DataCentre) -> None:
    assert membership.depart(data, "lab1", NOW) == []
    assert membership.depart(data, "lab2", NOW) == ["lab3"]
    assert online(data, "laboratory") == {"results-rg": "", "samples-rg": ""}
    assert sorted(kinds(data)) == ["nodes_down", "quorum_lost"]
    assert kinds(data) == []  # once is enough


def test_a_booting_node_waits_for_a_quorum(data: DataCentre) -> None:
    membership.stop_all(data, data.clusters["laboratory"], NOW)
    assert not membership.arrive(data, "lab3", NOW)
    assert membership.arrive(data, "lab1", NOW + 5)
    assert data.clusters["laboratory"].members == ["lab1", "lab3"]
    assert online(data, "laboratory") == {"results-rg": "lab1", "samples-rg": "lab3"}


def test_who_left_first_may_not_start_the_cluster_alone(data: DataCentre) -> None:
    """Amnesia: the device has only the key of the one that stayed."""
    membership.depart(data, "pha1", NOW, orderly=True)
    membership.depart(data, "pha2", NOW, orderly=True)
    assert not membership.arrive(data, "pha1", NOW)
    assert membership.arrive(data, "pha2", NOW)
    assert data.clusters["pharmacy"].members == ["pha1", "pha2"]


def test_after_a_shutdown_of_the_whole_cluster_one_node_with_the_device_is_enough(data: DataCentre) -> None:
    assert membership.stop_all(data, data.clusters["pharmacy"], NOW) == ["pha1", "pha2"]
    assert kinds(data, NOW + 10000) == []  # it was asked for
    assert membership.arrive(data, "pha1", NOW)
    assert online(data, "pharmacy") == {"orders-rg": "pha1", "stock-rg": "pha1"}
    assert kinds(data, NOW + 20000) == []  # the other one is still on its way
    membership.depart(data, "pha1", NOW + 20000)
    assert kinds(data, NOW + 30000) == ["group_down", "group_down"]  # nobody asked for this


def test_without_its_device_a_cluster_of_two_cannot_lose_a_node(data: DataCentre) -> None:
    data.clusters["pharmacy"].devices[0].failed = True
    assert membership.present(data.clusters["pharmacy"]) == 2
    assert membership.depart(data, "pha1", NOW, orderly=True) == ["pha2"]
    assert not membership.arrive(data, "pha2", NOW)
    data.clusters["pharmacy"].devices[0].failed = False
    assert membership.arrive(data, "pha2", NOW)


def test_a_node_booted_with_x_is_no_member(data: DataCentre) -> None:
    membership.depart(data, "lab1", NOW, orderly=True)
    data.machines["lab1"].outside = True
    assert membership.arrive(data, "lab1", NOW)  # it need not wait
    assert data.clusters["laboratory"].members == ["lab2", "lab3"]


def test_a_member_in_single_user_carries_no_group(data: DataCentre) -> None:
    data.machines["pha2"].single_user = True
    membership.depart(data, "pha1", NOW)
    assert online(data, "pharmacy")["orders-rg"] == ""


def test_a_group_that_is_down_for_longer_than_a_switch_is_an_alarm(data: DataCentre) -> None:
    data.machines["lab3"].single_user = True
    membership.depart(data, "lab2", NOW)
    assert online(data, "laboratory")["samples-rg"] == ""
    assert kinds(data, NOW + membership.PATIENCE) == []
    assert kinds(data, NOW + membership.PATIENCE + 1) == ["group_down"]


def test_an_outage_that_nobody_looked_at_is_an_alarm_all_the_same(data: DataCentre) -> None:
    membership.depart(data, "pha1", NOW)
    membership.depart(data, "pha2", NOW)
    assert kinds(data) == ["nodes_down"]
    membership.arrive(data, "pha2", NOW + 600)
    assert kinds(data, NOW + 600) == ["group_down", "group_down"]


def test_a_hung_node_is_expelled_and_panics_when_it_goes_on(data: DataCentre) -> None:
    assert membership.depart(data, "pha1", NOW, hung=True) == []
    cluster = data.clusters["pharmacy"]
    assert (cluster.members, cluster.expelled) == (["pha2"], ["pha1"])
    membership.depart(data, "pha1", NOW)  # it panicked
    assert membership.arrive(data, "pha1", NOW)
    assert (cluster.members, cluster.expelled) == (["pha1", "pha2"], [])


def test_vcs_needs_all_systems_to_begin_and_one_to_go_on(data: DataCentre) -> None:
    membership.depart(data, "rad1", NOW)
    assert data.clusters["radiology"].states == {"rad1": "FAULTED"}
    assert online(data, "radiology") == {"images_sg": "rad2", "archive_sg": "rad2"}
    assert membership.arrive(data, "rad1", NOW)
    for name in ("rad1", "rad2"):
        membership.depart(data, name, NOW, orderly=True)
    assert not membership.arrive(data, "rad1", NOW)
    assert membership.arrive(data, "rad2", NOW)
    assert data.clusters["radiology"].members == ["rad1", "rad2"]


@pytest.mark.parametrize(
    "change",
    [{"kind": "serviceguard"}, {"nodes": ["pha1", "nobody"]}, {"devices": {"d9": ["lab1"]}}, {"groups": {"g": {"nodes": ["lab1"]}}}],
)
def test_a_cluster_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    entry = centre.read(FILE).data
    entry["clusters"]["pharmacy"] |= change
    with pytest.raises(ValueError, match="cluster pharmacy: kind is one of suncluster, vcs"):
        centre.make_truth(entry)
