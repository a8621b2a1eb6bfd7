# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemctl(1): what a unit is, and the commands that change it. For the Linux hosts of the heartbeat's daemons."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import CommandFailed, InvalidDefinition, ParseError

#: ActiveState (systemd.unit(5), org.freedesktop.systemd1(5)).
STATES = ("active", "reloading", "refreshing", "inactive", "failed", "activating", "deactivating", "maintenance")
_WANTED = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NeedDaemonReload")
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.@\\-]*\.(?:service|target)\Z")


@dataclass(frozen=True, slots=True)
class Unit:
    """``known`` is False where systemd has no such unit; ``stale`` is True where its file is newer than what systemd holds."""

    known: bool
    state: str
    sub_state: str
    enabled: bool
    stale: bool


def _unit(name: str) -> str:
    if not _UNIT.match(name):
        raise InvalidDefinition(f"unit {name!r}: a name and .service or .target.")
    return name


def show(unit: str) -> Command:
    """Output: ``parse``."""
    return Command.of("systemctl", "show", *(word for key in _WANTED for word in ("-p", key)), _unit(unit))


def parse(output: Output) -> Unit:
    """``KEY=VALUE`` lines in any order. Raises CommandFailed where systemctl failed: a unit that is not there is no failure."""
    if output.rc != 0:
        raise CommandFailed(f"'systemctl show' ended with {output.rc}: {output.stderr.strip() or 'no message'}")
    found = dict(line.split("=", 1) for line in output.stdout.splitlines() if "=" in line)
    missing = [key for key in _WANTED if key not in found]
    if missing or found["ActiveState"] not in STATES:
        raise ParseError(f"systemctl show: {'no ' + missing[0] if missing else 'unknown state'} in {output.stdout[:300]!r}")
    return Unit(
        known=found["LoadState"] not in ("not-found", "masked"),
        state=found["ActiveState"],
        sub_state=found["SubState"],
        enabled=found["UnitFileState"] == "enabled",
        stale=found["NeedDaemonReload"] == "yes",
    )


def daemon_reload() -> Command:
    return Command.of("systemctl", "daemon-reload")


def enable(unit: str) -> Command:
    return Command.of("systemctl", "enable", _unit(unit))


def start(unit: str) -> Command:
    return Command.of("systemctl", "start", _unit(unit))


def restart(unit: str) -> Command:
    return Command.of("systemctl", "restart", _unit(unit))


def reload(unit: str) -> Command:
    return Command.of("systemctl", "reload", _unit(unit))


def disable(unit: str) -> Command:
    """Stops it too."""
    return Command.of("systemctl", "disable", "--now", _unit(unit))


def forget(unit: str) -> Command:
    """A unit that failed and whose file is gone stays known until it is reset."""
    return Command.of("systemctl", "reset-failed", _unit(unit), ok=(0, 1))
