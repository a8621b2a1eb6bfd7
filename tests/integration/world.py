# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A data centre of the tests' own: the lab on a free port, a copy of its inventory, a repository, and ansible-playbook to run over them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from tests.lab.client import CHECKOUT, Lab

from .forked import Forked, ForkServer

RECORDER = Path(__file__).parent / "recorder"
BIN = Path(sys.executable).parent
PROGRAM = BIN / "ansible-playbook"
NODES = ("t8a", "t8b", "t5a", "t4a")
SPEED = 200.0

_WIPE = """for z in `zoneadm list -cp | cut -d: -f2`; do
  test $z = global || { zoneadm -z $z halt; zoneadm -z $z uninstall -F; zonecfg -z $z delete -F; }
done >/dev/null 2>&1
zpool import -a -f >/dev/null 2>&1
for p in `zpool list -H -o name`; do test $p = rpool || zpool destroy -f $p; done
rm -rf /var/tmp/heliostat* /zones/*
"""


@dataclass(frozen=True)
class Row:
    """One task's result on one host."""

    host: str
    task: str
    action: str
    status: str  # ok, failed, unreachable
    result: dict[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def plan(self) -> list[dict[str, str]]:
        return list(self.result["plan"])

    @property
    def steps(self) -> list[str]:
        return [step["what"] for step in self.plan]


@dataclass(frozen=True)
class Run:
    """A run of ansible-playbook that has ended."""

    rc: int
    output: str
    rows: list[Row]

    def of(self, action: str, host: str | None = None) -> Row:
        """The result of the only task with this module (on this host)."""
        found = [row for row in self.rows if row.action.endswith(action) and host in (None, row.host)]
        assert len(found) == 1, f"{len(found)} results of {action} on {host}:\n{self.output}"
        return found[0]

    @property
    def changed(self) -> list[str]:
        return sorted({row.host for row in self.rows if row.changed})


class World:
    """Folder layout as in the checkout, so that the inventory's relative paths lead to this lab and this repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / ".lab"
        self.inventory = folder / "inventories" / "lab"
        self.repository_file = folder / ".demo" / "repository.db"
        self.url = f"sqlite:///{self.repository_file}"
        self.registered = folder / "registered.db"
        self._control_paths = tempfile.mkdtemp(prefix="hl")  # a control socket's path may be short only
        self._runs = 0
        self.began = 0  # where the command log ended when the test began
        self.programs = ForkServer(self.environment(), CHECKOUT)
        self.lab = Lab.start(centre=self._centre(), state_dir=self.state)
        self.lab.clock(speed=SPEED)
        self.port = json.loads((self.state / "lab.json").read_text())["port"]
        try:
            self._prepare()
        except BaseException:
            self.stop()
            raise

    def _centre(self) -> Path:
        """The demo's data centre, where operator becomes root in another way on each Solaris 11 node."""
        data = yaml.safe_load((CHECKOUT / "tests/lab/datacentres/demo.yml").read_text())
        data["machines"]["t8a"]["operator"] = {"pfexec": False, "profiles": ["Heliostat Deployment"], "sudo": False}
        data["machines"]["t8b"]["operator"] = {"pfexec": False, "sudo": True, "password": "correct horse"}
        data["machines"]["t5a"]["operator"] = {"pfexec": False, "sudo": True}
        data["machines"]["t4a"]["operator"] = {"pfexec": False, "sudo": False, "password": "correct horse"}
        path = self.folder / "centre.yml"
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    def _prepare(self) -> None:
        """A repository that knows the four nodes, kept to start every test from."""
        self.fresh_inventory()
        self.repository_file.parent.mkdir(mode=0o700, exist_ok=True)
        open_repository(self.url, create=True).close()
        run = self.play("heliostat.vdc.node_register")
        assert run.rc == 0, run.output
        with open_repository(self.url) as repository:
            repository.backup(self.registered)

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        shutil.copytree(CHECKOUT / "inventories" / "lab", self.inventory)
        path = self.inventory / "group_vars" / "nodes.yml"
        variables = yaml.safe_load(path.read_text())
        path.write_text(yaml.safe_dump({**variables, "ansible_port": self.port}))

    def reset(self) -> None:
        """Nodes without vServers, LUNs without pools, no faults; the inventory of the checkout; a repository with the four nodes."""
        self.lab.clear_faults()
        self.lab.clock(speed=SPEED)
        self.fresh_inventory()
        for name in self.repository_file.parent.glob("*"):
            name.unlink()
        shutil.copy(self.registered, self.repository_file)
        truth = self.lab.truth()
        for name, machine in truth["machines"].items():
            if not machine["powered"]:
                self.lab.power(name, "on", wait=True)
        machines = {name for name, machine in truth["machines"].items() if machine["zones"] or len(machine["imported"]) > 1}
        loose = {lun["visible_to"][0] for lun in truth["luns"].values() if lun["pool"]}
        jobs = {name for name in NODES if (self.root(name) / "var/tmp/heliostat-jobs").exists()}
        for name in sorted(machines | loose | jobs):
            done = self.lab.ssh(name, "/bin/sh", stdin=_WIPE)
            assert done.returncode == 0, done.stderr
        truth = self.lab.truth()
        left = [pool["name"] for pool in truth["pools"].values() if pool["name"] != "rpool"]
        assert not left and not any(machine["zones"] for machine in truth["machines"].values()), f"not clean: {left}"
        self.lab.patch("addresses_in_use", ["10.40.0.1", "10.40.1.1"])
        self.lab.clear_alarms()
        self.began = self.mark()

    def stop(self) -> None:
        self.programs.stop()
        self.lab.stop()
        shutil.rmtree(self._control_paths)

    def root(self, machine: str) -> Path:
        return self.state / "machines" / machine / "root"

    # --- the inventory ---------------------------------------------------------------------------------------------
    def declared(self, name: str) -> dict[str, Any]:
        """heliostat_vserver of a vServer of the inventory."""
        return dict(yaml.safe_load((self.inventory / "host_vars" / f"{name}.yml").read_text())["heliostat_vserver"])

    def declare(self, name: str, declaration: Mapping[str, Any], **options: Any) -> None:
        """A vServer, new or in place of the one of this name; ``options`` replace parts of the declaration."""
        text = yaml.safe_dump({"heliostat_vserver": {**declaration, **options}})
        (self.inventory / "host_vars" / f"{name}.yml").write_text(text)
        (self.inventory / f"zz_{name}.yml").write_text(yaml.safe_dump({"vservers": {"hosts": {name: {}}}}))

    # --- runs ------------------------------------------------------------------------------------------------------
    def environment(self) -> dict[str, str]:
        own = {
            "HOME": str(self.folder),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(_collections()),
            "ANSIBLE_INVENTORY": str(self.inventory),
            "ANSIBLE_CALLBACK_PLUGINS": str(RECORDER),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": self._control_paths,
            "ANSIBLE_SSH_RETRIES": "0",
            "ANSIBLE_TIMEOUT": "20",
            "LANG": "C.UTF-8",
        }
        return own

    def start(self, playbook: str, *words: str) -> Started:
        """ansible-playbook, not waited for."""
        record, output = self._files()
        return Started(self.programs.run([str(PROGRAM), playbook, *words], output, RECORD=str(record)), record, output)

    def start_program(self, playbook: str, *words: str) -> Started:
        """The same as a program of its own, which imports everything anew."""
        record, output = self._files()
        with output.open("w") as file:
            process = subprocess.Popen(
                [str(PROGRAM), playbook, *words],
                env={**self.environment(), "RECORD": str(record)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=CHECKOUT,
                start_new_session=True,
            )
        return Started(process, record, output)

    def _files(self) -> tuple[Path, Path]:
        """Of the next run: its results, its output."""
        self._runs += 1
        return self.folder / f"run{self._runs}.jsonl", self.folder / f"run{self._runs}.txt"

    def play(self, playbook: str, *words: str, variables: Mapping[str, Any] | None = None) -> Run:
        """A playbook by name or path, to its end."""
        extra = ["-e", json.dumps(variables)] if variables else []
        return self.start(playbook, *words, *extra).wait()

    def book(self, host: str, tasks: Sequence[Mapping[str, Any]], **keywords: Any) -> str:
        """Writes a playbook with these tasks."""
        path = self.folder / "tasks.yml"
        path.write_text(yaml.safe_dump([{"hosts": host, "gather_facts": False, "tasks": list(tasks), **keywords}], sort_keys=False))
        return str(path)

    def task(self, host: str, module: str, *words: str, variables: Mapping[str, Any] | None = None, **args: Any) -> Row:
        """One task on one host: its result."""
        run = self.play(self.book(host, [{f"heliostat.vdc.{module}": args, "vars": dict(variables or {})}]), *words)
        assert len(run.rows) == 1, run.output
        return run.rows[0]

    def many(self, host: str, tasks: Sequence[tuple[str, Mapping[str, Any]]], *words: str) -> list[Row]:
        """Tasks one after the other whatever becomes of each; their results in order."""
        entries = [{f"heliostat.vdc.{module}": dict(args), "ignore_errors": True} for module, args in tasks]
        run = self.play(self.book(host, entries), *words)
        assert len(run.rows) == len(tasks), run.output
        return run.rows

    @contextmanager
    def repository(self) -> Iterator[Any]:
        with open_repository(self.url) as repository:
            yield repository

    # --- the truth -------------------------------------------------------------------------------------------------
    def zone(self, node: str, name: str) -> dict[str, Any] | None:
        return self.lab.truth(node)["zones"].get(name)

    def ran(self, node: str, pattern: Callable[[list[str]], bool]) -> list[dict[str, Any]]:
        return [row for row in self.lab.commands(node) if pattern(row["argv"])]

    def mark(self) -> int:
        """Where the command log ends now."""
        return len(self.lab.log())

    def since(self, mark: int, *words: str, node: str | None = None) -> list[dict[str, Any]]:
        """The simulated commands after a mark whose argument list begins with ``words`` or holds all of them."""
        rows = [row for row in self.lab.log()[mark:] if row["kind"] == "command" and node in (None, row["machine"])]
        return [row for row in rows if all(word in row["argv"] for word in words)]


SomeWorld = TypeVar("SomeWorld", bound=World)


@contextmanager
def quiet(made: SomeWorld) -> Iterator[SomeWorld]:
    """A world of a test's own, stopped in the end. Whatever the test did, no alarm may have been raised."""
    try:
        yield made
        alarms = made.lab.alarms()
    finally:
        made.stop()
    assert alarms == []


class Started:
    """A running ansible-playbook."""

    def __init__(self, process: subprocess.Popen[bytes] | Forked, record: Path, output: Path) -> None:
        self.process = process
        self._record, self._output = record, output

    def wait(self, timeout: float = 240) -> Run:
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the run did not end:\n{self.said}") from None
        rows = self._record.read_text().splitlines() if self._record.exists() else []
        assert self.process.returncode is not None
        return Run(self.process.returncode, self.said, [Row(**json.loads(line)) for line in rows])

    @property
    def said(self) -> str:
        """Its output so far."""
        return self._output.read_text()

    def kill(self) -> None:
        """SIGKILL for the whole controller: ansible-playbook, its workers (which have sessions of their own) and their ssh clients."""
        family = [self.process.pid]
        self.process.send_signal(signal.SIGSTOP)
        for pid in family:
            family += children(pid)
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in task.read_text().split()]
        except OSError:
            continue
    return found


def until(what: Callable[[], Any], why: str, seconds: float = 60) -> Any:
    """Waits for a true value and answers it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:.0f} s in vain: {why}")


def _collections() -> list[str]:
    """Where the collection was imported from, as ansible-playbook has to look for it."""
    import ansible_collections.heliostat.vdc as collection

    return [str(Path(path).absolute().parents[2]) for path in collection.__path__ if "ansible_collections" in str(path)]
