# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""/dev/vx/dsk/GROUP/VOLUME and /dev/vx/rdsk/GROUP/VOLUME: there while the group is imported."""

from __future__ import annotations

import shutil

from ... import filesystem
from ...truth import DataCentre, Machine
from . import groups

FOLDERS = ("/dev/vx/dsk", "/dev/vx/rdsk")


def refresh(centre: DataCentre, machine: Machine) -> None:
    if machine.vxvm is None or not filesystem.configured():
        return
    for top in FOLDERS:
        place = filesystem.resolve(machine, top)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for group in groups.imported(centre, machine):
            (place / group.name).mkdir()
            for volume in group.volumes:
                (place / group.name / volume).touch()
