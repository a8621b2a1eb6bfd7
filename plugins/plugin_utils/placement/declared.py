# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Affinities, and which pools are rebalanced, as the inventory declares them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..model.errors import InvalidDefinition
from ..model.options import Options
from .estate import Affinities
from .problem import Apart, Together
from .rebalance import Policy

_KNOWN = ("apart", "together", "by")
_POLICY = ("cooldown", "hold", "margin", "moves", "threshold")


def affinities(declared: Mapping[str, object], known: Collection[str]) -> Affinities:
    """Of ``{NAME: {apart: [web1, web2], by: chassis}}`` and ``{NAME: {together: [app1, db1]}}``. ``by`` is a level of failure domains
    that nodes declare, or ``node``. Raises InvalidDefinition for members that are not ``known``."""
    apart, together = [], []
    for name, given in sorted(declared.items()):
        options = Options.of(given, f"affinity {name}", _KNOWN)
        if options.has("apart") == options.has("together"):
            raise InvalidDefinition(f"affinity {name}: say either apart or together, with the vServers that are.")
        members = tuple(
            dict.fromkeys(str(member) for member in options.items("apart" if options.has("apart") else "together", needed=True))
        )
        strange = [member for member in members if member not in known]
        if strange:
            raise InvalidDefinition(f"affinity {name}: {strange[0]} is no vServer of the inventory. Correct the name, or take it out.")
        if len(members) < 2:
            raise InvalidDefinition(f"affinity {name}: {members[0]} is alone. It takes two to be apart or together.")
        if options.has("apart"):
            apart.append(Apart(name, members, options.text("by", "node")))
        elif options.has("by"):
            raise InvalidDefinition(f"affinity {name}: those together are on one node; 'by' belongs to apart.")
        else:
            together.append(Together(name, members))
    return Affinities(tuple(apart), tuple(together))


def policies(declared: Mapping[str, object]) -> dict[str, Policy]:
    """Of ``{POOL: {threshold: 80, hold: 3, margin: 5, cooldown: 24, moves: 4}}``: percent, hours, percent, hours, vServers. What is not
    said is as in ``Policy``; a pool that is not named is not rebalanced."""
    found = {}
    usual = Policy()
    for pool, given in sorted(declared.items()):
        options = Options.of(given or {}, f"heliostat_rebalance of compute pool {pool}", _POLICY)
        threshold, margin = options.number("threshold", 1, 100), options.number("margin", 0.1, 100)
        cooldown = options.number("cooldown", 1, 8760)
        found[str(pool)] = Policy(
            usual.threshold if threshold is None else threshold / 100,
            options.whole("hold", 1, 168) or usual.hold,
            usual.margin if margin is None else margin / 100,
            usual.cooldown if cooldown is None else cooldown,
            options.whole("moves", 1, 1000) or usual.moves,
        )
    return found
