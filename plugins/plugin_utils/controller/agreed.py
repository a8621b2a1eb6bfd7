# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of evacuations as files beside the controller."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.errors import InvalidDefinition, Refused
from ..placement.evacuation import Evacuation
from ..placement.plan_file import as_before, differences, read, rest, state_of, written
from .action import HeliostatAction
from .estate import estate

if TYPE_CHECKING:
    from ..repository.store import Repository

#: Differences that a refusal names; more tell nothing more.
_MOST = 10


def save_plan(action: HeliostatAction, repository: Repository, args: Mapping[str, Any], plan: Evacuation) -> bool:
    """Writes the plan to ``args['path']``; True when the file was not so already."""
    path = Path(args["path"])
    text = written(
        plan, {"moves": args["moves"], "at_once": args["at_once"], "upgrade": args["upgrade"]}, _state(action, repository, plan.node)
    )
    try:
        if path.exists() and path.read_text() == text:
            return False
        if not action.check:
            path.write_text(text)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDefinition(f"the plan cannot be written to {path}: {error}") from None
    return True


def agreed_plan(action: HeliostatAction, repository: Repository, args: Mapping[str, Any]) -> Evacuation:
    """The plan of the file ``args['plan']``. Raises Refused, showing the difference, when the state that it was made from is no more."""
    path = Path(args["plan"])
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDefinition(f"the plan {path} cannot be read: {error}") from None
    plan, settings, state = read(text, str(path))
    if plan.node != args["node"]:
        raise Refused(f"{path} is a plan for node {plan.node}, not for {args['node']}. Nothing was done.")
    if settings.get("upgrade") != args["upgrade"]:
        raise Refused(
            f"the plan {path} was made with upgrade {settings.get('upgrade')}, and is to be carried out with upgrade {args['upgrade']}. "
            "Say the same for both. Nothing was done."
        )
    now = _state(action, repository, plan.node)
    begun = plan.node in repository.evacuations()
    found = list(differences(state, as_before(now, state, plan, begun=begun)))
    if found:
        shown = "; ".join(found[:_MOST]) + (f"; and {len(found) - _MOST} more" if len(found) > _MOST else "")
        raise Refused(
            f"the plan {path} was made from a state that is no more: {shown}. Nothing was done. Make the plan anew (module "
            "heliostat.vdc.evacuation_plan), or leave it out."
        )
    return rest(plan, now) if begun else plan


def _state(action: HeliostatAction, repository: Repository, node: str) -> dict[str, Any]:
    record = repository.node(node)
    return state_of(estate(action, repository), record.compute_pool if record else None)
