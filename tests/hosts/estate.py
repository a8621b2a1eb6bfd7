# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that are started together: containers with systemd on two networks of their own, which nothing else on the machine sees.

Everything is below one folder: ``ssh_config`` (with ProxyCommand into each host's network namespace), the key, and of each host its
``pid``, its ``console`` and, where it is cut off, ``cut``. What a host writes is in its memory and gone when it stops.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .base import base

#: Networks of every host, by the last two parts of the address: management 10.40.0.N, public 10.41.0.N.
NETWORKS = ("10.40.0", "10.41.0")
#: What a host may write, bytes of its memory.
ROOM = "48m"
BOOT_TIME = 30.0

# The mounts are the container's own: they are gone when it is, however it ended.
_START = """\
mount -t tmpfs -o size=$4,mode=755 tmpfs $2 && mkdir $2/upper $2/work $2/root &&
mount -t overlay -o lowerdir=$1,upperdir=$2/upper,workdir=$2/work overlay $2/root &&
install -m 600 $5/key.pub $2/root/root/.ssh/authorized_keys && echo $3 >$2/root/etc/hostname &&
exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory=$2/root --machine=$3 \\
    --network-namespace-path=/run/netns/$6 --link-journal=no --resolv-conf=off --timezone=off --console=read-only
"""

# bash speaks TCP by itself; the ends are joined by two cats. When one has come to its end the other has nothing to do any more.
_JOIN = """\
#!/bin/bash
# Joins standard input and output to the ssh server of a host, unless the host is cut off.
test ! -e {folder}/$1/cut || {{ echo "$1 is cut off" >&2; exit 1; }}
exec nsenter --net=/run/netns/{prefix}-$1 bash -c 'exec 3<>/dev/tcp/127.0.0.1/22 4<&0 || exit 1
cat <&3 4<&- & cat <&4 >&3 & exec >&- 3>&- 4<&-; wait -n; kill %1 %2 2>/dev/null'
"""

_SSH = """\
Host {names}
    HostKeyAlias heliostat-hosts
    ProxyCommand {folder}/join %n
    User root
    IdentityFile {folder}/key
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    GlobalKnownHostsFile /dev/null
    LogLevel ERROR
"""


def _said(*words: str | Path, text: str | None = None) -> str:
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Hosts:
    def __init__(self, folder: Path, names: Sequence[str], *, lasting: bool = False) -> None:
        """The first name has the addresses that end with 11, and so on. Not ``lasting``: they end with this process, however it ends."""
        self.folder = folder.resolve()
        self.names = tuple(names)
        self._bound = [] if lasting else ["setpriv", "--pdeathsig", "KILL"]
        self._prefix = "hh" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def addresses(self, name: str) -> tuple[str, str]:
        """Over the management and the public network."""
        last = 11 + self.names.index(name)
        return f"{NETWORKS[0]}.{last}", f"{NETWORKS[1]}.{last}"

    def pid(self, name: str) -> int | None:
        """Of the host's first process, as this machine numbers it; None where the host does not run."""
        try:
            started = int((self.folder / name / "pid").read_text())
            return int(Path(f"/proc/{started}/task/{started}/children").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def start(self) -> None:
        """All of them; those that run go on. Up when their ssh answers."""
        if all(self.pid(name) for name in self.names):
            return
        root = base()
        self.stop()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._access(root)
        self._networks()
        for name in self.names:
            self._launch(root, name)
        until = time.monotonic() + BOOT_TIME
        for name in self.names:
            while not self._answers(name):
                if time.monotonic() > until:
                    raise RuntimeError(f"{name} is not up after {BOOT_TIME:.0f} s:\n{(self.folder / name / 'console').read_text()[-2000:]}")
                time.sleep(0.1)

    def stop(self) -> None:
        """All of them, and what was made for them but the folder."""
        started = {}
        for name in self.names:
            if first := self.pid(name):
                started[name] = int((self.folder / name / "pid").read_text())
                os.kill(first, signal.SIGKILL)  # the first process of a container takes all others with it
        for name, number in started.items():
            until = time.monotonic() + 10.0
            while Path(f"/proc/{number}/root").exists() and self.pid(name) and time.monotonic() < until:
                time.sleep(0.05)
        for name in self.names:
            (self.folder / name / "pid").unlink(missing_ok=True)
        for namespace in (*self.names, "switch"):
            subprocess.run(["ip", "netns", "del", f"{self._prefix}-{namespace}"], capture_output=True, check=False)

    def run(self, name: str, script: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A script of sh on the host, as root, by no network."""
        first = self.pid(name)
        if first is None:
            raise RuntimeError(f"{name} does not run")
        command = ["nsenter", f"--target={first}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/", "sh", "-s"]
        plain = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, env=plain)
        if check and done.returncode != 0:
            raise RuntimeError(f"{name}: {script!r} ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    # --- faults ----------------------------------------------------------------------------------------------------
    def cut(self, name: str) -> None:
        """Nobody logs in any more; sessions that are open end. What the host does goes on."""
        (self.folder / name / "cut").touch()
        self.run(name, "pkill -f '^sshd: root' || true")

    def join(self, name: str) -> None:
        (self.folder / name / "cut").unlink(missing_ok=True)

    # --- how they are made -----------------------------------------------------------------------------------------
    def _access(self, root: Path) -> None:
        for kind in ("key", "key.pub"):
            (self.folder / kind).unlink(missing_ok=True)
        _said("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "tests", "-f", self.folder / "key")
        server = (root / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()
        (self.folder / "known_hosts").write_text(f"heliostat-hosts {server[0]} {server[1]}\n")
        join = self.folder / "join"
        join.write_text(_JOIN.format(folder=self.folder, prefix=self._prefix))
        join.chmod(0o755)
        self.ssh_config.write_text(_SSH.format(names=" ".join(self.names), folder=self.folder))

    def _networks(self) -> None:
        switch = f"{self._prefix}-switch"
        for namespace in (switch, *(f"{self._prefix}-{name}" for name in self.names)):
            _said("ip", "netns", "add", namespace)
        lines = [line for number, _ in enumerate(NETWORKS) for line in (f"link add br{number} type bridge", f"link set br{number} up")]
        for index, name in enumerate(self.names):
            for number, _network in enumerate(NETWORKS):
                port = f"p{number}x{index}"
                lines.append(f"link add {port} type veth peer name eth{number} netns {self._prefix}-{name}")
                lines += [f"link set {port} master br{number}", f"link set {port} up"]
        _said("ip", "-n", switch, "-batch", "-", text="\n".join(lines) + "\n")
        for name in self.names:
            own = ["link set lo up"]
            for number, address in enumerate(self.addresses(name)):
                own += [f"address add {address}/24 dev eth{number}", f"link set eth{number} up"]
            _said("ip", "-n", f"{self._prefix}-{name}", "-batch", "-", text="\n".join(own) + "\n")

    def _launch(self, root: Path, name: str) -> None:
        own = self.folder / name
        (own / "memory").mkdir(parents=True, exist_ok=True)
        self.join(name)
        words = [str(root), str(own / "memory"), name, ROOM, str(self.folder), f"{self._prefix}-{name}"]
        with (own / "console").open("wb") as console:
            started = subprocess.Popen(
                [*self._bound, "unshare", "--mount", "--propagation", "slave", "sh", "-c", _START, "sh", *words],
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        (own / "pid").write_text(str(started.pid))

    def _answers(self, name: str) -> bool:
        command = ["ssh", "-F", str(self.ssh_config), "-o", "ConnectTimeout=2", name, "true"]
        return self.pid(name) is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
