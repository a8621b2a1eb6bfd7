# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go wrong with the hosts' wires: loss by nftables, delay and reordering by a relay of our own (relay.c)."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


def rules(permille: Mapping[str, int]) -> str:
    """The nftables table that drops so much of what comes in and goes out by these ports, each direction by itself."""
    chains = []
    for port, share in permille.items():
        verdict = "drop" if share >= 1000 else f"numgen random mod 1000 < {share} drop"
        for hook in ("ingress", "egress"):
            chains.append(f'  chain {port}_{hook} {{ type filter hook {hook} device "{port}" priority 0; {verdict}; }}')
    return "table netdev faults {\n" + "\n".join(chains) + "\n}\n"


class Wires:
    """The namespace with the bridges; a host's wire of path P is the port NAMEpP of bridge bP."""

    def __init__(self, namespace: str, relay: Path | None) -> None:
        self.namespace, self.relay = namespace, relay
        self.dropping = False
        self.relays: dict[str, subprocess.Popen[bytes]] = {}

    def _run(self, *words: str, given: str | None = None) -> None:
        done = subprocess.run(["ip", "netns", "exec", self.namespace, *words], input=given, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}\n{given or ''}")

    def drop(self, permille: Mapping[str, int]) -> None:
        self._run("nft", "-f", "-", given=rules(permille))
        self.dropping = True

    def delay(self, port: str, milliseconds: float, jitter: float, duplicates: float = 0) -> None:
        """Every frame by the port takes so long, more or less by up to ``jitter``: later ones overtake. Percent come twice."""
        assert self.relay is not None
        bridge, outer, inner = f"b{port[-1]}", f"{port}o", f"{port}i"
        self._run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner)
        self._run("ip", "link", "set", outer, "master", bridge, "up")
        self._run("ip", "link", "set", inner, "up")
        words = ["ip", "netns", "exec", self.namespace, str(self.relay), port, inner]
        relay = subprocess.Popen([*words, str(milliseconds), str(jitter), str(duplicates)], stdout=subprocess.PIPE, start_new_session=True)
        self.relays[port] = relay
        assert relay.stdout is not None
        if relay.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the relay of {port} did not start")
        self._run("ip", "link", "set", port, "nomaster")

    def heal(self) -> None:
        if self.dropping:
            self._run("nft", "delete", "table", "netdev", "faults")
            self.dropping = False
        for port, relay in list(self.relays.items()):
            self._run("ip", "link", "set", port, "master", f"b{port[-1]}")
            self._run("ip", "link", "del", f"{port}o")
            relay.kill()
            relay.wait()
            del self.relays[port]

    def close(self) -> None:
        for relay in self.relays.values():
            relay.kill()
            relay.wait()
