# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to install, by brand: exact commands, what is asked beforehand, what is refused before anything is made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import files, run_level, zoneadm, zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import first_boot, installing, milestone, zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vserver import Wanted, plan
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.vservers import VServers
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .estate import S10, S11, context, nothing, pool, vserver, zfs

OLDER = Release("s10", "Solaris 10 10/09 SPARC", "sparc", 8)
S11_1 = Release("s11.1", "Oracle Solaris 11.1 SPARC", "sparc")
OLD: dict[str, Any] = {"ip_type": "shared", "archive": "/export/s8.flar"}
MANIFEST = "<!DOCTYPE auto_install><auto_install/>"


def words(declared: VServer, where: NodeContext) -> list[str]:
    """The words of the installation; a file as its name."""
    command = installing.command(declared, where)
    return [word.name if isinstance(word, File) else word for word in command.argv[4:]]


@pytest.mark.parametrize(
    ("release", "declared", "expected"),
    [
        (S10, {"brand": "native"}, []),
        (S10, {"brand": "native", "sparse": True}, []),
        (S10, {"brand": "native", "archive": "/a.flar"}, ["-a", "/a.flar", "-u"]),
        (S10, {"brand": "native", "archive": "/a.flar", "preserve": True}, ["-a", "/a.flar", "-p"]),
        (S10, {"brand": "solaris8", **OLD}, ["-a", "/export/s8.flar", "-u"]),
        (S10, {"brand": "solaris9", **OLD, "preserve": True}, ["-a", "/export/s8.flar", "-p"]),
        (S11, {"brand": "solaris10", "archive": "/a.flar"}, ["-a", "/a.flar", "-u"]),
        (S11, {"brand": "solaris10", "archive": "/a.flar", "preserve": True}, ["-a", "/a.flar", "-p"]),
        (S11, {}, ["-c", "profile.xml"]),
        (S11, {"manifest": "/ai.xml"}, ["-m", "/ai.xml", "-c", "profile.xml"]),
        (S11, {"manifest": MANIFEST}, ["-m", "manifest.xml", "-c", "profile.xml"]),
        (S11, {"archive": "/a.uar"}, ["-a", "/a.uar", "-c", "profile.xml"]),
        (S11, {"archive": "/a.uar", "archive_zone": "web"}, ["-a", "/a.uar", "-z", "web", "-c", "profile.xml"]),
    ],
)
def test_the_installation(release: Release, declared: dict[str, Any], expected: list[str]) -> None:
    assert words(vserver(**declared), context(release)) == expected


def test_a_manifest_given_as_text_is_sent_as_it_is() -> None:
    sent = [word for word in installing.command(vserver(manifest=MANIFEST), context()).argv if isinstance(word, File)]
    assert next((file.name, file.content) for file in sent) == ("manifest.xml", MANIFEST + "\n")


def steps(declared: VServer, where: NodeContext, actual: NodeActual | None = None, state: Any = "running") -> list[str]:
    return [step.what for step in plan(Wanted(declared, state), actual or nothing(), where).steps]


@pytest.mark.parametrize("brand", ["native", "solaris8", "solaris9"])
def test_a_preserved_identity_is_not_written_again(brand: str) -> None:
    kept = steps(vserver(brand=brand, **OLD, preserve=True), context(S10))
    given = steps(vserver(brand=brand, **OLD), context(S10))
    assert [what for what in given if what not in kept] == ["write identity of zone web1"]


def test_whether_a_preserved_identity_is_there_is_not_asked() -> None:
    asked = VServers([Wanted(vserver(brand="solaris8", **OLD, preserve=True), "running")], context(S10)).look(None)
    assert "identity web1" not in asked
    assert "identity web1" in VServers([Wanted(vserver(brand="solaris8", **OLD), "running")], context(S10)).look(None)


@pytest.mark.parametrize(
    ("release", "declared", "message"),
    [
        (S11, {"brand": "solaris10"}, "brand solaris10 is installed from a flash archive: set archive"),
        (S10, {"brand": "solaris8"}, "brand solaris8 is installed from a flash archive: set archive"),
        (OLDER, {"brand": "native", "archive": "/a.flar"}, r"native zones are installed from an archive since Solaris 10 9/10"),
        (OLDER, {"brand": "native", "hostid": "1"}, r"native zones have a hostid of their own since Solaris 10 9/10"),
        (S11_1, {"archive": "/a.uar"}, r"unified archives came with 11\.2"),
        (Release("s10", "x86", "i386", 11), {"brand": "lx", "ip_type": "shared"}, r"installed by hand|Install it by hand"),
        (S10, {"brand": "solaris8", "ip_type": "exclusive", "archive": "/a.flar"}, "tells an exclusive-IP zone one network, and it has 2"),
    ],
)
def test_what_cannot_be_installed_there_is_refused(release: Release, declared: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message) as refusal:
        steps(vserver(**declared), context(release))
    assert str(refusal.value).startswith("vServer web1")


@pytest.mark.parametrize("release", [S10, S11])
def test_a_file_that_cannot_be_read_is_refused_before_anything_is_made(release: Release) -> None:
    declared = vserver(brand="solaris8", **OLD) if release is S10 else vserver(archive="/export/s8.flar")
    lacking = nothing(unreadable={"/export/s8.flar": "ls: /export/s8.flar: No such file or directory"})
    with pytest.raises(Refused, match=r"/export/s8\.flar, which is no file that node t8a can read \(ls: .*No such file.*Nothing was made"):
        steps(declared, context(release), lacking)
    assert steps(declared, context(release), lacking, "defined"), "its configuration does not need it"
    running = replace(lacking, jobs=frozenset({"web1-install"}))
    assert "install zone web1" in steps(declared, context(release), running), "the job has read it already"


def test_the_remains_of_an_installation_stay_while_it_cannot_begin_anew() -> None:
    declared = vserver(brand="solaris8", **OLD)
    have = {
        "zones": {"web1": ZoneStatus("web1", "incomplete", "/zones/web1", brand="solaris8")},
        "pools": {"web1": pool("web1", "lun1", "lun2")},
        "zfs": {"web1/zone": zfs("web1/zone", "/zones/web1"), "web1/srv_www": zfs("web1/srv_www", "legacy", 5 << 30, "no")},
        "configs": {"web1": zone_definition.wanted(declared, context(S10))},
    }
    assert steps(declared, context(S10), nothing(**have)) == ["uninstall incomplete zone web1"]
    with pytest.raises(Refused, match="can read"):
        steps(declared, context(S10), nothing(**have, unreadable={"/export/s8.flar": "it is a directory"}))


def test_a_zone_that_is_attached_needs_no_archive() -> None:
    declared = vserver(brand="solaris8", **OLD)
    have = {"zonepaths": {"web1": ZonePath("drwx------", empty=False)}, "unreadable": {"/export/s8.flar": "No such file or directory"}}
    assert "attach zone web1" in steps(declared, context(S10), nothing(**have))


@pytest.mark.parametrize(("brand", "flags"), [("solaris8", ()), ("native", ("-u",))])
def test_only_what_shares_the_nodes_packages_is_updated_on_attach(brand: str, flags: tuple[str, ...]) -> None:
    have = nothing(zonepaths={"web1": ZonePath("drwx------", empty=False)})
    made = plan(Wanted(vserver(brand=brand, **OLD), "running", upgrade="minimal"), have, context(S10)).steps
    assert zoneadm.attach("web1", *flags) in [step.command for step in made]


def test_the_file_is_looked_for_where_it_is_needed() -> None:
    where, wanted = context(S11), Wanted(vserver(archive="/a.uar"), "running")
    first = NodeActual(zones={}, pools={})
    assert VServers([wanted], where).look(first)["source /a.uar"] == files.file_at("/a.uar")
    assert "source /a.uar" not in VServers([replace(wanted, moves=True)], where).look(first)
    there = replace(first, zones={"web1": ZoneStatus("web1", "running", "/zones/web1", brand="solaris")})
    assert "source /a.uar" not in VServers([wanted], where).look(there)
    assert "source /ai.xml" in VServers([Wanted(vserver(manifest="/ai.xml"), "running")], where).look(first)
    assert not [key for key in VServers([Wanted(vserver(manifest=MANIFEST), "running")], where).look(first) if key.startswith("source")]


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (Output(0, "-rw-r--r--   1 root     root     512 Nov 21 07:00 /a.flar\n"), ""),
        (Output(0, "drwxr-xr-x   2 root     root     512 Nov 21 07:00 /a.flar\n"), "it is a directory"),
        (Output(0, "brw-r-----   1 root     sys   32,  0 Nov 21 07:00 /a.flar\n"), "it is no plain file"),
        (Output(2, "", "/a.flar: No such file or directory\n"), "/a.flar: No such file or directory"),
        (Output(2, "", "/net/x/a.flar: Permission denied\n"), "/net/x/a.flar: Permission denied"),
        (Output(2), "'ls' ended with 2"),
    ],
)
def test_why_there_is_no_file(output: Output, why: str) -> None:
    assert files.parse_no_file(output) == why


def script(release: Release, **declared: Any) -> list[str]:
    return zonecfg.render(zone_definition.wanted(vserver(**declared), context(release))).splitlines()


def test_sparse_and_whole_roots() -> None:
    inherited = [f"add inherit-pkg-dir|set dir={path}|end" for path in ("/lib", "/platform", "/sbin", "/usr")]
    sparse = "|".join(script(S10, brand="native", sparse=True))
    assert all(one in sparse for one in inherited)
    assert "inherit-pkg-dir" not in "|".join(script(S10, brand="native"))


@pytest.mark.parametrize(
    ("release", "brand", "expected"),
    [
        (S10, "native", "set hostid=80f0c086"),
        (S11, "solaris", "set hostid=80f0c086"),
        (S11, "solaris10", "set hostid=80f0c086"),
        (S10, "solaris8", 'add attr|set name="hostid"|set type=string|set value=80f0c086|end'),
        (S10, "solaris9", 'add attr|set name="hostid"|set type=string|set value=80f0c086|end'),
    ],
)
def test_whose_host_a_zone_takes_itself_for(release: Release, brand: str, expected: str) -> None:
    assert expected in "|".join(script(release, brand=brand, hostid="80f0c086"))
    assert "hostid" not in "|".join(script(release, brand=brand))


@pytest.mark.parametrize("brand", ["solaris8", "solaris9"])
def test_older_systems_are_told_only_what_they_know(brand: str) -> None:
    """Solaris 8 Advanced Installation Guide and Installation Supplement, Solaris 9 Installation Guide: the keywords of sysidcfg."""
    made = first_boot.sysidcfg(vserver(brand=brand, **OLD), context(S10)).splitlines()
    assert [line.partition("=")[0] for line in made] == [
        "system_locale", "terminal", "timezone", "security_policy", "root_password", "name_service", "network_interface",
    ]  # fmt: skip
    assert made[-1] == "network_interface=PRIMARY {hostname=web1 protocol_ipv6=no}"
    one = vserver(brand=brand, archive="/a.flar", networks=[{"network": "public", "address": "10.41.0.51"}])
    assert first_boot.sysidcfg(one, context(S10)).splitlines()[-1] == (
        "network_interface=igb1 {hostname=web1 ip_address=10.41.0.51 netmask=255.255.255.0 protocol_ipv6=no default_route=10.41.0.1}"
    )


@pytest.mark.parametrize(
    ("brand", "said", "state"),
    [
        ("solaris8", Output(0, "   .       run-level 3  Sep  1 14:45     3      0  S\n"), "online"),
        ("solaris9", Output(0, "   .       run-level S  Sep  1 14:45     S      0  ?\n"), "offline"),
        ("solaris9", Output(0, "   .       run-level 2  Sep  1 14:45     2      0  S\n"), "offline"),
        ("solaris8", Output(0, ""), "unknown"),
        ("solaris8", Output(1, "", "zlogin: login allowed only to running zones\n"), "unknown"),
        ("lx", Output(0, "         run-level 5  Jul 28 09:15                   last=S\n"), "online"),
        ("solaris8", Output(0, "   .       run-level 5  Sep  1 14:45     5      0  S\n"), "offline"),
    ],
)
def test_zones_without_smf_are_up_at_their_run_level(brand: Any, said: Output, state: str) -> None:
    assert milestone.reader(brand)(said) == state
    assert milestone.in_maintenance(said, brand) == ()
    assert milestone.probe("web1", brand, context(S10)).argv == ("zlogin", "web1", *run_level.probe().argv)


def test_linux_is_shut_down_by_its_own_level() -> None:
    x86 = Release("s10", "Oracle Solaris 10 1/13 X86", "i386", 11)
    declared = vserver(brand="lx", ip_type="shared")
    have = nothing(zones={"web1": ZoneStatus("web1", "running", "/zones/web1", brand="lx")})
    wanted = Wanted(declared, "halted", run_only=True)
    assert [step.command for step in plan(wanted, have, context(x86)).steps] == [Command.of("zlogin", "web1", "/sbin/init", "0")]
    assert zoneadm.halt("web1") not in [step.command for step in plan(wanted, have, context(x86)).steps]
