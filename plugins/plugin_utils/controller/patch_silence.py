# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that is patched goes down on purpose: the heartbeat's monitors are told, and nothing is placed on it meanwhile.

An agent that its service stops says good-bye, and ``init 6`` and ``init s`` stop services; maintenance is for what they do not reach (a
hanging shutdown, a boot that takes long). That it was begun is kept in the repository, as the node's reason: a later run ends what an
earlier one began.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..commands import heartbeat as client
from ..model.errors import HeliostatError, Refused
from . import judgements
from .action import HeliostatAction
from .heartbeat import NODE
from .judgements import PROGRAM, monitors
from .other_nodes import impatient

if TYPE_CHECKING:
    from ..repository.store import Repository

REASON = "patches are rolled out"
#: Of a node that somebody else had put into maintenance, and that stays in it.
BESIDE = f"{REASON} besides"


class Silence:
    """Around the roll-out on one node."""

    def __init__(self, action: HeliostatAction, repository: Repository, node: str) -> None:
        self._action, self._repository, self._node = action, repository, node
        hostvars = action.vars.get("hostvars", {})
        self._watched = node in hostvars and NODE in hostvars[node]
        self._left: set[str] = set()  # monitors that somebody else told

    @property
    def continued(self) -> bool:
        """An earlier roll-out took the node down and did not live to see it back."""
        record = self._repository.node(self._node)
        return record is not None and REASON in record.flag_reason

    def begun(self, reboots: bool) -> Sequence[str]:
        """Raises Refused where a monitor that watches the node does not hear of it: it would fence it."""
        record = self._repository.node(self._node)
        if not reboots or record is None:
            return ()
        continued = self.continued
        if not continued:
            self._repository.flag_node(self._node, maintenance=True, reason=BESIDE if record.maintenance else REASON)
        if not self._watched:
            return ()
        if not continued:
            told = judgements.of(self._action, self._node)
            self._left = {host for host, one in told.items() if not isinstance(one, str) and one.shown.get("maintenance") is True}
        deaf = self._tell(on=True)
        if len(deaf) == len(monitors(self._action)) and deaf:
            if not continued:
                self._unflag()
            raise Refused(
                f"node {self._node}: none of its monitors heard that it is going down ({'; '.join(deaf)}). Make one answer, or take the "
                "node out of the heartbeat first. Nothing was done."
            )
        return [f"node {self._node}: {one}" for one in deaf]

    def ended(self) -> Sequence[str]:
        """Only what a roll-out began, and only when the node answers."""
        record = self._repository.node(self._node)
        if record is None or REASON not in record.flag_reason:
            return ()
        deaf = self._tell(on=False) if self._watched else []
        self._unflag()
        return [f"node {self._node}: {one}; it stays in maintenance there" for one in deaf]

    def _unflag(self) -> None:
        """Where somebody else has a reason too, it stays until that ends; ours is taken away, or the next run would go on with this one."""
        record = self._repository.node(self._node)
        if record is not None and record.flag_reason == REASON:
            self._repository.flag_node(self._node, maintenance=False, ended=REASON)
        elif record is not None:
            self._repository.flag_node(self._node, ended=BESIDE if BESIDE in record.flag_reason else REASON)

    def _tell(self, *, on: bool) -> list[str]:
        """What the monitors that were not reached, or refused, said."""
        deaf = []
        for host in monitors(self._action):
            if host in self._left:
                continue
            try:
                (output,) = impatient(self._action, host).run([client.maintenance(PROGRAM, self._node, on=on, reason=REASON)])
                client.check_done(output)
            except HeliostatError as error:
                deaf.append(f"monitor {host}: {' '.join(str(error).split()).rstrip('.')}")
        return deaf
