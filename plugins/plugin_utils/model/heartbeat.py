# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who beats and who watches: nodes with their agents, management servers with their monitors, what they are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Daemon = Literal["agent", "monitor"]

#: What a rotation does with the keys of a host: ``accept`` takes the newest besides, ``use`` sends with it, ``only`` drops the others.
KeyPhase = Literal["accept", "use", "only"]

#: A time as the daemons' configurations have it: number, unit.
DURATION = re.compile(r"([0-9]+)(us|ms|s|min|h|d)\Z")

#: How a level of fencing works.
Kind = Literal["power", "storage", "slot"]
KINDS: tuple[Kind, ...] = ("power", "storage", "slot")


@dataclass(frozen=True, slots=True)
class Key:
    """A master key, 64 hexadecimal digits. It is not shown, not even in an error."""

    id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FenceLevel:
    """``options`` go to the agent as they are; ``secrets`` (option → text) each into a file of its own on the monitor."""

    kind: Kind
    agent: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    times: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beating:
    """A node. ``paths`` are its addresses by the path's name; ``settings`` are lines of agent.conf, keyword → words.

    ``probes``, ``lease_proof`` and ``levels`` are what monitors are told of it. ``user`` '' stays root.
    """

    name: str
    id: int
    paths: Mapping[str, str]
    self_fence: tuple[str, ...]
    zones: tuple[str, ...] = ()
    gated: bool = False
    user: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    lease_proof: str = ""
    levels: tuple[FenceLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """A management server. ``settings`` are lines of monitor.conf, keyword → words. ``state`` is the folder of what it remembers."""

    name: str
    id: int
    paths: Mapping[str, str]
    user: str = ""
    control_group: str = ""
    references: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estate:
    """All of them. ``paths`` numbers the paths by name; ``keys`` are the master keys, newest first."""

    paths: Mapping[str, int]
    nodes: Mapping[str, Beating]
    monitors: Mapping[str, Watching]
    keys: tuple[Key, ...]
