# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the commands of one simulated machine are kept from the real one.

``namespaces``: a holder process per machine owns a user, mount and process namespace whose root is the machine's tree; commands
enter it with nsenter. Nothing of the host is visible but five device nodes, and ending the holder ends every process of the
machine. ``paths``: for hosts that forbid user namespaces; a restricted PATH, and absolute paths in the command line are
rewritten to the tree. The environment variable HELIOSTAT_LAB_ISOLATION forces one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from .tree import DEVICES

# SIGCHLD ignored: the first process of the namespace lets the kernel bury the orphans.
HOLDER = r"""
set -e
read pid rest </proc/self/stat
R=$1; shift
mount --bind "$1" "$R/.lab/base"
mount --bind "$2" "$R/.lab/pools"
shift 2
for device do mount --bind "/dev/$device" "$R/dev/$device"; done
echo "$pid"
T=/.lab/base/tools
exec chroot "$R" $T/sh -c 'cd /root; echo ready; exec "$0/env" --ignore-signal=CHLD "$0/cat" >/dev/null' $T
"""

# Other machines' mounts are not copied: a copy in a user namespace is locked there, and what it shows stays in use for ever.
ALONE = r"""
for tree in "$1"/*/root; do test "$tree" = "$1/$2/root" || umount -l "$tree" 2>/dev/null; done
shift 2
exec "$@"
"""
ALONE_WORDS = ("unshare", "-m", "--propagation", "slave", "sh", "-c", ALONE, "alone")


def choose(forced: str | None = None) -> str:
    """The mode for this host: the forced one, else namespaces where they work.

    Raises ValueError on an unknown forced mode."""
    if forced:
        if forced not in ("namespaces", "paths"):
            raise ValueError(f"HELIOSTAT_LAB_ISOLATION: {forced!r} is neither namespaces nor paths")
        return forced
    if not (shutil.which("unshare") and shutil.which("nsenter") and shutil.which("chroot", path=SYSTEM_PATH)):
        return "paths"
    probe = ["unshare", "-U", "-r", "-m", "-p", "-f", "sh", "-c", "mount --bind /tmp /tmp && chroot / true"]
    done = subprocess.run(probe, capture_output=True, check=False, env={"PATH": SYSTEM_PATH})
    return "namespaces" if done.returncode == 0 else "paths"


NSENTER = shutil.which("nsenter") or "/usr/bin/nsenter"
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Isolation:
    """What both modes offer. ``state`` is the lab's state folder."""

    mode = ""
    mounts_appear = False  # whether what the lab mounts in a machine's tree appears in the machine

    def __init__(self, state: Path) -> None:
        self.state = state
        self.fell: Callable[[str, str], None] = lambda machine, how: None  # told when a machine's own process stops its kernel

    def root(self, machine: str) -> Path:
        return self.state / "machines" / machine / "root"

    async def serve(self) -> None:
        """What the mode has to do as long as the lab runs."""

    async def start(self, machine: str) -> None:
        """Make the machine able to run commands."""

    async def enter(self, machine: str, argv: list[str], env: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        """argv and environment to start on the host so that ``argv`` runs on the machine."""
        raise ValueError(f"{self.mode}: no way in")

    def started(self, machine: str, pid: int) -> None:
        """Told of every process started (it leads a session)."""

    def inward(self, machine: str, text: str) -> str:
        """A path or text as the machine's commands gave it -> as the machine means it."""
        return text

    def outward(self, machine: str, text: str) -> str:
        """A text with the machine's absolute paths -> as it must be given to its commands."""
        return text

    def alive(self, machine: str) -> bool:
        """Whether the machine's processes can live: nothing stopped its kernel."""
        return True

    def holds(self, machine: str, pid: int, environment: dict[str, str]) -> bool:
        """Whether a process of the host, found there by its environment, is one of the machine's."""
        return False

    def signal_all(self, machine: str, number: int) -> None:
        """Signal every process of the machine; SIGKILL also ends what holds it."""


EXITING = 4  # flag of a process that is on its way out (proc(5), PF_EXITING); the first one goes last of its namespace


class Namespaces(Isolation):
    mode = "namespaces"

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self.holders: dict[str, tuple[asyncio.subprocess.Process, int]] = {}
        self.locks: dict[str, asyncio.Lock] = {}
        self.watches: set[asyncio.Task[None]] = set()

    async def start(self, machine: str) -> None:
        async with self.locks.setdefault(machine, asyncio.Lock()):
            if machine in self.holders:
                return
            holder = await asyncio.create_subprocess_exec(
                *(ALONE_WORDS if self.mounts_appear else ()),
                *((str(self.state / "machines"), machine) if self.mounts_appear else ()),
                *("unshare", "-U", "-r", "-m", "--propagation", "slave" if self.mounts_appear else "private", "-p", "-f", "--kill-child"),
                *("sh", "-c", HOLDER, "holder"),
                *(str(self.root(machine)), str(self.state / "base"), str(self.state / "pools"), *DEVICES),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={"PATH": SYSTEM_PATH},
                start_new_session=True,
            )
            assert holder.stdout is not None
            assert holder.stderr is not None
            pid = (await holder.stdout.readline()).decode().strip()
            if not pid or await holder.stdout.readline() != b"ready\n":
                raise OSError(f"{machine}: no namespace: {(await holder.stderr.read()).decode().strip()}")
            self.holders[machine] = (holder, int(pid))
            task = asyncio.create_task(self.watch(machine, holder))
            self.watches.add(task)
            task.add_done_callback(self.watches.discard)

    async def watch(self, machine: str, holder: asyncio.subprocess.Process) -> None:
        """reboot(2) in a process namespace ends its first process by SIGHUP for a restart, by SIGINT for halt and power off (reboot(2),
        pid_namespaces(7)); which of these two cannot be told."""
        rc = await holder.wait()
        if self.holders.get(machine, (None, 0))[0] is holder:
            del self.holders[machine]
            self.fell(machine, "reboot" if rc == -signal.SIGHUP else "off")

    async def enter(self, machine: str, argv: list[str], env: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        if machine not in self.holders:
            await self.start(machine)
        pid = self.holders[machine][1]
        return [NSENTER, "-t", str(pid), "-U", "-m", "-p", "-r", "-w", "--preserve-credentials", *argv], env

    def holds(self, machine: str, pid: int, environment: dict[str, str]) -> bool:
        """All of a machine's have its user namespace, those in its zones too."""
        try:
            return os.readlink(f"/proc/{pid}/ns/user") == os.readlink(f"/proc/{self.holders[machine][1]}/ns/user")
        except (KeyError, OSError):
            return False

    def alive(self, machine: str) -> bool:
        try:
            fields = Path(f"/proc/{self.holders[machine][1]}/stat").read_text().rpartition(")")[2].split()
        except (KeyError, OSError):
            return False
        return fields[0] not in "ZX" and not int(fields[6]) & EXITING

    def signal_all(self, machine: str, number: int) -> None:
        if machine not in self.holders:
            return
        holder, pid = self.holders[machine]
        if number == signal.SIGKILL:
            del self.holders[machine]
            for victim in (pid, holder.pid):
                try:
                    os.kill(victim, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            return
        name = signal.Signals(number).name.removeprefix("SIG")
        inside = [NSENTER, "-t", str(pid), "-U", "-p", "-m", "-r", "--preserve-credentials", "/bin/sh", "-c", f"kill -{name} -1"]
        subprocess.run(inside, check=False, capture_output=True)


SET_CHILD_SUBREAPER, DROP_FROM_BOUNDING_SET = 36, 24  # prctl(2)
CAPABILITY_TO_BOOT = 22  # capabilities(7)
REAP_SECONDS = 0.2
SESSION, BEGAN = 3, 19  # of stat's answer


def stat(pid: int) -> list[str]:
    """/proc/<pid>/stat behind the program's name, from the state on (proc(5)); empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


class Paths(Isolation):
    mode = "paths"

    async def serve(self) -> None:
        """Adopts the machines' orphans and buries them: in a container the first process may not. The lab's own children lead
        sessions and are waited for where they were started; orphans do not lead one."""
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, CAPABILITY_TO_BOOT, 0, 0, 0)  # nothing started here stops the host
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        while children.exists():
            for pid in children.read_text().split():
                with contextlib.suppress(OSError):
                    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    if fields[0] == "Z" and fields[3] != pid:
                        os.waitpid(int(pid), os.WNOHANG)
            await asyncio.sleep(REAP_SECONDS)

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self.sessions: dict[str, dict[int, str]] = {}  # of each machine: number, when its leader began

    def outward(self, machine: str, text: str) -> str:
        root = self.root(machine)
        there = {name for name in os.listdir(root) if name != "dev"} | {"reconfigure"}
        names = "|".join(sorted((re.escape(name) for name in there), key=len, reverse=True))
        devices = "(?!dev/(?:null|zero|tty|random|urandom|fd|std(?:in|out|err))(?![\\w]))dev"
        return re.sub(rf"(?<![\w./*?\]}})-])/(?=(?:{names}|{devices})(?![\w.-]))", f"{root}/", text)

    def inward(self, machine: str, text: str) -> str:
        root = str(self.root(machine))
        return "/" if text == root else text.replace(root, "")

    async def enter(self, machine: str, argv: list[str], env: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        root = self.root(machine)
        words = [self.outward(machine, word) for word in argv]
        there = {"LAB_MACHINE_FILE": str(root / ".lab/machine"), "LAB_ROOT": str(root)}
        values = {name: value if name.startswith("LAB_") else self.outward(machine, value) for name, value in env.items()}
        values["PATH"] = ":".join(str(root) + folder for folder in env.get("PATH", "/usr/bin").split(":"))
        return words, values | there

    def holds(self, machine: str, pid: int, environment: dict[str, str]) -> bool:
        return environment.get("LAB_ROOT") == str(self.root(machine))

    def started(self, machine: str, pid: int) -> None:
        found = stat(pid)
        self.sessions.setdefault(machine, {})[pid] = found[BEGAN] if found else ""

    def signal_all(self, machine: str, number: int) -> None:
        """The number of a session that has ended comes again, for another program's."""
        wanted = self.sessions.get(machine, {})
        there = {int(entry): found for entry in os.listdir("/proc") if entry.isdigit() and (found := stat(int(entry)))}
        others = {sid for sid, began in wanted.items() if sid in there and there[sid][BEGAN] != began}
        alive: dict[int, str] = {}
        for pid, found in there.items():
            sid = int(found[SESSION])
            if sid in wanted and sid not in others:
                alive[sid] = wanted[sid]
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
        self.sessions[machine] = {} if number == signal.SIGKILL else alive


def make(mode: str, state: Path) -> Isolation:
    return Namespaces(state) if mode == "namespaces" else Paths(state)
