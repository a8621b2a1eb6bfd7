# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Veritas file system: mkfs_vxfs(1M). Its size follows the volume's through vxresize(1M), which calls fsadm_vxfs(1M)."""

from __future__ import annotations

from ..model.command import Command

#: Texts of mkfs that mean failure whatever the exit code was.
REFUSED_BY = ("VxFS mkfs: ERROR", "vxfs mkfs: ERROR")


def make(raw: str) -> Command:
    """A new file system that takes files of more than 2 GiB, the default since VxFS 4.0 said plainly."""
    return Command.of("mkfs", "-F", "vxfs", "-o", "largefiles", raw)
