# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be placed where: nodes with room, objects with a size, and what must stay apart. Values only; nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

#: How much else may move so that something finds a home: nothing, what must, or whatever lowers the fullest node.
Moves = Literal["none", "needed", "balance"]

CATEGORIES = ("critical", "important", "normal", "best_effort")


@dataclass(frozen=True, slots=True)
class Target:
    """A node. ``capacity`` is what it may carry of each of ``Problem.dimensions``, headroom already taken off.

    ``domains`` are the failure domains that it is in, level → name (``{"chassis": "m10-1", "rack": "b7"}``); the node itself is one too.
    ``bearing`` is what counts for balance, where that differs from ``capacity``.
    """

    name: str
    capacity: tuple[float, ...]
    domains: Mapping[str, str] = field(default_factory=dict)
    bearing: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A vServer, or a guest domain with the vServers in it (``carries``).

    ``size`` is kept free for it, in the units of ``Problem.dimensions``; ``load`` is what it was measured to use, which is what balance
    is about (None: as its size). ``home`` is the node that it is on; without one, or with one that is not in the problem, it looks for a
    home. ``bound``: why it stays where it is whatever else moves (frozen, owned by a cluster).
    """

    name: str
    size: tuple[float, ...]
    load: tuple[float, ...] | None = None
    category: str = "normal"
    priority: int = 50
    home: str | None = None
    bound: str = ""
    carries: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, int]:
        """The smaller the more it matters."""
        return CATEGORIES.index(self.category), -self.priority


@dataclass(frozen=True, slots=True)
class Apart:
    """No two of ``members`` share a failure domain of this ``level`` (``node``, or one of ``Target.domains``)."""

    name: str
    members: tuple[str, ...]
    level: str = "node"


@dataclass(frozen=True, slots=True)
class Together:
    """All of ``members`` are on one node."""

    name: str
    members: tuple[str, ...]


def domain(target: Target, level: str) -> str:
    """Its failure domain of a level; '' where that is not declared."""
    return target.name if level == "node" else target.domains.get(level, "")


class Rules(Protocol):
    """What keeps an object from a node whatever else is there: storage, networks, release, quarantine."""

    def allowed(self, item: str) -> int:
        """The nodes that may carry it: bit N for the Nth of ``Problem.targets``."""

    def reason(self, item: str, target: str) -> str | None:
        """The first rule that keeps it from this node, as the end of the sentence 'node … '; None where none does."""


@dataclass(frozen=True)
class Everywhere:
    """No rule but room and affinities."""

    targets: int

    def allowed(self, item: str) -> int:
        return (1 << self.targets) - 1

    def reason(self, item: str, target: str) -> str | None:
        return None


@dataclass(frozen=True)
class Problem:
    """``dimensions`` name what ``capacity`` and ``size`` count (``("memory", "cpu")``)."""

    dimensions: tuple[str, ...]
    targets: Sequence[Target]
    items: Sequence[Item]
    rules: Rules
    apart: Collection[Apart] = ()
    together: Collection[Together] = ()
