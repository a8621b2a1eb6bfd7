# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Light hosts: network namespaces with two paths into two bridges, mounts and a name of their own. Needs root.

All of it, the bridges too, stands in namespaces made here: nothing of it reaches the machine's own network.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from .wire import Wires

PATHS = (1, 2)


def run(*words: str, given: str | None = None) -> str:
    """Output of a command. Raises RuntimeError with what it said when it fails."""
    done = subprocess.run(words, input=given, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}\n{given or ''}")
    return done.stdout


class Hosts:
    """Hosts named ``names``; the host at index i has the address 10.7P.0.(i+1) on path P, whose interface is called pathP."""

    def __init__(self, folder: Path, prefix: str, names: Iterable[str], relay: Path | None = None) -> None:
        self.folder, self.prefix = folder, prefix
        self.names = tuple(names)
        self.holders: dict[str, subprocess.Popen[str]] = {}
        self.started: list[subprocess.Popen[str]] = []
        self.boot: dict[str, Path] = {}
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        self.wires = Wires(f"{prefix}w", relay)

    def address(self, name: str, path: int) -> str:
        return f"10.7{path}.0.{self.names.index(name) + 1}"

    def namespace(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def open(self, binds: Mapping[str, Mapping[str, Path]]) -> None:
        """Makes the hosts; ``binds``: by host, what of the machine's folders and files they see something else at."""
        run("ip", "netns", "add", self.wires.namespace)
        for path in PATHS:
            # a bridge without an address of its own takes the lowest of its ports', and changes it when that port goes
            run("ip", "-n", self.wires.namespace, "link", "add", f"b{path}", "address", f"02:be:00:00:00:0{path}", "type", "bridge")
            run("ip", "-n", self.wires.namespace, "link", "set", f"b{path}", "up")
        for name in self.names:
            space = self.namespace(name)
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
            for path in PATHS:
                port, device = f"{name}p{path}", f"path{path}"
                run("ip", "-n", self.wires.namespace, "link", "add", port, "type", "veth", "peer", "name", device, "netns", space)
                run("ip", "-n", self.wires.namespace, "link", "set", port, "master", f"b{path}", "up")
                run("ip", "-n", space, "addr", "add", f"{self.address(name, path)}/24", "dev", device)
                run("ip", "-n", space, "link", "set", device, "up")
            self._hold(name, binds.get(name, {}))

    def _hold(self, name: str, binds: Mapping[str, Path]) -> None:
        """A process that keeps the host's mounts and its name."""
        self.boot[name] = self.folder / f"{name}.boot"
        self.boot[name].write_text(Path("/proc/sys/kernel/random/uuid").read_text())
        lines = ["set -e", f"hostname {name}", "mount -t tmpfs run /run", "mount -t tmpfs shm /dev/shm", "mkdir /run/lock"]
        binds = {"/proc/sys/kernel/random/boot_id": self.boot[name], **binds}
        lines += [f"mount --bind {source} {target}" for target, source in binds.items()]
        lines += ["echo ready", "exec sleep infinity"]
        words = ["ip", "netns", "exec", self.namespace(name), "unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c"]
        holder = subprocess.Popen(
            [*words, "\n".join(lines)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True
        )
        self.holders[name] = holder
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            raise RuntimeError(f"the host {name} could not be set up")

    def booted(self, name: str) -> None:
        """Another boot of the same machine: its kernel's number is another one, and what a boot empties is empty."""
        self.boot[name].write_text(Path("/proc/sys/kernel/random/uuid").read_text())
        self.call(name, "sh", "-c", "rm -rf /run/* /dev/shm/*; mkdir /run/lock")

    def spawn(self, name: str, words: list[str]) -> subprocess.Popen[str]:
        """Starts a program on a host; its output, errors too, comes by ``stdout``."""
        inside = ["nsenter", "-t", str(self.holders[name].pid), "--mount", "--uts", "--net", "--", *words]
        process = subprocess.Popen(
            inside,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def ended(self) -> list[str]:
        """What was started and ended without having been killed here, each with its exit code."""
        ended = [process for process in self.started if process.poll() not in (None, -signal.SIGKILL)]
        return [f"{process.args!r}: {process.returncode}" for process in ended]

    def call(self, name: str, *words: str, given: str | None = None) -> str:
        return run("nsenter", "-t", str(self.holders[name].pid), "--mount", "--uts", "--net", "--", *words, given=given)

    def pids(self, name: str) -> list[int]:
        """Of everything that runs on the host."""
        found = [int(word) for word in run("ip", "netns", "pids", self.namespace(name)).split()]
        return [pid for pid in found if name not in self.holders or pid != self.holders[name].pid]

    def signal(self, pids: list[int], number: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def crash(self, name: str) -> float:
        """Everything of it is dead from now on, its links are down; when that began. Stopped first: of a group that is killed
        one by one the last ones may say a word about it."""
        pids = self.pids(name)
        began = time.monotonic()
        self.signal(pids, signal.SIGSTOP)
        self.signal(pids, signal.SIGKILL)
        for path in PATHS:
            run("ip", "-n", self.wires.namespace, "link", "set", f"{name}p{path}", "down")
        self.end(name)
        return began

    def freeze(self, name: str) -> float:
        pids = self.pids(name)
        began = time.monotonic()
        self.signal(pids, signal.SIGSTOP)
        return began

    def thaw(self, name: str) -> None:
        self.signal(self.pids(name), signal.SIGCONT)

    def cut(self, name: str, paths: Iterable[int] = PATHS) -> float:
        """The host's paths drop everything in both directions; links stay up."""
        began = time.monotonic()
        self.wires.drop({f"{name}p{path}": 1000 for path in paths})
        return began

    def end(self, name: str) -> None:
        """Kills everything that runs on the host, until nothing does."""
        limit = time.monotonic() + 10
        while pids := self.pids(name):
            self.signal(pids, signal.SIGKILL)
            self.signal(pids, signal.SIGCONT)
            if time.monotonic() > limit:
                raise RuntimeError(f"{name}: {pids} cannot be ended")
            time.sleep(0.01)
        for process in self.started:
            process.poll()

    def heal(self, name: str) -> None:
        self.wires.heal()
        for path in PATHS:
            run("ip", "-n", self.wires.namespace, "link", "set", f"{name}p{path}", "up")

    def close(self) -> None:
        """Ends and removes what there is, whatever went wrong before."""
        self.wires.close()
        for name in self.names:
            if Path("/run/netns", self.namespace(name)).exists():
                with contextlib.suppress(RuntimeError):
                    self.end(name)
        for holder in self.holders.values():
            holder.kill()
            holder.wait()
        for process in self.started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
        for space in [self.namespace(name) for name in self.names] + [self.wires.namespace]:
            if Path("/run/netns", space).exists():
                run("ip", "netns", "del", space)
