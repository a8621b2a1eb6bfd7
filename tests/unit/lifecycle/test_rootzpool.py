# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone's own pool: what is declared, what zoneadm is left to do, what it is not let near; and when zoneadm migrate takes the zone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import gathered_rootzpool, handing_over, variables, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.migration import Migration, MigrationActual, Move
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import rootzpool
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted, plan
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import HeliostatError, InvalidDefinition, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Step
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneResource, ZoneStatus

from .estate import LUNS, NETWORKS, context, deployed, nothing, pool, vserver, zfs

POOL = "web1_rpool"
OWN: dict[str, Any] = {"name": POOL, "layout": "mirror", "luns": ["lun1", "lun2"], "rootzpool": True}
URIS = tuple(f"lu:luname.naa.{LUNS[lun].lower()}" for lun in ("lun1", "lun2"))
HERE, THERE = "t8a", "t8b"
MADE = pool(POOL, "lun1", "lun2", pool_id="4711")


def web1(**changes: Any) -> VServer:
    return vserver(**{"datasets": [OWN], "filesystems": [{"type": "root", "dataset": POOL}], **changes})


def zone(state: str) -> dict[str, ZoneStatus]:
    return {"web1": ZoneStatus("web1", state, "/zones/web1", brand="solaris", ip_type="exclusive")}


def lives(state: str = "running", **options: Any) -> NodeActual:
    """web1 with its own pool, as it should be."""
    configs = {"web1": zone_definition.wanted(web1(), context())}
    have = {"pools": {POOL: MADE}, "zfs": {POOL: zfs(POOL, "/zones/web1")}, "configs": configs, "zones": zone(state)}
    return deployed(state, **{**have, **options})


def shown(steps: Any) -> list[str]:
    return [shell.show(step.command) for step in steps]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"datasets": [{**OWN, "manager": "svm"}], "brand": "native"}, "a rootzpool is a zpool"),
        ({"datasets": [{**OWN, "layout": "stripe"}]}, "of one LUN, or a mirror of several"),
        ({"datasets": [{**OWN, "name": "data"}], "filesystems": [{"type": "root", "dataset": "data"}]}, "zoneadm calls that web1_rpool"),
        ({"brand": "solaris10"}, "known here for brand solaris only"),
        ({"filesystems": [{"type": "root", "dataset": POOL, "size": "12G"}]}, "size has no meaning on rootzpool"),
        (
            {"filesystems": [{"type": "root", "dataset": POOL}, {"type": "data", "dataset": POOL, "mountpoint": "/d"}]},
            "holds its root only",
        ),
        (
            {"datasets": [OWN, {"name": "w", "luns": ["lun3"]}], "filesystems": [{"type": "root", "dataset": "w"}]},
            "so the file system of type root lies on it",
        ),
        ({"datasets": [{**OWN, "rootzpool": "perhaps"}]}, "neither true nor false"),
    ],
)
def test_what_cannot_be_one_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinition, match=message):
        web1(**changes)


def test_it_stands_in_the_zones_configuration_and_in_the_variables() -> None:
    config = zone_definition.wanted(web1(), context())
    assert config.of_kind("rootzpool") == (ZoneResource("rootzpool", {"storage": URIS}),)
    script = zonecfg.render(config, create="create -b")
    assert f"add rootzpool\nadd storage {URIS[0]}\nadd storage {URIS[1]}\nend" in script
    assert zonecfg.parse_export(script, zone="web1").of_kind("rootzpool") == config.of_kind("rootzpool")
    said = variables.variables(web1())
    assert declaration.vserver("web1", said, declaration.networks(NETWORKS), {}) == web1()


def test_other_words_for_the_same_luns_are_no_difference() -> None:
    paths = "initiator.naa.2100001d38089fb0,target.naa.2100001d38089fb0"
    given = (f"lu:{paths},luname.naa.{LUNS['lun2']}", f"lu:luname.naa.{LUNS['lun1']}")
    config = zone_definition.wanted(web1(), context())
    mine = tuple(replace(one, properties={"storage": given}) if one.kind == "rootzpool" else one for one in config.resources)
    have = lives("running", configs={"web1": ZoneConfig(config.properties, mine)})
    assert plan(Wanted(web1(), "running"), have, context()).steps == ()
    other = tuple(replace(one, properties={"storage": (URIS[0],)}) if one.kind == "rootzpool" else one for one in config.resources)
    changed = lives("running", configs={"web1": ZoneConfig(config.properties, other)})
    with pytest.raises(HeliostatError, match="rootzpool"):
        plan(Wanted(web1(), "running"), changed, context())


OFFERED = {"importable": (MADE,)}
FOREIGN = {"importable": (replace(MADE, last_host="t8b"),)}


@pytest.mark.parametrize(
    ("actual", "options", "commands"),
    [
        (nothing(), {}, ["zonecfg -z web1 -f <zonecfg>", "zoneadm -z web1 install -c <profile.xml>", "zoneadm -z web1 boot"]),
        (nothing(**OFFERED), {}, ["zonecfg -z web1 -f <zonecfg>", "zoneadm -z web1 attach", "zoneadm -z web1 boot"]),
        (
            nothing(**FOREIGN),
            {"proof": "its power is off", "dead": frozenset({"t8b"})},
            ["zonecfg -z web1 -f <zonecfg>", "zoneadm -z web1 attach -x force-zpool-import", "zoneadm -z web1 boot"],
        ),
        (lives("unavailable", pools={}, importable=(MADE,), zonepaths={}), {}, ["zoneadm -z web1 attach", "zoneadm -z web1 boot"]),
        (lives("configured", zonepaths={}), {}, [f"zpool export {POOL}"]),
        (lives("configured", zonepaths={}, jobs=frozenset({"web1-install"})), {}, None),
        (lives("incomplete", zonepaths={}), {}, ["zoneadm -z web1 uninstall -F -x force-zpool-destroy=rpool"]),
        (lives("running"), {}, []),
    ],
)
def test_what_is_left_to_zoneadm(actual: NodeActual, options: dict[str, Any], commands: list[str] | None) -> None:
    made = shown(plan(Wanted(web1(), "running"), actual, context(**options)).steps)
    if commands is None:
        assert not [line for line in made if line.startswith("zpool")], "the job has the pool in its hands"
    else:
        assert made == commands


@pytest.mark.parametrize(
    ("actual", "options", "message"),
    [
        (nothing(**FOREIGN), {}, "last used by t8b and never exported"),
        (nothing(**FOREIGN), {"proof": "its power is off", "dead": frozenset({"t4a"})}, "never exported"),
        (nothing(importable=(pool(POOL, "lun3", "lun4"),)), {}, "a pool of this name lies on"),
        (nothing(importable=(pool("other", "lun1", "lun3"),)), {}, "carries pool other"),
        (nothing(), {"created": frozenset({POOL})}, "it was made before"),
        (nothing(), {"lun_owners": {LUNS["lun1"]: "db1"}}, "belongs to vServer db1"),
        (lives("installed", pools={}, importable=(), zonepaths={}), {}, "its pool is neither there nor offered"),
        (lives("incomplete", held={f"{POOL}/x": zfs(f"{POOL}/x", "/x")}), {}, "which is none of a zone's"),
    ],
)
def test_what_zoneadm_is_not_let_near(actual: NodeActual, options: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        plan(Wanted(web1(), "running"), actual, context(**options))


@pytest.mark.parametrize(
    ("state", "wanted", "commands"),
    [
        ("installed", {"state": "detached"}, ["zoneadm -z web1 detach"]),
        ("configured", {"state": "detached"}, [f"zpool export {POOL}"]),
        ("installed", {"state": "absent"}, ["zoneadm -z web1 detach", "zonecfg -z web1 delete -F"]),
        (
            "installed",
            {"state": "absent", "destroy": frozenset({POOL})},
            ["zoneadm -z web1 uninstall -F -x force-zpool-destroy=rpool", "zonecfg -z web1 delete -F"],
        ),
        ("configured", {"state": "absent", "destroy": frozenset({POOL})}, ["zonecfg -z web1 delete -F", f"zpool destroy {POOL}"]),
    ],
)
def test_how_it_goes_away(state: str, wanted: dict[str, Any], commands: list[str]) -> None:
    own = {f"{POOL}/rpool": zfs(f"{POOL}/rpool", "/rpool"), POOL: zfs(POOL, "/zones/web1")}
    assert shown(plan(Wanted(web1(), **wanted), lives(state, held=own), context()).steps) == commands


def test_it_is_described_from_its_configuration_alone() -> None:
    config = zone_definition.wanted(web1(), context())
    problems: list[str] = []
    assert gathered_rootzpool.dataset("web1", config, {}, problems) == {**OWN, "luns": [LUNS["lun1"], LUNS["lun2"]]}
    assert problems == []
    local = ZoneConfig({}, (ZoneResource("rootzpool", {"storage": ("dev:dsk/c7t0d0",)}),))
    gathered_rootzpool.dataset("web1", local, {}, problems)
    assert problems == ["rootzpool on dev:dsk/c7t0d0, which names no LUN by its NAA identifier"]


# --- zoneadm migrate ---------------------------------------------------------------------------------------------------
def contexts(release: Release | None = None, host: str = "host-b") -> dict[str, Any]:
    there = replace(context(created=frozenset({POOL}), host=host), node=THERE)
    return {HERE: context(created=frozenset({POOL})), THERE: replace(there, release=release or there.release)}


def planned(here: NodeActual, there: NodeActual, tried: Output | None = None, known: dict[str, Any] | None = None, **options: Any) -> Any:
    move = Move(options.pop("vserver", web1()), HERE, THERE, True, **options)
    operation = Migration([move], known or contexts())
    actual = MigrationActual({HERE: here, THERE: there}, tried={"web1": tried} if tried else {})
    return operation, actual


def lines(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.node}: {shell.show(step.command)}" for step in steps]


SHUT, CONFIGURE, DETACH = f"{HERE}: zoneadm -z web1 shutdown", f"{THERE}: zonecfg -z web1 -f <zonecfg>", f"{HERE}: zoneadm -z web1 detach"
ATTACH, BOOT, CLEAR = f"{THERE}: zoneadm -z web1 attach", f"{THERE}: zoneadm -z web1 boot", f"{HERE}: zonecfg -z web1 delete -F"
MIGRATE = f"{HERE}: zoneadm -z web1 migrate ssh://host-b"


def waiting() -> NodeActual:
    return nothing(zones=zone("configured"), configs={"web1": zone_definition.wanted(web1(), context())})


@pytest.mark.parametrize(
    ("here", "there", "tried", "expected"),
    [
        (lives("running"), nothing(), None, [SHUT, CONFIGURE]),
        (lives("installed"), nothing(), None, [CONFIGURE]),
        (lives("running"), waiting(), None, [SHUT]),
        (lives("installed"), waiting(), Output(0), [MIGRATE]),
        (lives("configured", pools={}, importable=()), lives("installed"), None, [BOOT, CLEAR]),
        (lives("installed"), waiting(), Output(1, "", "zoneadm: zone 'web1': no way"), [DETACH, ATTACH, BOOT, CLEAR]),
        (lives("configured", pools={}, importable=(MADE,)), waiting(), None, None),
    ],
)
def test_the_way(here: NodeActual, there: NodeActual, tried: Output | None, expected: list[str] | None) -> None:
    if expected is None:
        there, expected = replace(there, importable=(MADE,)), [ATTACH, BOOT, CLEAR]
    operation, actual = planned(here, there, tried)
    (made,) = operation.plan(actual)
    assert lines(made.steps) == expected
    assert made.again == (BOOT not in expected)
    if tried is not None and tried.rc:
        assert any("zoneadm migrate was not used" in said and "no way" in said for said in made.warnings)


@pytest.mark.parametrize(("left", "begin"), [(frozenset(), "first"), (frozenset({"web1-migrate"}), "anew")])
def test_a_migration_is_begun_anew_only_where_one_was_seen_to_have_ended(left: frozenset[str], begin: str) -> None:
    operation, actual = planned(lives("installed", ended_jobs=left), waiting(), Output(0))
    (made,) = operation.plan(actual)
    assert [step.begin for step in made.steps if step.job] == [begin]


def test_the_trial_is_made_when_the_zone_is_down_and_once() -> None:
    for here, there, asked in (
        (lives("running"), waiting(), []),
        (lives("installed"), nothing(), []),
        (lives("installed"), waiting(), ["zoneadm -z web1 migrate -n -u ssh://host-b"]),
    ):
        operation, actual = planned(here, there, upgrade="minimal")
        found = {at: command for at, command in operation.look(actual).items() if at.probe.startswith("migrates ")}
        assert [shell.show(command) for command in found.values()] == asked
        answered = operation.read(actual, dict.fromkeys(found, Output(0)))
        assert not [at for at in operation.look(answered) if at.probe.startswith("migrates ")]
        silent = operation.read(actual, {})
        assert (silent.nodes[HERE] is None) == bool(asked), "who stopped answering is not asked for ever"


@pytest.mark.parametrize(
    "changes",
    [
        {"known": contexts(Release("s11.3", "Oracle Solaris 11.3 SPARC", "sparc"))},
        {"known": contexts(host="")},
        {"boot_environment": "solaris-1"},
        {"vserver": web1(filesystems=[{"type": "root", "dataset": POOL}, {"type": "lofs", "source": "/x", "mountpoint": "/x"}])},
        {"here": lives("installed", configs={"web1": ZoneConfig({}, (ZoneResource("dataset", {"name": "p/x"}),))})},
        {"here": lives("installed", configs={"web1": ZoneConfig({}, (ZoneResource("device", {"match": "/dev/rdsk/x"}),))})},
        {"there": nothing(zones=zone("unavailable"), configs={"web1": zone_definition.wanted(web1(), context())})},
    ],
)
def test_what_is_never_tried(changes: dict[str, Any]) -> None:
    known, here, there = changes.pop("known", contexts()), changes.pop("here", lives("installed")), changes.pop("there", waiting())
    move = Move(changes.pop("vserver", web1()), HERE, THERE, True, **changes)
    assert not handing_over.possible(move, known, here, there)
    assert handing_over.trial(move, known, here, there) is None
    assert handing_over.possible(Move(web1(), HERE, THERE, True), contexts(), lives("installed"), waiting())


def test_what_still_works_on_a_node_is_waited_for() -> None:
    for here, there in (
        (lives("installed", jobs=frozenset({"web1-migrate"})), waiting()),
        (lives("configured", pools={}, jobs=frozenset({"web1-migrate"})), lives("incomplete")),
    ):
        operation, actual = planned(here, there)
        (made,) = operation.plan(actual)
        (step,) = made.steps
        assert (step.job, step.node, made.again) == (None, HERE, True), "an ended job would be begun anew"
        assert step.wait is not None
        assert step.wait.state(Output(0, "running\n")) in step.wait.transitional
        assert {step.wait.state(Output(0, text)) for text in ("ended 0\n", "ended 1\n", "lost\n", "none\n")} == step.wait.wanted
        assert not [at for at in operation.look(actual) if at.probe.startswith("migrates ")]


def test_what_a_failed_migration_left_on_the_target_is_cleared_away() -> None:
    operation, actual = planned(lives("running"), waiting())
    (home,) = operation.back(actual, {"web1": "no luck"})
    assert lines(home.steps) == [f"{THERE}: zonecfg -z web1 delete -F"]
    operation, actual = planned(lives("running"), nothing())
    assert operation.back(actual, {"web1": "no luck"}) == []


def test_half_made_ones_are_not_remembered() -> None:
    (mine,) = web1().datasets
    assert [rootzpool.half_made(mine, "web1", lives(state)) for state in ("configured", "incomplete", "installed")] == [True, True, False]
