# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All vServers of a node as one operation: what is asked, how answers are read, and that nothing failed passes for absent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import (
    disks,
    files,
    job,
    ping,
    prctl,
    rcapadm,
    virtual_disks,
    zfs,
    zoneadm,
    zonecfg,
    zpool,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.operation import run
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import milestone, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import VServers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, HeliostatError, ParseError

from ..engine.scripted import Record, Round, clock, scripted, silent
from .estate import LUNS, S10, context, vserver
from .test_datasets import FIRST, LOOKED_FOR, SECOND

L1, L2 = LUNS["lun1"], LUNS["lun2"]
POOL = f"""\
  pool: web1
 state: ONLINE
  scan: none requested
config:

        NAME                                       STATE     READ WRITE CKSUM
        web1                                       ONLINE       0     0     0
          mirror-0                                 ONLINE       0     0     0
            c0t{L1}d0  ONLINE       0     0     0
            c0t{L2}d0  ONLINE       0     0     0

errors: No known data errors
"""
ZFS = "".join(
    f"{name}\tmountpoint\t{mountpoint}\tlocal\n{name}\tquota\t{quota}\tlocal\n{name}\tmounted\t{mounted}\t-\n"
    for name, mountpoint, quota, mounted in (("web1/zone", "/zones/web1", 0, "yes"), ("web1/srv_www", "legacy", 5 << 30, "no"))
)
HELD = "web1\tmountpoint\tnone\tlocal\nweb1/zone\tmountpoint\t/zones/web1\tlocal\nweb1/srv_www\tmountpoint\tlegacy\tlocal\n"
EXPORT = zonecfg.render(zone_definition.wanted(vserver(), context())).replace("verify\ncommit\nexit\n", "")
GLOBAL = "0:global:running:/::solaris:shared:-:none:\n"
HERE: dict[str, Output] = FIRST | {
    "zones": Output(0, GLOBAL + "5:web1:running:/zones/web1:f1d6b0a4-ad31-4c37-a1fb-1f3a5e8a1d1c:solaris:excl:R:none:\n"),
    "pools": Output(0, POOL),
    "jobs": Output(0),
    "zfs": Output(0, ZFS),
    "held": Output(0, HELD),
    "config web1": Output(0, EXPORT),
    "milestone web1": Output(0, "online         -              svc:/milestone/multi-user-server:default\n"),
    "live web1": Output(0, "zone: 5: web1\nzone.max-swap system 18446744073709551615 max deny -\n"),
    "running web1": Output(0, EXPORT),
    "rcapd": Output(0, f"{'state':>43}: enabled\n"),
    "caps": Output(0, "    id zone nproc vm rss cap at avgat pg avgpg\n 5 web1 - 26M 38M 4096M 0K 0K 0K 0K\n"),
}
ABSENT = Output(1, "", "web1: No such zone configured\n")
GONE = "cannot open 'web1/zone': dataset does not exist\ncannot open 'web1/srv_www': dataset does not exist\n"
NOWHERE: dict[str, Output] = FIRST | {
    "zones": Output(0, GLOBAL),
    "pools": Output(0, "no pools available\n"),
    "jobs": Output(0),
    "zfs": Output(1, "", GONE),
    "config web1": ABSENT,
    "milestone web1": Output(1, "", "svcs: could not find zone 'web1'\n"),
    "live web1": Output(1, "", "prctl: web1: unknown zone\n"),
    "running web1": Output(1, "", "web1: No such zone configured\n"),
    "rcapd": Output(0, f"{'state':>43}: disabled\n"),
    "caps": Output(1, "", "rcapstat: rcapd is not active\n"),
}
SECOND_LOOK: dict[str, Output] = SECOND | {
    "zonepath web1": Output(2, "", "/zones/web1/.: No such file or directory\n"),
    "ping 10.40.0.51": Output(1, "no answer from 10.40.0.51\n"),
    "ping 10.41.0.51": Output(1, "no answer from 10.41.0.51\n"),
}


def operation(state: str = "running", **options: Any) -> VServers:
    return VServers([Wanted(vserver(), state, **options)], context())  # type: ignore[arg-type]


def seen(first: dict[str, Output], second: dict[str, Output] | None = None, wanted: VServers | None = None) -> NodeActual:
    wanted = wanted or operation()
    actual = wanted.read(None, first)
    return actual if second is None else wanted.read(actual, second)


def test_the_first_look_is_one_round_trip_of_exactly_these() -> None:
    assert operation().look(None) == {
        "zones": zoneadm.list_zones(),
        "pools": zpool.status(),
        "virtual disks": virtual_disks.probe(),
        "seen sizes": disks.probes()["iostat-En"],
        "seen paths": disks.probes()["mpathadm-list-lu"],
        "usage": zpool.list_pools(),
        "jobs": job.known(),
        "zfs": zfs.get(("mountpoint", "quota", "mounted"), "web1/zone", "web1/srv_www"),
        "config web1": zonecfg.export("web1"),
        "milestone web1": milestone.probe("web1", "solaris", context()),
        "live web1": prctl.controls("web1"),
        "rcapd": rcapadm.state(),
        "caps": rcapadm.report(),
        "running web1": zonecfg.export_live("web1"),
    }
    assert next(iter(operation().look(None) or ())) == "jobs", "what a job that ends meanwhile has done is seen by the rest"
    assert "milestone web1" not in (operation("installed").look(None) or {})
    ten = VServers([Wanted(vserver(brand="native"), "running")], context(S10))
    identity = ("/zones/web1/root/etc/.UNCONFIGURED", "/zones/web1/root/etc/sysidcfg")
    assert ten.look(None)["identity web1"] == Command.of("ls", "-d", *identity, ok=(0, 1, 2))
    assert ten.look(None)["milestone web1"].argv[:2] == ("zlogin", "web1"), "Solaris 10's svcs knows no zones"


def test_two_vservers_share_the_look() -> None:
    both = VServers([Wanted(vserver(), "running"), Wanted(vserver("db1"), "running")], context())
    asked = both.look(None)
    assert len([name for name in asked if not name.endswith(("web1", "db1"))]) == 10
    assert asked["zfs"].argv[-4:] == ("web1/zone", "web1/srv_www", "web1/zone", "web1/srv_www")


@pytest.mark.parametrize("state", ["running", "installed", "absent", "detached"])
def test_one_look_is_enough_when_nothing_is_missing(state: str) -> None:
    wanted = operation(state)
    actual = wanted.read(None, HERE)
    assert wanted.look(actual) == {}
    assert actual.complete


@pytest.mark.parametrize("state", ["absent", "detached"])
def test_what_lies_on_a_pool_that_goes_away_is_asked_too(state: str) -> None:
    assert operation(state).look(None)["held"] == zfs.get(("mountpoint",), "web1", recursive=True)
    with pytest.raises(CommandFailed, match="dataset web1: what lies on it could not be listed: zfs: I/O error"):
        operation(state).read(None, HERE | {"held": Output(1, "", "zfs: I/O error\n")})


def test_a_converged_node_costs_one_round_trip_and_is_not_changed() -> None:
    look: Round = [(command, HERE[name]) for name, command in operation().look(None).items()]
    with scripted(look) as node:
        report = run(operation(), node, clock(), Record(), silent, check=False)
    assert (report.changed, report.plans[0].steps, dict(report.failures), node.round_trips) == (False, (), {}, 1)
    assert report.before == report.after


def test_what_is_missing_is_asked_for_in_a_second_look() -> None:
    wanted = operation()
    assert wanted.look(wanted.read(None, NOWHERE)) == {
        **LOOKED_FOR,
        "zonepath web1": files.listing("/zones/web1"),
        "ping 10.40.0.51": ping.probe("10.40.0.51"),
        "ping 10.41.0.51": ping.probe("10.41.0.51"),
    }
    configured = HERE | {"zones": Output(0, GLOBAL + "-:web1:configured:/zones/web1::solaris:excl:-:none:\n")}
    assert wanted.look(wanted.read(None, configured)) == {"zonepath web1": files.listing("/zones/web1")}
    assert operation("absent").look(operation("absent").read(None, NOWHERE)) == {}
    doomed = VServers([Wanted(vserver(), "absent", frozenset({"web1"}))], context())
    assert doomed.look(doomed.read(None, NOWHERE)) == LOOKED_FOR, "an exported pool still has its data"
    assert doomed.look(doomed.read(None, HERE)) == {}


def test_everything_that_was_asked_can_be_read() -> None:
    actual = seen(NOWHERE, SECOND_LOOK)
    assert set(actual.disks or {}) == {L1, L2}
    assert (actual.importable, actual.zonepaths, actual.answering, actual.complete) == ((), {}, frozenset(), True)
    assert next(shell.show(step.command) for step in operation().plan(actual)[0].steps).startswith("zpool create")
    there = Output(0, "total 6\ndrwx------+  3 root root 3 Nov  1 10:00 .\ndrwxr-xr-x  5 root root 5 Nov  1 10:00 ..\n")
    filled = Output(0, there.stdout + "drwxr-xr-x  20 root root 24 Nov  1 10:00 root\n")
    assert seen(NOWHERE, SECOND_LOOK | {"zonepath web1": there}).zonepaths == {"web1": ZonePath("drwx------", True)}
    assert seen(NOWHERE, SECOND_LOOK | {"zonepath web1": filled}).zonepaths == {"web1": ZonePath("drwx------", False)}
    taken = SECOND_LOOK | {"ping 10.41.0.51": Output(0, "10.41.0.51 is alive\n")}
    assert seen(NOWHERE, taken).answering == {"10.41.0.51"}
    assert "address 10.41.0.51 already answers" in operation().refusals(seen(NOWHERE, taken))["web1"]


def test_an_export_may_leave_defaults_out() -> None:
    short = EXPORT.replace("set ip-type=exclusive\n", "").replace("set brand=solaris\n", "")
    assert operation().plan(seen(HERE | {"config web1": Output(0, short)}))[0].steps == ()
    token = EXPORT.replace("set zonepath=/zones/web1", "set zonepath=/zones/%{zonename}")
    assert operation().plan(seen(HERE | {"config web1": Output(0, token)}))[0].steps == ()


@pytest.mark.parametrize(
    ("answers", "error", "message"),
    [
        ({"zones": Output(1, "", "zoneadm: denied\n")}, CommandFailed, "looking at zones failed with exit code 1: zoneadm: denied"),
        ({"zones": Output(127, "", "zoneadm: not found\n")}, CommandFailed, "looking at zones failed with exit code 127"),
        ({"zones": Output(0, "garbage\n")}, ParseError, "garbage"),
        ({"pools": Output(1, "", "internal error\n")}, CommandFailed, "'zpool status' failed with exit code 1: internal error"),
        ({"jobs": Output(1, "", "cannot cd\n")}, CommandFailed, "the list of jobs ended with 1: cannot cd"),
        ({"config web1": Output(1, "", "web1: Permission denied\n")}, CommandFailed, "looking at config web1 failed with exit code 1"),
        ({"config web1": Output(0, "")}, ParseError, "no create command"),
        ({"config web1": ABSENT}, CommandFailed, "vServer web1: zoneadm list knows the zone and zonecfg does not"),
        ({"zones": Output(0, GLOBAL)}, CommandFailed, "vServer web1: zonecfg knows the zone and zoneadm list does not"),
        ({"zfs": Output(1, "", "cannot open 'web1/zone': I/O error\n")}, CommandFailed, "zfs shows nothing of web1/zone .* I/O error"),
        ({"zfs": Output(127, "", "zfs: not found\n")}, CommandFailed, "zfs shows nothing of web1/zone"),
        ({"zfs": Output(0, ZFS.partition("web1/srv_www")[0])}, CommandFailed, "zfs shows nothing of web1/srv_www .* no message"),
    ],
)
def test_a_look_that_failed_is_never_read_as_absent(answers: dict[str, Output], error: type[HeliostatError], message: str) -> None:
    with pytest.raises(error, match=message):
        seen(HERE | answers)


@pytest.mark.parametrize(
    ("answers", "error", "message"),
    [
        ({"importable": Output(1, "", "cannot import: denied\n")}, CommandFailed, "'zpool import' failed with exit code 1"),
        ({"disks format": Output(127, "", "format: not found\n")}, ParseError, "format failed with exit code 127"),
        ({"zonepath web1": Output(2, "", "ls: cannot access '/zones/web1/.': Permission denied\n")}, CommandFailed, "Permission denied"),
        ({"ping 10.40.0.51": Output(127, "", "ping: not found\n")}, CommandFailed, "'ping' ended with 127: ping: not found"),
    ],
)
def test_nor_is_the_second_look(answers: dict[str, Output], error: type[HeliostatError], message: str) -> None:
    with pytest.raises(error, match=message):
        seen(NOWHERE, SECOND_LOOK | answers)


TEN_HERE = HERE | {
    "zones": Output(0, "0:global:running:/::native:shared\n-:web1:installed:/zones/web1::native:excl\n"),
    "config web1": Output(0, "create -b\nset zonepath=/zones/web1\nset autoboot=false\nset ip-type=exclusive\n"),
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Output(2, "/zones/web1/root/etc/.UNCONFIGURED\n", "/zones/web1/root/etc/sysidcfg: No such file or directory\n"), {"web1"}),
        (Output(0, "/zones/web1/root/etc/.UNCONFIGURED\n/zones/web1/root/etc/sysidcfg\n"), set()),
        (Output(2, "", "x: No such file or directory\nls: cannot access 'y': No such file or directory\n"), set()),
    ],
    ids=["new", "told", "configured-long-ago"],
)
def test_a_zone_without_identity_is_known_by_its_marks(answer: Output, expected: set[str]) -> None:
    ten = VServers([Wanted(vserver(brand="native"), "running")], context(S10))
    assert seen(TEN_HERE | {"identity web1": answer}, wanted=ten).unconfigured == expected


def test_an_identity_that_may_not_be_looked_at_is_no_identity_found() -> None:
    ten = VServers([Wanted(vserver(brand="native"), "running")], context(S10))
    with pytest.raises(CommandFailed, match="Permission denied"):
        seen(TEN_HERE | {"identity web1": Output(2, "", "/zones/web1/root/etc/sysidcfg: Permission denied\n")}, wanted=ten)


def test_milestones_only_of_running_zones() -> None:
    assert seen(HERE).milestones == {"web1": "online"}
    assert seen(HERE | {"milestone web1": Output(1, "", "svcs: cannot connect\n")}).milestones == {"web1": "unknown"}
    halted = HERE["zones"].stdout.replace("5:web1:running", "-:web1:installed")
    assert seen(HERE | {"zones": Output(0, halted)}).milestones == {}


def test_one_refusal_stops_no_other() -> None:
    both = VServers([Wanted(vserver(), "running"), Wanted(vserver("db1", brand="native"), "running")], context())
    actual = seen(NOWHERE, SECOND_LOOK)
    assert [plan.object for plan in both.plan(actual)] == ["web1"]
    assert list(both.refusals(actual)) == ["db1"]
    assert both.predict(actual)["db1"] == both.describe(actual)["db1"]
    assert both.predict(actual)["web1"]["state"] == "running"
