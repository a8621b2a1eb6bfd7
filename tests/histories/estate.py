# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's side of a history: the product's own actions, one after the other, against the lab in this process.

An action runs as a task makes it, with Ansible's connection plugin, templar and task; only ansible-playbook around it is left out. A
``Strike`` breaks a run at one of its round trips.
"""

from __future__ import annotations

import importlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository

from . import agreement, centre
from .laboratory import Laboratory
from .outcome import Outcome
from .wire import Wire

#: The estate that connections lead to.
PRESENT: list[Estate] = []

ACTIONS = "ansible_collections.heliostat.vdc.plugins.action"


class NoAnswer(Exception):
    """ssh gives up."""


class Killed(BaseException):
    """The controller is gone: nothing of it runs any more. No ``except Exception`` sees it."""


@dataclass
class Strike:
    """What breaks a run, at its round trip number ``at``, after ``ran`` of that round trip's commands."""

    kind: Literal["kill", "cut", "power"]
    at: int
    ran: int
    struck: bool = False


@dataclass
class Estate:
    laboratory: Laboratory
    folder: Path
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    strike: Strike | None = None
    trips: int = 0
    told: Callable[[str], None] = lambda text: None

    def __post_init__(self) -> None:
        self.wires = {name: Wire(self.laboratory, name) for name in centre.NODES}
        self.hosts = centre.hosts()
        self.database = self.folder / "repository.db"
        self.url = f"sqlite:///{self.database}"
        self.loader = DataLoader()
        self.dead = subprocess.Popen(["true"])
        self.dead.wait()
        connection_loader.add_directory(str(Path(__file__).parent / "connection"))
        PRESENT[:] = [self]
        self.registered = self.folder / "registered.db"
        self.new_repository()
        for name in centre.NODES:
            found = self.task("node", name)
            assert not found.failed, found.message
        with open_repository(self.url) as repository:
            repository.backup(self.registered)

    def reset(self) -> None:
        """The first day: nodes registered, nothing declared."""
        self.laboratory.reset()
        self.declared.clear()
        self.strike = None
        self._forget()
        shutil.copy(self.registered, self.database)

    def _forget(self) -> None:
        for path in self.folder.glob(self.database.name + "*"):
            path.unlink()

    def new_repository(self) -> None:
        """What was remembered is lost."""
        self._forget()
        open_repository(self.url, create=True).close()

    # --- the way to the machines --------------------------------------------------------------------------------------
    def carry(self, host: str, command: str, script: str) -> tuple[int, str, str]:
        """What a connection to ``host`` does."""
        if host.endswith("-sp"):
            return 0, self.laboratory.ask_processor(host, command), ""
        if not self.laboratory.answers(host):
            raise NoAnswer(f"Failed to connect to the host via ssh: ssh: connect to host {host} port 22: No route to host")
        self.trips += 1
        strike = self.strike
        if strike is None or strike.struck or strike.at != self.trips:
            return self.wires[host].run(script)
        strike.struck = True
        found = self.wires[host].run(script, most=strike.ran)
        self.told(f"  {strike.kind} at round trip {self.trips} to {host}, after {strike.ran} of its commands")
        if strike.kind == "power":
            self.laboratory.power_off(host)
            raise NoAnswer(f"Failed to connect to the host via ssh: Connection to {host} closed by remote host.")
        if strike.kind == "kill":
            self._die()
        return (255, *found[1:])

    def _die(self) -> None:
        """The repository stays as it was when the controller died, whatever is done on the way out."""
        for path in self.folder.glob(self.database.name + "*"):
            shutil.copy(path, self.folder / f"killed{path.name.removeprefix(self.database.name)}")
        raise Killed

    def _as_it_died(self) -> None:
        self._forget()
        for path in list(self.folder.glob("killed*")):
            path.rename(self.folder / f"{self.database.name}{path.name.removeprefix('killed')}")
        with sqlite3.connect(self.database) as connection:
            connection.execute("UPDATE object_lock SET pid = ?, process_started = ''", (self.dead.pid,))
        connection.close()

    # --- tasks --------------------------------------------------------------------------------------------------------
    def variables(self, host: str) -> dict[str, Any]:
        everybody = {
            "heliostat_repository": self.url,
            "heliostat_networks": centre.NETWORKS,
            "heliostat_luns": {name: {"guid": guid, "array": f"array-{2 - int(guid, 16) % 2}"} for guid, name in centre.LUNS.items()},
        }
        vservers = {name: {"inventory_hostname": name, "heliostat_vserver": declared} for name, declared in self.declared.items()}
        known = {name: {"inventory_hostname": name, **everybody, **values} for name, values in self.hosts.items()} | vservers
        return {**known[host], "hostvars": known}

    def task(self, module: str, host: str = "localhost", *, check: bool = False, strike: Strike | None = None, **args: Any) -> Outcome:
        """One task of ours on one host. Anything but Ansible's own errors is a defect and raised."""
        task = Task()
        task.action, task.args, task.check_mode, task.diff = f"heliostat.vdc.{module}", args, check, False
        context = PlayContext()
        context.remote_addr = host
        connection = connection_loader.get("laboratory" if host in centre.NODES else "local", context)
        connection.set_options()
        plugin = importlib.import_module(f"{ACTIONS}.{module}").ActionModule
        made = plugin(task, connection, context, self.loader, Templar(loader=self.loader), None)
        self.strike, self.trips = strike, 0
        try:
            return Outcome(made.run(task_vars=self.variables(host)))
        except Killed:
            self._as_it_died()
            return Outcome({"msg": "killed"}, killed=True)
        except AnsibleError as error:
            return Outcome({"failed": True, "msg": str(error)})
        finally:
            self.strike = None

    def records(self) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
        """What the repository remembers: vServers, moves on their way, nodes."""
        with open_repository(self.url) as repository:
            return (
                {record.name: record for record in repository.vservers()},
                dict(repository.moves()),
                {node.name: node for node in repository.nodes()},
            )

    def thrice(self, module: str, host: str = "localhost", *, strike: Strike | None = None, **args: Any) -> Outcome:
        """Check mode, the run, check mode again, as long as nothing breaks it: the plan is the run's, and afterwards there is none.

        Restarting and moving to whatever other node begin anew every time.
        """
        checked = None if strike else self.task(module, host, check=True, **args)
        done = self.task(module, host, strike=strike, **args)
        if done.failed or (strike and strike.struck):
            return done
        if checked is not None:
            agreement.same_plan(checked, done)
        if args.get("state") != "restarted" and (module != "migration" or "target" in args):
            again = self.task(module, host, check=True, **args)
            assert not again.plan and not again.failed, f"the same again: {again.message} {again.plan}"
        return done

    # --- what the playbooks do -----------------------------------------------------------------------------------------
    def deploy(self, names: Sequence[str], strike: Strike | None = None) -> list[Outcome]:
        """vserver_deploy: a home for each, then every node's own. A node that does not answer drops out of the play."""
        placed = self.task("placement", names=list(names))
        found = [placed]
        homes: Mapping[str, str] = placed.result.get("placements", {})
        for node in centre.NODES:
            living = sorted(name for name, home in homes.items() if home == node)
            if living and not found[-1].killed and self.laboratory.answers(node):
                found.append(self.thrice("vservers", node, names=living, strike=strike, state="running"))
        return found
