# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the vServers of a lost node go: where the report of capacity said that they would."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..model.errors import InvalidDefinition
from ..placement.capacity import failure
from ..placement.survival import Survival
from .action import HeliostatAction
from .estate import estate

if TYPE_CHECKING:
    from ..repository.store import Repository


def homes_after_loss(
    action: HeliostatAction, repository: Repository, node: str, names: Collection[str], upgrade: str
) -> tuple[dict[str, str], list[str]]:
    """vServer → node, of those that have a home and are not on their way already; and warnings.

    Where the inventory is wrong somewhere nobody stays down for it: then each is placed by itself, and the warning says why.
    """
    try:
        now = estate(action, repository, upgrade=upgrade)
        loss = failure(now.hosts, "node", node, [node])
        homes = Survival(now.problem()).loss(loss.nodes, loss.barred).homes
    except InvalidDefinition as error:
        return {}, [f"vServers are placed one by one, with no regard to affinities: {error}"]
    moving = repository.moves()
    return {name: homes[name] for name in names if name in homes and name not in moving}, []
