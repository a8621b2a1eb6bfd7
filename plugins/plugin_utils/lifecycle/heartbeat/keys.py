# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of the heartbeat: which a host has at each step of a rotation, what is derived of them, and the files they stand in.

The derivation is that of src/wire/seal.h: HMAC-SHA-256(master, "heliostat node" || id as four bytes in network order).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from ...model.command import Command, Output
from ...model.errors import CommandFailed, InvalidDefinition, ParseError
from ...model.heartbeat import Key, KeyPhase


def node_key(master: str, node: int) -> str:
    """The key of one node, 64 hexadecimal digits, derived of a master key of 64. Raises InvalidDefinition."""
    if not 1 <= node < 2**32:
        raise InvalidDefinition(f"node number {node}: from 1 to {2**32 - 1}.")
    try:
        secret = bytes.fromhex(master)
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise InvalidDefinition("a master key has 64 hexadecimal digits.")
    return hmac.new(secret, b"heliostat node" + node.to_bytes(4, "big"), "sha256").hexdigest()


def of_node(masters: Sequence[Key], node: int) -> tuple[Key, ...]:
    return tuple(Key(key.id, node_key(key.secret, node)) for key in masters)


def wanted(phase: KeyPhase, declared: Sequence[int], present: Sequence[int] | None) -> tuple[int, ...]:
    """Numbers of the keys that a host is to have, the one it sends with first. ``present`` are those it has, None without a file.

    ``accept`` changes nothing but what is believed; so monitors accept before nodes use, and drop when all nodes do.
    """
    newest = declared[0]
    known = [number for number in present or () if number in declared]
    if phase == "only":
        return (newest,)
    if phase == "use":
        return (newest, *(number for number in known if number != newest))
    if not known:
        return tuple(declared)
    return tuple(known) if newest in known else (*known, newest)


def file_text(keys: Sequence[Key], numbers: Sequence[int]) -> str:
    """A key file (src/common/keyring.h)."""
    secrets = {key.id: key.secret for key in keys}
    return "".join(f"key {number} {secrets[number]}\n" for number in numbers)


def probe(path: str) -> Command:
    """The numbers alone of a key file's keys: nothing else of it leaves the host. Output: ``parse``."""
    return Command.of("sed", "-n", r"s/^key \([0-9]*\) .*/\1/p", path, ok=(0, 1, 2))


def parse(output: Output, path: str) -> tuple[int, ...]:
    """Of a file that is there. Solaris' sed says "Can't open" and not why, so whether there is one must be known. Raises CommandFailed."""
    if output.rc != 0 or output.stderr.strip():
        raise CommandFailed(f"{path}: its keys' numbers could not be read: {output.stderr.strip() or f'exit {output.rc}'}")
    if not all(line.isdecimal() for line in output.stdout.split()):
        raise ParseError(f"{path}: a key's number is no number.")
    return tuple(int(line) for line in output.stdout.split())
