# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running lab: puts truth, clock, machines, service processors and control together."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import secrets
import signal
import traceback
from pathlib import Path
from typing import Any

import asyncssh

from . import commands, faults, filesystem, interpreter, isolation, judge, privileges, tree
from .call import COMMANDS
from .centre import Centre
from .clock import Clock
from .commands.patches import depot
from .commands.ufs import boot as mount_table
from .commands.vxvm import nodes
from .commands.zoneadm.install import declare
from .dispatch import Dispatcher
from .power import Power, declared_running
from .real_zfs import RealStorage
from .sp.ilom import Processor
from .sshd import Host
from .startd import Startd
from .storage import Storage
from .store import Store, write_atomically
from .truth import DataCentre, Fault
from .ways import Switch

SAVE_DELAY = 0.1  # seconds between a change and its writing


def load_families() -> list[str]:
    """Import every command family; importing registers its commands. Answers what could not be imported: the lab runs without
    it (its commands are "not simulated") and says so in its status."""
    broken: list[str] = []
    for module in pkgutil.walk_packages(commands.__path__, commands.__name__ + ".", onerror=lambda name: None):
        try:
            importlib.import_module(module.name)
        except Exception:
            traceback.print_exc()
            broken.append(module.name.removeprefix(commands.__name__ + "."))
    return broken


class Simulation:
    def __init__(self, state: Path, centre_file: Centre, mode: str) -> None:
        self.state = state
        self.file = centre_file
        self.store = Store(state)
        self.centre: DataCentre = self.store.load() if self.store.exists() else centre_file.truth()
        self.clock = Clock(self.centre)
        filesystem.configure(state, mode == "namespaces")
        privileges.configure(centre_file.privileges)
        self.isolation = isolation.make(mode, state)
        self.isolation.mounts_appear = centre_file.real_zfs
        kinds = {"simulated": Storage, "real": RealStorage}
        self.storage = {name: kinds[machine.storage](self, machine) for name, machine in self.centre.machines.items()}
        self.dispatcher = Dispatcher(self)
        self.power = Power(self)
        self.startd = Startd(self)
        self.isolation.fell = self.power.fell
        self.port = centre_file.port
        self.switches = [Switch(self, name, way) for name, way in self.centre.ways.items()]
        self.client_key = self.key(state / "id_ed25519")
        self.hosts = {name: Host(self, machine) for name, machine in self.centre.machines.items()}
        self.processors = {sp.name: Processor(self, sp) for sp in centre_file.processors}
        self.executions = 0
        self.round_trips: dict[str, int] = {}
        self.dirty: set[str] = set()
        self.saver: asyncio.TimerHandle | None = None
        self.commands_log = (state / "commands.log").open("a", buffering=1)
        self.stopping = asyncio.Event()
        self.broken: list[str] = []
        self.started = False

    # --- keys -----------------------------------------------------------------------------------------------------
    def key(self, path: Path) -> asyncssh.SSHKey:
        """The private key of a file, made when it is not there."""
        if path.exists():
            return asyncssh.read_private_key(path)
        key = asyncssh.generate_private_key("ssh-ed25519", comment="lab")
        path.touch(mode=0o600)
        key.write_private_key(path)
        key.write_public_key(path.with_name(path.name + ".pub"))
        return key

    def host_key(self, name: str) -> asyncssh.SSHKey:
        folder = self.state / "machines" / name
        folder.mkdir(parents=True, exist_ok=True)
        return self.key(folder / "host_key")

    # --- start and stop -------------------------------------------------------------------------------------------
    async def start(self) -> None:
        """Everything up and listening. Raises OSError when no port is free for all addresses."""
        self.broken = load_families()
        (self.state / "pools").mkdir(exist_ok=True)
        releases = {tree.variant(machine) for machine in self.centre.machines.values()}
        tree.build_base(self.state, set(COMMANDS), releases, self.isolation.mode == "namespaces")
        if self.file.python:
            if self.isolation.mode != "namespaces":
                raise ValueError("python: true needs the isolation by namespaces, which this host does not allow")
            interpreter.provide(self.state / "base", releases)
        await self.dispatcher.start()
        for machine in self.centre.machines.values():
            root = tree.build_root(self.state, machine, self.isolation.mode == "namespaces")
            token = secrets.token_hex(16)
            self.dispatcher.tokens[token] = machine.name
            if self.file.python:
                interpreter.describe(root, machine)
            (root / ".lab/machine").write_text(f"LAB_PORT={self.dispatcher.port} LAB_TOKEN={token}\n")
        first = not self.store.exists()
        if first:
            for file in self.file.files:
                path = filesystem.resolve(self.centre.machines[file.machine], file.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file.text)
            for machine in self.centre.machines.values():
                depot.provide(self.centre, machine)
                declare(self.power.call(machine))
        await self.listen()
        for machine in self.centre.machines.values():
            if not machine.powered or not machine.running:
                continue
            await self.storage[machine.name].start(first)
            nodes.refresh(self.centre, machine)
            if first:
                declared_running(self.power.call(machine))
            if machine.level == "S" and not machine.single_user:
                await self.power.leave(machine, "single")  # the lab was stopped on the way there
            if not machine.single_user:
                self.startd.boot(machine, anew=False)
            unserved = machine.guest_of and not self.centre.machines[machine.guest_of].running
            if unserved or faults.lasting(self.centre, machine.name, "hang"):
                await self.power.hang(machine.name)
        for machine in self.centre.machines.values():
            if machine.powered and not machine.running and not machine.halted:
                self.power.start_boot(machine, 1.0)  # the lab was stopped while it booted
        for switch in self.switches:
            await switch.open()
        self.write_client_files()
        self.started = True
        self.save()

    async def listen(self) -> None:
        """Every address on one port: the file's, or a free one when that is taken."""
        for attempt in range(50):
            try:
                for host in self.hosts.values():
                    if host.machine.powered and host.machine.running:
                        await host.listen()
                for processor in self.processors.values():
                    await processor.listen()
                return
            except OSError:
                if attempt == 49:
                    raise
                for host in self.hosts.values():
                    await host.close_listener()
                for processor in self.processors.values():
                    await processor.close_listener()
                self.port = 20000 + secrets.randbelow(12000)

    async def stop(self) -> None:
        for switch in self.switches:
            switch.close()
        for name in self.hosts:
            self.startd.gone(self.centre.machines[name])
            await self.hosts[name].drop()
            self.isolation.signal_all(name, signal.SIGKILL)
            self.storage[name].end()
        for processor in self.processors.values():
            await processor.drop()
        if self.saver:
            self.saver.cancel()
        if self.started:
            self.save()
        self.commands_log.close()
        filesystem.forget()

    def write_client_files(self) -> None:
        """ssh_config and known_hosts for ordinary OpenSSH clients."""
        config, known = [], []
        hosts = [(name, host.machine.address, "root", host.key) for name, host in self.hosts.items()]
        hosts += [(name, sp.address, sp.settings.user, sp.key) for name, sp in self.processors.items()]
        for name, address, user, key in hosts:
            config.append(f"Host {name}\n  HostName {address}\n  User {user}\n")
            known.append(f"[{address}]:{self.port} {key.export_public_key().decode().strip()}\n")
        config.append(
            f"Host *\n  Port {self.port}\n  IdentityFile {self.state}/id_ed25519\n  IdentitiesOnly yes\n"
            f"  UserKnownHostsFile {self.state}/known_hosts\n"
            "  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n  UpdateHostKeys no\n  LogLevel ERROR\n"
        )
        write_atomically(self.state / "ssh_config", "".join(config))
        write_atomically(self.state / "known_hosts", "".join(known))

    # --- truth ----------------------------------------------------------------------------------------------------
    def changed(self, machine: str | None = None) -> None:
        """The truth may have changed: let the judge look, write it soon."""
        if not self.started:
            return
        if machine:
            self.dirty.add(machine)
            mount_table.mnttab(self.power.call(self.centre.machines[machine]))
        judge.judge(self.centre, self.clock.now())
        if self.saver is None:
            self.saver = asyncio.get_running_loop().call_later(SAVE_DELAY, self.save_changed)

    def save_changed(self) -> None:
        self.saver = None
        machines, self.dirty = self.dirty, set()
        self.store.save(self.centre, machines)

    def save(self) -> None:
        self.clock.fold()
        self.store.save(self.centre)

    def log(self, **fields: Any) -> None:
        self.commands_log.write(json.dumps(fields, separators=(",", ":")) + "\n")

    # --- faults ---------------------------------------------------------------------------------------------------
    async def awake(self, machine: str) -> None:
        """Waits while the machine hangs."""
        await self.hosts[machine].awake.wait()

    def cut(self, machine: str, session: str) -> None:
        """Break the ssh connection a command came through; the command runs on."""
        connection = self.hosts[machine].sessions.get(session)
        if connection:
            connection.abort()

    async def add_fault(self, fault: Fault) -> None:
        """Raises ValueError on a fault that could never strike."""
        faults.check(self.centre, fault)
        for storage in self.storage.values():
            storage.check(fault)
        if fault.kind == "clock_jump":
            self.clock.jump(fault.seconds)
        elif fault.kind == "power_cut":
            await self.power.off(fault.machine)
        elif fault.kind == "panic":
            await self.power.panic(fault.machine)
        else:
            self.centre.faults.append(fault)
        if fault.kind == "hang":
            await self.power.hang(fault.machine)
        if fault.kind == "lun_gone":
            self.centre.luns[fault.text].gone = True
        for nic in faults.nics(self.centre, fault) if fault.kind == "link_down" else ():
            nic.state = "down"
        for device in faults.quorum_devices(self.centre, fault) if fault.kind == "quorum_gone" else ():
            device.failed = True
        if fault.kind == "sp_dead":
            await self.apply_dead_processors()
        if fault.kind == "path_cut":
            await self.apply_cuts()
        self.changed()

    def clear_fault(self, machine: str, kind: str) -> None:
        self.centre.faults = [fault for fault in self.centre.faults if not (fault.machine == machine and fault.kind == kind)]

    async def clear_faults(self) -> None:
        cleared, self.centre.faults = self.centre.faults, []
        for fault in cleared:
            if fault.kind == "hang":
                await self.power.resume(fault.machine)
            if fault.kind == "lun_gone":
                self.centre.luns[fault.text].gone = False
            for nic in faults.nics(self.centre, fault) if fault.kind == "link_down" else ():
                nic.state = "up"
            for device in faults.quorum_devices(self.centre, fault) if fault.kind == "quorum_gone" else ():
                device.failed = False
        await self.apply_dead_processors()
        await self.apply_cuts()
        self.changed()

    async def apply_cuts(self) -> None:
        """ssh goes over the way that the machine's own address is one of."""
        for name, host in self.hosts.items():
            if faults.unreachable(self.centre, name):
                await host.drop()
            elif host.listener is None and host.machine.powered and host.machine.running and host.awake.is_set():
                await host.listen()

    async def apply_dead_processors(self) -> None:
        for processor in self.processors.values():
            dead = faults.lasting(self.centre, processor.settings.machine, "sp_dead") is not None
            if dead:
                await processor.drop()
            elif processor.listener is None:
                await processor.listen()
