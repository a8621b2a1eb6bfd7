# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of devices' file systems when a machine goes down and comes up, and the file /etc/mnttab."""

from __future__ import annotations

import contextlib

from ... import filesystem
from ...call import Call
from ...truth import DataCentre, Machine
from ..options import Refused, Unknown
from . import files, kinds, listing, vfstab


def down(centre: DataCentre, machine: Machine, orderly: bool) -> None:
    """The kernel is gone: nothing is mounted, no set is taken. After an orderly end every file system is clean, after a crash one
    with a log is in order, too; one without needs checking."""
    for each in reversed(machine.mounts):
        files.vanish(machine, each.point)
        system = centre.filesystems.get(each.device)
        if orderly and system is not None:
            system.state = "clean"
    machine.mounts, machine.disksets = [], []


def up(call: Call) -> None:
    """The kernel comes up: sets with auto-take (one host only), then vfstab's file systems of volumes and slices. What a real machine does
    when one of those fails (it stays in maintenance) is not simulated: it is left unmounted."""
    machine = call.machine
    for disk_set in call.centre.disksets.values():
        if disk_set.auto_take and disk_set.hosts == [machine.name] and disk_set.drives and disk_set.key not in machine.disksets:
            machine.disksets.append(disk_set.key)
    if machine.release != "s10":
        return
    for entry in vfstab.read(call):
        if entry.at_boot == "yes" and entry.kind in kinds.MOUNTERS and files.exists(machine, entry.point):
            options = "" if entry.options == "-" else entry.options
            with contextlib.suppress(Refused, Unknown):
                kinds.mount(call, entry.kind, entry.special, entry.point, options)


def mnttab(call: Call) -> None:
    """Write /etc/mnttab when it says something else. It is a file here; the real one is the kernel's."""
    if call.machine.release != "s10" or not call.machine.running or not filesystem.configured():
        return
    text = listing.mnttab(call)
    place = filesystem.resolve(call.machine, "/etc/mnttab")
    if place.parent.is_dir() and (not place.is_file() or place.read_text() != text):
        place.write_text(text)
