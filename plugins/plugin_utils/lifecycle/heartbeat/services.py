# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemons under SMF (service_bundle(5), smf_method(5), svc.startd(1M)) and systemd (systemd.service(5), systemd.exec(5)), as text."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from ...model.errors import InvalidDefinition
from ...model.heartbeat import DURATION, Daemon
from . import places
from .places import Places

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(duration: str) -> float:
    """Of ``250ms``, ``10s``. Raises InvalidDefinition."""
    found = DURATION.match(duration)
    if not found:
        raise InvalidDefinition(f"{duration!r} is no duration such as 250ms or 10s.")
    return int(found[1]) * _UNITS[found[2]]


def stop_time(lease: str = "", halt: str = "") -> int:
    """Seconds that an agent may take to end: it keeps to its lease until a monitor has heard its good-bye. Killed before, it is missed."""
    return int(seconds(lease or "10s") + seconds(halt or "5s")) + 15


def _fmri(value: str) -> str:
    return f"<service_fmri value={quoteattr(value)}/>"


def _dependency(name: str, fmri: str, *, grouping: str = "require_all", restart_on: str = "none") -> str:
    return f"    <dependency name='{name}' grouping='{grouping}' restart_on='{restart_on}' type='service'>{_fmri(fmri)}</dependency>\n"


def _method(name: str, command: str, timeout: int) -> str:
    return f"    <exec_method type='method' name='{name}' exec={quoteattr(command)} timeout_seconds='{timeout}'/>\n"


_CONTEXT = "    <method_context working_directory='/'><method_credential user='root' group='root'/></method_context>\n"
_NETWORK = _dependency("filesystem", "svc:/system/filesystem/local") + _dependency("network", "svc:/milestone/network")


def _service(name: str, title: str, parts: str) -> str:
    return (
        f"  <service name='application/heliostat/{name}' type='service' version='1'>\n"
        "    <create_default_instance enabled='false'/>\n    <single_instance/>\n"
        f"{parts}"
        "    <stability value='Evolving'/>\n"
        f"    <template><common_name><loctext xml:lang='C'>{title}</loctext></common_name></template>\n"
        "  </service>\n"
    )


def manifest(daemon: Daemon, *, gated: bool = False, stop: int = 60) -> str:
    """The manifest of a daemon; an agent's has the gate too, on which svc:/system/zones waits where the node is ``gated``.

    A process of the contract that dumps core or is killed (a fence agent, a slot writer) is the daemon's business, not startd's
    (``ignore_error``): only an empty contract starts it again. Signals go to the daemon alone, by its number, never to its children.
    startd runs the stop method of a daemon that died too; it succeeds, else the service would end in maintenance. Whether the daemon
    has gone startd sees by its contract.
    """
    own = Places(daemon)
    by_number = f"/usr/bin/kill -%s `/usr/bin/cat {own.pid}`"
    start = f"{own.program()} --config {own.configuration}"
    if daemon == "monitor":  # a boot empties /var/run
        start = f"/bin/sh -c 'mkdir -p {places.MONITOR_RUN} && exec {start}'"
    parts = (
        _NETWORK
        + _CONTEXT
        + _method("start", start, 60)
        + _method("stop", f"/bin/sh -c '{by_number % 'TERM'}; exit 0'", stop)
        + _method("refresh", by_number % "HUP", 30)
        + "    <property_group name='startd' type='framework'>\n"
        "      <propval name='duration' type='astring' value='contract'/>\n"
        "      <propval name='ignore_error' type='astring' value='core,signal'/>\n"
        "    </property_group>\n"
    )
    services = _service(daemon, f"heliostat {daemon} of the heartbeat", parts)
    if daemon == "agent":
        services += _gate(own, gated)
    return (
        "<?xml version='1.0'?>\n<!DOCTYPE service_bundle SYSTEM '/usr/share/lib/xml/dtd/service_bundle.dtd.1'>\n"
        "<!-- Made from the inventory. A change made here is undone by the next deployment. -->\n"
        f"<service_bundle type='manifest' name='{own.name}'>\n{services}</service_bundle>\n"
    )


def _gate(own: Places, gated: bool) -> str:
    """Not gated: the dependency that an earlier manifest gave svc:/system/zones is taken away (attribute ``delete``)."""
    taken = "" if gated else " delete='true'"
    parts = (
        _dependency("agent", f"{own.service}:default")
        + f"    <dependent name='heliostat-gate' grouping='require_all' restart_on='none'{taken}>"
        + f"{_fmri('svc:/system/zones:default')}</dependent>\n"
        + _CONTEXT
        + _method("start", f"{own.program()} --config {own.configuration} --wait-lease", 0)
        + _method("stop", ":true", 30)
        + "    <property_group name='startd' type='framework'>\n"
        + "      <propval name='duration' type='astring' value='transient'/>\n    </property_group>\n"
    )
    return _service("gate", "heliostat gate: nothing that can fail over starts before the lease is held", parts)


#: What systemd keeps from the daemons besides. An agent stops the machine (reboot(2), sysrq), feeds watchdogs and writes disks.
_HARDENED: dict[Daemon, tuple[str, ...]] = {
    "agent": (
        "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "ProtectHome=yes", "RestrictNamespaces=yes", "RestrictSUIDSGID=yes",
        "SystemCallArchitectures=native",
    ),
    "monitor": (
        "LockPersonality=yes", "PrivateTmp=yes", "ProtectControlGroups=yes", "ProtectHome=yes", "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes", "ProtectSystem=full", "RestrictNamespaces=yes", "RestrictSUIDSGID=yes",
        "SystemCallArchitectures=native",
    ),
}  # fmt: skip


def unit(daemon: Daemon, *, stop: int = 60) -> str:
    """A systemd unit. Only the daemon gets SIGTERM; what is left when it has ended is killed.

    An agent has no RuntimeDirectory: systemd would empty it at a stop, and with it the record of its lease.
    """
    own = Places(daemon)
    hardened = "\n".join(_HARDENED[daemon])
    runs_in = "RuntimeDirectory=heliostat\n" if daemon == "monitor" else ""
    return f"""\
# Made from the inventory. A change made here is undone by the next deployment.
[Unit]
Description=heliostat {daemon} of the heartbeat
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={own.program()} --config {own.configuration} --foreground
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
Restart=always
RestartSec=200ms
KillMode=mixed
TimeoutStopSec={stop}
LimitMEMLOCK=infinity
LimitRTPRIO=99
LimitCORE=0
OOMScoreAdjust=-1000
{runs_in}{hardened}

[Install]
WantedBy=multi-user.target
"""


def gate_unit() -> str:
    """For ``Requires=`` and ``After=`` of whatever must not start before the lease is held. A restart of the agent does not stop it."""
    own = Places("agent")
    return f"""\
# Made from the inventory. A change made here is undone by the next deployment.
[Unit]
Description=heliostat gate: nothing that can fail over starts before the lease is held
Wants={own.unit}
After={own.unit}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={own.program()} --config {own.configuration} --wait-lease
TimeoutStartSec=infinity

[Install]
WantedBy=multi-user.target
"""
