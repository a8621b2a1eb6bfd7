# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm and zlogin: exact command lines, real lists and logs, loud refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import zlogin, zoneadm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, ParseError


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        (zoneadm.list_zones(), ("zoneadm", "list", "-cp")),
        (zoneadm.install("z"), ("zoneadm", "-z", "z", "install")),
        (zoneadm.install("z", archive="/a.flar", identity="removed"), ("zoneadm", "-z", "z", "install", "-a", "/a.flar", "-u")),
        (zoneadm.install("z", archive="/a.flar", identity="preserved"), ("zoneadm", "-z", "z", "install", "-a", "/a.flar", "-p")),
        (
            zoneadm.install("z", archive="/a.uar", archived_zone="web"),
            ("zoneadm", "-z", "z", "install", "-a", "/a.uar", "-z", "web"),
        ),
        (zoneadm.install("z", manifest="/m.xml"), ("zoneadm", "-z", "z", "install", "-m", "/m.xml")),
        (zoneadm.uninstall("z"), ("zoneadm", "-z", "z", "uninstall", "-F")),
        (zoneadm.detach("z"), ("zoneadm", "-z", "z", "detach")),
        (zoneadm.detach("z", force=True), ("zoneadm", "-z", "z", "detach", "-F")),
        (zoneadm.attach("z", "-u"), ("zoneadm", "-z", "z", "attach", "-u")),
        (zoneadm.mark_incomplete("z"), ("zoneadm", "-z", "z", "mark", "incomplete")),
        (zoneadm.shutdown("z"), ("zoneadm", "-z", "z", "shutdown")),
    ],
)
def test_command_lines(command: Command, argv: tuple[str, ...]) -> None:
    assert command.argv == argv


def test_profile_is_a_file() -> None:
    profile = File("profile.xml", "<service_bundle/>")
    assert zoneadm.install("z", profile=profile).argv == ("zoneadm", "-z", "z", "install", "-c", profile)


def test_list_takes_fields_by_position() -> None:
    text = (
        "0:global:running:/::solaris:shared:-:none:\n"
        "-:web1:installed:/zones/a\\:b:29be88cb-1f5d-4c0e-a2f8-0123456789ab:solaris:excl:R:solaris-kz:::new\n"
    )
    first, second = zoneadm.parse_list(text)
    assert (first.zone_id, first.path, first.uuid, first.ip_type) == (0, "/", "", "shared")
    assert (second.zone_id, second.path, second.ip_type) == (None, "/zones/a:b", "exclusive")


def test_six_fields_are_a_shared_zone() -> None:
    assert zoneadm.parse_list("0:global:running:/::native\n")[0].ip_type == "shared"


@pytest.mark.parametrize(
    "line",
    [
        "0:global:running:/:native",
        "x:global:running:/::native:shared",
        "0:global:running:zones::native:shared",
        "0:global:running:/::native:both",
        "0:global:RUNNING:/::native:shared",
        "0:global:running:/:nouuid:native:shared",
        "zoneadm: out of memory",
    ],
)
def test_list_refuses_what_is_no_zone(line: str) -> None:
    with pytest.raises(ParseError):
        zoneadm.parse_list(line)


def test_verbose_list_by_header() -> None:
    text = "  ID NAME  STATUS  PATH  BRAND  IP\n   0 global  running  /  solaris  shared\n  58 kz  running  -  solaris-kz excl  \n"
    found = [(zone.name, zone.path, zone.ip_type) for zone in zoneadm.parse_list_verbose(text)]
    assert found == [("global", "/", "shared"), ("kz", "", "exclusive")]
    with pytest.raises(ParseError):
        zoneadm.parse_list_verbose(text + "   - a  installed  /a b  solaris  excl\n")
    with pytest.raises(ParseError):
        zoneadm.parse_list_verbose("NAME STATUS\nglobal running\n")


def test_failed_is_not_absent() -> None:
    assert zoneadm.is_absent(Output(1, stderr="zoneadm: z: No such zone configured\n"))
    assert not zoneadm.is_absent(Output(1, stderr="zoneadm: only a privileged user may list zones\n"))
    assert not zoneadm.is_absent(Output(0))


def test_already_has_either_exit_code() -> None:
    assert zoneadm.is_already(Output(0, stderr="zoneadm: zone 'z': zone is already booted\n"), "boot")
    assert zoneadm.is_already(Output(1, stderr="zoneadm: zone 'z': is already installed.\n"), "install")
    assert not zoneadm.is_already(Output(1, stderr="zoneadm: zone 'z': must be installed before boot.\n"), "boot")


@pytest.mark.parametrize(
    ("log", "progress"),
    [
        ("", ("", None)),
        ("Preparing to install zone <z>.\n", ("Preparing to install zone <z>.", None)),
        (
            "x\nInitializing package <5> of <1173>: percent complete: 0%\rInitializing package <590> of <1173>: percent complete: 50%\r",
            ("Initializing package <590> of <1173>: percent complete: 50%", 50),
        ),
        ("PHASE     ITEMS\nInstalling new actions        2819/5638\n", ("Installing new actions 2819/5638", 50)),
        ("DOWNLOAD    PKGS   FILES  XFER (MB)  SPEED\n", ("", None)),
        (" 15% : Dataset discovery complete\n", ("15% : Dataset discovery complete", 15)),
        ("Updating package cache    0/0\n", ("Updating package cache 0/0", None)),
    ],
)
def test_install_progress(log: str, progress: tuple[str, int | None]) -> None:
    assert zoneadm.install_progress(log) == progress


def test_install_log_ends() -> None:
    assert zoneadm.parse_install("Zone <z> is initialized.\n").ok is True
    assert zoneadm.parse_install("        Done: Installation completed in 71.886 seconds.\n").seconds == 71.886
    assert zoneadm.parse_install("Copying <8135> files to the zone.\n").ok is None
    failed = zoneadm.parse_install("Installation: Failed.  See install log\nERROR: auto-install failed.\n")
    assert (failed.ok, failed.error) == (False, "auto-install failed.")


def test_attach_report_refuses_unknown_lines() -> None:
    text = "These patches installed on the source system are inconsistent with this system:\n\t120081: version mismatch\n"
    assert zoneadm.parse_attach_report(text).patches_inconsistent == {"120081": "version mismatch"}
    with pytest.raises(ParseError):
        zoneadm.parse_attach_report(text + "Attaching...\n")


def test_attach_report_of_the_sources() -> None:
    text = (
        "These packages installed on the source system are inconsistent with this system:\n"
        "\tSUNWa: version mismatch\n\t\t(1.0)\n\t\t(2.0)\n\tSUNWb: not installed\n\t\t(1.0)\n"
        "These packages installed on this system were not installed on the source system:\n\tSUNWc (1.0,REV=2)\n"
        "These patches installed on the source system are inconsistent with this system:\n\t119254-70: not installed\n"
        "\t147147: version mismatch\n\t\t(26) (20)\n"
        "These patches installed on this system were not installed on the source system:\n\t118833-36\n"
    )
    report = zoneadm.parse_attach_report(text)
    assert report.packages_inconsistent == {"SUNWa": "version mismatch", "SUNWb": "not installed"}
    assert report.packages_target_only == {"SUNWc": "was not installed"}
    assert report.patches_inconsistent == {"119254-70": "not installed", "147147": "version mismatch"}
    assert report.patches_target_only == {"118833-36": "was not installed"}
    with pytest.raises(ParseError):
        zoneadm.parse_attach_report(text.replace("\t118833-36", "118833-36 and more"))


def test_messages() -> None:
    text = "zone 'z': WARNING: net0: x\nzoneadm: zone 'z': call to zoneadmd failed\nzoneadm: z: No such zone configured\nother\n"
    assert [(one.zone, one.level) for one in zoneadm.parse_messages(text)] == [("z", "warning"), ("z", "error"), ("z", "error")]


def test_run_in_keeps_everything_but_the_words() -> None:
    inner = Command.of("svcs", "-H", "milestone/multi-user-server", stdin="x", ok=(0, 1), secrets=("s",))
    assert zlogin.run_in("web1", inner) == Command.of(
        "zlogin", "web1", "svcs", "-H", "milestone/multi-user-server", stdin="x", ok=(0, 1), secrets=("s",)
    )


@given(st.text(min_size=1).filter(lambda text: not all(c.isascii() and (c.isalnum() or c in "-_./:@%+=,") for c in text)))
def test_run_in_refuses_words_the_second_shell_could_read(text: str) -> None:
    with pytest.raises(InvalidDefinition):
        zlogin.run_in("z", Command.of("echo", text))


def test_run_in_refuses_files() -> None:
    with pytest.raises(InvalidDefinition):
        zlogin.run_in("z", Command.of("cat", File("a", "b")))
