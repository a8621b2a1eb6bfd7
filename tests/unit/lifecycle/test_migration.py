# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer between two nodes in memory: wherever a run stops, the next arrives; what may not be done is refused with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pkg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import software
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.migration import Migration, MigrationActual, Move, held
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.volumes import DiskSet, Svm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Manager

from .estate import S10, context, deployed, nothing, pool, vserver
from .simulated import Node

HERE, THERE = "t8a", "t8b"


@dataclass
class Pair:
    """Two nodes on the same LUNs: what one exports, both are offered."""

    here: Node
    there: Node
    order: list[str] = field(default_factory=list)

    def node(self, name: str) -> Node:
        return self.here if name == HERE else self.there

    def do(self, step: Step) -> None:
        node = self.node(step.node)
        words = tuple(str(word) for word in step.command.argv)
        if words[:2] == ("zpool", "export"):
            name = words[2]
            gone = replace(node.actual.pools[name], pool_id="4711")
            kept = {key: entry for key, entry in node.actual.zfs.items() if key.partition("/")[0] == name}
            for each in (self.here, self.there):
                each.actual = replace(each.actual, importable=(*(each.actual.importable or ()), gone))
                each.asleep[name] = kept
        node.run([Plan(step.object, (step,))])
        if words[:2] == ("zpool", "export"):
            node.actual = replace(node.actual, zonepaths={})
        if words[:2] == ("zpool", "import"):
            for each in (self.here, self.there):
                each.actual = replace(each.actual, importable=tuple(one for one in each.actual.importable or () if one.name != words[-1]))
            node.actual = replace(node.actual, zonepaths={"web1": ZonePath("drwx------", empty=False)})
        self.order.append(f"{step.node}: {step.what}")

    @property
    def actual(self) -> MigrationActual:
        return MigrationActual({HERE: self.here.actual, THERE: self.there.actual})

    def running(self) -> list[str]:
        both = {HERE: self.here, THERE: self.there}
        return [name for name, node in both.items() if node.actual.zones.get("web1") and node.actual.zones["web1"].state == "running"]


def pair(state: str = "running") -> Pair:
    seen = nothing().disks
    paths = {"web1": ZonePath("drwx------", empty=False)}
    return Pair(Node(deployed(state, disks=seen, importable=(), zonepaths=paths)), Node(nothing()))


def migration(source: str = HERE, target: str = THERE, **options: Any) -> Migration:
    move = Move(vserver(), source, target, options.pop("running", True), **options)
    contexts = {HERE: context(created=frozenset({"web1"})), THERE: replace(context(created=frozenset({"web1"})), node=THERE)}
    return Migration([move], contexts)


def carried_out(pair: Pair, operation: Migration, steps: int = 1000) -> int:
    """Does at most so many steps, planning anew where the plan says so; how many were done."""
    done = 0
    while done < steps:
        (plan,) = operation.plan(pair.actual)
        if not plan:
            break
        for step in plan.steps:
            if done == steps:
                return done
            pair.do(step)
            done += 1
            assert len(pair.running()) <= 1
    return done


def test_the_whole_way() -> None:
    both = pair()
    (plan,) = migration().plan(both.actual)
    assert [f"{step.node}: {step.what}" for step in plan.steps] == [
        "t8a: shut down zone web1",
        "t8a: detach zone web1",
        "t8a: export dataset web1",
        "t8b: import dataset web1",
        "t8b: configure zone web1",
        "t8b: attach zone web1",
        "t8b: boot zone web1",
        "t8a: delete configuration of zone web1",
    ]
    assert not plan.again
    carried_out(both, migration())
    assert both.running() == [THERE]
    assert "web1" not in both.here.actual.zones
    assert migration().plan(both.actual) == [Plan("web1")]


@given(first=st.integers(0, 8), second=st.integers(0, 8), back=st.booleans())
def test_wherever_it_is_stopped_it_can_go_on_or_back(first: int, second: int, back: bool) -> None:
    both = pair()
    carried_out(both, migration(), first)
    carried_out(both, migration(), second)
    if back:
        carried_out(both, migration(THERE, HERE))
    else:
        carried_out(both, migration())
    assert both.running() == [HERE if back else THERE]
    left = both.there if back else both.here
    assert "web1" not in left.actual.pools
    assert "web1" not in left.actual.zones


@given(stop=st.integers(0, 8))
def test_the_way_back_of_what_failed(stop: int) -> None:
    both = pair()
    total = carried_out(pair(), migration())
    done = carried_out(both, migration(), stop)
    for _look in range(3):
        for plan in migration().back(both.actual, {"web1": "no luck"}):
            for step in plan.steps:
                both.do(step)
    assert both.running() == [HERE]
    assert done <= total


@pytest.mark.parametrize("stop", range(8))
def test_the_way_back_of_a_silent_target(stop: int) -> None:
    """What is imported at home is nowhere else: it goes on there. What is not may be on the target, and stays as it is."""
    both = pair()
    carried_out(both, migration(), stop)
    whole = "web1" in both.here.actual.pools
    assert whole == (stop < 3)
    for _look in range(3):
        silent = replace(both.actual, nodes={HERE: both.here.actual, THERE: None})
        for plan in migration().back(silent, {"web1": "no answer"}):
            for step in plan.steps:
                assert step.node == HERE
                both.do(step)
    assert (HERE in both.running()) == whole
    assert len(both.running()) <= 1


@pytest.mark.parametrize(
    ("manager", "there", "expected"),
    [
        ("zfs", nothing(pools={"web1": pool("web1", "lun1", "lun2")}), True),
        ("zfs", nothing(), False),
        ("svm", nothing(svm=Svm(HERE, {"web1": DiskSet("web1", {HERE: True, THERE: False}, ("c0t1d0",))}, loose=frozenset())), True),
        ("svm", nothing(svm=Svm(HERE, {"web1": DiskSet("web1", {HERE: False, THERE: True}, ("c0t1d0",))}, loose=frozenset())), False),
        ("svm", nothing(svm=Svm(HERE, {"web1": DiskSet("web1", {HERE: False}, ())}, loose=frozenset())), False),
        ("zfs", None, False),
    ],
    ids=["pool", "no pool", "set", "taken set", "empty set", "silent"],
)
def test_what_is_imported_at_home_for_sure(manager: Manager, there: NodeActual | None, expected: bool) -> None:
    mine = vserver()
    mine = replace(mine, datasets=tuple(replace(one, manager=manager) for one in mine.datasets))
    assert held(mine, there) is expected
    assert not held(replace(mine, datasets=()), there), "one without storage could be anywhere"


def test_what_a_target_lacks_is_told_apart_from_other_refusals() -> None:
    both = pair()
    assert migration(unfit=("is full",)).misfits(both.actual) == {"web1": "is full"}
    assert migration().misfits(both.actual) == {}
    assert migration(unfit=("is full",)).misfits(replace(both.actual, nodes={HERE: both.here.actual, THERE: None})) == {}


def test_one_that_is_halted_is_not_booted() -> None:
    both = pair("installed")
    carried_out(both, migration(running=False))
    assert both.there.actual.zones["web1"].state == "installed"
    assert not any("boot" in step for step in both.order)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"there": None}, {}, "node t8b does not answer, so nothing is known of it, and unknown is not dead"),
        ({"here": None}, {}, "node t8a does not answer"),
        (
            {},
            {"unfit": ("has no link for network type public", "is blocked: quarantine")},
            "type public; is blocked: quarantine. Nothing",
        ),
        ({"there": nothing(disks={})}, {}, "cannot go to node t8b: does not see LUN"),
        ({"there": nothing(pools={"web1": pool("web1", "lun1", "lun2")}, zones={})}, {}, "is imported on both nodes"),
    ],
    ids=["target silent", "source silent", "unfit", "luns", "imported twice"],
)
def test_refusals(change: dict[str, NodeActual | None], options: dict[str, Any], message: str) -> None:
    both = pair()
    nodes = {HERE: change.get("here", both.here.actual), THERE: change.get("there", both.there.actual)}
    operation = migration(**options)
    assert operation.plan(MigrationActual(nodes)) == []
    assert message in operation.refusals(MigrationActual(nodes))["web1"]
    assert "It went" not in operation.refusals(MigrationActual(nodes))["web1"]


def test_a_lost_node_is_not_asked_and_its_pool_is_taken_with_the_proof_alone() -> None:
    offered = pool("web1", "lun1", "lun2", pool_id="4711", last_host="t8a", status="The pool was last accessed by another system.")
    there = nothing(importable=(offered,))
    operation = migration(lost=True)
    assert {at.node for at in operation.look(None)} == {THERE}
    assert "never exported" in operation.refusals(MigrationActual({THERE: there}))["web1"]
    known = {"proof": "its power is off", "dead": frozenset({"t8a"})}
    proven = Migration(operation.moves, {**operation.contexts, THERE: replace(operation.contexts[THERE], **known)})
    (plan,) = proven.plan(MigrationActual({THERE: there}))
    assert [step.command.argv for step in plan.steps] == [("zpool", "import", "-f", "web1")]
    assert "its power is off" in plan.steps[0].why
    assert plan.again
    elsewhere = replace(offered, last_host="t5a")
    assert "last used by t5a" in proven.refusals(MigrationActual({THERE: nothing(importable=(elsewhere,))}))["web1"]


@pytest.mark.parametrize("where", [HERE, THERE])
def test_an_interrupted_attach_is_never_uninstalled(where: str) -> None:
    """The incomplete zone's root is the vServer's life."""
    both = pair()
    node = both.node(where)
    paths = {"web1": ZonePath("drwx------", empty=False)}
    life = deployed("incomplete", disks=nothing().disks, importable=(), zonepaths=paths)
    both.here.actual, both.there.actual = nothing(), nothing()
    node.actual = life
    assert migration().plan(both.actual) == []
    assert "nothing is done" in migration().refusals(both.actual)["web1"]
    assert migration().back(both.actual, {"web1": "no luck"}) == []


def test_an_attach_that_still_runs_is_waited_for() -> None:
    both = pair()
    paths = {"web1": ZonePath("drwx------", empty=False)}
    there = deployed("incomplete", disks=nothing().disks, importable=(), zonepaths=paths, jobs=frozenset({"web1-attach"}))
    both.here.actual = nothing()
    both.there.actual = there
    (plan,) = migration().plan(both.actual)
    assert next((step.what, step.job) for step in plan.steps) == ("attach zone web1", "web1-attach")


def versions(**found: str) -> dict[str, pkg.Version]:
    return {name: pkg.version(text) for name, text in found.items()}


def test_software_that_is_older_there_is_never_taken() -> None:
    source = versions(entire="11.4-11.4.66.0.1.164.1", kernel="11.4-11.4.66.0.1.164.1")
    assert software.lacking(source, source, "") == []
    older = versions(entire="11.4-11.4.42.0.1.113.0")
    assert software.lacking(source, older, "all") == [
        "package entire is 11.4-11.4.42.0.1.113.0 there, older than 11.4-11.4.66.0.1.164.1",
    ]
    later = versions(entire="11.4-11.4.100.0.1.1.0")
    assert "needs upgrade: minimal" in software.lacking(source, later, "")[0]
    assert software.lacking(source, later, "minimal") == []
    many = {f"p{number}": pkg.version("1-1") for number in range(40)}
    assert software.lacking(many, {name: pkg.version("1-0") for name in many}, "")[-1] == "and 28 more"


def test_a_list_of_packages_that_could_not_be_had_is_no_list_that_fits() -> None:
    with pytest.raises(CommandFailed, match="node t8a: 'pkg list' failed with exit code 1: busy"):
        software.read_packages(Output(1, "", "busy"), "t8a")


def test_a_trial_of_solaris_10() -> None:
    heading = "These packages installed on the source system are inconsistent with this system:"
    report = Output(1, "", f"{heading}\n\tSUNWcar: version mismatch\n")
    assert software.refused(report, "") == [heading, "SUNWcar: version mismatch"]
    assert software.refused(report, "minimal") == []
    assert software.refused(Output(0), "") == []
    down = Output(1, "", "ERROR: attempt to downgrade package SUNWcar 2 to version 1")
    assert software.refused(down, "all") == ["ERROR: attempt to downgrade package SUNWcar 2 to version 1"]
    manifest = """<zone name="web1" zonepath="/zones/web1">
  <network address="10.40.0.51/24" physical="igb0"/>
  <filesystem special="web1/srv_www" directory="/srv/www" type="zfs">
    <fsoption name="ro"/>
  </filesystem>
  <package name="SUNWcar" version="11.10"/>
</zone>"""
    tried = software.trial("web1", manifest).argv
    assert tried[:-1] == ("zoneadm", "-z", "web1", "attach", "-n")
    assert isinstance(tried[-1], File)
    assert tried[-1].content == '<zone name="web1" zonepath="/zones/web1">\n  <package name="SUNWcar" version="11.10"/>\n</zone>'
    ten = Migration([Move(vserver(brand="native"), HERE, THERE, True)], {HERE: context(S10), THERE: context(S10)})
    assert [at for at in ten.look(None) if at.probe == "manifest web1"] == [(HERE, "manifest web1")]


def test_a_node_of_solaris_10_is_asked_for_no_packages_of_solaris_11() -> None:
    """It has no pkg: the answer would stop whatever else moves with it, with words about a command instead of the platform."""
    operation = migration()
    assert [key.node for key in operation.look(None) if key.probe == "packages"] == [HERE, THERE]
    contexts = {HERE: operation.contexts[HERE], THERE: replace(operation.contexts[THERE], release=S10)}
    assert [key for key in replace(operation, contexts=contexts).look(None) if key.probe == "packages"] == []


def test_what_was_refused_keeps_the_run_state_it_had() -> None:
    """The way back of another vServer's failure does not stop one that never left."""
    both = pair()
    asked = migration(running=False, ran=True, unfit=("has no link for network type public",))
    assert asked.plan(both.actual) == []
    assert [step for plan in asked.back(both.actual, {"web1": "refused"}) for step in plan.steps] == []
    halted = pair("installed")
    boot = migration(running=True, ran=False)
    assert [step for plan in boot.back(halted.actual, {"web1": "refused"}) for step in plan.steps] == []


def test_a_target_that_stops_answering_before_the_trial_ends_the_looking() -> None:
    contexts = {HERE: context(S10), THERE: replace(context(S10), node=THERE)}
    operation = Migration([Move(vserver(brand="native"), HERE, THERE, True)], contexts)
    both = pair()
    silent = MigrationActual({HERE: both.here.actual, THERE: None}, manifests={"web1": "<zone/>"})
    assert not operation.look(silent)
    asked = replace(silent, nodes={HERE: both.here.actual, THERE: both.there.actual})
    assert list(operation.look(asked)) == [(THERE, "trial web1")]
    left = operation.read(asked, {})
    assert left.nodes[THERE] is None
    assert not operation.look(left)
    assert "does not answer" in operation.refusals(left)["web1"]
