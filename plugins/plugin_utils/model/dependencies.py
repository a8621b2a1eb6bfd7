# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vServer needs which: a slave runs only while its masters run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from .errors import InvalidDefinition


class Dependencies:
    """A graph without cycles, made from slave → masters.

    Raises InvalidDefinition showing the cycle where there is one.
    """

    def __init__(self, masters: Mapping[str, Iterable[str]]) -> None:
        self._masters = {slave: tuple(sorted(set(found))) for slave, found in sorted(masters.items()) if found}
        slaves: dict[str, list[str]] = {}
        for slave, found in self._masters.items():
            for master in found:
                slaves.setdefault(master, []).append(slave)
        self._slaves = {master: tuple(found) for master, found in slaves.items()}
        try:
            self._order = {name: place for place, name in enumerate(TopologicalSorter(self._masters).static_order())}
        except CycleError as error:
            cycle = [str(name) for name in reversed(error.args[1])]
            raise InvalidDefinition(
                f"vServer {cycle[0]} depends on itself: {' needs '.join(cycle)}. None of them could ever start: remove one depends_on."
            ) from None

    def masters(self, name: str) -> tuple[str, ...]:
        """What must run before ``name`` boots."""
        return self._masters.get(name, ())

    def slaves(self, name: str) -> tuple[str, ...]:
        """What must be down before ``name`` is stopped."""
        return self._slaves.get(name, ())

    def all_masters(self, names: Iterable[str]) -> tuple[str, ...]:
        """``names`` and all that they need, in the order in which they boot."""
        return self.boot_order(_reached(names, self._masters))

    def all_slaves(self, names: Iterable[str]) -> tuple[str, ...]:
        """``names`` and all that need them, in the order in which they stop."""
        return tuple(reversed(self.boot_order(_reached(names, self._slaves))))

    def boot_order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Masters before slaves; those that depend on nothing by name."""
        return tuple(sorted(set(names), key=lambda name: (self._order.get(name, -1), name)))


def _reached(names: Iterable[str], edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += edges.get(name, ())
    return found
