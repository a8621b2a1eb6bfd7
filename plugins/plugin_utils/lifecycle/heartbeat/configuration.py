# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""agent.conf and monitor.conf as text, and what of them a reload cannot change.

Their words: src/agent/agent_configuration_lines.c, src/monitor/configuration.h.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.heartbeat import Beating, Daemon, Estate, FenceLevel, Watching
from .places import Places

_HEAD = "# Made from the inventory. A change made here is undone by the next deployment.\n"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@+%[]*")

#: Keywords that only a restart changes (guard_reconfigure in src/agent, configuration_fixed in src/monitor).
FIXED: dict[Daemon, frozenset[str]] = {
    "agent": frozenset({"node", "user", "run-directory"}),
    "monitor": frozenset({"id", "listen", "control", "control-group", "events", "slot", "user", "state", "pid"}),
}


def word(text: str) -> str:
    """One word of a line, in quotes where it must be."""
    if text and set(text) <= _PLAIN:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lines(lines: Iterable[str]) -> str:
    return _HEAD + "".join(f"{line}\n" for line in lines)


def agent(estate: Estate, node: Beating, places: Places) -> str:
    """Paths over which no monitor is reached are left out, as are monitors that share none."""
    ways = {
        monitor.id: [(name, monitor.paths[name]) for name in node.paths if name in monitor.paths] for monitor in estate.monitors.values()
    }
    used = {name for found in ways.values() for name, _address in found}
    lines = [f"node {node.id} {node.name}"]
    lines += [f"path {estate.paths[name]} {name} {address}" for name, address in node.paths.items() if name in used]
    for number, found in sorted(ways.items()):
        if found:
            lines.append(" ".join([f"monitor {number}", *(f"path {estate.paths[name]} {address}" for name, address in found)]))
    lines.append(f"keys {places.keys}")
    lines.append(" ".join(["self-fence", *node.self_fence]))
    lines += [f"zones {zone}" for zone in node.zones]
    lines.append(f"gated {'yes' if node.gated else 'no'}")
    if node.user:
        lines.append(f"user {node.user}")
    lines += [f"{keyword.replace('_', '-')} {words}" for keyword, words in sorted(node.settings.items())]
    return _lines(lines)


def monitor(estate: Estate, own: Watching, places: Places) -> str:
    lines = [f"id {own.id}"]
    lines += [f"listen {estate.paths[name]} {address}" for name, address in own.paths.items()]
    for peer in sorted(estate.monitors.values(), key=lambda one: one.id):
        if peer.id != own.id:
            lines += [f"peer {peer.id} {estate.paths[name]} {peer.paths[name]}" for name in own.paths if name in peer.paths]
    lines += [f"reference {reference}" for reference in own.references]
    lines += [f"keys {places.keys}", *(f"{keyword} {path}" for keyword, path in places.state_files.items())]
    if own.control_group:
        lines.append(f"control-group {own.control_group}")
    if own.user:
        lines.append(f"user {own.user}")
    lines += [f"{keyword} {words}" for keyword, words in sorted(own.settings.items())]
    for node in estate.nodes.values():
        lines.append(f"node {node.id} {node.name}")
        if node.lease_proof:
            lines.append(f"lease-proof {node.name} {node.lease_proof}")
        lines += [f"probe {node.name} {probe}" for probe in node.probes]
        lines += [_fence(node.name, number, level, places) for number, level in enumerate(node.levels, 1)]
    return _lines(lines)


def _fence(node: str, number: int, level: FenceLevel, places: Places) -> str:
    words = ["fence", node, str(number), level.kind]
    if level.kind != "slot":
        words.append(level.agent)
        words += [f"{key}={value}" for key, value in level.options.items()]
        words += [f"{key}=@{places.secret(node, number, key)}" for key in level.secrets]
    words += [f"{key}={value}" for key, value in sorted(level.times.items())]
    return " ".join(word(one) for one in words)


def secrets(estate: Estate, places: Places) -> dict[str, str]:
    """Path → content of the files that fence levels name."""
    return {
        places.secret(node.name, number, key): f"{value}\n"
        for node in estate.nodes.values()
        for number, level in enumerate(node.levels, 1)
        for key, value in level.secrets.items()
    }


def fixed(daemon: Daemon, text: str) -> Sequence[str]:
    """The lines that only a restart changes. The first ICMP probe of a monitor is one: its socket is opened as root."""
    lines = [line for line in text.splitlines() if line.split(" ", 1)[0] in FIXED[daemon]]
    icmp = daemon == "monitor" and any(line.startswith(("probe ", "reference ")) and " icmp " in f" {line} " for line in text.splitlines())
    return [*lines, *(["icmp"] if icmp else [])]


def node_number(text: str | None) -> int | None:
    """The number that a node has in its agent.conf."""
    for line in (text or "").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "node" and words[1].isdecimal():
            return int(words[1])
    return None
