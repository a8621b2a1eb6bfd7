# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of a batch, run by the shell of this machine in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_batch, patch_notes, patchadd
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

BOOT = "unix:0:system_misc:boot_time\t1700000000"
PATCHES = (PatchId("119254", 66), PatchId("120001", 2))


def inside(text: str, folder: Path) -> str:
    """What is the node's own is in the test's folder."""
    places = {"/sbin/init": "bin/init", patch_notes.FOLDER: "notes", patch_batch.RECONFIGURE: "reconfigure", "/etc/patch": "etc/patch"}
    for place, own in places.items():
        text = text.replace(place, str(folder / own))
    return text


def run(command: Command, folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """``programs`` are scripts that stand in the place of the node's own."""
    found = folder / "bin"
    found.mkdir(exist_ok=True)
    for name, text in {"kstat": f"echo '{BOOT}'", **programs}.items():
        (found / name).write_text(f"#!/bin/sh\n{text}\n")
        (found / name).chmod(0o755)
    words = []
    for word in command.argv:
        if isinstance(word, File):
            (folder / word.name).write_text(inside(word.content, folder))
            words.append(str(folder / word.name))
        else:
            words.append(inside(word, folder))
    environment = {**os.environ, "PATH": f"{found}:{os.environ['PATH']}"}
    return subprocess.run(words, capture_output=True, text=True, env=environment, check=False, timeout=30)


def notes(folder: Path) -> patch_notes.Notes:
    done = run(patch_notes.read(), folder)
    return patch_notes.parse(Output(done.returncode, done.stdout, done.stderr))


def test_a_batch_tells_what_patchadd_ended_with_and_leaves_it_the_umask_of_a_login(tmp_path: Path) -> None:
    command = patch_batch.multi_user(1, PATCHES, Command.of("/bin/sh", "-c", "umask; exit 5"), waits=True)
    assert run(command, tmp_path).returncode == 0
    (batch,) = notes(tmp_path).batches
    assert (batch.patches, batch.boot, batch.waits, batch.alone, batch.rc) == (PATCHES, 1700000000, True, False, "5")
    assert int(batch.log, 8) == 0o022
    assert (tmp_path / "notes/batch.1/log").stat().st_mode & 0o077 == 0


def test_in_single_user_too(tmp_path: Path) -> None:
    patchadd_then = Command.of("/bin/sh", "-c", "umask; test -f /reconfigure || exit 1; exit 5")
    command = patch_batch.single_user(1, PATCHES, patchadd_then, limit=9, reconfigure=True)
    who = "echo '   .       run-level S  Nov 21 21:00     S      0  3'"
    done = run(command, tmp_path, who=who, svcs="echo -", init=f"echo $1 >>{tmp_path}/init")
    assert done.stdout == "begun\n", done.stderr
    asked, end = tmp_path / "init", time.monotonic() + 20
    while not asked.exists() or asked.read_text() != "s\n6\n":
        assert time.monotonic() < end, "it did not come to its end"
        time.sleep(0.1)
    (batch,) = notes(tmp_path).batches
    assert (batch.alone, batch.rc, int(batch.log, 8)) == (True, "5", 0o022)


def test_the_next_boot_reconfigures_whoever_asks_for_it(tmp_path: Path) -> None:
    """It is so from before patchadd on: that may be cut off, and others may reboot the node."""
    there = tmp_path / "reconfigure"
    look = Command.of("/bin/sh", "-c", "ls -d /reconfigure; exit 0")
    for waits, reconfigure in ((False, False), (True, False), (True, True)):
        assert run(patch_batch.multi_user(1, PATCHES, look, waits=waits, reconfigure=reconfigure), tmp_path).returncode == 0
        (batch,) = notes(tmp_path).batches
        assert (batch.waits, str(there) in batch.log.split(), there.exists()) == (waits, reconfigure, reconfigure)


def test_marks_of_what_was_cut_off(tmp_path: Path) -> None:
    roots = [tmp_path / name for name in ("zones/a b/root", "zones/none/root", "zones/c/root")]
    for root in (roots[0], roots[2]):
        (root / "var/sadm/.patchRec").mkdir(parents=True)
    for name in (".119254-66", ".IDR148363-26", "119254-65", ".x"):
        (roots[0] / "var/sadm/.patchRec" / name).write_text("")
    done = run(patchadd.marked([str(root) for root in roots]), tmp_path)
    assert done.returncode == 0
    assert patchadd.parse_marked(done.stdout) == ((PatchId("119254", 66), str(roots[0])), (PatchId("IDR148363", 26), str(roots[0])))
