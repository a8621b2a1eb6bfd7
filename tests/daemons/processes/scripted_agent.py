# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent of a few lines, for tests of the monitor. Its packets are scripted_monitor's: a second reading of wire/packet.h."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from .scripted_monitor import (
    ANSWER,
    EXTENDS,
    GATED,
    HEADER,
    HELD,
    KEEPALIVE,
    MAGIC,
    TYPE_ANSWER,
    TYPE_KEEPALIVE,
    UNARMED,
    VERSION,
    WANTS_VOTE,
)


def node_key(master: bytes, node: int) -> bytes:
    return hmac.new(master, b"heliostat node" + struct.pack(">I", node), hashlib.sha256).digest()


def digest(*monitors: int) -> int:
    """keepalive.monitors."""
    total = 0
    for number in monitors:
        mixed = (number ^ number >> 16) * 0x85EBCA6B & 0xFFFFFFFF
        mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
        total += mixed ^ mixed >> 16
    return total & 0xFFFFFFFF


@dataclass(frozen=True)
class Answer:
    path: int
    session: int
    echo_incarnation: int
    echo_sequence: int
    flags: int


@dataclass
class Agent:
    """Speaks every ``interval`` seconds over both paths from its own thread, until it is silenced."""

    node: int
    monitor: int
    key_id: int
    master: bytes
    ports: dict[int, int]
    interval: float = 0.05
    self_fence: int = 3
    flags: int = GATED
    boot: int = field(default_factory=lambda: secrets.randbits(63) | 1)
    incarnation: int = field(default_factory=lambda: secrets.randbits(63) | 1)

    def __post_init__(self) -> None:
        self.key = node_key(self.master, self.node)
        self.session, self.sequence, self.vote_echo, self.lease = 0, 0, 0, UNARMED
        self.answers: list[Answer] = []
        self.silent: set[int] = set()
        self.sockets = {path: socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for path in self.ports}
        for one in self.sockets.values():
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def silence(self) -> None:
        """As a crash: not another packet."""
        self.silent = set(self.ports)

    def speak(self) -> None:
        self.silent = set()

    def close(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        for one in self.sockets.values():
            one.close()

    def body(self) -> bytes:
        sent = time.monotonic_ns() // 1000
        vote = self.monitor if self.vote_echo else 0
        milliseconds = int(self.interval * 1000)
        return KEEPALIVE.pack(
            sent,
            self.session,
            self.vote_echo,
            vote,
            2000,
            1000,
            milliseconds,
            self.lease,
            self.self_fence,
            self.flags,
            250,
            4096,
            1024,
            3,
            digest(self.monitor),
        )

    def packet(
        self, path: int, *, kind: int = TYPE_KEEPALIVE, version: int = VERSION, magic: int = MAGIC, body: bytes | None = None
    ) -> bytes:
        self.sequence += 1
        head = HEADER.pack(MAGIC, version, kind, self.key_id, self.node, self.monitor, self.incarnation, self.boot, self.sequence, path)
        return self.sealed(head + (self.body() if body is None else body))

    def sealed(self, data: bytes) -> bytes:
        return data + hmac.new(self.key, data, hashlib.sha256).digest()

    def send(self, path: int, data: bytes) -> None:
        self.sockets[path].sendto(data, ("127.0.0.1", self.ports[path]))

    def hear(self) -> None:
        for path, one in self.sockets.items():
            while True:
                try:
                    self._heard(path, one.recv(2048))
                except (BlockingIOError, ConnectionRefusedError):
                    break

    def _heard(self, path: int, data: bytes) -> None:
        head = HEADER.unpack_from(data)
        assert head[:4] == (MAGIC, VERSION, head[2], self.key_id) and head[4:6] == (self.monitor, self.node) and head[9] == path, head
        assert hmac.compare_digest(data[-32:], hmac.new(self.key, data[:-32], hashlib.sha256).digest())
        if head[2] != TYPE_ANSWER:
            return
        assert len(data) == HEADER.size + ANSWER.size + 32
        sent, session, echo_incarnation, echo_sequence, _, _, flags = ANSWER.unpack_from(data, HEADER.size)
        self.answers.append(Answer(path, session, echo_incarnation, echo_sequence, flags))
        self.session = session
        self.lease = HELD if flags & EXTENDS else self.lease
        self.vote_echo = sent if flags & WANTS_VOTE else self.vote_echo

    def _run(self) -> None:
        while not self._ended.is_set():
            for path in self.ports:
                if path not in self.silent:
                    self.send(path, self.packet(path))
            time.sleep(min(self.interval, 0.01))
            self.hear()
            time.sleep(max(0.0, self.interval - 0.01))
