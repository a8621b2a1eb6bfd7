# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of ILOM 4 and 5 on SPARC servers, as far as power, identity and health go.

Sources: Oracle ILOM CLI documentation (targets, properties, confirmations) and recorded sessions (banner, ``Target already started``,
``Performing hard reset on``, ``Invalid command 'X' - type help for a list of commands.``). A target or property not kept here is
answered as not simulated. Not established on real hardware: the words of ``show /HOST status`` other than ``Solaris running``, and
whether every firmware takes a command on the ssh command line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .console import STARTED, STOPPED

if TYPE_CHECKING:
    from .ilom import Processor

PROMPT = "-> "
CONSOLES = {"/SP/console", "/HOST/console"}
COMMANDS = ("cd", "create", "delete", "dump", "exit", "help", "load", "reset", "set", "show", "start", "stop", "version")
SHUTDOWN_SECONDS = 40.0  # of the lab's clock: an orderly stop lets the OS shut down

HELP = """The help command is used to view information about commands and targets

Usage: help [-format wrap|nowrap] [-o|-output terse|verbose] [<command>|legal|targets|<target>|<target> <property>]

Special characters used in the help command are
[]   encloses optional keywords or options
<>   encloses a description of the keyword
     (If <> is not present, an actual keyword is indicated)
|    indicates a choice of keywords or options

help targets  displays a list of targets
help legal    displays the product legal notice

Commands are:
"""


class Shell:
    """One session. ``write`` sends text, ``read`` gives the next line (None at the end)."""

    def __init__(self, processor: Processor, write: Callable[[str], object], read: Callable[[], Awaitable[str | None]]) -> None:
        self.processor, self.settings, self.simulation = processor, processor.settings, processor.simulation
        self.write, self.read = write, read
        self.machine = self.simulation.centre.machines[self.settings.machine]
        self.folder = "/"
        self.ended = False
        self.hidden: Callable[[], bool] = lambda: False  # whether what is typed now is a password on the host's console

    def banner(self) -> str:
        return (
            f"\nOracle(R) Integrated Lights Out Manager\n\nVersion {self.settings.firmware} r130503\n\n"
            f"Copyright (c) 2020, Oracle and/or its affiliates. All rights reserved.\n\nHostname: {self.settings.name}\n\n"
        )

    async def execute(self, line: str) -> None:
        words = line.split()
        if not words:
            return
        name, rest = words[0], words[1:]
        self.simulation.log(kind="sp", machine=self.settings.name, time=self.simulation.clock.now(), argv=words)
        if name == "exit":
            self.ended = True
        elif name == "version":
            self.version()
        elif name == "help" and not rest:
            self.write(HELP + "".join(f"{command}\n" for command in COMMANDS) + "\n")
        elif name == "cd":
            self.change(rest)
        elif name == "show":
            self.show(rest)
        elif name == "start" and (CONSOLES & set(rest)):
            await self.serial(rest)
        elif name in ("start", "stop", "reset"):
            await self.power(name, rest)
        elif name in COMMANDS:
            self.write(f"lab: not simulated: {line}\n\n")
        else:
            self.write(f"Invalid command '{name}' - type help for a list of commands.\n\n")

    def version(self) -> None:
        self.write(
            f"SP firmware {self.settings.firmware}\nSP firmware build number: 130503\n"
            "SP firmware date: Mon Mar 30 14:15:33 PDT 2020\nSP filesystem version: 0.2.10\n\n"
        )

    # --- targets --------------------------------------------------------------------------------------------------
    def properties(self) -> dict[str, dict[str, str]]:
        """Target -> its properties, as they are now."""
        machine, settings = self.machine, self.settings
        power = "On" if machine.powered else "Off"
        mac = next((nic.mac.upper() for nic in machine.nics), "00:10:E0:00:00:00")
        system = {
            "health": "OK",
            "health_details": "-",
            "open_problems_count": "0",
            "type": "Rack Mount",
            "model": machine.model,
            "qpart_id": "Q10852",
            "part_number": "33812525+1+1",
            "serial_number": machine.serial,
            "system_identifier": machine.name,
            "system_fw_version": "Sun System Firmware 9.10.3 2020/03/30 15:30",
            "primary_operating_system": "Oracle Solaris",
            "primary_operating_system_detail": "-" if not self.machine.running else machine.release_text.splitlines()[0].strip(),
            "host_primary_mac_address": mac,
            "ilom_address": settings.address,
            "ilom_mac_address": mac[:-2] + "FE",
            "locator_indicator": "Off",
            "power_state": power,
            "actual_power_consumption": "712 watts" if machine.powered else "24 watts",
            "action": "(Cannot show property)",
        }
        chassis = {
            "type": "Host System",
            "ipmi_name": "/SYS",
            "keyswitch_state": "Normal",
            "product_name": machine.model,
            "product_part_number": "33812525+1+1",
            "product_serial_number": machine.serial,
            "product_manufacturer": "Oracle Corporation",
            "fault_state": "OK",
            "clear_fault_action": "(none)",
            "power_state": power,
        }
        host = {
            "autorestart": "reset",
            "autorunonerror": "poweroff",
            "bootfailrecovery": "poweroff",
            "bootrestart": "none",
            "boottimeout": "0",
            "macaddress": mac.lower(),
            "maxbootfail": "3",
            "status": self.host_status(),
            "type": "Host System",
        }
        sp = {
            "check_physical_presence": "true",
            "customer_frudata": "(none)",
            "hostname": settings.name,
            "reset_to_defaults": "none",
            "system_contact": "(none)",
            "system_description": f"{machine.model}, ILOM v{settings.firmware}, r130503",
            "system_identifier": machine.name,
            "system_location": "(none)",
        }
        return {"/System": system, "/SYS": chassis, "/HOST": host, "/SP": sp, "/SP/faultmgmt": {}}

    def host_status(self) -> str:
        if not self.machine.powered:
            return "Powered Off"
        if self.machine.halted:
            return "OpenBoot running"
        return "Solaris running" if self.machine.running else "OpenBoot initializing"

    def known_target(self, word: str) -> str | None:
        """The target's proper name: names are not case-sensitive, and relative ones start at the present folder."""
        path = word if word.startswith("/") else f"{self.folder.rstrip('/')}/{word}"
        return next((name for name in ("/", *self.properties()) if name.lower() == (path.rstrip("/") or "/").lower()), None)

    def change(self, rest: list[str]) -> None:
        target = self.known_target(rest[0]) if len(rest) == 1 else None
        if target is None:
            self.write("cd: Invalid target\n\n" if rest else f"{self.folder}\n\n")
            return
        self.folder = target
        self.write(f"{target}\n\n")

    def show(self, words: list[str]) -> None:
        sections, rest = {"targets", "properties", "commands"}, []
        words = list(words)
        while words:
            word = words.pop(0)
            if word in ("-d", "-display"):
                sections = set((words.pop(0) if words else "").split(","))
            elif word in ("-o", "-output", "-l", "-level", "-a", "-script"):
                if word in ("-o", "-output", "-l", "-level"):
                    words[:1] = []
            else:
                rest.append(word)
        if rest and rest[0] == "faulty":
            self.write(
                "Target              | Property               | Value\n"
                "--------------------+------------------------+---------------------------------\n\n"
            )
            return
        target = self.known_target(rest[0]) if rest and not self.is_property(rest[0]) else self.folder
        if target is None:
            self.write("show: Invalid target " + rest[0] + "\n\n")
            return
        names = rest[1:] if rest and not self.is_property(rest[0]) else rest
        self.display(target, names, sections)

    def is_property(self, word: str) -> bool:
        return not word.startswith("/") and word in self.properties().get(self.folder, {})

    def display(self, target: str, names: list[str], sections: set[str]) -> None:
        values = self.properties().get(target, {})
        for name in names:
            if name not in values:
                self.write(f"show: No matching properties found: {name}\n\n")
                return
        lines = ["", f"  {target}"]
        if not names and "targets" in sections:
            top = target.rstrip("/") + "/"
            below = [path for path in self.properties() if path.startswith(top) and "/" not in path.removeprefix(top)]
            lines += ["    Targets:", *(f"        {path.rpartition('/')[2]}" for path in below if path != "/SYS"), ""]
        if "properties" in sections:
            lines += ["    Properties:", *(f"        {name} = {value}" for name, value in values.items() if not names or name in names), ""]
        if not names and "commands" in sections:
            extra = ["reset"] if target != "/" and target != "/SP/faultmgmt" else []
            start = ["start", "stop"] if target in ("/System", "/SYS") else []
            lines += ["    Commands:", *(f"        {name}" for name in ["cd", *extra, "set", "show", *start]), ""]
        self.write("\n".join(lines) + "\n\n")

    async def serial(self, words: list[str]) -> None:
        """``start [-script] /SP/console``: the host's serial console until ``#.``."""
        options = set(words) - CONSOLES
        if not options <= {"-script", "-f", "-force"}:
            self.write(f"lab: not simulated: start {' '.join(words)}\n\n")
            return
        target = next(word for word in words if word in CONSOLES)
        if "-script" not in options:
            self.write(f"Are you sure you want to start {target} (y/n)? ")
            answer = await self.read()
            if answer is None or answer.strip().lower() not in ("y", "yes"):
                self.write("Command aborted.\n\n")
                return
        self.write(f"\n{STARTED}\n")
        self.hidden = self.processor.console.secret
        try:
            await self.processor.console.attend(self.write, self.read)
        finally:
            self.hidden = lambda: False
        self.write(STOPPED)

    # --- power ----------------------------------------------------------------------------------------------------
    async def power(self, name: str, words: list[str]) -> None:
        options = [word for word in words if word.startswith("-")]
        rest = [word for word in words if not word.startswith("-")]
        target = self.known_target(rest[0]) if rest else self.folder
        force = any(option in ("-f", "-force") for option in options)
        if target not in ("/System", "/SYS") or any(option not in ("-f", "-force", "-script") for option in options):
            if target in self.properties() or (rest and rest[0].startswith(("/SP", "/HOST"))):
                self.write(f"lab: not simulated: {name} {' '.join(words)}\n\n")
            else:
                self.write(f"{name}: Invalid target {' '.join(rest)}\n\n".replace("  ", " "))
            return
        immediately = "immediately " if force and name == "stop" else ""
        if "-script" not in options:
            self.write(f"Are you sure you want to {immediately}{name} {target} (y/n)? ")
            answer = await self.read()
            if answer is None or answer.strip().lower() not in ("y", "yes"):
                self.write("Command aborted.\n\n")
                return
        await self.act(name, target, force)

    async def act(self, name: str, target: str, force: bool) -> None:
        power, machine = self.simulation.power, self.machine
        if name == "start":
            if machine.powered:
                self.write("start: Target already started\n\n")
                return
            self.write(f"Starting {target}\n\n")
            await power.on(machine.name)
        elif name == "stop":
            if not machine.powered:
                self.write("stop: Target already stopped\n\n")
                return
            self.write(f"Stopping {target}{' immediately' if force else ''}\n\n")
            if force:
                await power.off(machine.name)
            else:
                power.orderly_off(machine, SHUTDOWN_SECONDS)
        elif not machine.powered:
            self.write(f"Performing hard reset on {target} failed\nreset: Target already stopped\n\n")
        else:
            self.write(f"Performing hard reset on {target}\n\n")
            await power.reset(machine.name)
