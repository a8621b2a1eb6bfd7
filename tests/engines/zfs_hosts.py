# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts with a real ZFS (zfs-fuse) that share LUNs: a private root, mount and host name each, gone with the test's process.

A LUN is a sparse file, a symbolic link of its Solaris name in each host's /dev. zpool and zfs are the real ones. Only what finds
disks and zones on Solaris is made up: ``format`` and ``iostat -En`` list those links in Solaris' layout, ``zoneadm`` knows no zone,
``prtconf`` no virtual disk.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.lab.real_zfs.host import SECONDS, RealHost, missing

__all__ = ["LUNS", "SIZE", "Pair", "ZfsHost", "disk", "missing", "pair"]

FORMAT = r"""#!/bin/sh
# Made up: lists the links in /dev as format does on Solaris 10.
number=0
echo 'Searching for disks...done'; echo; echo; echo 'AVAILABLE DISK SELECTIONS:'
for link in /dev/c0t*d0; do
    test -e "$link" || continue
    name=${link##*/}; guid=${name#c0t}; guid=${guid%d0}
    printf '%8d. %s <HITACHI-OPEN-V-SUN-6008 cyl 24 alt 2 hd 128 sec 64>\n' $number "$name"
    printf '          /scsi_vhci/ssd@g%s\n' "$(echo "$guid" | tr A-F a-f)"
    number=$((number + 1))
done
test $number -gt 0 || { echo 'No disks found!'; exit 1; }
printf 'Specify disk (enter its number): '
exit 1
"""
ZONEADM = r"""#!/bin/sh
# Made up: no zones.
test "$*" = 'list -cp' || exit 2
echo '0:global:running:/::native:shared'
"""
IOSTAT = r"""#!/bin/sh
# Made up: iostat -En of the links in /dev.
test "$*" = -En || exit 2
for link in /dev/c0t*d0; do
    test -e "$link" || continue
    size=$(stat -L -c %s "$link")
    echo "${link##*/} Soft Errors: 0 Hard Errors: 0 Transport Errors: 0 "
    echo 'Vendor: HITACHI  Product: OPEN-V      -SUN Revision: 6008 Serial No:  '
    echo "Size: $((size / 1000000000)).$((size / 10000000 % 100))GB <$size bytes>"
    echo 'Media Error: 0 Device Not Ready: 0 No Device: 0 Recoverable: 0 '
    echo 'Illegal Request: 0 Predictive Failure Analysis: 0 '
done
"""
PRTCONF = r"""#!/bin/sh
# Made up: no guest domain, so without a bus of virtual disks.
test "$1 $2" = '-v -c' || exit 2
echo 'prtconf: invalid path specified' >&2
exit 1
"""


class ZfsHost(RealHost):
    """One host. It is a ``Connection`` of the engine: ``run`` feeds a script to its /bin/sh."""

    def __init__(self, name: str, hostid: int, directory: Path, luns: Path) -> None:
        super().__init__(name, hostid, directory, luns)
        (self.keep / "bin").mkdir()
        for word, script in (("format", FORMAT), ("iostat", IOSTAT), ("zoneadm", ZONEADM), ("prtconf", PRTCONF)):
            stub = self.keep / "bin" / word
            stub.write_text(script)
            stub.chmod(0o755)

    def boot(self, visible: Mapping[str, str] | None = None) -> None:
        """With all LUNs in its /dev unless told otherwise."""
        super().boot({f"c0t{lun.name}d0": lun.name for lun in self.luns.iterdir()} if visible is None else visible)

    def unmount(self, name: str) -> None:
        """Unmounts one file system and waits until ZFS knows: the kernel tells FUSE after the unmount has ended, and what is asked
        in between is answered "busy"."""
        channels = self.channels()
        self.ok(f"zfs unmount {name}")
        deadline = time.monotonic() + SECONDS
        while self.channels() >= channels:
            assert time.monotonic() < deadline, f"{self.name}: zfs-fuse still holds {name} {SECONDS:.0f} s after its unmount"
            time.sleep(0.01)


#: LUNs that both hosts see.
LUNS = tuple(f"60060E8007C3F2000030C3F2000010{number:02X}" for number in range(1, 7))
SIZE = 96 * 2**20


class Pair:
    """Two hosts and the LUNs they share."""

    def __init__(self, directory: Path) -> None:
        self._luns = directory / "luns"
        self._luns.mkdir()
        for guid in LUNS:
            self.wipe(guid)
        self.a = ZfsHost("nodea", 0x04332201, directory, self._luns)  # zfs-fuse prints a hostid with its top bit set negated
        self.b = ZfsHost("nodeb", 0x04332202, directory, self._luns)

    def wipe(self, guid: str) -> None:
        """The LUN is as empty as a new one."""
        with (self._luns / guid).open("wb") as lun:
            lun.truncate(SIZE)

    def damage(self, guid: str) -> None:
        """Everything but the labels, half a megabyte at both ends, is overwritten."""
        with (self._luns / guid).open("r+b") as lun:
            lun.seek(2**19)
            for _ in range(SIZE // 2**20 - 1):
                lun.write(b"\xa5" * 2**20)

    def spoil(self, guid: str, text: bytes) -> None:
        """A file's blocks, known by their text, are overwritten; ZFS itself stays whole."""
        lun = self._luns / guid
        found = lun.read_bytes()
        assert text in found
        lun.write_bytes(found.replace(text, b"!" * len(text)))

    def hide(self, guid: str) -> None:
        """Neither host sees the LUN any more."""
        (self._luns / guid).rename(self._luns.with_name(f"hidden.{guid}"))
        for host in (self.a, self.b):
            host.ok(f"rm /dev/c0t{guid}d0")

    def end(self) -> None:
        for host in (self.a, self.b):
            host.crash()
        for lun in self._luns.iterdir():
            lun.unlink()


@contextmanager
def pair(directory: Path) -> Iterator[Pair]:
    hosts = Pair(directory)
    try:
        hosts.a.boot()
        hosts.b.boot()
        yield hosts
    finally:
        hosts.end()


def disk(number: int) -> str:
    """The Solaris name of the LUN number ``number``, from 1."""
    return f"c0t{LUNS[number - 1]}d0"
