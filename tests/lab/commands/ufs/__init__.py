# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFS on the volumes and slices of Solaris 10: newfs, mkfs, growfs, fsck, mount, umount, fuser; the table of mounts.

Messages and exit codes from the manual pages and the public OpenSolaris sources (cmd/fs.d). The files of a file system lie in a folder of
their own, as those of ZFS do (filesystem.py), and travel with the device. A volume manager with another file system adds its kind to
``kinds.MOUNTERS`` and its devices to ``devices.RESOLVERS``.
"""
