# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot and stop in the order of dependencies: what each waits for, and why it is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ..model.dependencies import Dependencies
from ..model.errors import Refused
from ..model.vserver import State

STOPPING = ("halted", "detached", "absent")
#: Run states in which nothing of a vServer runs.
DOWN = ("configured", "incomplete", "installed", "unavailable", "absent")


@dataclass(frozen=True, slots=True)
class Seen:
    """A vServer where the repository says it lives. ``state`` is measured; '' when its node did not answer."""

    node: str
    state: str

    def __str__(self) -> str:
        return f"on node {self.node or 'none'}: {self.state or 'unknown, the node does not answer'}"


def waits_for(name: str, wanted: Mapping[str, State], dependencies: Dependencies, seen: Mapping[str, Seen]) -> tuple[str, ...]:
    """The objects whose plans come first. Raises Refused, showing the chain, where a master is down or a slave is up.

    ``wanted`` is what this very operation brings each of its vServers to.
    """
    if wanted[name] == "running":
        missing = [master for master in dependencies.masters(name) if wanted.get(master) != "running" and _state(seen, master) != "running"]
        if missing:
            raise Refused(
                f"vServer {name} needs {_chain(missing[0], dependencies.masters, seen, until='running')}. It is not booted before its "
                "masters run: boot them first, or say dependencies: follow, which boots the whole chain in order."
            )
        return tuple(master for master in dependencies.masters(name) if wanted.get(master) == "running")
    if wanted[name] in STOPPING:
        running = [slave for slave in dependencies.slaves(name) if wanted.get(slave) not in STOPPING and _state(seen, slave) not in DOWN]
        if running:
            raise Refused(
                f"vServer {name} is needed by {_chain(running[0], dependencies.slaves, seen, until=None)}. It is not stopped while its "
                "slaves run: stop them first, or say dependencies: follow, which stops the whole chain in order."
            )
        return tuple(slave for slave in dependencies.slaves(name) if wanted.get(slave) in STOPPING)
    return ()


def check_unneeded(
    name: str, wanted: Collection[str], dependencies: Dependencies, seen: Mapping[str, Seen], forgotten: Collection[str]
) -> None:
    """Raises Refused where a vServer is to be removed that others depend on, running or not.

    Those that this very operation stops or removes (``wanted``) may stay without it, unless its data goes and with it all that the
    repository knows of it (``forgotten``).
    """
    slaves = dependencies.slaves(name)
    staying = [slave for slave in slaves if slave not in wanted or (name in forgotten and slave not in forgotten)]
    if staying:
        raise Refused(
            f"vServer {name} is needed by {_chain(staying[0], dependencies.slaves, seen, until=None)}. It is not removed while others "
            f"depend on it: take it out of depends_on of {', '.join(staying)}, or remove {'it' if len(staying) == 1 else 'them'} too."
        )


def _state(seen: Mapping[str, Seen], name: str) -> str:
    return seen[name].state if name in seen else "absent"


def _chain(name: str, further: Callable[[str], tuple[str, ...]], seen: Mapping[str, Seen], until: str | None) -> str:
    """``db1 (on node t8a: installed), which needs ldap1 (...)``: as far as something stands in the way."""
    found = f"{name} ({seen.get(name, Seen('', 'absent'))})"
    word = "needs" if until else "is needed by"
    for following in further(name):
        state = _state(seen, following)
        if (until and state != until) or (not until and state not in DOWN):
            return f"{found}, which {word} {_chain(following, further, seen, until)}"
    return found
