# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out understands of a node's first answers."""

from __future__ import annotations

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Seen, look, read
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output

ANSWERS = {name: Output(0) for name in look(None, "/d", ())} | {
    "jobs": Output(0, "known\n"),
    "id": Output(0, "uid=0(root) gid=0(root)\n"),
    "patches": Output(0, "No patches are installed\n"),
    "zones": Output(0, "0:global:running:/::native:shared\n"),
    "boot": Output(0, "unix:0:system_misc:boot_time\t1700000000\n"),
    "level": Output(0, "   .       run-level 3  Sep  1 14:45     3      0  S\n"),
    "reconfigure": Output(2, "", "/reconfigure: No such file or directory\n"),
    "pdo": Output(0, "num_proc=1\n"),
    "cpus": Output(0, "0\ton-line   since 11/14/2023 22:13:20\n1\ton-line   since 11/14/2023 22:13:20\n"),
    "room": Output(0, "Filesystem kbytes used avail capacity Mounted on\n" + "rpool/ROOT 900 100 800 12% /\n" * 3),
    "mounted": Output(0, "Filesystem kbytes used avail capacity Mounted on\nrpool/ROOT 900 100 800 12% /\n"),
}


def seen(**more: Output) -> Seen:
    return read(None, ANSWERS | more, "/d")


def test_only_processors_on_line_count() -> None:
    assert seen().cpus == 2
    rows = ["on-line", "off-line", "no-intr", "powered-off", "spare", "faulted"]
    text = "".join(f"{number}\t{state} since 11/14/2023 22:13:20\n" for number, state in enumerate(rows))
    assert seen(cpus=Output(0, text)).cpus == 2


def test_boot_environments_where_live_upgrade_was_used() -> None:
    heads = "Boot Environment Is Active Active Can Copy\nName Complete Now On Reboot Delete Status\n"
    rule = " ".join("-" * width for width in (26, 8, 6, 9, 6, 10)) + "\n"
    table = heads + rule + "old yes yes no no -\nhl-june yes no yes no -\n"
    jobs = Output(0, "lu-create-hl-june\nlu-patch-hl-may ended\npatching ended\n")
    known = seen(environments=Output(0, table), jobs=jobs)
    assert (known.next_environment, known.upgrading) == ("hl-june", ("lu-create-hl-june",))
    for without in (Output(0), Output(127, "", "lustatus: not found\n"), Output(1, "", "ERROR: No boot environments are configured\n")):
        assert seen(environments=without).next_environment == ""


def test_the_next_boot_reconfigures_where_its_file_is_there() -> None:
    assert not seen().reconfigures
    assert seen(reconfigure=Output(0, "/reconfigure\n")).reconfigures
