# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""installadm, iscsi, archiveadm, sysidcfg, beadm's details, rights, zonestat."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import (
    archives,
    beadm_detail,
    install_service,
    iscsi,
    rights,
    smf,
    sysidcfg,
    zoneadm,
    zonestat,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError


def test_installation_services() -> None:
    text = (
        "Service Name Alias Of  Status  Arch   Image Path\n------------ --------  ------  ----   ----------\n"
        "s1           -         on      i386   /i/s1\n"
    )
    assert install_service.parse_table(text) == ({"name": "s1", "alias": "", "status": "on", "arch": "i386", "path": "/i/s1"},)
    with pytest.raises(ParseError):
        install_service.parse_table("There are no services configured on this server.\n")


def test_manifests_with_criteria() -> None:
    text = (
        "Service/Manifest Name  Status   Criteria\n---------------------  ------   --------\ns1\n"
        "   one                          mac  = 08:00:27:00:00:01\n                                arch = i86pc\n"
        "   orig_default        Default  None\n"
    )
    one, default = install_service.parse_assigned(text)["s1"]
    assert one.criteria == {"mac": "08:00:27:00:00:01", "arch": "i86pc"}
    assert (default.status, default.criteria) == ("Default", {})


def test_iscsi_objects() -> None:
    text = (
        "Target: iqn.1986-03.com.sun:02:a\n\tAlias: -\n\tTPGT: 1\n\tConnections: 1\n\tLUN: 0\n\t     Vendor:  SUN\n"
        "\tLUN: 1\nTarget: iqn.1986-03.com.sun:02:b\n\tAlias: -\n"
    )
    first, second = iscsi.parse_objects(text)
    assert (first.kind, first.name, first.values["TPGT"]) == ("Target", "iqn.1986-03.com.sun:02:a", "1")
    assert [value for label, value in first.every if label == "LUN"] == ["0", "1"]
    assert second.name == "iqn.1986-03.com.sun:02:b"
    with pytest.raises(ParseError):
        iscsi.parse_objects("iscsiadm - error\n")


def test_targets() -> None:
    text = "TARGET NAME              STATE    SESSIONS\niqn.1986-03.com.sun:02:a online   2\n\talias:  -\n\ttpg-tags: default\n"
    (target,) = iscsi.parse_targets(text)
    assert target.values == {"state": "online", "sessions": "2", "alias": "-", "tpg-tags": "default"}
    with pytest.raises(ParseError):
        iscsi.parse_targets(text.replace("2\n", "two\n"))


def test_archives() -> None:
    assert (
        archives.parse_info("Archive Information\n    Source Host:  n1\n   Unique ID:  a\n")["Archive Information"]["Source Host"] == "n1"
    )
    with pytest.raises(ParseError):
        archives.parse_info("ERROR: Cannot open archive\n")
    done = archives.parse_progress("Logging to /var/l\n  0% : Beginning\n  5% : Unified Archive initialized: /a.uar\n100% : complete\n")
    assert (done.done, done.archive, done.log) == (True, "/a.uar", "/var/l")
    assert not archives.parse_progress(" 51% : Preparing\n").done
    with pytest.raises(ParseError):
        archives.parse_progress("  5% : Preparing\nERROR: no space\n")


def test_sysidcfg() -> None:
    text = "# of node n1\nsystem_locale=C\nnetwork_interface=PRIMARY {primary hostname=n1\n    ip_address=10.0.0.2}\nname_service=NONE\n"
    locale, net, names = sysidcfg.parse(text)
    assert (locale.name, locale.value, names.value) == ("system_locale", "C", "NONE")
    assert net.options == {"primary": "", "hostname": "n1", "ip_address": "10.0.0.2"}
    for wrong in ("", "system_locale C\n", "a=b {c=d\n"):
        with pytest.raises(ParseError):
            sysidcfg.parse(wrong)


def test_parts_of_boot_environments() -> None:
    text = (
        "BE/Dataset/Snapshot      Active Mountpoint Space   Policy Created\n"
        "-------------------      ------ ---------- -----   ------ -------\n"
        "be1\n   rpool/ROOT/be1        NR     /          421.96M static 2013-11-05 22:38\n"
        "   rpool/ROOT/be1@install -     -          0       static 2013-10-05 21:01\n"
    )
    dataset, snapshot = beadm_detail.parse(text)
    assert (dataset.environment, dataset.flags, dataset.space, dataset.snapshot) == ("be1", "NR", "421.96M", False)
    assert (snapshot.snapshot, snapshot.flags) == (True, "")
    (only,) = beadm_detail.parse(
        "BE/Snapshot Space Policy Created\n----------- ----- ------ -------\nbe1\n   be1@a 73.0K static 2013-10-05 21:01\n"
    )
    assert (only.space, only.mountpoint) == ("73.0K", "")
    with pytest.raises(ParseError):
        beadm_detail.parse("BE Active Mountpoint Space Policy Created\n-- ------ ---------- ----- ------ -------\n")


def test_question() -> None:
    assert beadm_detail.parse_question("Are you sure you want to destroy be1?  This action cannot be undone(y/[n]): ") == "be1"
    assert beadm_detail.parse_question("be1 does not exist\n") == ""


def test_rights() -> None:
    assert rights.parse_authorizations("solaris.admin.wusb.read,solaris.zone.manage/z1\n") == (
        "solaris.admin.wusb.read",
        "solaris.zone.manage/z1",
    )
    assert rights.parse_authorizations("solaris.a.b\nsolaris.c.\n") == ("solaris.a.b", "solaris.c.")
    with pytest.raises(ParseError):
        rights.parse_authorizations("auths: nobody: No such user\n")
    profiles = rights.parse_profiles("op:\n      Reboot\n          /usr/sbin/reboot   uid=0\n      All\n          *\n")
    assert profiles == {"op": {"Reboot": {"/usr/sbin/reboot": "uid=0"}, "All": {"*": ""}}}
    projects = rights.parse_projects('db\n\tprojid : 100\n\tcomment: "Databases"\n\tusers  : (none)\n\tattribs: a=1\n\t         b=2\n')
    assert projects == {"db": {"projid": "100", "comment": "Databases", "users": "", "attribs": "a=1 b=2"}}
    with pytest.raises(ParseError):
        rights.parse_projects("  projid : 100\n")


def test_zonestat() -> None:
    text = (
        "Collecting data for first interval...\nInterval: 1, Duration: 0:00:05\nPHYSICAL-MEMORY  SYSTEM MEMORY\nmem_default  8191M\n"
        "    ZONE  USED %USED   CAP  %CAP\n [total] 1464M 17.8%     -     -\n  z1 3561K 0.04% 1024M 0.33%\n"
    )
    (interval,) = zonestat.parse(text)
    assert interval.zones["PHYSICAL-MEMORY"]["z1"] == {"USED": "3561K", "%USED": "0.04%", "CAP": "1024M", "%CAP": "0.33%"}
    assert interval.zones["PHYSICAL-MEMORY"]["[total]"]["CAP"] == ""
    for wrong in ("", "zonestat: Unable to connect to zonestatd\n", text.replace("0.33%", "many")):
        with pytest.raises(ParseError):
            zonestat.parse(wrong)


def test_what_svcadm_did() -> None:
    assert smf.parse_done("svc:/system/cron:default enabled.\nsvc:/x:default marked for restart.\n") == (
        ("svc:/system/cron:default", "enabled"),
        ("svc:/x:default", "marked for restart"),
    )
    with pytest.raises(ParseError):
        smf.parse_done("svcadm: Pattern 'x' doesn't match any instances\n")


def test_zone_fields_of_solaris_11() -> None:
    (zone,) = zoneadm.parse_list("3:z1:running:/z/z1::solaris:excl:R:fixed-configuration:\n")
    assert (zone.writable, zone.file_mac_profile) == ("R", "fixed-configuration")
    (old,) = zoneadm.parse_list("3:z1:running:/z/z1::native:shared\n")
    assert (old.writable, old.file_mac_profile) == ("", "")
    killed = zoneadm.parse_messages("zoneadm: zone 'z1': 'move' terminated by signal SIGINT.\n")
    assert [message.level for message in killed] == ["error"]
