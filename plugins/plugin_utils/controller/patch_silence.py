# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that is patched goes down on purpose: the heartbeat's monitors are told, and nothing is placed on it meanwhile.

An agent that its service stops says good-bye, and ``init 6`` and ``init s`` stop services; maintenance is for what they do not reach (a
hanging shutdown, a boot that takes long). That it was begun is kept in the repository, as the node's reason: a later run ends what an
earlier one began. The reason names the monitors that had the node in maintenance before, which is somebody else's, and those that did not
say whether they had: neither are told that it ended. Reasons stand in the order in which they came: one behind ours is somebody else's
maintenance, which stays; one before it was there without maintenance (a quarantine's), or ours says that it is besides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..commands import heartbeat as client
from ..model.errors import HeliostatError, Refused
from . import judgements
from .action import HeliostatAction
from .heartbeat import NODE
from .judgements import PROGRAM, monitors
from .other_nodes import impatient

if TYPE_CHECKING:
    from ..repository.records import NodeRecord
    from ..repository.store import Repository

#: With our name, which nobody writes before a reason of his own.
REASON = "heliostat.vdc.patch_install: patches are rolled out"
#: Of a node that somebody else had put into maintenance, and that stays in it.
BESIDE = f"{REASON} besides"
#: Longer than a weekend's night takes: nobody is at it any more.
LONG = timedelta(days=1)
_LEFT, _UNKNOWN = "in maintenance before at monitor", "not known before at monitor"
_OURS = re.compile(rf"{re.escape(REASON)}(?P<beside> besides)?(?: \({_LEFT} (?P<left>[^)]*)\))?(?: \({_UNKNOWN} (?P<unknown>[^)]*)\))?")


@dataclass(frozen=True, slots=True)
class _Reason:
    """Ours among those that a node has. ``left``: monitors that somebody else had told before; ``unknown``: those that did not say."""

    beside: bool = False
    left: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [BESIDE if self.beside else REASON]
        words += [f"({what} {', '.join(hosts)})" for what, hosts in ((_LEFT, self.left), (_UNKNOWN, self.unknown)) if hosts]
        return " ".join(words)

    @classmethod
    def of(cls, record: NodeRecord | None) -> _Reason | None:
        found = next(filter(None, map(_OURS.fullmatch, record.reasons if record else ())), None)
        if not found:
            return None
        left, unknown = (tuple((found[name] or "").split(", ")) if found[name] else () for name in ("left", "unknown"))
        return cls(bool(found["beside"]), left, unknown)


def overdue(repository: Repository, node: str, now: datetime) -> str:
    """A node that a roll-out took and that nobody has brought back for longer than ``LONG``; '' for every other."""
    if _Reason.of(repository.node(node)) is None:
        return ""
    begun = next((event.at for event in repository.events(f"node {node}", limit=1000) if REASON in event.message), None)
    if begun is None or now - begun <= LONG:
        return ""
    return (
        f"node {node}: it is in maintenance since {begun:%Y-%m-%d %H:%M} UTC because patches are rolled out, or taken out, and that is not "
        "at its end: its monitors judge nothing of it, and nothing is placed on it. Run that again to end it (module "
        "heliostat.vdc.patch_install), or end the maintenance by hand (module heliostat.vdc.maintenance)"
    )


class Silence:
    """Around the roll-out on one node."""

    def __init__(self, action: HeliostatAction, repository: Repository, node: str) -> None:
        self._action, self._repository, self._node = action, repository, node
        hostvars = action.vars.get("hostvars", {})
        self._watched = node in hostvars and NODE in hostvars[node]

    def _reason(self) -> _Reason | None:
        return _Reason.of(self._repository.node(self._node))

    @property
    def continued(self) -> bool:
        """An earlier roll-out took the node down and did not live to see it back."""
        return self._reason() is not None

    def begun(self, reboots: bool) -> Sequence[str]:
        """Raises Refused where a monitor that watches the node does not hear of it: it would fence it."""
        record = self._repository.node(self._node)
        if not reboots or record is None:
            return ()
        earlier = _Reason.of(record)
        ours = earlier or self._found(record.maintenance)
        if not earlier:
            self._repository.flag_node(self._node, maintenance=True, reason=str(ours))
        if not self._watched:
            return ()
        deaf = self._tell(on=True, but=ours.left)
        if len(deaf) == len(monitors(self._action)) and deaf:
            if not earlier:
                self._unflag(ours)
            raise Refused(
                f"node {self._node}: none of its monitors heard that it is going down ({'; '.join(deaf)}). Make one answer, or take the "
                "node out of the heartbeat first. Nothing was done."
            )
        return [f"node {self._node}: {one}" for one in deaf]

    def ended(self) -> Sequence[str]:
        """Only what a roll-out began, and only when the node answers."""
        ours = self._reason()
        if ours is None:
            return ()
        deaf, doubtful = [], []
        if self._watched:
            deaf = self._tell(on=False, but=(*ours.left, *ours.unknown))
            doubtful = self._in_doubt(ours.unknown)
        self._unflag(ours)
        return [f"node {self._node}: {one}" for one in (*(f"{one}; it stays in maintenance there" for one in deaf), *doubtful)]

    def _found(self, beside: bool) -> _Reason:
        """How it was before the first is told, and who told."""
        if not self._watched:
            return _Reason(beside)
        told = judgements.asked(self._action)
        before = {host: one.nodes.get(self._node) for host, one in told.items() if not isinstance(one, str)}
        left = tuple(host for host, one in before.items() if one is not None and one.shown.get("maintenance") is True)
        return _Reason(beside, left, tuple(host for host in told if host not in before))

    def _in_doubt(self, hosts: Sequence[str]) -> list[str]:
        """Of those that did not say before: what they say now may be an operator's."""
        told = judgements.asked(self._action) if hosts else {}
        found = []
        for host in hosts:
            one = told.get(host, "it is no monitor of the inventory any more")
            judged = None if isinstance(one, str) else one.nodes.get(self._node)
            if not isinstance(one, str) and (judged is None or judged.shown.get("maintenance") is False):
                continue
            found.append(
                f"monitor {host} did not say before the roll-out whether the node was in maintenance there, so that is left as it is. "
                f"Where nobody else wants it, end it there: {PROGRAM} maintenance off {self._node}"
            )
        return found

    def _unflag(self, ours: _Reason) -> None:
        """Where somebody else wants it too, it stays until that ends; ours is taken away, or the next run would go on with this one."""
        record = self._repository.node(self._node)
        if record is not None:
            last = record.reasons[-1:] == (str(ours),) and not ours.beside
            self._repository.flag_node(self._node, maintenance=False if last else None, ended=str(ours))

    def _tell(self, *, on: bool, but: Sequence[str]) -> list[str]:
        """What the monitors that were not reached, or refused, said."""
        deaf = []
        for host in monitors(self._action):
            if host in but:
                continue
            try:
                (output,) = impatient(self._action, host).run([client.maintenance(PROGRAM, self._node, on=on, reason=REASON)])
                client.check_done(output)
            except HeliostatError as error:
                deaf.append(f"monitor {host}: {' '.join(str(error).split()).rstrip('.')}")
        return deaf
