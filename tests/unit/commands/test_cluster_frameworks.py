# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris Cluster and VCS: their tables as they were recorded on real clusters, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import sun_cluster, vcs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.cluster import Group, Votes

NODES = """
=== Cluster Nodes ===

--- Node Status ---

Node Name                             Status
---------                             ------
vincent                               Online
theo                                  Offline

"""
QUORUM = """
=== Cluster Quorum ===

--- Quorum Votes Summary ---

             Needed   Present   Possible
             ------   -------   --------
             2        3         3


--- Quorum Votes by Node ---

Node Name        Present       Possible       Status
---------        -------       --------       ------
vincent          1             1              Online
theo             1             1              Online


--- Quorum Votes by Device ---

Device Name        Present         Possible         Status
-----------        -------         --------         ------
d4                 1               1                Online
"""
GROUPS = """
=== Cluster Resource Groups ===

Group Name      Node Name         Suspended      Status
----------      ---------         ---------      ------
nfs-rg          vincent           No             Offline
                theo              No             Online

db-rg           vincent           Yes            Pending_online
                theo              Yes            Error--stop failed
"""
SUMMARY = """
-- SYSTEM STATE
-- System               State                Frozen

A  verclus01            RUNNING              0
A  verclus02            RUNNING              1

-- GROUP STATE
-- Group           System               Probed     AutoDisabled    State

B  SG1             verclus01            Y          N               ONLINE
B  SG1             verclus02            Y          N               OFFLINE|FAULTED
"""


def test_nodes() -> None:
    assert sun_cluster.parse_nodes(NODES) == {"vincent": True, "theo": False}
    assert sun_cluster.parse_nodes(NODES.replace("=== Cluster", "Cluster")) == {"vincent": True, "theo": False}  # as one page shows it


def test_quorum() -> None:
    assert sun_cluster.parse_quorum(QUORUM) == Votes(2, 3, 3, {"vincent": 1, "theo": 1})
    without = QUORUM[: QUORUM.index("--- Quorum Votes by Device")]
    assert sun_cluster.parse_quorum(without).nodes == {"vincent": 1, "theo": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Node is not in cluster mode.\n",
        QUORUM.replace("2        3         3", "2        3"),
        QUORUM.replace("theo             1", "theo             0"),  # the sum no longer is what the summary says
        QUORUM.replace("Votes by Node", "Votes by Site"),
        QUORUM.replace("vincent          1  ", "vincent          one"),
    ],
)
def test_quorum_that_is_not_understood(text: str) -> None:
    with pytest.raises(ParseError):
        sun_cluster.parse_quorum(text)


def test_groups() -> None:
    assert sun_cluster.parse_groups(GROUPS) == (
        Group("nfs-rg", {"vincent": "offline", "theo": "online"}),
        Group("db-rg", {"vincent": "pending online", "theo": "error stop failed"}, suspended=True),
    )
    assert sun_cluster.parse_groups("") == ()
    long = GROUPS.replace("nfs-rg          vincent", "a-group-with-a-long-name a-node-with-a-long-name-too")
    assert sun_cluster.parse_groups(long)[0].states == {"a-node-with-a-long-name-too": "offline", "theo": "online"}


@pytest.mark.parametrize(
    "text",
    [GROUPS.replace("Pending_online", "Sleeping"), GROUPS.replace("nfs-rg ", "       "), GROUPS.replace("No             Online", "Online")],
)
def test_groups_that_are_not_understood(text: str) -> None:
    with pytest.raises(ParseError):
        sun_cluster.parse_groups(text)


def test_mode_and_versions() -> None:
    assert sun_cluster.member(Output(0))
    assert not sun_cluster.member(Output(1))
    with pytest.raises(CommandFailed):
        sun_cluster.member(Output(127))
    assert sun_cluster.parse_versions("Upgrade commit is needed.\n")
    assert not sun_cluster.parse_versions("Upgrade commit is NOT needed. All versions match.\n")
    with pytest.raises(ParseError):
        sun_cluster.parse_versions("scversions: not in cluster mode\n")
    assert sun_cluster.parse_name("atlantis\n") == "atlantis"
    with pytest.raises(ParseError):
        sun_cluster.parse_name("")


def test_summary() -> None:
    found = vcs.parse_summary(
        SUMMARY
        + "\n-- RESOURCES FAILED\n-- Group           Type                 Resource             System\n\nC  SG1 Mount m1 verclus02\n"
    )
    assert found.systems == {"verclus01": "RUNNING", "verclus02": "RUNNING"}
    assert found.frozen == {"verclus02"}
    assert found.groups == (Group("SG1", {"verclus01": "online", "verclus02": "offline|faulted"}),)
    assert found.failing == ("C  SG1 Mount m1 verclus02",)


@pytest.mark.parametrize("text", ["", SUMMARY + "something else\n", SUMMARY.replace("RUNNING              0", "RUNNING")])
def test_summary_that_is_not_understood(text: str) -> None:
    with pytest.raises(ParseError):
        vcs.parse_summary(text)


def test_engine() -> None:
    assert vcs.runs(Output(0, SUMMARY))
    assert not vcs.runs(Output(1, stderr="VCS ERROR V-16-1-10600 Cannot connect to VCS engine\n"))
    with pytest.raises(CommandFailed, match="ended with 1: no licence"):
        vcs.runs(Output(1, stderr="no licence"))


def test_membership() -> None:
    heading = "GAB Port Memberships\n===============================================================\n"
    ports = "Port a gen 1bbf01 membership 01\nPort h gen 1bbf03 membership 01\n"
    assert vcs.parse_membership(heading + ports) == {"a": "01", "h": "01"}
    assert vcs.parse_membership(heading + ports + "Port h gen 1bbf03 jeopardy ;1\n") == {"a": "01", "h": ""}
    assert vcs.parse_membership(heading + "Port a gen 1bbf01 membership 0 2\n") == {"a": "02"}
    assert vcs.parse_membership(heading) == {}
    for text in ("Port a gen 1bbf01 membership 0123456789;1\n", "GAB gabconfig ERROR\n"):
        with pytest.raises(ParseError):
            vcs.parse_membership(text)


def test_name() -> None:
    assert (
        vcs.parse_name("#Attribute               Value\nClusState                RUNNING\nClusterName              xha239194195\n")
        == "xha239194195"
    )
    with pytest.raises(ParseError):
        vcs.parse_name("#Attribute               Value\n")


def test_words() -> None:
    assert sun_cluster.evacuate("theo").argv == ("/usr/cluster/bin/clnode", "evacuate", "theo")
    assert sun_cluster.commit().argv == ("/usr/cluster/bin/scversions", "-c")
    assert vcs.switch("SG1", "verclus02").argv == ("/opt/VRTSvcs/bin/hagrp", "-switch", "SG1", "-to", "verclus02")
    assert vcs.stop_here().argv == ("/opt/VRTSvcs/bin/hastop", "-local", "-evacuate")
