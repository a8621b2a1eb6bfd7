# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host with a real ZFS (zfs-fuse): a root, mounts, devices and a host name of its own; gone with the process that made it.

zfs-fuse has fixed paths for its socket, lock and cache, so every instance lives in a mount namespace of its own. A LUN is a sparse
file, shared by the hosts that see it, under its Solaris name in /dev.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

SECONDS = 20.0  # for one command; a zpool whose daemon is ending waits for ever
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
#: $1 where the root goes, $2 name, $3 LUNs, $4 what the host keeps, then folders of others that its file systems may be mounted in.
#: Standard input is a pipe: at its end the host is over.
ROOT = r"""
set -e
hostname "$2"
mount -t tmpfs -o mode=755 host "$1"
cd "$1"
mkdir -p etc luns proc usr dev run/lock var/tmp var/lib/zfs tmp zones
for place in bin sbin lib lib64; do ln -s "usr/$place" $place; done
ln -s /run var/run; ln -s /run/lock var/lock; ln -s /proc/mounts etc/mtab
mount --rbind -o ro /usr usr; mount --rbind /proc proc; mount --bind "$3" luns; mount --bind "$4/zfs" var/lib/zfs
cp -a /etc/zfs /etc/ld.so.cache /etc/alternatives etc/; cp "$4/hostid" etc/hostid
if test -d "$4/bin"; then cp -r "$4/bin" own; fi
echo 'root:x:0:0::/root:/bin/sh' >etc/passwd; echo 'root:x:0:' >etc/group
mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5; mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/fuse c 10 229
shift 4
for folder do mkdir -p "${folder##*/}"; mount --bind "$folder" "${folder##*/}"; done
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


class RealHost:
    """``luns``: the folder of all LUNs' files. ``shared``: folders whose mounts others see (then ``propagation`` is unchanged)."""

    def __init__(
        self, name: str, hostid: int, directory: Path, luns: Path, shared: Sequence[Path] = (), propagation: str = "private"
    ) -> None:
        if hostid >= 1 << 31:
            raise ValueError(f"{name}: zfs-fuse prints a hostid with its top bit set negated: {hostid:08x}")
        self.name = name
        self.luns = luns
        self.keep = directory / name
        self._root = directory / f"{name}.root"
        self._shared, self._propagation = shared, propagation
        self._holder: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        for place in (self._root, self.keep / "zfs"):
            place.mkdir(parents=True, exist_ok=True)
        (self.keep / "hostid").write_bytes(hostid.to_bytes(4, "little"))

    @property
    def up(self) -> bool:
        return self._daemon is not None and self._daemon.poll() is None

    def boot(self, visible: Mapping[str, str]) -> None:
        """Starts the host and its ZFS, which imports what its zpool.cache names. ``visible``: device name → LUN's file name.
        Raises RuntimeError where it does not come up."""
        words = ["unshare", "--mount", "--uts", "--propagation", self._propagation, "sh", "-c", ROOT, "root"]
        self._holder = subprocess.Popen(
            [*DIES_WITH_US, *words, str(self._root), self.name, str(self.luns), str(self.keep), *map(str, self._shared)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            raise RuntimeError(f"host {self.name} has no root of its own")
        self.show(visible)
        self.start_zfs()

    def show(self, visible: Mapping[str, str]) -> None:
        """These LUNs are in /dev and no others. What ZFS has open stays open."""
        lines = [f"ln -s /luns/{file} /dev/{device}" for device, file in visible.items()]
        self.ok("\n".join(["rm -f /dev/c*t*d*", *lines]))

    def start_zfs(self) -> None:
        words = [*DIES_WITH_US, *self._inside(), "zfs-fuse", "--no-daemon", "--no-kstat-mount"]
        log = (self.keep / "log").open("ab")
        self._daemon = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + SECONDS
        while self.run("zpool list -H -o name")[0] != 0:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"zfs-fuse of host {self.name} did not start: {(self.keep / 'log').read_text()}")
            time.sleep(0.02)

    def channels(self) -> int:
        """How many mounted file systems ZFS has a channel to FUSE for."""
        assert self._daemon is not None, f"ZFS of host {self.name} is down"
        found = 0
        for link in Path(f"/proc/{self._daemon.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since the folder was read
                found += os.readlink(link).endswith("/dev/fuse")
        return found

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
        """Exit code, stdout, stderr of /bin/sh with ``script`` on its standard input."""
        return self.words(["/bin/sh"], script)

    def words(self, argv: Iterable[str], stdin: str = "") -> tuple[int, str, str]:
        """Exit code, stdout, stderr of one program. Raises subprocess.TimeoutExpired."""
        child = subprocess.Popen(
            [*self._inside(), *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="surrogateescape", start_new_session=True,
        )  # fmt: skip
        try:
            out, err = child.communicate(stdin, SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            raise
        return child.returncode, out, err

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
        return [*namespaces, "env", "-i", f"PATH=/own:{PATH}", "LC_ALL=C", "TZ=UTC"]
