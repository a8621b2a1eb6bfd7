# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a guest domain that does not answer is off: it has no service processor, the machine that carries it has one.

A machine without power runs no domain. But a domain may be somewhere else than where it was when it was last looked at: ``ldm
migrate-domain`` moves it while it runs. So every other control domain is asked too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..commands import ldm
from ..model.errors import InvalidDefinition, NodeUnreachable, ParseError
from ..model.node import Domain
from .action import HeliostatAction
from .other_nodes import impatient

if TYPE_CHECKING:
    from ..repository.records import NodeRecord
    from ..repository.store import Repository

#: What a service processor says of a node: on, off, not known, and the sentence about it.
Power = tuple[bool | None, str]
#: ldm(1M): a domain in one of these runs nothing.
_STOPPED = ("inactive", "bound")


def power(action: HeliostatAction, record: NodeRecord, domain: Domain, repository: Repository, of: Callable[[str], Power]) -> Power:
    """False where the machine that carries the guest has no power and no other runs it; None where that is not known, with the reason.

    ``of`` asks a node's own service processor. Never True: a machine's power says nothing of one of its guests.
    """
    nodes = repository.nodes()
    carriers = [one.name for one in nodes if one.facts.carries(record.facts)]
    if len(carriers) != 1:
        return None, (
            f"it is a guest domain, its control domain calls itself {domain.control_domain or 'nothing'}, and that is no registered node "
            "on the same chassis (register that one, then this one anew while it answers)"
        )
    carrier = carriers[0]
    on, said = of(carrier)
    where = f"it is a guest domain of node {carrier}"
    if on:
        return None, f"{where}, whose machine has power ({said}); is it stopped there ('ldm list', 'ldm stop-domain -f {domain.name}')?"
    if on is None:
        return None, f"{where}, and of that one {said}"
    for other in nodes:
        facts = other.facts
        if other.name in (record.name, carrier) or facts.domain is None or not facts.domain.control:
            continue
        if doubt := _elsewhere(action, other.name, domain.name, of):
            return None, f"{where}, and of that one {said}; but {doubt}"
    return False, f"{where}: {said}"


def _elsewhere(action: HeliostatAction, other: str, domain: str, of: Callable[[str], Power]) -> str:
    """Why the domain may run on the control domain ``other``; '' where it does not."""
    try:
        answers = impatient(action, other).run(ldm.list_domains())
        states = ldm.states(answers)
    except NodeUnreachable:
        if of(other)[0] is False:
            return ""
        return f"whether control domain {other} carries it now is not known: it does not answer"
    except (InvalidDefinition, ParseError) as error:
        return f"whether control domain {other} carries it now is not known: {error}"
    state = states.get(domain, "inactive")
    return "" if state in _STOPPED else f"control domain {other} has a domain {domain}, which is {state}"
