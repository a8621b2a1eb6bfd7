# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster adds around the patching of a node, whatever that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import ManyLooks
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.cluster import Visit
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.cluster_node import ClusterNode, Known
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.switching import disturbs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.cluster import Cluster, Group, Votes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step

STEPS = Steps("n1", "/patches")
SUN = Cluster(
    "solaris_cluster", "oracle", "n1", member=True, nodes={"n1": True, "n2": True}, votes=Votes(2, 3, 3, {"n1": 1, "n2": 1}),
    groups=(Group("db", {"n1": "online", "n2": "offline"}),), commit=False,
)  # fmt: skip
VCS = Cluster(
    "vcs",
    "oracle",
    "n1",
    member=True,
    nodes={"n1": True, "n2": True},
    connected=2,
    groups=(Group("db", {"n1": "online", "n2": "offline"}),),
)


def step(what: str, away: float = 0.0) -> Step:
    return Step("n1", what, "why", Command.of("true"), away=away, node="n1")


ALONE = step("alone", STEPS.reboot + 1)
REBOOT = step("reboot", STEPS.reboot)


@dataclass(frozen=True)
class Inner:
    """Knows nothing but its plan."""

    steps: tuple[Step, ...] = ()
    refused: str = ""
    returning: tuple[Step, ...] = ()

    begun = ("n1",)

    def look(self, actual: int | None) -> Mapping[At, Command]:
        return {At("n1", "look"): Command.of("true")} if actual is None else {}

    def read(self, actual: int | None, outputs: Mapping[At, Output]) -> int:
        assert all(not key.probe.startswith("cluster ") for key in outputs)
        return len(outputs)

    def plan(self, actual: int) -> Sequence[Plan]:
        return [Plan("n1", self.steps)]

    def refusals(self, actual: int) -> Mapping[str, str]:
        return {"n1": self.refused} if self.refused else {}

    def back(self, actual: int, failed: Mapping[str, str]) -> Sequence[Plan]:
        return [Plan("n1", self.returning)] if self.returning else []

    def describe(self, actual: int) -> Mapping[str, object]:
        return {"n1": "now"}

    def predict(self, actual: int) -> Mapping[str, object]:
        return {"n1": "then"}


def node(inner: Inner, *, name: str = "oracle", commit: bool = False) -> ClusterNode[int]:
    return ClusterNode(inner, Visit("n1", name), STEPS, commit)


def known(cluster: Cluster | None) -> Known[int]:
    return Known(1, {"mode": Output(0)}, complete=True, cluster=cluster)


def whats(plans: Sequence[Plan]) -> list[str]:
    return [one.what for plan in plans for one in plan.steps]


SPARED = "see that cluster oracle can do without node n1"
EVACUATE, MEMBER, ONLINE = "evacuate cluster node n1", "wait until node n1 is a member of cluster oracle", "wait until db are online"


@pytest.mark.parametrize(
    ("steps", "cluster", "expected", "again"),
    [
        ((step("a"),), SUN, ["a"], False),
        ((step("a"), REBOOT, step("b")), SUN, [EVACUATE, "a", SPARED, "reboot", MEMBER, ONLINE, "b"], False),
        ((step("a"), ALONE), SUN, [EVACUATE, "a", SPARED, "reboot outside the cluster", "alone", MEMBER, ONLINE], False),
        ((step("a"), ALONE, step("b"), REBOOT), SUN, [EVACUATE, "a", SPARED, "reboot outside the cluster", "alone", MEMBER, ONLINE], True),
        ((step("a"), ALONE), None, ["a", "alone", MEMBER], False),
        (
            (step("a"), ALONE),
            VCS,
            ["switch service group db to n2", SPARED, "stop VCS on this node", "a", "alone", MEMBER, ONLINE],
            False,
        ),
    ],
)
def test_around(steps: tuple[Step, ...], cluster: Cluster | None, expected: list[str], again: bool) -> None:
    (plan,) = node(Inner(steps)).plan(known(cluster))
    assert (whats([plan]), plan.again) == (expected, again)
    assert {one.node for one in plan.steps} == {"n1"}


def test_a_node_is_emptied_before_the_first_step_that_what_runs_notices() -> None:
    """A zone that goes down before its reboot, if it has one."""
    leaving = [SPARED, "reboot", MEMBER, ONLINE]
    for zones in ([], [STEPS.zone_down("web", "the node is rebooted"), step("b")]):
        whole = replace(node(Inner((step("a"), *zones, REBOOT))), disturbs=disturbs)
        assert whats(whole.plan(known(SUN))) == ["a", EVACUATE, *(one.what for one in zones), *leaving]


def test_a_node_without_a_cluster_is_left_as_it_is() -> None:
    inner = Inner((step("a"), ALONE))
    assert node(inner, name="").plan(known(None)) == inner.plan(1)


def test_refused_before_anything_and_for_this_node_alone() -> None:
    alone = Cluster("solaris_cluster", "oracle", "n1", member=True, nodes={"n1": True, "n2": False}, votes=Votes(2, 2, 3, {"n1": 1}))
    whole = node(Inner((step("a"), REBOOT)))
    assert not any(whole.plan(known(alone)))
    assert "the only one" in whole.refusals(known(alone))["n1"]
    assert whole.predict(known(alone)) == {"n1": "now"}
    assert whole.refusals(known(SUN)) == {}
    assert whole.predict(known(SUN)) == {"n1": "then"}


def test_nothing_to_do_on_a_node_that_is_out_of_its_cluster() -> None:
    assert "is no member of cluster oracle" in node(Inner()).refusals(known(None))["n1"]
    assert node(Inner()).refusals(known(SUN)) == {}
    assert node(Inner(refused="it does not answer")).refusals(Known(1, {}, silent=True)) == {"n1": "it does not answer"}


def test_commit_comes_last() -> None:
    wanting = Cluster("solaris_cluster", "oracle", "n1", member=True, nodes={"n1": True}, votes=Votes(1, 1, 1, {"n1": 1}), commit=True)
    assert whats(node(Inner((step("a"),)), commit=True).plan(known(wanting))) == ["a"]
    assert whats(node(Inner(), commit=True).plan(known(wanting))) == ["commit the cluster's new versions"]
    (plan,) = node(Inner()).plan(known(wanting))
    assert not plan
    assert "upgrade commit is needed" in plan.warnings[0]


def test_way_back_into_the_cluster() -> None:
    undone = Inner((), returning=(step("zones up"),))
    assert whats(node(undone).back(known(SUN), {"n1": "failed"})) == ["zones up"]
    assert whats(node(undone).back(known(None), {"n1": "failed"})) == ["reboot", MEMBER, "zones up"]
    stopped = Cluster("vcs", "", "n1", member=False)
    assert whats(node(undone).back(known(stopped), {"n1": "failed"})) == ["start VCS on this node", MEMBER, "zones up"]
    assert node(Inner()).back(known(None), {"n1": "refused"}) == []


def test_looks_and_answers_are_kept_apart() -> None:
    whole = node(Inner())
    first = whole.look(None)
    assert set(first) == {At("n1", "look"), *(At("n1", f"cluster {name}") for name in ("mode", "summary", "uname", "boot"))}
    answers = {key: Output(1 if key.probe == "cluster mode" else 127) for key in first}
    answers[At("n1", "cluster uname")] = Output(0, "n1\n")
    found = whole.read(None, answers)
    assert (found.inner, found.complete, found.cluster) == (1, True, None)
    assert whole.look(found) == {}
    silent = whole.read(None, {})
    assert (silent.silent, whole.look(silent)) == (True, {})


def test_patches_of_the_clusters_own_software_are_told_by_their_packages() -> None:
    patches = (PatchId("126106", 40), PatchId("120001", 2))
    asked = At("n1", "cluster packages")
    for rolling, said in ((frozenset(), "126106-40 change the cluster's own software"), (frozenset(patches), "")):
        whole = ClusterNode(Inner((step("a"),)), Visit("n1", "oracle"), STEPS, depot="/p", patches=patches, rolling=rolling)
        answers = {key: Output(1 if key.probe == "cluster mode" else 127) for key in whole.look(None)}
        assert asked in answers
        answers[asked] = Output(0, "== /p/126106-40\n/p/126106-40/SUNWscr\n== /p/120001-02\n/p/120001-02/SUNWcsr\n")
        answers[At("n1", "cluster uname")] = Output(0, "n1\n")
        found = replace(whole.read(None, answers), cluster=SUN)
        assert whole.refusals(found).get("n1", "").startswith(f"node n1: {said}" if said else "")
        assert bool(whole.refusals(found)) == bool(said)
        assert any(whole.plan(found)) == (not said)


def test_what_goes_out_is_told_by_the_node_itself() -> None:
    """No depot is asked, the words are those of a back-out, and a back-out commits nothing."""
    own = PatchId("126106", 40)
    answers = {At("n1", "cluster mode"): Output(1), At("n1", "cluster summary"): Output(127), At("n1", "cluster uname"): Output(0, "n1\n")}
    wanting = replace(SUN, commit=True)
    for rolling, refused in ((frozenset(), True), (frozenset({own}), False)):
        whole = ClusterNode(
            Inner((step("a"),)),
            Visit("n1", "oracle", out=True),
            STEPS,
            commit=True,
            patches=(own,),
            rolling=rolling,
            changes=lambda _: {own: frozenset({"SUNWscr"})},
        )
        assert At("n1", "cluster packages") not in whole.look(None)
        found = replace(whole.read(None, {At("n1", "look"): Output(0), **answers}), cluster=wanting)
        assert bool(whole.refusals(found)) == refused
        if refused:
            assert "patchrm on each of them" in whole.refusals(found)["n1"]
            assert "lets them go out node by node" in whole.refusals(found)["n1"]
    done = ClusterNode(Inner(), Visit("n1", "oracle", out=True), STEPS, commit=True)
    assert whats(done.plan(known(wanting))) == []
    assert not any(plan.warnings for plan in done.plan(known(wanting)))
    leaving = ClusterNode(Inner((REBOOT,)), Visit("n1", "oracle", out=True), STEPS)
    advice = [one.wait.advice for plan in leaving.plan(known(SUN)) for one in plan.steps if one.wait]
    assert any(text.startswith("Nothing was taken out") for text in advice)
    assert any(text.startswith("The back-out of cluster oracle ends here") for text in advice)


@pytest.mark.parametrize("number", [0, 1, 12])
def test_as_many_looks_as_there_can_be_reboots(number: int) -> None:
    """Each patch may want its own, a plan ends at each, and an earlier run may have left one more."""
    patches = tuple(PatchId(str(120000 + one), 1) for one in range(number))
    whole = ClusterNode(Inner((step("a"), REBOOT)), Visit("n1", "oracle"), STEPS, patches=patches)
    assert isinstance(whole, ManyLooks)
    assert whole.looks > number + 1


def test_a_node_that_rebooted_between_two_questions_is_one_that_gave_no_answer() -> None:
    """It was a member, and what the cluster's commands say now is of another boot."""
    asked = node(Inner())
    first = {At("n1", f"cluster {name}"): output for name, output in {"mode": Output(0), "boot": Output(0, "boot_time 7\n")}.items()}
    before = asked.read(None, first)
    assert not before.silent
    told = {At("n1", "cluster nodes"): Output(1, stderr="not in cluster mode"), At("n1", "cluster still"): Output(0, "boot_time 9\n")}
    after = asked.read(before, told)
    assert after.silent and after.cluster is None
    assert asked.look(after).keys() == asked.patching.look(0).keys()
