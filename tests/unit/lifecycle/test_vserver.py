# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of one vServer, by what is there: exact commands, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import vserver as planner
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Pool
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneConfig, ZoneStatus

from .estate import LUNS, S10, context, deployed, nothing, pool, vserver, zfs

D1, D2 = (f"c0t{LUNS[lun]}d0" for lun in ("lun1", "lun2"))


def commands(state: str, actual: NodeActual, where=None, declared=None, **options) -> list[str]:
    wanted = Wanted(declared or vserver(), state, **options)  # type: ignore[arg-type]
    return [shell.show(step.command) for step in planner.plan(wanted, actual, where or context()).steps]


DEPLOY = [
    f"zpool create -O mountpoint=none web1 mirror {D1} {D2}",
    "zfs create -o mountpoint=/zones/web1 web1/zone",
    "chmod 700 /zones/web1",
    "zfs create -o mountpoint=legacy -o quota=5368709120 web1/srv_www",
    "zonecfg -z web1 -f <zonecfg>",
]


def test_deployment_from_nothing() -> None:
    assert commands("defined", nothing()) == DEPLOY
    install = "zoneadm -z web1 install -c <profile.xml>"
    assert commands("installed", nothing()) == [*DEPLOY, install]
    assert commands("running", nothing()) == [*DEPLOY, install, "zoneadm -z web1 boot"]


def test_what_is_as_declared_needs_nothing() -> None:
    for state in ("defined", "installed", "running"):
        assert commands(state, deployed()) == []
    assert commands("halted", deployed("installed")) == []
    assert commands("absent", NodeActual(zones={}, pools={})) == []


@pytest.mark.parametrize(
    ("have", "expected"),
    [
        (deployed("installed"), ["zoneadm -z web1 boot"]),
        (deployed("ready"), ["zoneadm -z web1 boot"]),
        (
            deployed("configured", zonepaths={"web1": ZonePath("drwx------", True)}),
            ["zoneadm -z web1 install -c <profile.xml>", "zoneadm -z web1 boot"],
        ),
        (deployed("configured", zonepaths={"web1": ZonePath("drwx------", False)}), ["zoneadm -z web1 attach", "zoneadm -z web1 boot"]),
        (
            deployed("incomplete", zonepaths={"web1": ZonePath("drwx------", False)}),
            ["zoneadm -z web1 uninstall -F"],  # what it leaves of the zone path is looked at before more is planned
        ),
        (deployed("incomplete", jobs=frozenset({"web1-install"})), ["zoneadm -z web1 install -c <profile.xml>", "zoneadm -z web1 boot"]),
        (
            deployed("installed", ended_jobs=frozenset({"web1-install"})),
            ["zoneadm -z web1 boot", "rm -rf /var/tmp/heliostat-jobs/web1-install"],
        ),
        (deployed(milestones={"web1": "offline"}), ["svcs -z web1 -H -o state,nstate,fmri"]),
    ],
    ids=[
        "installed",
        "ready",
        "configured-empty",
        "configured-with-a-zone-in-it",
        "incomplete",
        "incomplete-with-its-job",
        "installed-by-a-killed-run",
        "still-booting",
    ],
)
def test_running_from_every_state(have: NodeActual, expected: list[str]) -> None:
    assert commands("running", have) == expected


def test_an_installation_that_runs_is_joined_not_repeated() -> None:
    (install, _) = planner.plan(Wanted(vserver(), "running"), deployed("incomplete", jobs=frozenset({"web1-install"})), context()).steps
    assert install.job == "web1-install"
    assert install.why == "its installation is running as a job"
    assert install.begin == "join"


def test_an_installation_whose_zone_is_installed_already_is_waited_for() -> None:
    """zoneadm says so a moment before it ends, and its job is cleared away by who saw its end."""
    steps = planner.plan(Wanted(vserver(), "running"), deployed("installed", jobs=frozenset({"web1-install"})), context()).steps
    assert [(step.what, step.begin) for step in steps[:1]] == [("install zone web1", "join")]
    assert [step.what for step in steps[1:]] == ["boot zone web1"]
    begun = deployed("configured", jobs=frozenset({"web1-install"}), zonepaths={"web1": ZonePath("drwx------", False)})
    steps = planner.plan(Wanted(vserver(), "running"), begun, context()).steps
    assert [step.what for step in steps] == ["install zone web1", "boot zone web1"], "what lies in its path is the job's work"


@pytest.mark.parametrize(("ended", "begin"), [(frozenset(), "first"), (frozenset({"web1-install"}), "anew")])
def test_only_a_job_that_was_seen_to_have_ended_is_begun_anew(ended: frozenset[str], begin: str) -> None:
    have = deployed("configured", zonepaths={"web1": ZonePath("drwx------", True)}, ended_jobs=ended)
    (install, _) = planner.plan(Wanted(vserver(), "running"), have, context()).steps
    assert install.begin == begin


@pytest.mark.parametrize("state", ["unavailable", "shutting_down", "down"])
def test_a_zone_in_between_is_left_alone(state: str) -> None:
    with pytest.raises(Refused, match=f"zone is {state} on node t8a"):
        commands("running", deployed(state))


def test_absent_keeps_data_unless_it_is_named() -> None:
    halted = deployed("installed")
    assert commands("absent", halted) == ["zoneadm -z web1 detach", "zonecfg -z web1 delete -F", "zpool export web1"]
    destroyed = ["zoneadm -z web1 uninstall -F", "zonecfg -z web1 delete -F", "zpool destroy web1"]
    assert commands("absent", halted, destroy=frozenset({"web1"})) == destroyed
    with pytest.raises(Refused, match="destroy names other, which is none of its datasets"):
        commands("absent", halted, destroy=frozenset({"other"}))
    with pytest.raises(Refused, match="is running on node t8a: stop it first"):
        commands("absent", deployed())
    assert commands("absent", deployed(), force=True)[0] == "zoneadm -z web1 halt"


def test_data_of_a_detached_vserver_is_destroyed_where_it_is_named() -> None:
    away = nothing(importable=(pool("web1", "lun1", "lun2"),))
    assert commands("absent", away) == []
    planned = planner.plan(Wanted(vserver(), "absent", frozenset({"web1"})), away, context())
    assert [shell.show(step.command) for step in planned.steps] == ["zpool import web1"]
    assert planned.again, "what lies there is seen only after the import"
    back = replace(nothing(), pools={"web1": pool("web1", "lun1", "lun2")})
    assert commands("absent", back, destroy=frozenset({"web1"})) == ["zpool destroy web1"]


def test_data_that_cannot_be_seen_is_not_called_destroyed() -> None:
    with pytest.raises(Refused, match=r"does not see LUN .* Destroy it from a node that sees its LUNs"):
        commands("absent", nothing(disks={}), destroy=frozenset({"web1"}))
    assert commands("absent", nothing(), destroy=frozenset({"web1"})) == []


def test_detached_gives_everything_away_but_the_configuration() -> None:
    assert commands("detached", deployed("installed")) == ["zoneadm -z web1 detach", "zpool export web1"]


def test_after_an_import_the_node_is_looked_at_again() -> None:
    offered = (pool("web1", "lun1", "lun2", pool_id="42"),)
    plan = planner.plan(Wanted(vserver(), "running"), nothing(importable=offered), context())
    assert [shell.show(step.command) for step in plan.steps] == ["zpool import web1"]
    assert plan.again
    assert "planned after the import" in plan.warnings[0]


@pytest.mark.parametrize(
    ("have", "message"),
    [
        (nothing(importable=(pool("web1", "lun1", "lun2", last_host="t8b"),)), "last used by t8b and never exported"),
        (nothing(importable=(pool("web1", "lun3", "lun4"),)), "lies on"),
        (nothing(importable=(pool("web1", "lun1", "lun2"), pool("web1", "lun3", "lun4"))), "offered 2 pools"),
        (nothing(importable=(pool("web1", "lun1", "lun2", state="UNAVAIL"),)), "is UNAVAIL"),
        (nothing(importable=(pool("other", "lun2", "lun3", last_host="t8b"),)), "carries pool other .*last used by t8b"),
        (nothing(pools={"other": pool("other", "lun2", "lun3")}), "is in pool other, imported on node t8a"),
        (nothing(disks={}), "does not see LUN"),
        (deployed(pools={"web1": pool("web1", "lun1", "lun2", state="UNAVAIL")}), "pool is UNAVAIL"),
        (deployed(pools={"web1": pool("web1", "lun1", "lun2", layout="stripe")}), "layout stripe"),
        (nothing(answering=frozenset({"10.41.0.51"})), "address 10.41.0.51 already answers in network public"),
        (deployed(zfs={"web1/zone": zfs("web1/zone", "/zones/other")}), "has mountpoint /zones/other"),
    ],
    ids=["in-use-elsewhere", "other-luns", "two-of-a-name", "not-usable", "lun-has-a-foreign-pool", "lun-in-imported-pool", "lun-not-seen",
         "pool-broken", "other-layout", "address-taken", "mountpoint-moved"],
)  # fmt: skip
def test_what_could_harm_is_refused(have: NodeActual, message: str) -> None:
    with pytest.raises(Refused, match=message):
        commands("running", have)


def test_a_lun_of_another_vserver_is_refused() -> None:
    with pytest.raises(Refused, match="belongs to vServer db1 in the repository"):
        commands("running", nothing(), context(lun_owners={LUNS["lun2"]: "db1"}))
    assert commands("defined", nothing(), context(lun_owners={LUNS["lun2"]: "web1"})) == DEPLOY


def test_a_degraded_pool_is_a_warning() -> None:
    have = deployed(pools={"web1": pool("web1", "lun1", "lun2", state="DEGRADED", status="One device is gone.")})
    plan = planner.plan(Wanted(vserver(), "running"), have, context())
    assert plan.steps == ()
    assert plan.warnings == ("dataset web1 is DEGRADED on node t8a: One device is gone.",)


def test_a_quota_grows_and_a_directory_is_made_private() -> None:
    smaller = {"web1/zone": zfs("web1/zone", "/zones/web1", mounted="no"), "web1/srv_www": zfs("web1/srv_www", "legacy", 1 << 30)}
    have = deployed("configured", zfs=smaller, zonepaths={"web1": ZonePath("drwxr-xr-x", True)})
    assert commands("defined", have) == ["zfs mount web1/zone", "chmod 700 /zones/web1", "zfs set quota=5368709120 web1/srv_www"]


def test_changed_configuration_names_property_and_says_when_it_takes_effect() -> None:
    have = deployed()
    config = have.configs["web1"]
    files = tuple(one for one in config.resources if one.kind != "fs")
    plan = planner.plan(Wanted(vserver(), "running"), replace(have, configs={"web1": ZoneConfig(config.properties, files)}), context())
    assert [shell.show(step.command) for step in plan.steps] == ["zonecfg -z web1 -f <zonecfg>"]
    assert plan.steps[0].why.startswith("fs[dir=/srv/www]: unset → ")
    assert "web1 is running: takes effect at the next boot: fs[dir=/srv/www]" in plan.warnings[0]
    other = ZoneConfig({**config.properties, "autoboot": "true"}, config.resources)
    plan = planner.plan(Wanted(vserver(), "running"), replace(have, configs={"web1": other}), context())
    assert plan.steps[0].why == "autoboot: true → false"
    assert plan.warnings == (), "autoboot only tells of the next boot"
    assert plan.outcomes == {"autoboot": "applied"}
    moved = ZoneConfig({**config.properties, "zonepath": "/zones/old"}, config.resources)
    with pytest.raises(Refused, match="zonepath is /zones/old, declared is /zones/web1"):
        planner.plan(Wanted(vserver(), "running"), replace(have, configs={"web1": moved}), context())


def test_solaris_10_zones_get_their_identity_before_the_first_boot() -> None:
    declared = vserver(brand="native", ip_type="shared")
    plan = planner.plan(Wanted(declared, "running"), nothing(), context(S10))
    shown = [shell.show(step.command) for step in plan.steps]
    assert shown[-3:] == ["zoneadm -z web1 install", "cp <sysidcfg> /zones/web1/root/etc/sysidcfg", "zoneadm -z web1 boot"]
    halfway = {
        "zones": {"web1": ZoneStatus("web1", "installed", "/zones/web1")},
        "pools": {"web1": pool("web1", "lun1", "lun2")},
        "zfs": deployed().zfs,
        "unconfigured": frozenset({"web1"}),
        "configs": {},
    }
    assert commands("running", nothing(**halfway), context(S10), declared)[-2:] == shown[-2:]


def test_a_brand_the_release_does_not_offer_is_refused() -> None:
    with pytest.raises(Refused, match=r"brand native does not run on node t8a, which runs Oracle Solaris 11\.4"):
        commands("running", nothing(), declared=vserver(brand="native"))
    with pytest.raises(Refused, match="brand solaris does not run"):
        commands("running", nothing(), context(S10))
    with pytest.raises(Refused, match="set archive to its path"):
        commands("running", nothing(), declared=vserver(brand="solaris10"))


def test_secrets_stay_out_of_the_plan() -> None:
    declared = vserver(brand="native", ip_type="shared")
    plan = planner.plan(Wanted(declared, "running"), nothing(), context(S10, root_password_hash="$5$secret"))
    assert not any("secret" in shell.show(step.command) + step.what + step.why for step in plan.steps)
    assert any(re.search("secret", word.content) for step in plan.steps for word in step.command.argv if not isinstance(word, str))


def test_an_unknown_tree_is_named_by_its_kinds() -> None:
    have = deployed(pools={"web1": Pool("web1", "ONLINE", (replace(pool("x", "lun1", "lun2").vdevs[0], kind="raidz1"),))})
    with pytest.raises(Refused, match="layout raidz1"):
        commands("running", have)


@pytest.mark.parametrize("state", ["running", "detached", "absent"])
def test_an_incomplete_zone_that_has_lived_is_not_uninstalled(state) -> None:
    """An attach that was killed leaves a zone incomplete (Solaris 10), and uninstalling that would delete its root."""
    have = deployed("incomplete", zonepaths={"web1": ZonePath("drwx------", False)})
    with pytest.raises(Refused, match="was installed before"):
        planner.plan(Wanted(vserver(), state, lived=True), have, context())
    tried = deployed("incomplete", zonepaths={"web1": ZonePath("drwx------", False)}, ended_jobs=frozenset({"web1-attach"}))
    with pytest.raises(Refused, match="was installed before"):
        planner.plan(Wanted(vserver(), state), tried, context())
    doomed = planner.plan(Wanted(vserver(), "absent", frozenset({"web1"}), lived=True), have, context())
    assert "uninstall incomplete zone web1" in [step.what for step in doomed.steps]
