# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts with a real ZFS (zfs-fuse) that share LUNs: a private root, mount and host name each, gone with the test's process.

A LUN is a sparse file, a symbolic link of its Solaris name in each host's /dev. zpool and zfs are the real ones. Only what finds
disks on Solaris is made up: ``format`` and ``iostat -En`` list those links in Solaris' layout.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 20.0  # for one round trip; a zpool whose daemon is ending waits for ever
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
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
#: $1 where the root goes, $2 name, $3 LUNs, $4 what the host keeps. Standard input is a pipe: at its end the host is over.
ROOT = r"""
set -e
hostname "$2"
mount -t tmpfs -o mode=755 host "$1"
cd "$1"
mkdir -p etc luns proc usr dev run/lock var/tmp var/lib/zfs tmp zones
for place in bin sbin lib lib64; do ln -s "usr/$place" $place; done
ln -s /run var/run; ln -s /run/lock var/lock; ln -s /proc/mounts etc/mtab
mount --rbind -o ro /usr usr; mount --rbind /proc proc; mount --bind "$3" luns; mount --bind "$4/zfs" var/lib/zfs
cp -a /etc/zfs /etc/ld.so.cache /etc/alternatives etc/; cp "$4/hostid" etc/hostid; cp -r "$4/bin" discovery
echo 'root:x:0:0::/root:/bin/sh' >etc/passwd; echo 'root:x:0:' >etc/group
mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5; mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/fuse c 10 229
for lun in luns/*; do ln -s "/$lun" "dev/c0t${lun##*/}d0"; done
exec chroot . sh -c 'echo ready; exec cat'
"""


def missing() -> str | None:
    """Why there can be no such hosts here."""
    if os.geteuid() != 0:
        return "namespaces and FUSE need root"
    if not Path("/dev/fuse").exists():
        return "no /dev/fuse"
    if not all(shutil.which(word, path=PATH) for word in ("zfs-fuse", "zpool", "zfs")):
        return "zfs-fuse is not installed (apt-get install zfs-fuse)"
    return None


class ZfsHost:
    """One host. It is a ``Connection`` of the engine: ``run`` feeds a script to its /bin/sh."""

    def __init__(self, name: str, hostid: int, directory: Path, luns: Path) -> None:
        self.name = name
        self._luns = luns
        self._keep = directory / name
        self._root = directory / f"{name}.root"
        self._holder: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        for place in (self._root, self._keep / "zfs", self._keep / "bin"):
            place.mkdir(parents=True)
        (self._keep / "hostid").write_bytes(hostid.to_bytes(4, "little"))
        for word, script in (("format", FORMAT), ("iostat", IOSTAT)):
            stub = self._keep / "bin" / word
            stub.write_text(script)
            stub.chmod(0o755)

    def boot(self) -> None:
        """Starts the host and its ZFS, which imports what its zpool.cache names."""
        words = ["unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", ROOT, "root"]
        self._holder = subprocess.Popen(
            [*DIES_WITH_US, *words, str(self._root), self.name, str(self._luns), str(self._keep)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            raise RuntimeError(f"host {self.name} has no root of its own")
        self.start_zfs()

    def start_zfs(self) -> None:
        words = [*DIES_WITH_US, *self._inside(), "zfs-fuse", "--no-daemon", "--no-kstat-mount"]
        log = (self._keep / "log").open("ab")
        self._daemon = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + SECONDS
        while self.run("zpool list -H -o name")[0] != 0:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"zfs-fuse of host {self.name} did not start: {(self._keep / 'log').read_text()}")
            time.sleep(0.02)

    def kill_zfs(self) -> None:
        """SIGKILL: nothing is flushed, nothing exported."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(SECONDS)
            self._daemon = None

    def crash(self) -> None:
        """The whole host is gone at once; its mounts vanish with its namespace. What ``boot`` finds again is its zpool.cache."""
        self.kill_zfs()
        if self._holder is not None:
            self._holder.kill()
            self._holder.communicate(timeout=SECONDS)
            self._holder = None

    def run(self, script: str) -> tuple[int, str, str]:
        """The engine's ``Connection``: exit code, stdout, stderr of /bin/sh with ``script`` on its standard input."""
        shell = subprocess.Popen(
            [*self._inside(), "/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            out, err = shell.communicate(script, SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.communicate()
            raise
        return shell.returncode, out, err

    def ok(self, line: str) -> str:
        """A command line that must succeed: its stdout."""
        code, out, err = self.run(line)
        assert code == 0, f"{self.name}: {line}: exit {code}: {err}"
        return out

    def fails(self, line: str) -> str:
        """A command line that must fail with 1: its stderr."""
        code, out, err = self.run(line)
        assert code == 1, f"{self.name}: {line}: exit {code}: {out}{err}"
        return err

    def _inside(self) -> list[str]:
        assert self._holder is not None, f"host {self.name} is down"
        namespaces = ["nsenter", "-t", str(self._holder.pid), "--mount", "--uts", "--root", "--wd"]
        return [*namespaces, "env", "-i", f"PATH=/discovery:{PATH}", "LC_ALL=C", "TZ=UTC"]


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
