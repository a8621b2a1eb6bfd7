# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a script to a machine of the lab, without ssh.

A script of ``engine/shell.py`` is a row of commands, each closed by a line with the marker. One that is a single simulated command is
called directly, as its stub would; everything else is run by the machine's own /bin/sh as it stands. Both give the same output.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab import filesystem, tree
from tests.lab.dispatch import Conversation
from tests.lab.truth import Machine

from .laboratory import Laboratory

ENVIRONMENT = {
    "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/sh", "TZ": "UTC", "PATH": "/usr/sbin:/usr/bin", "LAB_USER": "root",
    "LAB_SESSION": "0",
}  # fmt: skip
PATH = ("/usr/sbin", "/usr/bin", "/sbin")
JOB_SECONDS = 30.0
_END = re.compile(r"^r=\$\?; echo; echo (H[0-9a-f]+) (\d+) \$r; ")
_HERE = re.compile(r" <<'([^']+)'$")
_SIMPLE = re.compile(r"[-A-Za-z0-9_./:@%+=, ]+")
_FILE = re.compile(r"^cat >\$d/(\S+)")


@dataclass
class Item:
    """One command of a script: its lines as they are, and its parts when it is a plain one."""

    index: str
    lines: list[str]
    words: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    plain: bool = True


@dataclass
class Script:
    marker: str
    scratch: str
    preamble: list[str]
    items: list[Item]


def parsed(script: str) -> Script:
    """A script of the engine taken apart. Raises ValueError on one that the engine never makes."""
    lines = script.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("echo H"))
    marker = lines[start].split()[1].rstrip(";")
    made = Script(marker, f"/var/tmp/heliostat.{marker}", lines[:start], [])
    current: list[str] = []
    for line in lines[start + 1 : -1]:
        found = _END.match(line)
        if found and found[1] == marker:
            made.items.append(_item(found[2], current))
            current = []
        else:
            current.append(line)
    if current or lines[-1] != "}":
        raise ValueError(f"not a script of the engine: {script!r}")
    return made


def _item(index: str, lines: list[str]) -> Item:
    item = Item(index, lines)
    rest = list(lines)
    while rest:
        line = rest.pop(0)
        while rest and _open(line):  # a word with a newline in it
            line += "\n" + rest.pop(0)
        here, text = _HERE.search(line), ""
        if here:
            body = rest[: rest.index(here[1])]
            rest = rest[len(body) + 1 :]
            text = "".join(part + "\n" for part in body)
        line = line[: here.start()] if here else line.removesuffix(" </dev/null")
        file = _FILE.match(line)
        if file:
            item.files[shlex.split(file[1])[0]] = text
        else:
            item.words, item.stdin = shlex.split(line), text
            item.plain = not rest
    return item


def _open(line: str) -> bool:
    try:
        shlex.split(line)
    except ValueError:  # No closing quotation
        return True
    return False


class Direct(Conversation):
    """One simulated command without its stub."""

    def __init__(self, laboratory: Laboratory, machine: str, words: list[str], stdin: str, zone: str = "") -> None:
        fields = [words[0].rpartition("/")[2], "/root", "root", zone, "0", "", "/root", ":".join(PATH), "", "C", "UTC", "", *words[1:]]
        self.laboratory = laboratory
        super().__init__(laboratory.simulation.dispatcher, machine, None, None, fields)  # type: ignore[arg-type]
        self.given = stdin
        self.printed: dict[int, list[str]] = {1: [], 2: []}

    def write(self, fd: int, text: str) -> None:
        self.printed[fd].append(text.replace("\0", ""))

    async def read_stdin(self) -> bytes:
        return self.given.encode()

    async def ask(self, prompt: str) -> str | None:
        return None

    async def run_in_zone(self, zone: str, argv: list[str], user: str) -> int:
        """What is a simulated command is called at once here too."""
        if user != "root" or not _SIMPLE.fullmatch(" ".join(argv)) or not Wire(self.laboratory, self.machine.name).is_stub(argv[0]):
            return await super().run_in_zone(zone, argv, user)
        inner = Direct(self.laboratory, self.machine.name, argv, self.given, zone)
        rc, out, err = await inner.result()
        self.write(1, out)
        self.write(2, err)
        return rc

    async def start_program(self, argv: list[str], env: dict[str, str], cwd: str, outward: bool = True) -> int:
        rc, out, err = await shell(self.simulation, self.machine.name, argv, self.given, cwd, env)
        self.write(1, out)
        self.write(2, err)
        return rc

    async def result(self) -> tuple[int, str, str]:
        rc = await self.work()
        argv = [self.name, *self.args]
        self.simulation.log(kind="command", machine=self.machine.name, time=self.simulation.clock.now(), argv=argv, rc=rc)
        self.simulation.changed(self.machine.name)
        return rc & 255, "".join(self.printed[1]), "".join(self.printed[2])


async def shell(
    simulation: Any, machine: str, argv: list[str], stdin: str, cwd: str = "", more: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """A real program on the machine."""
    words, env = await simulation.isolation.enter(machine, argv, ENVIRONMENT | (more or {}))
    home = cwd if cwd and Path(cwd).is_dir() else str(simulation.isolation.root(machine) / "root")
    child = await asyncio.create_subprocess_exec(
        *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=home, start_new_session=True
    )
    simulation.isolation.started(machine, child.pid)
    out, err = await child.communicate(stdin.encode(errors="surrogateescape"))
    clean = simulation.hosts[machine].cleaner()
    return child.returncode or 0, *(clean(data).decode(errors="replace") for data in (out, err))  # type: ignore[return-value]


class Wire:
    """Runs scripts on one machine. ``before`` is asked before every item and may refuse (raise)."""

    def __init__(self, laboratory: Laboratory, machine: str) -> None:
        self.laboratory = laboratory
        self.machine = machine
        self._stubs: dict[str, bool | None] = {}

    @property
    def known(self) -> Machine:
        return self.laboratory.machines[self.machine]

    def run(self, script: str, most: int | None = None, ended: Callable[[], None] = lambda: None) -> tuple[int, str, str]:
        """The script's exit code and output; with ``most`` the connection breaks after so many of its commands (``ended`` is called
        then), and the code is ssh's."""
        made = parsed(script)
        out, err = [f"{made.marker}\n"], [f"{made.marker}\n"]
        items = made.items if most is None else made.items[:most]
        while items:
            count = self._alike(items)
            for stdout, stderr in self._together(made, items[:count]):
                out.append(stdout)
                err.append(stderr)
            items = items[count:]
        if most is not None and most < len(made.items):
            ended()
            return 255, "".join(out), "".join(err)
        return 0, "".join(out), "".join(err)

    def _alike(self, items: list[Item]) -> int:
        """How many of them go one way."""
        first = self._direct(items[0])
        if first:
            return 1
        return next((number for number, item in enumerate(items) if self._direct(item)), len(items))

    def _direct(self, item: Item) -> bool:
        return item.plain and self.is_stub(item.words[0]) is not False

    def is_stub(self, name: str) -> bool | None:
        """Whether the machine has this name as a stub; None where it has none of that name."""
        if name not in self._stubs:
            self._stubs[name] = self._look_up(name)
        return self._stubs[name]

    def _look_up(self, name: str) -> bool | None:
        top = self.laboratory.simulation.state / "base" / tree.variant(self.known)
        folder, _slash, name = name.rpartition("/")
        folders = [folder.removeprefix("/")] if folder else [path.removeprefix("/") for path in PATH]
        for place in folders:
            place = {"sbin": "usr/sbin", "bin": "usr/bin"}.get(place, "vxvm" if place in tree.PACKAGE_FOLDERS["vxvm"] else place)
            if (top / place / name).is_symlink():
                return (top / place / name).readlink().name == "stub"
        return None

    def _together(self, made: Script, items: list[Item]) -> list[tuple[str, str]]:
        if not self._direct(items[0]):
            return [self._real(made, items)]
        item = items[0]
        rc, out, err = self._called(made, item)
        return [(f"{out}\n{made.marker} {item.index} {rc}\n", f"{err}\n{made.marker} {item.index}\n")]

    def _called(self, made: Script, item: Item) -> tuple[int, str, str]:
        if self.is_stub(item.words[0]) is None:
            return 127, "", f"/bin/sh: 1: {item.words[0]}: not found\n"
        words = [word.replace("$d/", made.scratch + "/", 1) if word.startswith("$d/") else word for word in item.words]
        folder = filesystem.resolve(self.known, made.scratch)
        if item.files:
            folder.mkdir()
            for name, text in item.files.items():
                (folder / name).write_text(text)
        try:
            return self.laboratory.wait(Direct(self.laboratory, self.machine, words, item.stdin).result())
        finally:
            for path in folder.iterdir() if item.files else ():
                path.unlink()
            if item.files:
                folder.rmdir()

    def _real(self, made: Script, items: list[Item]) -> tuple[str, str]:
        lines = list(made.preamble)
        for item in items:
            lines += item.lines
            lines.append(f"r=$?; echo; echo {made.marker} {item.index} $r; echo >&2; echo {made.marker} {item.index} >&2")
        simulation = self.laboratory.simulation

        async def run() -> tuple[int, str, str]:
            found = await shell(simulation, self.machine, ["/bin/sh"], "\n".join([*lines, "}"]) + "\n")
            await self._jobs_done()
            return found

        _rc, out, err = self.laboratory.wait(run())
        return out, err

    async def _jobs_done(self) -> None:
        """Long work ends before anybody looks again: how often it is asked for then does not depend on the machine this runs on."""
        jobs = self.laboratory.simulation.isolation.root(self.machine) / "var/tmp/heliostat-jobs"
        deadline = asyncio.get_running_loop().time() + JOB_SECONDS
        while jobs.is_dir() and any((job / "pid").exists() and not (job / "rc").exists() for job in jobs.iterdir()):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"{self.machine}: a job does not end: {[job.name for job in jobs.iterdir()]}")
            await asyncio.sleep(0.002)
