# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked and said when a running zone is changed: fuser, ls -ld, mount, ifconfig, zoneadm apply, zonecfg -r."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import files, fuser, ifconfig, mount, zoneadm, zonecfg
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError


def test_command_lines() -> None:
    assert zoneadm.apply("z").argv == ("zoneadm", "-z", "z", "apply")
    assert zonecfg.export_live("z").argv == ("zonecfg", "-z", "z", "-r", "export")
    assert fuser.users("/zones/z/root/u02").argv == ("fuser", "-c", "/zones/z/root/u02")
    assert mount.attach("zfs", "p/a", "/m").argv == ("mount", "-F", "zfs", "p/a", "/m")
    assert mount.attach("lofs", "/a", "/m", ("ro", "nodevices")).argv == ("mount", "-F", "lofs", "-o", "ro,nodevices", "/a", "/m")
    assert mount.detach("/m").argv == ("umount", "/m"), "never -f"
    added = ("ifconfig", "igb0", "addif", "10.0.0.5/24", "broadcast", "+", "zone", "z", "up")
    assert ifconfig.add_logical("igb0", "10.0.0.5/24", "z").argv == added
    assert ifconfig.remove_logical("igb0", "10.0.0.5").argv == ("ifconfig", "igb0", "removeif", "10.0.0.5")


def test_fuser_prints_numbers_on_standard_output_alone() -> None:
    assert fuser.parse(Output(0, "    1234   99\n", "/u02:     c  o\n")) == (1234, 99)
    assert fuser.parse(Output(0, "", "/u02: \n")) == ()
    for strange in (Output(1, "", "fuser: not permitted\n"), Output(0, "/u02: 12c\n")):
        with pytest.raises(CommandFailed, match="'fuser -c' ended with"):
            fuser.parse(strange)


def test_what_a_path_is() -> None:
    shown = (
        "drwxr-xr-x   2 root     sys            2 Nov  2 03:04 /zones/z/root/srv\n"
        "lrwxrwxrwx   1 root     root           4 Nov  2  2025 /zones/z/root/u -> /etc\n"
    )
    missing = "/zones/z/root/no: No such file or directory\n"
    assert files.parse_kinds(Output(2, shown, missing)) == {"/zones/z/root/srv": "d", "/zones/z/root/u": "l"}
    with pytest.raises(CommandFailed, match="Permission denied"):
        files.parse_kinds(Output(2, "", "/zones/z/root/no: Permission denied\n"))
    with pytest.raises(ParseError):
        files.parse_kinds(Output(0, "total 0\n"))


def test_a_mount_that_is_read_only_is_read() -> None:
    """mount(1M) says so in two words; the blank is part of the options."""
    (one,) = mount.parse("/m on p/a read only/setuid/devices/dev=4bd0b7e on Fri Feb  2 16:27:36 2018\n")
    assert (one.path, one.device, one.options) == ("/m", "p/a", "read only/setuid/devices/dev=4bd0b7e")
