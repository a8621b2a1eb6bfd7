# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster's node before, while and after it is patched: by tables, and never a plan that costs the cluster its quorum."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import cluster as rules
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.cluster import Visit
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.cluster_waits import Member, Moved, Online, Spared
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.cluster import Cluster, Group, Votes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

VISIT = Visit("n1", "oracle", rebooting=True)
SUN = Cluster(
    "solaris_cluster", "oracle", "n1", member=True, nodes={"n1": True, "n2": True}, votes=Votes(2, 3, 3, {"n1": 1, "n2": 1}),
    groups=(Group("db", {"n1": "online", "n2": "offline"}),), commit=False,
)  # fmt: skip
VCS = Cluster(
    "vcs", "oracle", "n1", member=True, nodes={"n1": True, "n2": True, "n3": True}, connected=3,
    groups=(
        Group("db", {"n1": "online", "n2": "offline", "n3": "offline"}),
        Group("web", {"n1": "online", "n2": "offline"}),
        Group("cvm", {"n1": "online", "n2": "online", "n3": "online"}),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("visit", "found", "said"),
    [
        (VISIT, SUN, ""),
        (VISIT, VCS, ""),
        (Visit("n1"), None, ""),
        (replace(VISIT, rebooting=False), SUN, ""),
        (VISIT, None, ""),  # it left for its patches already
        (replace(VISIT, rebooting=False), None, "is no member of cluster oracle"),
        (VISIT, replace(VCS, member=False, nodes={}, groups=()), ""),
        (Visit("n1"), SUN, "belongs to a cluster oracle, and the inventory does not say so"),
        (Visit("n1", "other"), SUN, "belongs to cluster oracle, not to other"),
        (VISIT, replace(SUN, votes=Votes(2, 2, 3, {"n1": 1, "n2": 1})), "and without this node 1, which is less than the 2 it needs"),
        (VISIT, replace(SUN, votes=Votes(2, 3, 3, {"n2": 1})), "without this node 0"),  # its own votes are not told: all could be its
        (VISIT, replace(SUN, nodes={"n1": True, "n2": False}), "is the only one of cluster oracle that is up"),
        (VISIT, replace(SUN, groups=(Group("db", {"n1": "online"}),)), "runs db, and no other node"),
        (VISIT, replace(SUN, groups=(Group("x", {"n2": "pending online"}),)), "failing or on their way: x pending online on n2"),
        (VISIT, replace(SUN, groups=(Group("x", {"n1": "error stop failed"}),)), "x error stop failed on n1"),
        (VISIT, replace(VCS, connected=2), "GAB's ports a and h see 2"),
        (VISIT, replace(VCS, frozen=frozenset({"n2", "n3"})), "runs db, web, and no other node"),
        (VISIT, replace(VCS, frozen=frozenset({"n2"})), "runs web, and no other node"),
        (replace(VISIT, framework=(PatchId("126106", 40),)), SUN, "126106-40 change the cluster's own software.*boot -sx"),
        (replace(VISIT, framework=(PatchId("126106", 40),)), VCS, "hastop -all -force"),
    ],
)
def test_refused(visit: Visit, found: Cluster | None, said: str) -> None:
    why = rules.refused(visit, found)
    assert re.search(said, why) if said else why == ""


def test_evacuation_of_solaris_cluster() -> None:
    (step,) = rules.emptied(VISIT, SUN)
    assert step.command.argv == ("/usr/cluster/bin/clnode", "evacuate", "n1")
    assert (step.node, step.object) == ("n1", "n1")
    assert rules.emptied(replace(VISIT, rebooting=False), SUN) == []
    assert rules.emptied(VISIT, None) == []


def test_evacuation_of_vcs_spreads_groups_and_leaves_parallel_ones() -> None:
    steps = rules.emptied(VISIT, VCS)
    assert [step.command.argv[1:] for step in steps] == [
        ("-switch", "db", "-to", "n2"),
        ("-switch", "web", "-to", "n2"),
        ("-sum",),
        ("-local", "-evacuate"),
    ]
    assert [step.wait is not None for step in steps] == [False, True, True, True]
    more = replace(VCS, groups=(*VCS.groups, Group("a", {"n2": "online", "n3": "offline"})))
    assert rules.emptied(VISIT, more)[0].command.argv[1:] == ("-switch", "db", "-to", "n3")


TABLE = """
=== Cluster Resource Groups ===

Group Name      Node Name         Suspended      Status
----------      ---------         ---------      ------
"""
QUORUM = """
=== Cluster Quorum ===

--- Quorum Votes Summary ---

             Needed   Present   Possible
             ------   -------   --------
             2        {}         3

--- Quorum Votes by Node ---

Node Name        Present       Possible       Status
---------        -------       --------       ------
n1               {}             1              Online
n2               1             1              Online
"""


def _groups(*rows: tuple[str, str, str]) -> Output:
    return Output(0, TABLE + "".join(f"{group:16}{node:18}No             {state}\n" for group, node, state in rows))


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ((("db", "n1", "Offline"), ("", "n2", "Online")), "moved"),
        ((("db", "n1", "Pending offline"), ("", "n2", "Offline")), "moving"),
        ((("db", "n1", "Online"), ("", "n2", "Offline")), "moving"),
        ((("db", "n1", "Offline"), ("", "n2", "Offline")), "db online nowhere"),
        ((("db", "n1", "Error--stop failed"), ("", "n2", "Offline")), "db error stop failed on n1, offline on n2"),
        ((("db", "n1", "Offline"), ("", "n2", "Online"), ("x", "n2", "Error--stop failed")), "moved"),
    ],
)
def test_moved(rows: tuple[tuple[str, str, str], ...], word: str) -> None:
    assert Moved("n1", "solaris_cluster", ("db",))(_groups(*rows)) == word


def test_moved_of_vcs_waits_while_a_group_is_nowhere() -> None:
    text = "-- SYSTEM STATE\nA  n1  RUNNING  0\nB  db  n1  Y  N  OFFLINE\nB  db  n2  Y  N  {}\n"
    moved = Moved("n1", "vcs", ("db",))
    assert moved(Output(0, text.format("OFFLINE"))) == "moving"
    assert moved(Output(0, text.format("OFFLINE|STARTING"))) == "moving"
    assert moved(Output(0, text.format("ONLINE"))) == "moved"
    assert moved(Output(0, text.format("OFFLINE|FAULTED"))).startswith("db ")
    assert moved(Output(1, stderr="VCS ERROR V-16-1-10600 Cannot connect to VCS engine")).startswith("unknown: ")


def test_back_again() -> None:
    member, online = rules.joined(VISIT, SUN)
    assert (member.command.argv[-1], online.command.argv[-1]) == ("status", "status")
    assert rules.joined(replace(VISIT, rebooting=False), SUN) == []
    assert len(rules.joined(VISIT, None)) == 1  # how it was before nobody knows
    word = Member("n1", "solaris_cluster", 3)
    assert word(Output(0, QUORUM.format(3, 1))) == "member"
    assert word(Output(0, QUORUM.format(2, 1))) == "joining"
    assert word(Output(0, QUORUM.format(3, 0))) == "joining"
    assert word(Output(1)) == "away"
    up = Online("solaris_cluster", ("db",))
    assert up(_groups(("db", "n1", "Offline"), ("", "n2", "Online"))) == "online"
    assert up(_groups(("db", "n1", "Offline"), ("", "n2", "Offline"))) == "moving"
    assert up(_groups(("db", "n1", "Error--stop failed"), ("", "n2", "Offline"))).startswith("db ")
    assert up(Output(255)) == "away"


def test_the_quorum_is_asked_again_before_it_leaves() -> None:
    (step,) = rules.spared(VISIT, SUN)
    assert step.wait is not None
    assert step.wait.state == Spared("n1", "solaris_cluster")
    assert rules.spared(replace(VISIT, rebooting=False), SUN) == rules.spared(VISIT, None) == rules.spared(VISIT, VCS) == []
    spared = Spared("n1", "solaris_cluster")
    assert spared(Output(0, QUORUM.format(3, 1))) == "spared"
    assert spared(Output(0, QUORUM.format(2, 1))) == "1 votes left of 2 that are needed"
    assert spared(Output(1)).startswith("unknown")
    systems = "-- SYSTEM STATE\nA  n1  RUNNING  0\nA  n2  {}  0\n"
    assert Spared("n1", "vcs")(Output(0, systems.format("RUNNING"))) == "spared"
    assert Spared("n1", "vcs")(Output(0, systems.format("FAULTED"))) == "no other system runs"
    assert Spared("n1", "vcs")(Output(1, stderr="VCS ERROR V-16-1-10600 Cannot connect to VCS engine")) == "spared"


def test_commit_is_said_and_done_only_when_told() -> None:
    wanting = replace(SUN, commit=True)
    assert rules.committing(VISIT, SUN, True) == ([], "")
    steps, said = rules.committing(VISIT, wanting, False)
    assert (steps, "scversions -c" in said) == ([], True)
    (step,), said = rules.committing(VISIT, wanting, True)
    assert (step.command.argv, said) == (("/usr/cluster/bin/scversions", "-c"), "")


NONE = Output(127, stderr="sh: not found")


def test_look_asks_of_a_cluster_only_where_there_is_one() -> None:
    plain = {"mode": Output(1), "summary": NONE, "uname": Output(0, "n1\n")}
    assert rules.look(plain) == {}
    assert rules.read(plain) is None
    assert set(rules.look({**plain, "mode": Output(0)})) == {"cluster", "nodes", "quorum", "groups", "versions", "still"}
    stopped = {**plain, "summary": Output(1, stderr="VCS ERROR V-16-1-10600 Cannot connect to VCS engine")}
    assert rules.look(stopped) == {}
    assert rules.read(stopped) == Cluster("vcs", "", "n1", member=False)
    with pytest.raises(CommandFailed, match=r"before 3\.2"):
        rules.read({**plain, "mode": Output(0), "nodes": NONE, "cluster": NONE, "quorum": NONE, "groups": NONE, "versions": NONE})


def test_vcs_knows_the_node_by_its_own_name() -> None:
    summary = "-- SYSTEM STATE\nA  sys1  RUNNING  0\nA  sys2  RUNNING  1\nB  db  sys1  Y  N  ONLINE\nB  db  sys2  Y  N  OFFLINE\n"
    answers = {
        "mode": Output(1), "uname": Output(0, "n1\n"), "summary": Output(0, summary), "here": Output(0, "sys1\n"),
        "attributes": Output(0, "#Attribute               Value\nClusterName              oracle\n"),
        "membership": Output(0, "GAB Port Memberships\nPort a gen 1 membership 01\nPort h gen 2 membership 01\n"),
    }  # fmt: skip
    found = rules.read(answers)
    assert found is not None
    assert (found.node, found.name, found.member, found.others, found.frozen, found.connected) == (
        "sys1",
        "oracle",
        True,
        ("sys2",),
        {"sys2"},
        2,
    )
    assert not rules.look(answers)


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    names = [f"n{number}" for number in range(1, draw(st.integers(2, 6)) + 1)]
    up = {name: name == "n1" or draw(st.booleans()) for name in names}
    device = draw(st.integers(0, len(names) - 1))
    votes = {name: int(up[name]) for name in names}
    possible = len(names) + device
    present = sum(votes.values()) + (device if draw(st.booleans()) else 0)
    groups = []
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        runs_on = draw(st.sampled_from(members))
        groups.append(Group(f"g{number}", {name: "online" if name == runs_on and up[name] else "offline" for name in members}))
    return Cluster(
        "solaris_cluster", "oracle", "n1", True, up, votes=Votes(possible // 2 + 1, present, possible, votes), groups=tuple(groups)
    )


@given(clusters())
def test_never_a_plan_that_drops_the_quorum_or_a_group(found: Cluster) -> None:
    assert found.votes is not None
    why = rules.refused(VISIT, found)
    left = found.votes.present - 1
    homeless = [group for group in found.carries("n1") if not set(group.states) & set(found.others)]
    if left < found.votes.needed or homeless or not found.others:
        assert why
    else:
        assert why == ""


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most clusters let nobody leave
@given(clusters())
def test_what_may_leave_is_evacuated_first_and_joins_again(found: Cluster) -> None:
    assume(not rules.refused(VISIT, found))
    (evacuation,) = rules.emptied(VISIT, found)
    assert evacuation.wait is not None
    moved = evacuation.wait.state
    assert isinstance(moved, Moved)
    assert set(moved.groups) == {group.name for group in found.carries("n1")}
    assert rules.joined(VISIT, found)
