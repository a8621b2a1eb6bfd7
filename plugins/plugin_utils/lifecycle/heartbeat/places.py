# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the daemons' files are on a host, the same on every platform."""

from __future__ import annotations

from dataclasses import dataclass

from ...model.heartbeat import Daemon

ROOT = "/opt/heliostat"
BIN = f"{ROOT}/bin"
ETC = "/etc/heliostat"
STATE = "/var/lib/heliostat"
SECRETS = f"{ETC}/secrets"
#: Of an agent's own making (AGENT_RUN_DIRECTORY): a boot empties it, and no restart may.
AGENT_RUN = "/var/run/heliostat-agent"
#: The monitor's sockets, where the control client looks for them. Its start makes it.
MONITOR_RUN = "/var/run/heliostat"
#: The control client, which comes with the monitor.
CLIENT = "heliostat-heartbeat"


@dataclass(frozen=True, slots=True)
class Places:
    daemon: Daemon

    @property
    def name(self) -> str:
        return f"heliostat-{self.daemon}"

    @property
    def programs(self) -> tuple[str, ...]:
        """Names of the programs, the daemon first."""
        return (self.name,) if self.daemon == "agent" else (self.name, CLIENT)

    def program(self, name: str = "") -> str:
        return f"{BIN}/{name or self.name}"

    @property
    def configuration(self) -> str:
        return f"{ETC}/{self.daemon}.conf"

    @property
    def keys(self) -> str:
        return f"{ETC}/{self.daemon}.keys"

    @property
    def applied(self) -> str:
        """What the running daemon was last started and reloaded with: digests, no secrets."""
        return f"{ETC}/{self.daemon}.applied"

    @property
    def state(self) -> str:
        """The monitor's own folder."""
        return f"{STATE}/monitor"

    @property
    def state_files(self) -> dict[str, str]:
        """Keyword of monitor.conf → file."""
        return {
            "state": f"{self.state}/state",
            "control": f"{MONITOR_RUN}/control",
            "events": f"{MONITOR_RUN}/events",
            "journal": f"{self.state}/journal",
            "metrics": f"{self.state}/heliostat.prom",
            "pid": f"{MONITOR_RUN}/pid",
        }

    @property
    def pid(self) -> str:
        return f"{AGENT_RUN}/pid" if self.daemon == "agent" else self.state_files["pid"]

    def secret(self, node: str, level: int, key: str) -> str:
        return f"{SECRETS}/{node}.{level}.{key}"

    # --- the service managers' ---------------------------------------------------------------------------------
    @property
    def manifest(self) -> str:
        return f"/var/svc/manifest/site/{self.name}.xml"

    @property
    def service(self) -> str:
        return f"svc:/application/heliostat/{self.daemon}"

    @property
    def unit(self) -> str:
        return f"{self.name}.service"

    @property
    def unit_file(self) -> str:
        return f"/etc/systemd/system/{self.unit}"


GATE_SERVICE = "svc:/application/heliostat/gate"
GATE_UNIT = "heliostat-gate.service"
GATE_UNIT_FILE = f"/etc/systemd/system/{GATE_UNIT}"
