# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A monitor of a few lines, for tests of the agent: it hears keep-alives and answers as it is told.

Written from wire/packet.h's description, not from its code.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import struct
import threading
import time
from dataclasses import dataclass

HEADER = struct.Struct(">IBBHIIQQQB7x")
KEEPALIVE = struct.Struct(">qQqIIIIBBBxIIIII")
ANSWER = struct.Struct(">qQQQqIB3x")
SOLICIT = struct.Struct(">Q")
MAGIC, VERSION = 0x48564842, 1
TYPE_KEEPALIVE, TYPE_ANSWER, TYPE_SOLICIT = 1, 2, 3
UNARMED, HELD, EXPIRED, NONE = range(4)
LEAVING, GATED, SLOT, SOLICITED = 1, 2, 4, 8
CHALLENGE, EXTENDS, WANTS_VOTE, QUARANTINED = 1, 2, 4, 8


@dataclass(frozen=True)
class KeepAlive:
    """One keep-alive, with the path it came over and when (monotonic seconds here)."""

    path: int
    at: float
    node: int
    incarnation: int
    boot: int
    sequence: int
    sent: int
    session: int
    vote_echo: int
    vote: int
    lease_ms: int
    halt_ms: int
    interval_ms: int
    lease: int
    self_fence: int
    flags: int
    load: int
    memory_total: int
    memory_free: int
    zones: int
    monitors: int


class Monitor:
    """Listens on a port of 127.0.0.1 for each path; answers from its own thread until it is closed."""

    def __init__(self, number: int, key_id: int, key: bytes, paths: list[int]) -> None:
        self.number, self.key_id, self.key = number, key_id, key
        self.session = secrets.randbits(64)
        self.incarnation = secrets.randbits(64) | 1
        self.sequence = 0
        self.flags = EXTENDS
        self.answering = True
        self.silent: set[int] = set()
        self.heard: list[KeepAlive] = []
        self.sockets: dict[int, socket.socket] = {}
        self.peer: dict[int, tuple[str, int]] = {}
        for path in paths:
            self.sockets[path] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sockets[path].bind(("127.0.0.1", 0))
            self.sockets[path].settimeout(0.05)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._listen, args=(path,)) for path in paths]
        for thread in self._threads:
            thread.start()

    def port(self, path: int) -> int:
        return int(self.sockets[path].getsockname()[1])

    def close(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for one in self.sockets.values():
            one.close()

    def sealed(self, kind: int, receiver: int, path: int, body: bytes) -> bytes:
        self.sequence += 1
        head = HEADER.pack(MAGIC, VERSION, kind, self.key_id, self.number, receiver, self.incarnation, 7, self.sequence, path)
        return head + body + hmac.new(self.key, head + body, hashlib.sha256).digest()

    def answer(self, to: KeepAlive) -> bytes:
        challenged = to.session != self.session
        flags = CHALLENGE if challenged else self.flags & ~EXTENDS if to.flags & LEAVING else self.flags
        body = ANSWER.pack(time.monotonic_ns() // 1000, self.session, to.incarnation, to.sequence, to.sent, 1000, flags)
        return self.sealed(TYPE_ANSWER, to.node, to.path, body)

    def solicit(self, path: int, node: int) -> None:
        self.sockets[path].sendto(self.sealed(TYPE_SOLICIT, node, path, SOLICIT.pack(self.session)), self.peer[path])

    def _listen(self, path: int) -> None:
        while not self._ended.is_set():
            try:
                data, peer = self.sockets[path].recvfrom(2048)
            except TimeoutError:
                continue
            head = HEADER.unpack_from(data)
            assert head[:4] == (MAGIC, VERSION, TYPE_KEEPALIVE, self.key_id), head
            assert head[5] == self.number and head[9] == path, head
            assert len(data) == HEADER.size + KEEPALIVE.size + 32
            assert hmac.compare_digest(data[-32:], hmac.new(self.key, data[:-32], hashlib.sha256).digest())
            fields = KEEPALIVE.unpack_from(data, HEADER.size)
            keepalive = KeepAlive(path, time.monotonic(), head[4], head[6], head[7], head[8], *fields)
            self.heard.append(keepalive)
            self.peer[path] = peer
            if self.answering and path not in self.silent:
                self.sockets[path].sendto(self.answer(keepalive), peer)
