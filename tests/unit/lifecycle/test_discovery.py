# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery: one look with the commands of all releases, and what comes of the answers of each."""

from __future__ import annotations

import json

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zoneadm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import discovery
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, HeliostatError, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import IpmpGroup
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain

from ..commands import test_dladm as dladm
from ..commands import test_hardware as hardware
from ..commands import test_ipadm as ipadm
from ..commands import test_release as release
from .estate import LUNS
from .test_datasets import SECOND

MISSING = Output(127, "", "not found\n")
ZONES = "0:global:running:/::native:shared\n-:web2:installed:/zones/web2::solaris:excl\n3:web1:running:/zones/web1::solaris:excl\n"


#: ipmpstat(1M), and a recorded ifconfig of a group whose first interface has failed.
GROUPS = """GROUP       GROUPNAME   STATE     FDT       INTERFACES
ipmp0       prod        degraded  10.00s    net3 (net2) [net1]
"""
MEMBERS = """e1000g0: flags=19000802<BROADCAST,MULTICAST,IPv4,NOFAILOVER,FAILED> mtu 0 index 2
        inet 0.0.0.0 netmask 0
        groupname sc_ipmp0
        ether 0:1e:68:49:ae:98
e1000g0:1: flags=19040803<UP,BROADCAST,MULTICAST,DEPRECATED,IPv4,NOFAILOVER,FAILED> mtu 1500 index 2
        inet 192.168.0.73 netmask ffffff00 broadcast 192.168.0.255
e1000g1: flags=21040842<BROADCAST,RUNNING,MULTICAST,DEPRECATED,IPv4,STANDBY> mtu 1500 index 3
        inet 192.168.0.72 netmask ffffff00 broadcast 192.168.0.255
        groupname sc_ipmp0
        ether 0:1e:68:49:ae:99
"""
GUEST = """VERSION 1.0
DOMAINROLE|impl=LDoms|control=false|io=false|service=false|root=false
DOMAINNAME|name=sol11-11
DOMAINUUID|uuid=415dfab4-c373-4ac0-9414-8bf00801fb72
DOMAINCONTROL|name=opdx-a0-sun2
DOMAINCHASSIS|serialno=AK00358110
"""


def _family(name: str, answers: dict[str, Output]) -> dict[str, Output]:
    return {f"{name} {key}": output for key, output in answers.items()}


SHARED = {
    **_family("hardware", hardware.ANSWERS),
    **{key: output for key, output in SECOND.items() if key.startswith("disks ")},
    "virtinfo virtinfo": Output(0, GUEST),
    "zones": Output(0, ZONES),
    "pools": Output(0, "rpool\t278G\t20.5G\t258G\tONLINE\nweb1\t9.94G\t1.2G\t8.74G\tONLINE\n"),
    "addresses ifconfig": Output(0, ipadm.IFCONFIG),
}
ELEVEN = SHARED | {
    **_family("release", release.outputs("Oracle Solaris 11.4 SPARC", release.S11)),
    **_family("brands", {"brands": Output(0, "shared\nsolaris\nsolaris10\n")}),
    **_family("dladm", dladm.S11),
    **_family("s10", {key: output for key, output in dladm.S11.items() if key.endswith("-s10")}),
    "addresses ipadm-addr": Output(0, ipadm.IPADM),
    "ipmp ipmpstat-g": Output(0, GROUPS),
}
TEN = SHARED | {
    **_family("release", release.outputs("Oracle Solaris 10 1/13 s10s_u11wos_24a SPARC", release.S10)),
    **_family("brands", {"brands": Output(2, "", "/usr/lib/brand: No such file or directory\n")}),
    **_family("dladm", dladm.S10),
    **_family("s10", {key: output for key, output in dladm.S10.items() if key.endswith("-s10")}),
    "addresses ipadm-addr": MISSING,
    "addresses ifconfig": Output(0, ipadm.IFCONFIG + MEMBERS),
    "ipmp ipmpstat-g": MISSING,
}


def test_everything_is_asked_at_once_and_every_answer_has_its_question() -> None:
    asked = discovery.probes()
    assert set(asked) == set(ELEVEN) == set(TEN)
    assert asked["zones"] == zoneadm.list_zones()
    assert discovery.release_probes() == {key: asked[key] for key in ("release etc-release", "release uname")}
    assert all(word not in ("set", "create", "-f", "import") for command in asked.values() for word in command.argv), "it changes nothing"


def test_a_solaris_11_node() -> None:
    facts = discovery.read(ELEVEN)
    assert (facts.hostname, facts.release.family, facts.model, facts.cpus, facts.memory) == ("n1", "s11.4", "SPARC T5-2", 16, 256 << 30)
    assert [disk.guid for disk in facts.disks] == [LUNS["lun1"], LUNS["lun2"]]
    assert facts.brands == ("solaris", "solaris10")
    assert facts.zones == ("web1", "web2")
    assert facts.pools == ("rpool", "web1")
    assert discovery.read_release(ELEVEN) == facts.release
    assert facts.domain == Domain("sol11-11", False, "opdx-a0-sun2", "415dfab4-c373-4ac0-9414-8bf00801fb72", "AK00358110")
    assert facts.is_guest
    assert discovery.read(ELEVEN | {"virtinfo virtinfo": MISSING}).domain is None


def test_ipmp_groups() -> None:
    """Solaris 11 tells them, on Solaris 10 they follow from the interfaces."""
    assert discovery.read(ELEVEN).groups == (IpmpGroup("prod", ("net1", "net2", "net3"), "ipmp0", "degraded", ("net1",)),)
    ten = discovery.read(TEN).groups
    assert ten == (IpmpGroup("ipmp0", ("net0",)), IpmpGroup("sc_ipmp0", ("e1000g0", "e1000g1"), "", "degraded", ("e1000g0",)))
    unused = Output(1, "", "ipmpstat: cannot contact in.mpathd(1M) -- is IPMP in use?\n")
    assert discovery.read(ELEVEN | {"ipmp ipmpstat-g": unused}).groups == ()
    assert discovery.read(ELEVEN | {"ipmp ipmpstat-g": Output(0, "")}).groups == ()
    with pytest.raises(ParseError, match="ipmpstat -g failed with exit code 1: cannot snapshot IPMP state"):
        discovery.read(ELEVEN | {"ipmp ipmpstat-g": Output(1, "", "cannot snapshot IPMP state\n")})


def test_what_its_zones_have_is_theirs() -> None:
    facts = discovery.read(ELEVEN)
    assert [link.name for link in facts.links] == ["net0", "aggr0", "vnic1"]
    assert "10.0.0.9/24" not in {address.address for address in facts.addresses}


def test_a_solaris_10_node() -> None:
    facts = discovery.read(TEN)
    assert (facts.release.family, facts.release.update, facts.brands) == ("s10", 11, ("native",))
    assert [(link.name, link.kind) for link in facts.links] == [("bge0", "phys"), ("bge1001", "vlan"), ("aggr1", "aggr")]


@pytest.mark.parametrize("answers", [ELEVEN, TEN], ids=["s11", "s10"])
def test_what_a_module_returns_is_json(answers: dict[str, Output]) -> None:
    shown = discovery.shown(discovery.read(answers))
    assert json.loads(json.dumps(shown)) == shown
    assert shown["zones"] == ["web1", "web2"]
    assert shown["release"]["architecture"] == "sparc"


NEEDED = [
    "release etc-release",
    "hardware uname-n",
    "hardware psrinfo",
    "hardware prtconf",
    "disks format",
    "disks iostat-En",
    "zones",
    "pools",
]


@pytest.mark.parametrize("name", NEEDED)
def test_a_command_that_failed_is_named_and_never_read_as_nothing(name: str) -> None:
    for broken in (Output(2, "", "permission denied\n"), MISSING):
        with pytest.raises(HeliostatError) as failure:
            discovery.read(ELEVEN | {name: broken})
        assert name.split()[-1].split("-")[0].replace("zones", "zoneadm").replace("pools", "zpool") in str(failure.value)


def test_an_unknown_zone_line_is_refused() -> None:
    with pytest.raises(ParseError, match="zoneadm list"):
        discovery.read(ELEVEN | {"zones": Output(0, "zoneadm: cannot contact\n")})
    with pytest.raises(CommandFailed, match="Which zones exist is not known"):
        discovery.read(ELEVEN | {"zones": Output(1, ZONES)})
